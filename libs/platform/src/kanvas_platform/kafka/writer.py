"""The one that writes: decides commands against the folded log and commits them."""

from collections.abc import Callable
from typing import Generic, TypeVar

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker import Broker
from kanvas_platform.kafka.machine import Command, Decide, Receipt, State
from kanvas_platform.kafka.replica import Replica

S = TypeVar("S", bound=State)


class Writer(Generic[S]):
    """Stands for the office of a service, and writes its logs while it holds it."""

    def __init__(
        self,
        *,
        service: str,
        address: str,
        replica: Replica[S],
        decide: Decide[S],
        broker: Broker,
        clock: Clock,
        on_office: Callable[[bool], None] | None = None,
    ) -> None:
        self.name = f"{service}-writer"

    @property
    def in_office(self) -> bool:
        """Whether this instance has announced itself and has not heard that it was replaced."""
        raise NotImplementedError

    @property
    def office_address(self) -> str | None:
        """Address of the instance in office as announced; None if unknown or this one's own."""
        raise NotImplementedError

    async def run(self) -> None:
        """Stand for office until canceled; then leave it, so that another takes over at once."""
        raise NotImplementedError

    async def submit(self, command: Command, timeout: float) -> Receipt:
        """Decide a command, commit what it makes, and return once the own replica has it.

        Raises:
            KanvasError: Whatever `decide` raises.
            NotInOffice: Another instance writes; metadata `address` says which, if known.
            OutcomeUnknown: `timeout` seconds have passed, or office was lost while the command
                was being committed. Repeat it with its id.
            CommandExpired: The id is older than the window in which repeats are recognised.
            CommandIdReused: The id was used before, for another command.
            Overloaded: The queue is full.
        """
        raise NotImplementedError
