"""Going no faster than somebody may."""

from kanvas_platform.clock import Clock


class Pace:
    """So much a second, measured from one piece of work to the next: time lost is not made good.

    Args:
        clock: Time.
        per_second: How many.
    """

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._per_second = per_second
        self._next = clock.monotonic()

    async def keep(self, done: int) -> None:
        """Wait for as long as so many may take, counted from when the last wait ended."""
        now = self._clock.monotonic()
        self._next = max(self._next, now - done / self._per_second) + done / self._per_second
        await self._clock.sleep(self._next - now)
