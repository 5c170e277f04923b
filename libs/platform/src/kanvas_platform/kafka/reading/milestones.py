"""Waiting until a number that only grows has reached a value."""

import asyncio
import heapq
import itertools


class Milestones:
    """A number that only grows, and those who wait for it."""

    def __init__(self) -> None:
        self.value = 0
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        """How many callers wait for a value that has not come."""
        return len(self._waiting)

    def advance(self, value: int) -> None:
        """Raise the number; a lower value than the present one is ignored."""
        if value <= self.value:
            return
        self.value = value
        while self._waiting and self._waiting[0][0] <= value:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)

    async def reach(self, value: int, timeout: float) -> None:
        """Return once the number is at least `value`.

        Raises:
            TimeoutError: It took longer than `timeout` seconds.
        """
        if value <= self.value:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (value, next(self._order), future)
        heapq.heappush(self._waiting, entry)
        try:
            async with asyncio.timeout(timeout):
                await future
        except BaseException:
            # Those who gave up must not pile up behind a value that is long in coming.
            if entry in self._waiting:
                self._waiting.remove(entry)
                heapq.heapify(self._waiting)
            raise
