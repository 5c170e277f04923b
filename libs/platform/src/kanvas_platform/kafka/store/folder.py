"""Opening the folder of a store: whose it is, whether it fits, and what is set aside."""

import asyncio
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.contract import StoreBroken
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.store.lmdb_store import STORE_FILE, LmdbStore
from kanvas_platform.observability import get_logger

_BOOKKEEPING_FORMAT: Final = 1
"""Version of what the platform itself keeps in a store: counts, checkpoint, command window."""

_LOCK_SECONDS = 30.0
_LOCK_PAUSE = 0.1
_OPENINGS_MAX = 2
_KEPT_SECONDS = 24 * 3600.0
_MOUNTS = Path("/proc/self/mounts")

_NETWORK_TYPES: Final = frozenset(
    {"9p", "afs", "ceph", "cifs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2"}
    | {"smb3", "smbfs", "virtiofs"}
)

_log = get_logger(__name__)


class FolderUnusable(Exception):
    """The folder of a store cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Format:
    """What must be the same for a store to be read on.

    Attributes:
        service: Name of the service.
        version: Version of what the service folds records into.
        logs: The main log and its side logs.
    """

    service: str
    version: int
    logs: Sequence[LogSpec]

    @property
    def stamp(self) -> str:
        """A name that differs where anything of this differs: 16 hexadecimal digits."""
        facts = {
            "bookkeeping": _BOOKKEEPING_FORMAT,
            "service": self.service,
            "version": self.version,
            "logs": {log.topic: _descriptor(log) for log in self.logs},
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


class StoreFolder:
    """The folder of one instance's stores, which belongs to one process at a time.

    `<folder>/lock` says that a process uses it. `<folder>/<stamp>/` holds the store of one format.
    """

    def __init__(self, folder: Path, lock: int, stamp: str) -> None:
        self._folder = folder
        self._lock = lock
        self._here = folder / stamp

    def open(self) -> LmdbStore:
        """Open the store, or make an empty one where there is none or it cannot be opened.

        LMDB ends the process on some damages. So a file says that an opening is under way, and
        `opened` removes it; a store of which two openings in a row had no end is set aside.

        Raises:
            FolderUnusable: Files cannot be made there, or LMDB cannot use them.
            StoreFailed: The store cannot be opened at present.
        """
        with _unwritable(self._folder):
            mark = self._here / "opening"
            tries = len(mark.read_bytes()) if mark.exists() else 0
            if tries >= _OPENINGS_MAX:
                self.set_aside("it could not be opened twice")
            self._here.mkdir(exist_ok=True, mode=0o700)
            with mark.open("ab") as file:
                file.write(b".")
                file.flush()
                os.fsync(file.fileno())
            _sync(self._here)
        is_new = not (self._here / STORE_FILE).exists()
        try:
            return LmdbStore(self._here)
        except StoreBroken as error:
            if is_new:  # the next one would fare no better
                raise FolderUnusable(
                    f"No store can be made in {self._folder}: {error}. "
                    "Name a folder on a disk of this machine."
                ) from error
            self.set_aside(str(error))
            return self.open()

    def opened(self) -> None:
        """Note that the store could be opened and its checkpoint be read."""
        (self._here / "opening").unlink()

    def set_aside(self, why: str) -> None:
        """Rename the store, so that the state is folded from the beginning; keep it for a day."""
        aside = self._folder / f"{self._here.name}.set-aside-{time.time_ns()}"
        _log.error("store set aside", folder=str(self._here), kept_as=str(aside), why=why)
        with suppress(FileNotFoundError):  # somebody has removed it
            self._here.rename(aside)
            _sync(self._folder)

    def close(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)


async def take_folder(folder: Path, form: Format, clock: Clock) -> StoreFolder:
    """Take the folder of an instance's stores; wait for a predecessor that is still ending.

    Stores of other formats, and what was set aside, go after a day without use: a rollback within
    that time reads on from its own store.

    Raises:
        FolderUnusable: See there.
    """
    lock = _prepare(folder)
    give_up = clock.monotonic() + _LOCK_SECONDS
    while not _locked(lock):
        if clock.monotonic() >= give_up:
            os.close(lock)
            raise FolderUnusable(
                f"Another process uses {folder}. Each instance needs a folder of its own."
            )
        await asyncio.sleep(_LOCK_PAUSE)
    with _unwritable(folder):
        _remove_old(folder, keep=form.stamp, now=clock.now())
    return StoreFolder(folder, lock, form.stamp)


def _prepare(folder: Path) -> int:
    """Make the folder, and return a file of it that can be locked."""
    with _unwritable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kind = _file_system(folder)
        if kind in _NETWORK_TYPES:
            raise FolderUnusable(
                f"{folder} is on a network file system ({kind}), where two processes could write "
                "one store. Name a folder on a disk of this machine."
            )
        return os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_old(folder: Path, *, keep: str, now: float) -> None:
    for each in folder.iterdir():
        if not each.is_dir() or each.name == keep:
            continue
        data = each / STORE_FILE
        used = (data if data.exists() else each).stat().st_mtime
        if used < now - _KEPT_SECONDS:
            rmtree(each)


def _file_system(folder: Path) -> str:
    """Return the type of the file system that a folder is on; "" where it is not known."""
    found, longest = "", -1
    real = os.fsencode(folder.resolve())
    for line in _MOUNTS.read_bytes().splitlines() if _MOUNTS.exists() else ():
        _, mounted, kind, *_ = line.split(b" ")
        # Blanks and the like are written in octal.
        point = mounted.decode("unicode_escape").encode("latin-1")
        inside = real == point or real.startswith(point.rstrip(b"/") + b"/")
        if inside and len(point) >= longest:
            found, longest = kind.decode(), len(point)
    return found


def _descriptor(log: LogSpec) -> str:
    """Return a digest of all that a log's record type is made of."""
    waiting: list[Any] = [log.record_type.DESCRIPTOR.file]  # of either of protobuf's two types
    files: dict[str, FileDescriptor] = {}
    while waiting:
        file = waiting.pop()
        if file.name not in files:
            files[file.name] = file
            waiting += file.dependencies
    digest = hashlib.sha256()
    for name in sorted(files):
        proto = descriptor_pb2.FileDescriptorProto()
        files[name].CopyToProto(proto)
        digest.update(proto.SerializeToString(deterministic=True))
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def _unwritable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FolderUnusable(
            f"The state cannot be kept in {folder}: {error.strerror}. "
            "Name a folder that this process may write to."
        ) from error
