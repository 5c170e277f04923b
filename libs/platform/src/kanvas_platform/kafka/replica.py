"""A state folded from a log and its side logs, on every instance, always."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker import Broker
from kanvas_platform.kafka.logs import LogSpec
from kanvas_platform.kafka.machine import OnApplied, State

S = TypeVar("S", bound=State)


class Replica(Generic[S]):
    """Folds a main log and its side logs into a state."""

    def __init__(
        self,
        *,
        broker: Broker,
        main: LogSpec,
        sides: Sequence[LogSpec],
        state: S,
        clock: Clock,
        on_applied: OnApplied | None = None,
        name: str,
    ) -> None:
        self.name = name
        self.state = state

    @property
    def position(self) -> int:
        """Position of the main log up to which the state includes everything."""
        raise NotImplementedError

    @property
    def source_position(self) -> int:
        """Last source position of a copied record in the main log; 0 where there is none."""
        raise NotImplementedError

    @property
    def ready(self) -> bool:
        """Whether the end of the logs was reached once, and reading has not come to a halt."""
        raise NotImplementedError

    async def run(self) -> None:
        """Follow the logs until canceled. Waits for a broker that is down; never gives up."""
        raise NotImplementedError

    def fresh(self, within: float = 1.0) -> bool:
        """Tell whether the state includes all that was committed `within` seconds ago."""
        raise NotImplementedError

    def check_fresh(self, within: float = 1.0) -> None:
        """Raise NotFresh unless `fresh(within)`."""
        raise NotImplementedError

    async def wait_for(self, position: int, timeout: float) -> None:
        """Return once the state includes a position of the main log, or raise PositionNotReached."""
        raise NotImplementedError

    async def wait_for_source(self, source_position: int, timeout: float) -> int:
        """Return a position by which a source position was copied, or raise PositionNotReached."""
        raise NotImplementedError

    async def barrier(self, timeout: float) -> int:
        """Return once everything committed before the call is applied, or raise NotFresh."""
        raise NotImplementedError
