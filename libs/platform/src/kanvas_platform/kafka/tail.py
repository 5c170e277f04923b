"""One log, read record by record, for readers without a state."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from google.protobuf.message import Message

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker import Broker
from kanvas_platform.kafka.logs import LogSpec

R = TypeVar("R", bound=Message)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Start at the first record that is there."""


@dataclass(frozen=True, slots=True)
class AtPosition:
    """Start with the record after a position, which everything up to has been seen."""

    position: int


@dataclass(frozen=True, slots=True)
class Since:
    """Start with the first record appended at or after a Unix time in seconds."""

    time: float


Start = Beginning | AtPosition | Since


@dataclass(frozen=True, slots=True)
class Delivered(Generic[R]):
    """A record as its reader gets it.

    Attributes:
        record: The decoded record; not to be changed.
        position: Its position in the log.
        key: Key of the entity.
        type: CloudEvents type; "" where the record names none.
        time: Unix time in seconds at which the broker appended it.
        trace: `traceparent` of the command that made it; "" where there is none.
    """

    record: R
    position: int
    key: str
    type: str
    time: float
    trace: str


class Tail(Generic[R]):
    """Calls back for each record of a log, in order."""

    def __init__(
        self,
        *,
        broker: Broker,
        log: LogSpec,
        on_record: Callable[[Delivered[R]], Awaitable[None] | None],
        start: Start,
        clock: Clock,
        name: str,
        on_gap: Callable[[int, int], None] | None = None,
    ) -> None:
        self.name = name

    @property
    def position(self) -> int:
        """Position of the last record for which the callback has returned."""
        raise NotImplementedError

    @property
    def source_position(self) -> int:
        """Last source position of a copied record; 0 where there is none."""
        raise NotImplementedError

    @property
    def ready(self) -> bool:
        """Whether the end of the log was reached once, and reading has not come to a halt."""
        raise NotImplementedError

    async def run(self) -> None:
        """Follow the log until canceled. Waits for a broker that is down; never gives up."""
        raise NotImplementedError

    def fresh(self, within: float = 1.0) -> bool:
        """Tell whether all that was committed `within` seconds ago has been called back for."""
        raise NotImplementedError

    def check_fresh(self, within: float = 1.0) -> None:
        """Raise NotFresh unless `fresh(within)`."""
        raise NotImplementedError

    async def wait_for(self, position: int, timeout: float) -> None:
        """Return once the position is applied, or raise PositionNotReached."""
        raise NotImplementedError

    async def wait_for_source(self, source_position: int, timeout: float) -> int:
        """Return a position by which a source position was copied, or raise PositionNotReached."""
        raise NotImplementedError

    async def barrier(self, timeout: float) -> int:
        """Return once everything committed before the call is applied, or raise NotFresh."""
        raise NotImplementedError
