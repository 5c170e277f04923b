"""Writing the log to one generation of the views, whether or not it serves."""

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.standing import StandingStill
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.materialiser import Materialiser
from kanvas_timeline.pace import Pace
from kanvas_timeline.ports import FeedStore


class Filling:
    """Writes a generation from where it is, and goes on with what comes.

    Others may write it as well: all write the same.

    Args:
        broker: Where the log is.
        store: The generation.
        clock: Time.
        pace: How many posts may be written in a second; None for as many as go.
    """

    def __init__(
        self, broker: Broker, store: FeedStore, clock: Clock, pace: Pace | None = None
    ) -> None:
        self._progress = _Progress()
        first = Leadership()
        first.change(leads=True)
        self._materialiser = Materialiser(
            broker=broker,
            views=_Alone(store),
            recent=self._progress,
            leadership=first,
            clock=clock,
            pace=pace,
        )

    @property
    def reached(self) -> int:
        """Position up to which the generation holds every record."""
        return self._progress.materialised

    @property
    def standing(self) -> StandingStill | None:
        """Where reading has come to a halt; None while it goes on."""
        return self._materialiser.standing

    async def run(self) -> None:
        """Write until canceled."""
        await self._materialiser.run()


class _Progress:
    """How far it is: the `Reached` of what has no memory."""

    materialised = 0
    views_reach = True


class _Alone:
    """`Views` that are one generation."""

    def __init__(self, store: FeedStore) -> None:
        self.serving = store
