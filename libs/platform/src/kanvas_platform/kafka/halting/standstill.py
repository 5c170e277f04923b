"""Coming to a standstill, and saying so: in readiness, in a metric and in the log."""

from kanvas_platform.clock import Clock
from kanvas_platform.kafka import metrics
from kanvas_platform.observability import get_logger
from kanvas_platform.standing import Cause, StandingStill

LONGEST_PAUSE = 30.0
"""Seconds between two looks whether a reader that stands still may go on, at most."""

_log = get_logger(__name__)


class Standstill:
    """Whether one reader or copier stands still, and where."""

    def __init__(self, *, reader: str, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._current: StandingStill | None = None

    @property
    def current(self) -> StandingStill | None:
        """Where it stands; None while it goes on."""
        return self._current

    def at(self, *, topic: str, offset: int, cause: Cause, why: str) -> bool:
        """Say where it stands, each time that it has tried to go on.

        Returns:
            Whether that is another place than before.
        """
        before = self._current
        if before is not None and before.cause == cause == "log_replaced":
            offset = before.offset  # where such a log ends moves on with what is written to it
        there = before is not None and (before.topic, before.offset, before.cause) == (
            topic,
            offset,
            cause,
        )
        since = before.since if before is not None and there else self._clock.now()
        if not there:
            self.end()
        self._current = StandingStill(self._reader, topic, offset, cause, since, why)
        metrics.standing_still.labels(self._reader, topic, cause).set(1)
        _log.error(
            "standing still",
            reader=self._reader,
            topic=topic,
            offset=offset,
            cause=cause,
            why=why,
            see=self._current.see,
        )
        return not there

    def over(self) -> None:
        """Say that it goes on, if it stood still."""
        if self._current is not None:
            _log.warning("going on", reader=self._reader, topic=self._current.topic)
        self.end()

    def end(self) -> None:
        """Take back what was said: the reader that stood still is at work no more."""
        if self._current is not None:
            standing, self._current = self._current, None
            metrics.standing_still.labels(self._reader, standing.topic, standing.cause).set(0)
