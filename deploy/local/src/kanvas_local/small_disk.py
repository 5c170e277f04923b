"""A small disk of its own at a folder, to see what a full disk does.

It is a tmpfs, which only root may mount; tests and `make chaos` skip it elsewhere, and say why.
Mount it before anything opens files below the folder: what lay there is hidden until the disk is
taken away.

It takes memory for what lies on it, and none for being full: its size changes while it is in use.
Made as small as what it holds, it is full; made large again, there is room.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from kanvas_local.errors import StackError

_MEGABYTE = 1024 * 1024
_LOOKS = 20


def obstacle() -> str:
    """Return why no disk can be mounted here, in words; empty where one can."""
    with tempfile.TemporaryDirectory(prefix="kanvas-disk-") as folder:
        try:
            with SmallDisk(Path(folder), 1):
                return ""
        except StackError as error:
            return str(error)


class SmallDisk:
    """A disk of `megabytes` at `folder`, from `mount` to `unmount` or as a context."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._bytes = megabytes * _MEGABYTE

    def mount(self) -> None:
        """Put an empty disk over the folder, which is made where it is missing.

        Raises:
            StackError: Mounting is not permitted here; the message says what mount said.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        options = f"size={self._bytes},mode=0700"
        _run("mount", "-t", "tmpfs", "-o", options, "kanvas-small-disk", str(self.folder))

    def unmount(self) -> None:
        """Take the disk away with what is on it; nothing happens where there is none."""
        if self.folder.is_mount():
            # Lazily: a process that is about to end may still hold a file.
            _run("umount", "--lazy", str(self.folder))

    def __enter__(self) -> Self:
        self.mount()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.unmount()

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no room at all inside the block, and all of it again afterwards."""
        self.fill()
        try:
            yield
        finally:
            self.free()

    def fill(self) -> None:
        """Leave no room. Call it again where something has been deleted meanwhile."""
        # What is written between the look and the resizing makes the size too small, and the
        # kernel refuses it: look again.
        for _ in range(_LOOKS - 1):
            with suppress(StackError):
                self._resize(self._used())
                return
        self._resize(self._used())

    def free(self) -> None:
        """Give back what `fill` took."""
        self._resize(self._bytes)

    def _used(self) -> int:
        room = os.statvfs(self.folder)
        # A size of 0 would be no limit at all.
        return max(1, room.f_blocks - room.f_bfree) * room.f_frsize

    def _resize(self, size: int) -> None:
        _run("mount", "-o", f"remount,size={size}", str(self.folder))


def _run(*command: str) -> None:
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise StackError(f"There is no {command[0]} here.") from error
    if result.returncode != 0:
        raise StackError(f"`{command[0]}` refused: {result.stderr.strip()}")
