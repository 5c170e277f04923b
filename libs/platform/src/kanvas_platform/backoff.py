"""Pauses between tries that grow, with jitter."""

import random

from kanvas_platform.clock import Clock

_DOUBLINGS_MAX = 32


def doubling(tries: int, *, first: float, longest: float) -> float:
    """Return the seconds to wait after some tries: `first`, doubling up to `longest`.

    A function of its arguments alone, for pauses that every reader of a log must compute alike.

    Args:
        tries: How often it was tried before, 0 or more.
        first: Seconds after the first try.
        longest: Seconds that no pause exceeds.
    """
    # The exponent is bounded: two to the power of a large number is no float.
    return min(longest, first * 2.0 ** min(tries, _DOUBLINGS_MAX))


class Backoff:
    """Pauses before further tries, doubling from `first` to `longest`, each shortened at random.

    The jitter keeps instances that failed together from trying again together.
    """

    def __init__(self, clock: Clock, *, first: float = 0.1, longest: float = 5.0) -> None:
        """Begin with the shortest pause.

        Args:
            clock: What `pause` sleeps by.
            first: Seconds before the second try, at most.
            longest: Seconds before any try, at most.
        """
        self._clock = clock
        self._first = first
        self._longest = longest
        self._tries = 0

    def reset(self) -> None:
        """Begin with short pauses again: something has worked."""
        self._tries = 0

    def next(self) -> float:
        """Return the seconds to wait before the next try, for a caller that waits by itself."""
        seconds = doubling(self._tries, first=self._first, longest=self._longest)
        self._tries += 1
        return seconds * random.uniform(0.5, 1.0)  # noqa: S311 - jitter

    async def pause(self) -> None:
        """Wait before the next try."""
        await self._clock.sleep(self.next())
