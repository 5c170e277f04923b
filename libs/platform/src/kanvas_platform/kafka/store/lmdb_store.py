"""The store on disk: one LMDB file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import lmdb

from kanvas_platform.kafka.contract import StoreBroken, StoreFailed
from kanvas_platform.kafka.store.space import KEY_BYTES_MAX, Entry

STORE_FILE: Final = "data.mdb"
"""Name of the file in its folder."""

_ADDRESS_SPACE: Final = 1 << 40
"""Highest size of the file. It costs addresses, neither disk nor memory."""

_PAGE = 256

_FOR_NOW = (
    lmdb.DiskError,
    lmdb.LockError,
    lmdb.MapFullError,
    lmdb.MemoryError,
    lmdb.ReadersFullError,
)
"""What passes: a full disk, in the first place. All else is damage, or a sync that failed."""


class LmdbStore:
    """A `Store` in a folder, with LMDB's default durability: a committed write survives a crash.

    A read transaction never outlives a call, so it neither keeps old pages nor sees half a write.

    Attributes:
        condemned: See `Store`; any damage that was met is a reason.
    """

    def __init__(self, folder: Path) -> None:
        """Open the file of a folder, or make it.

        Raises:
            StoreFailed: It cannot be opened at present.
            StoreBroken: It is damaged.
        """
        self.condemned: str | None = None
        with self._errors():
            self._environment = lmdb.open(
                str(folder), map_size=_ADDRESS_SPACE, mode=0o600, readahead=False, max_spare_txns=2
            )

    @property
    def size(self) -> int:
        """See `Store`."""
        with self._errors():
            # Pages are numbered from 0. The file never shrinks: freed pages are used again.
            pages = self._environment.info()["last_pgno"] + 1
            return int(pages * self._environment.stat()["psize"])

    def get(self, key: bytes) -> bytes | None:
        """See `Readable`."""
        if len(key) > KEY_BYTES_MAX:
            return None  # LMDB has an error for it, as if something were wrong with the file
        with self._errors(), self._environment.begin() as transaction:
            found: bytes | None = transaction.get(key)
            return found

    def descending(self, group: bytes, below: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """See `Readable`."""
        end = _after(group) if below is None else group + below
        while page := self._page(group, end):
            yield from page
            if len(page) < _PAGE:
                return
            end = group + page[-1][0]

    def write(self, changes: Iterable[Entry]) -> None:
        """See `Store`. Sorted changes are written several times faster than others."""
        with self._errors(), self._environment.begin(write=True) as transaction:
            for key, value in changes:
                if value is None:
                    transaction.delete(key)
                else:
                    transaction.put(key, value)

    def close(self) -> None:
        """See `Store`."""
        self._environment.close()

    def _page(self, group: bytes, end: bytes) -> list[tuple[bytes, bytes]]:
        """Return the next members of a group below a key."""
        with (
            self._errors(),
            self._environment.begin() as transaction,
            transaction.cursor() as cursor,
        ):
            if not (cursor.prev() if cursor.set_range(end) else cursor.last()):
                return []
            page: list[tuple[bytes, bytes]] = []
            for key, value in islice(cursor.iterprev(), _PAGE):
                if not key.startswith(group):
                    break
                page.append((key[len(group) :], value))
            return page

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Say what LMDB says in the words of the contract."""
        try:
            yield
        except _FOR_NOW as error:
            raise StoreFailed(f"the store cannot be used at present: {error}") from error
        except lmdb.Error as error:
            self.condemned = f"the store is damaged: {error!r}"
            raise StoreBroken(self.condemned) from error


def _after(group: bytes) -> bytes:
    """Return the lowest key that is above all keys of a group."""
    stem = group.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1])
