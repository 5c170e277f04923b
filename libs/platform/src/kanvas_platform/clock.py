"""Time as a port, so that no test sleeps and no deadline depends on the wall clock."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where a component gets the time from."""

    def now(self) -> float:
        """Return Unix time in seconds. May jump; nothing may be ordered by it."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start. Never goes back; for deadlines."""

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds of monotonic time; at once where not positive."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Return the machine's monotonic time in seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(seconds)
