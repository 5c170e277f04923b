"""What every reader can be asked: how far it is, and whether that is the end."""

import asyncio

from kanvas_platform.errors import NotFresh, PositionNotReached, PositionUnknown
from kanvas_platform.kafka.reading.log_cursor import LogCursor
from kanvas_platform.kafka.reading.read_loop import ReadLoop
from kanvas_platform.standing import StandingStill

_RETRY_SECONDS = 0.25
_PROOF_SECONDS = 1.0
_FRESH_SECONDS = 1.0


class LogReader:
    """Base of readers: position, freshness, and waiting for either."""

    def __init__(self, *, name: str, cursor: LogCursor, loop: ReadLoop) -> None:
        self.name = name
        self._cursor = cursor
        self._loop = loop

    @property
    def position(self) -> int:
        """Position of the log up to which everything is applied; 0 before the first record."""
        return self._cursor.position.value

    @property
    def source_position(self) -> int:
        """Last source position of a copied record in the log; 0 where there is none."""
        return self._cursor.source.value

    @property
    def ready(self) -> bool:
        """Whether the end was reached once, and reading has not come to a halt since."""
        return self._loop.ready

    @property
    def standing(self) -> StandingStill | None:
        """Where reading has come to a halt; None while it goes on."""
        return self._loop.standing

    async def until_ready(self) -> None:
        """Return once the end was reached for the first time."""
        await self._loop.until_ready()

    async def run(self) -> None:
        """Follow until canceled. Waits for a broker that is down; never gives up."""
        await self._loop.run()

    def fresh(self, within: float = _FRESH_SECONDS) -> bool:
        """Tell whether all that was committed `within` seconds ago is applied.

        Where nobody has asked for some seconds, this is not known, and found out soon.
        """
        return self._loop.fresh(within)

    async def until_fresh(self, timeout: float) -> None:
        """Return once `fresh()`: at once while others ask as well, else after a query.

        Args:
            timeout: Seconds; of them at most one is waited.

        Raises:
            NotFresh: It could not be shown in time, or the broker does not answer.
        """
        try:
            await self._loop.until_fresh(_FRESH_SECONDS, min(timeout, _PROOF_SECONDS))
        except TimeoutError:
            raise NotFresh(
                f"{self.name} cannot show that it is at the end of the log.",
                retry_after=_RETRY_SECONDS,
            ) from None

    async def wait_for(self, position: int, timeout: float) -> None:
        """Return once the position is applied, whether or not it has been given away yet.

        Args:
            position: Position in the (main) log.
            timeout: Seconds.

        Raises:
            PositionNotReached: It was not applied in time.
        """
        try:
            await self._cursor.position.reach(position, timeout)
        except TimeoutError:
            raise PositionNotReached(
                f"{self.name} has applied {self.position}, not yet {position}.",
                retry_after=_RETRY_SECONDS,
                metadata={"position": str(self.position)},
            ) from None

    async def include(self, position: int, timeout: float) -> None:
        """Return once a position that somebody was given is applied; wait for no other.

        A caller got its position from a record that could be read. So once everything that
        was readable before the call is applied, a position that is not among it was made up, or
        is one of another log.

        Args:
            position: Position in the (main) log.
            timeout: Seconds.

        Raises:
            PositionUnknown: The log ended before it when it was asked for.
            PositionNotReached: Neither it nor the end was reached in time.
        """
        if position <= self.position:
            return
        reached = asyncio.ensure_future(self.wait_for(position, timeout))
        ended = asyncio.ensure_future(self._loop.barrier(timeout))
        try:
            await asyncio.wait((reached, ended), return_when=asyncio.FIRST_COMPLETED)
            at_end = ended.done() and ended.exception() is None
            if at_end and position > self.position:
                raise PositionUnknown(
                    f"{self.name} is at the end of the log, which is before {position}.",
                    metadata={"position": str(self.position)},
                )
            if not at_end:
                await reached
        finally:
            for task in (reached, ended):
                task.cancel()
            await asyncio.gather(reached, ended, return_exceptions=True)

    async def wait_for_source(self, source_position: int, timeout: float) -> int:
        """Return a position in this log by which a source position had been copied.

        It is the lowest one for recent copies; for old ones a later position, which also includes
        the copy.

        Args:
            source_position: Position in the log that is copied into this one.
            timeout: Seconds.

        Raises:
            PositionNotReached: It was not copied and applied in time.
        """
        try:
            await self._cursor.source.reach(source_position, timeout)
        except TimeoutError:
            raise PositionNotReached(
                f"{self.name} has the copy of {self.source_position}, not yet {source_position}.",
                retry_after=_RETRY_SECONDS,
            ) from None
        return self._cursor.copied_by(source_position)

    async def barrier(self, timeout: float) -> int:
        """Return the position once everything that was readable before the call is applied.

        Args:
            timeout: Seconds.

        Raises:
            NotFresh: The end could not be asked for and reached in time.
        """
        try:
            await self._loop.barrier(timeout)
        except TimeoutError:
            raise NotFresh(
                f"{self.name} could not reach the end of the log in time.",
                retry_after=_RETRY_SECONDS,
            ) from None
        return self.position
