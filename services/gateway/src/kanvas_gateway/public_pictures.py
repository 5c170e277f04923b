"""Pictures that everybody may see, as far as this gateway knows."""

import time
from collections.abc import Callable
from math import inf

MOST = 20_000
"""How many are remembered."""

_LAG_SECONDS = 1.0
"""What the timeline answers may have been so that long ago: then it says `NOT_FRESH`."""


class PublicPictures:
    """Remembers which pictures were public when the timeline was asked, and for how long that does.

    Args:
        removal_seconds: Within so many seconds a picture that is public no more is shown as one no
            more, neither by this gateway nor by whatever has kept its answer.
        monotonic: Tells the time, in seconds.
    """

    def __init__(
        self, *, removal_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._removal_seconds = removal_seconds
        self._monotonic = monotonic
        self._asked_at: dict[str, float] = {}

    def now(self) -> float:
        """Return the time at which something is asked, for `note`."""
        return self._monotonic()

    def note(self, sha256: str, asked_at: float) -> None:
        """Note that a picture is public, by the answer to what was asked at that time."""
        self._asked_at.pop(sha256, None)
        self._asked_at[sha256] = asked_at
        if len(self._asked_at) > MOST:
            del self._asked_at[next(iter(self._asked_at))]

    def forget(self, sha256: str) -> None:
        """Note that a picture is not public."""
        self._asked_at.pop(sha256, None)

    def seconds_left(self, sha256: str, *, asked_within: float = inf) -> int:
        """Return for how many seconds everybody may keep a picture; 0 where that is not known.

        Args:
            sha256: Name of the picture.
            asked_within: An answer that is older, in seconds, does not count.
        """
        asked_at = self._asked_at.get(sha256)
        if asked_at is None:
            return 0
        age = self._monotonic() - asked_at
        if age > asked_within:
            return 0
        return max(0, int(self._removal_seconds - _LAG_SECONDS - age))
