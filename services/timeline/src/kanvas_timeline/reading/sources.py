"""What a read looks at, and how long it may take."""

from dataclasses import dataclass

from kanvas_platform.clock import Clock
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.ports import FeedReplica, Views

_ANSWER_SECONDS = 0.1


@dataclass(frozen=True)
class Sources:
    """The memory and the database of one instance: together they hold every post.

    Attributes:
        replica: The folded log: everything above the floor of its recent log.
        store: Everything below.
        clock: For deadlines.
    """

    replica: FeedReplica
    store: Views
    clock: Clock

    @property
    def state(self) -> TimelineState:
        """The folded state."""
        return self.replica.state

    def deadline(self, timeout: float) -> "Deadline":
        """Return the moment `timeout` seconds from now."""
        return Deadline(self.clock, timeout)


class Deadline:
    """A moment by which a call must have been answered."""

    def __init__(self, clock: Clock, timeout: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + timeout

    def remaining(self) -> float:
        """Return the seconds that are left; 0 once it has passed."""
        return max(0.0, self._end - self._clock.monotonic())

    def for_waiting(self) -> float:
        """Return the seconds that a wait may take whose failure must still be told in time."""
        return max(0.0, self.remaining() - _ANSWER_SECONDS)


async def open_read(sources: Sources, at_least: int, deadline: Deadline) -> None:
    """Let a read begin: the state is fresh and includes `at_least` (0: whatever it has).

    Raises:
        NotFresh: This instance cannot show that it is close to the end of the log.
        PositionUnknown: The log ends before `at_least`.
        PositionNotReached: `at_least` was not applied in time.
    """
    await sources.replica.until_fresh(deadline.for_waiting())
    if at_least > sources.replica.position:
        await sources.replica.include(at_least, deadline.for_waiting())
        await sources.replica.until_fresh(deadline.for_waiting())
