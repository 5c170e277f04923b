"""Pauses between tries that grow, with jitter."""

import random

from kanvas_platform.clock import Clock

_FIRST = 0.1


class Backoff:
    """Pauses before further tries: 0.1 s, doubling up to `longest`, each shortened at random.

    The jitter keeps instances that failed together from trying again together.
    """

    def __init__(self, clock: Clock, *, longest: float = 5.0) -> None:
        self._clock = clock
        self._longest = longest
        self._next = _FIRST

    def reset(self) -> None:
        """Begin with short pauses again: something has worked."""
        self._next = _FIRST

    async def pause(self) -> None:
        """Wait before the next try."""
        seconds, self._next = self._next, min(self._next * 2, self._longest)
        await self._clock.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
