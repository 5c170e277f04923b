"""What one task reads ahead of another, which takes it in batches."""

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """A queue between a task that reads a log and a task that works off what was read.

    Args:
        waiting: At most so many items wait; then the reader waits, too.
        batch: At most so many items are taken at a time.
    """

    def __init__(self, *, waiting: int, batch: int) -> None:
        self._queue: asyncio.Queue[T] = asyncio.Queue(waiting)
        self._batch = batch

    def __len__(self) -> int:
        return self._queue.qsize()

    async def put(self, item: T) -> None:
        """Add an item; wait while there is no room."""
        await self._queue.put(item)

    async def take(self) -> list[T]:
        """Wait for an item; return it and those that wait behind it. Loses none when canceled."""
        batch = [await self._queue.get()]
        while len(batch) < self._batch and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch
