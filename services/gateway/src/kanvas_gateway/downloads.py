"""Downloads of archives: how many go on at once, and their bytes, a piece at a time."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Final

from kanvas.graph.v1.records_pb2 import Archive
from kanvas_gateway.ports import Archives
from kanvas_platform.errors import Overloaded

MOST: Final = 64
"""Downloads at once. Each holds a piece of an archive in memory while it waits for its client."""

MOST_EACH: Final = 2
"""Of one account."""

PIECE_BYTES: Final = 1024 * 1024


class Downloads:
    """The downloads of one gateway.

    Args:
        archives: Where the archives are.
    """

    def __init__(self, archives: Archives) -> None:
        self._archives = archives
        self._by_account: Counter[str] = Counter()

    @contextmanager
    def place(self, account_id: str) -> Iterator[None]:
        """Hold a place for a download of an account.

        Raises:
            Overloaded: Too many go on, of this account or of all.
        """
        if self._by_account[account_id] >= MOST_EACH or self._by_account.total() >= MOST:
            raise Overloaded("Too many downloads at once.", retry_after=5.0)
        self._by_account[account_id] += 1
        try:
            yield
        finally:
            self._by_account[account_id] -= 1
            if not self._by_account[account_id]:
                del self._by_account[account_id]

    async def pieces(self, archive: Archive, start: int, end: int) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of an archive from `start` on, up to but without `end`.

        Raises:
            Unavailable: The store does not answer, or lacks a part.
        """
        while start < end:
            number, offset = divmod(start, archive.part_bytes)
            length = min(PIECE_BYTES, archive.part_bytes - offset, end - start)
            yield await self._archives.read(archive.name, number, offset, offset + length)
            start += length
