"""A small disk of its own under a folder, to see what a full disk does.

It is a tmpfs, which only root may mount; tests and `make chaos` skip it
elsewhere, and say why. Mount it before anything opens files below the folder:
what lay there is hidden until the disk is taken away.
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from kanvas_local.errors import StackError

_FILLER = ".filler"
_BLOCKS = (1024 * 1024, 4096)
"""What is written until nothing fits: large ones first, then whole pages."""


class SmallDisk:
    """A disk of `megabytes` mounted at `folder` from `__enter__` to `__exit__`.

    Raises:
        StackError: Mounting is not permitted here; the message says what mount said.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._megabytes = megabytes

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        options = f"size={self._megabytes}m,mode=0700"
        _run("mount", "-t", "tmpfs", "-o", options, "kanvas-small-disk", str(self.folder))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Lazily: a process that is about to end may still hold a file.
        _run("umount", "--lazy", str(self.folder))

    @contextmanager
    def full(self) -> Iterator[None]:
        """No room at all inside the block; all of it again afterwards."""
        self.fill()
        try:
            yield
        finally:
            self.free()

    def fill(self) -> None:
        """Leave no room. Call it again where something has been deleted meanwhile."""
        with (self.folder / _FILLER).open("ab", buffering=0) as filler:
            for size in _BLOCKS:
                while _written(filler.fileno(), bytes(size)):
                    pass

    def free(self) -> None:
        """Give back what `fill` took."""
        (self.folder / _FILLER).unlink(missing_ok=True)


def _written(file: int, block: bytes) -> bool:
    """Whether any of `block` found room."""
    try:
        return os.write(file, block) > 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False


def _run(*command: str) -> None:
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise StackError(f"There is no {command[0]} here.") from error
    if result.returncode != 0:
        raise StackError(f"`{command[0]}` refused: {result.stderr.strip()}")
