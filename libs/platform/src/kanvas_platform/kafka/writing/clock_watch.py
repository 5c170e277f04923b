"""Whose clock is wrong: the own one held against the broker's and those of one's peers."""

from collections.abc import Collection
from contextlib import AbstractContextManager

from kanvas_platform.clock import Clock
from kanvas_platform.kafka import metrics

BOUND_SECONDS = 5.0
"""By how much a writer's clock may differ. Ids may be a minute ahead, so none is refused for it."""


class ClockWatch:
    """By how much the own clock is ahead of the broker's.

    Measured each time that the broker tells when it has appended something. In between, a clock
    that is set shows as a jump against monotonic time, so that nothing is decided by it meanwhile.

    Attributes:
        ahead: Seconds by which the own clock was ahead of the broker's when it was measured last;
            negative where it was behind. 0 before that.
    """

    def __init__(self, *, clock: Clock, service: str) -> None:
        self.ahead = 0.0
        self._clock = clock
        self._service = service
        self._drift_then = self._drift()
        self._judged = 0.0

    def shown(self) -> AbstractContextManager[None]:
        """Show the difference as a metric, as it is at each scrape."""
        return metrics.shown(metrics.clock_ahead, self._service, lambda: self.now_ahead)

    @property
    def now_ahead(self) -> float:
        """By how much the own clock is ahead, unless the broker's has been set since."""
        return self.ahead + self._drift() - self._drift_then

    @property
    def changed(self) -> bool:
        """Whether the difference has changed by more than the bound since it was last judged."""
        return abs(self.now_ahead - self._judged) > BOUND_SECONDS

    def measure(self, since: float, appended: float) -> None:
        """Measure: the broker says when it appended what it was asked for at `since`.

        Both ends of the time between are told by the clock as it is now. If the clock was set
        meanwhile, that belongs to the difference: measured by the old time, it would not be seen
        here, and later it would be no change.

        Args:
            since: Monotonic time at which the broker was asked.
            appended: Unix time by the broker's clock at which it appended.
        """
        self._drift_then = self._drift()
        # It happened at some moment between: as long as one agrees, there is no difference.
        earliest = since + self._drift_then - appended
        latest = self._clock.monotonic() + self._drift_then - appended
        self.ahead = earliest if earliest > 0 else min(latest, 0.0)

    def judge(self, peers: Collection[float]) -> bool:
        """Tell whether to write by this clock, and remember what was judged.

        It must agree with the broker's. If it does not, but with that of a peer, it is the
        broker's that is wrong, and the service needs a leader.

        Args:
            peers: By how much the clocks of other instances were ahead of the broker's.
        """
        self._judged = self.ahead
        return self.agrees or any(abs(self.ahead - peer) <= BOUND_SECONDS for peer in peers)

    @property
    def agrees(self) -> bool:
        """Whether the own clock is within the bound of the broker's, as far as is known."""
        return abs(self.now_ahead) <= BOUND_SECONDS

    def _drift(self) -> float:
        return self._clock.now() - self._clock.monotonic()
