"""How much of something may happen in a while."""


class TokenBucket:
    """A limit of `burst` at once and `rate` a second after that.

    Args:
        rate: Refill, a second.
        burst: What it holds, and holds at first.
        now: Monotonic seconds.
    """

    __slots__ = ("_at", "_burst", "_level", "_rate")

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._level = burst
        self._at = now

    def take(self, now: float) -> bool:
        """Take one; say whether there was one."""
        self._level = self._level_at(now)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True

    def give_back(self) -> None:
        """Undo a `take` that turned out not to count."""
        self._level = min(self._burst, self._level + 1)

    def wait(self, now: float) -> float:
        """Return the seconds until there is one; 0 where there is."""
        return max(0.0, (1 - self._level_at(now)) / self._rate)

    def full(self, now: float) -> bool:
        """Return whether it is as good as a new one."""
        return self._level_at(now) >= self._burst

    def _level_at(self, now: float) -> float:
        return min(self._burst, self._level + (now - self._at) * self._rate)
