"""An archive as it grows: a ZIP that goes to a store in parts of one length.

Never more than a part and what is being added is in memory. Large archives are ZIP64. Parts are
objects of their own, so an attempt that died leaves nothing that a list of the store does not show.
"""

import hashlib
import io
from collections.abc import AsyncIterable
from datetime import UTC, datetime
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from kanvas.graph.v1.records_pb2 import Archive
from kanvas_social_graph.ports import Archives

PART_BYTES: Final = 4 * 1024 * 1024
"""Length of each part but the last one."""

_READABLE: Final = 0o100644 << 16
"""A plain file that its owner may write and everybody may read."""


class ArchiveFile:
    """A ZIP to which files are added, one after the other."""

    def __init__(self, name: str, *, archives: Archives, made_at: float) -> None:
        """Begin an archive.

        Args:
            name: Of the archive.
            archives: Where its parts go.
            made_at: Unix time that its files bear.
        """
        self._name = name
        self._archives = archives
        date = datetime.fromtimestamp(made_at, UTC)
        self._date = (date.year, date.month, date.day, date.hour, date.minute, date.second)
        self._sink = _Sink()
        self._zip = ZipFile(self._sink, "w")
        self._parts = 0

    @property
    def size_bytes(self) -> int:
        """Length so far."""
        return self._sink.size

    def has(self, path: str) -> bool:
        """Say whether a file was added."""
        return path in self._zip.NameToInfo

    async def add(self, path: str, data: bytes, *, packed: bool = True) -> None:
        """Add a file.

        Args:
            path: In the archive.
            data: What it holds.
            packed: Whether it gets smaller when it is compressed. Pictures do not.

        Raises:
            Unavailable: The store does not take what there is.
        """
        self._zip.writestr(self._info(path, packed=packed), data)
        await self._store_parts()

    async def add_list(self, path: str, items: AsyncIterable[bytes]) -> int:
        """Add a file that holds a JSON array, one item to a line; return how many there are.

        Raises:
            Unavailable: The store does not take what there is.
        """
        count = 0
        with self._zip.open(self._info(path, packed=True), "w", force_zip64=True) as entry:
            entry.write(b"[")
            async for item in items:
                entry.write((b",\n" if count else b"\n") + item)
                count += 1
                await self._store_parts()
            entry.write(b"\n]\n")
        return count

    async def close(self) -> Archive:
        """Store the rest, and return what the archive is.

        Raises:
            Unavailable: The store does not take it.
        """
        self._zip.close()
        await self._store_parts()
        if self._sink.waiting:
            await self._store(bytes(self._sink.waiting))
        return Archive(
            name=self._name,
            size_bytes=self._sink.size,
            part_bytes=PART_BYTES,
            sha256=self._sink.digest.hexdigest(),
        )

    def _info(self, path: str, *, packed: bool) -> ZipInfo:
        info = ZipInfo(path, self._date)
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr = _READABLE
        return info

    async def _store_parts(self) -> None:
        waiting = self._sink.waiting
        while len(waiting) >= PART_BYTES:
            await self._store(bytes(waiting[:PART_BYTES]))
            del waiting[:PART_BYTES]

    async def _store(self, data: bytes) -> None:
        await self._archives.put(self._name, self._parts, data)
        self._parts += 1


class _Sink(io.RawIOBase):
    """What a ZIP is written to, in which nobody can seek.

    Attributes:
        waiting: What is not stored yet.
        digest: Of all that was written.
        size: Of all that was written.
    """

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override] # a ZIP writes no else
        self.waiting += data
        self.digest.update(data)
        self.size += len(data)
        return len(data)
