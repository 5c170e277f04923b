"""Where things lie: the repository, one stack's own folder, and the user's cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.errors import StackError

REPOSITORY = Path(__file__).resolve().parents[4]


def cache_folder() -> Path:
    """Return the folder of downloads, shared by all clones and kept by `make clean`."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():  # as its specification wants it: others are ignored
        return named / "kanvas"
    try:
        return Path.home() / ".cache/kanvas"
    except RuntimeError as error:
        raise StackError(
            "There is no home folder to keep downloads in: set HOME, or XDG_CACHE_HOME, to a "
            "folder of yours."
        ) from error


@dataclass(frozen=True)
class Layout:
    """The folder of one stack. Everything that a stack writes is below `root`."""

    root: Path

    @property
    def run(self) -> Path:
        """State of the running processes."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """One log file per process."""
        return self.root / "log"

    @property
    def etc(self) -> Path:
        """Configuration written at each start."""
        return self.root / "etc"

    @property
    def data(self) -> Path:
        """What the servers keep: topics, tables, pictures, keys."""
        return self.root / "data"

    @property
    def plan(self) -> Path:
        """What the supervisor shall run."""
        return self.run / "plan.json"

    @property
    def state(self) -> Path:
        """What the supervisor runs: pids, start times, states."""
        return self.run / "stack.json"

    @property
    def media(self) -> Path:
        """Finished pictures, by content hash."""
        return self.data / "media"

    @property
    def exports(self) -> Path:
        """Archives of exports, in parts."""
        return self.data / "exports"

    @property
    def token_key(self) -> Path:
        """The private key that signs access tokens."""
        return self.data / "token-key.pem"

    @property
    def handle_key(self) -> Path:
        """The secret under which the handles of erased accounts are kept from reuse."""
        return self.data / "handle-key"

    def make(self) -> None:
        """Create the folders."""
        for folder in (self.run, self.log, self.etc, self.data, self.media, self.exports):
            folder.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
