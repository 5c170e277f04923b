"""A clock that moves only when a test says so."""

import asyncio
import heapq
import itertools

_START = 1_700_000_000.0


class ManualClock:
    """A `Clock` that `advance` moves, which wakes the sleepers whose time has come.

    Sleepers are released in the order of their wake-up times, and run when the test next awaits.
    """

    def __init__(self, now: float = _START) -> None:
        self._wall_at_zero = now
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    @property
    def sleepers(self) -> int:
        """How many tasks are asleep: lets a test wait until a component has gone to sleep."""
        return sum(not future.done() for _, _, future in self._sleepers)

    def now(self) -> float:
        """Return the wall clock's start plus all advances."""
        return self._wall_at_zero + self._elapsed

    def monotonic(self) -> float:
        """Return the sum of all advances."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Return once `advance` has moved the clock that far; yield once where not positive."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), future))
        await future

    def advance(self, seconds: float) -> None:
        """Move the clock forward and release the sleepers whose time has come."""
        if seconds < 0:
            raise ValueError("a monotonic clock cannot go back")
        self._elapsed += seconds
        while self._sleepers and self._sleepers[0][0] <= self._elapsed:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
