"""A service's own log as its use cases see it: a state to read, and a way in for commands.

`Replica` and `Writer` implement these; so do the doubles of tests.
"""

from typing import Protocol, TypeVar

from kanvas_platform.kafka.contract import Command, Receipt

S_co = TypeVar("S_co", covariant=True)


class FoldedLog(Protocol[S_co]):
    """The log folded into a state; see `kanvas_platform.kafka.reading.replica.Replica`.

    `state` and `position` belong together between two awaits.
    """

    @property
    def state(self) -> S_co:
        """What the log folds into."""

    @property
    def position(self) -> int:
        """Position up to which the state includes everything."""

    async def until_fresh(self, timeout: float) -> None:
        """Return once the state includes all that was committed a second ago.

        Raises:
            NotFresh: It could not be shown to within `timeout` seconds, or one where that is less.
        """

    async def wait_for(self, position: int, timeout: float) -> None:
        """Return once a position is applied.

        Raises:
            PositionNotReached: Not within that many seconds.
        """

    async def include(self, position: int, timeout: float) -> None:
        """Return once a position that a caller was given is applied.

        Raises:
            PositionUnknown: The log ends before it.
            PositionNotReached: Not within that many seconds.
        """

    async def barrier(self, timeout: float) -> int:
        """Return the position once everything committed before the call is applied.

        Raises:
            NotFresh: Not within that many seconds.
        """


class Commands(Protocol):
    """The way in for commands; see `kanvas_platform.kafka.writing.writer.Writer`."""

    @property
    def leads(self) -> bool:
        """Whether this instance leads. Only the leader takes commands."""

    async def submit(self, command: Command, timeout: float) -> Receipt:
        """Commit what a command decides, and return once the own state includes it.

        Args:
            command: What is wanted.
            timeout: Seconds after which the outcome is unknown.

        Raises:
            KanvasError: What `decide` and `Writer.submit` raise.
        """
