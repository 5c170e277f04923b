"""The operator's command `rebuild`: all views anew from the log, beside those that serve.

Each step stands in the row of generations. So whoever ends the command, or kills it, runs it again,
and it goes on where it was: at the position that the new tables have reached, or with what is to be
taken away.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.broker.port import Broker, BrokerError
from kanvas_platform.kafka.records.seek import last_before
from kanvas_timeline.domain.generations import FIRST, Generations
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.filling import Filling
from kanvas_timeline.pace import Pace
from kanvas_timeline.ports import GenerationStore

DONE, NOT_DONE = 0, 2
"""Exit statuses."""

_CALL_SECONDS = 10.0
_LOOK_SECONDS = 2.0
_PROGRESS_SECONDS = 5.0
_CONNECT_SECONDS = 60.0
_HANDOVER_SECONDS = 45.0
"""How long the new generation is still written after the switch, and the old one is left: longer
than instances take to notice, and than a read takes that has begun with the old one."""

Say = Callable[[str], None]


class Tables(Protocol):
    """What the command does to whole generations.

    Each call raises KanvasError where the database does not do it.
    """

    def open(self, generation: int) -> GenerationStore:
        """Return the store of a generation, not running yet."""
        ...

    async def make(self, generation: int) -> Sequence[str]:
        """Make the tables of a generation, where they are missing; return what was done."""
        ...

    async def take_away(self, generation: int) -> None:
        """Take away all rows of a generation, and its tables where nothing else lies there."""
        ...


class _Stopped(Exception):
    """The command cannot go on; the message says why."""


async def rebuild(
    *, broker: Broker, tables: Tables, clock: Clock, records_per_second: int, say: Say
) -> int:
    """Make all views anew and let them serve; return the exit status.

    Args:
        broker: Where the log is.
        tables: Makes and takes away generations.
        clock: Time.
        records_per_second: At most so many records about posts are written in a second.
        say: Takes the lines that tell how far it is.
    """
    return await _act(_Rebuild(broker, tables, clock, records_per_second, say).run, say)


async def give_up(*, tables: Tables, clock: Clock, say: Say) -> int:
    """Take away what a rebuild has made that was not finished; return the exit status."""

    async def run() -> None:
        await tables.make(FIRST)
        async with _running(tables.open(FIRST), clock) as first:
            known = await _read(first)
            if not known.building:
                raise _Stopped("No rebuild is under way.")
            await tables.take_away(known.building)
            await _change(first, known, known._replace(building=0))
            say(f"Generation {known.building} is gone; {known.serving} serves on.")

    return await _act(run, say)


class _Rebuild:
    def __init__(
        self, broker: Broker, tables: Tables, clock: Clock, records_per_second: int, say: Say
    ) -> None:
        self._broker = broker
        self._tables = tables
        self._clock = clock
        self._pace = Pace(clock, records_per_second)
        self._say = say

    async def run(self) -> None:
        await self._tables.make(FIRST)
        async with _running(self._tables.open(FIRST), self._clock) as first:
            known = await _read(first)
            if known.retiring and not known.clearing:
                self._say(f"Generation {known.serving} serves already.")
                await self._tables.make(known.serving)
            else:
                known = await self._begin(first, known)
            known = await self._fill(first, known)
            await self._tables.take_away(known.retiring)
            await _change(first, known, known.settled())
            self._say(f"Generation {known.retiring} is gone. Done.")

    async def _begin(self, first: GenerationStore, known: Generations) -> Generations:
        if known.building:
            self._say(f"Going on with generation {known.building}; {known.serving} serves.")
        else:
            # Nobody knows of which log it is, what may lie there from an earlier time.
            cleared, begun = known.cleared(), known.begun()
            if not known.clearing:
                await _change(first, known, cleared)
            await self._tables.take_away(cleared.retiring)
            await _change(first, cleared, begun)
            known = begun
            self._say(f"Making generation {known.building}; {known.serving} serves.")
        await self._tables.make(known.building)
        return known

    async def _fill(self, first: GenerationStore, known: Generations) -> Generations:
        """Write the log to a generation, let it serve, and write on until others do."""
        number = known.building or known.serving
        async with _running(self._tables.open(number), self._clock) as store:
            filling = Filling(self._broker, store, self._clock, self._pace)
            async with _as_task(filling.run()) as running:
                await self._until_caught_up(filling, running)
                if known.building:
                    await _change(first, known, known.switched())
                    known = known.switched()
                    self._say(f"Generation {number} serves. {known.retiring} is left for now.")
                await self._clock.sleep(_HANDOVER_SECONDS)
        return known

    async def _until_caught_up(self, filling: Filling, running: asyncio.Task[None]) -> None:
        """Return once everything is written that was committed a moment ago."""
        told = self._clock.monotonic()
        wanted = await self._end()
        while filling.reached < wanted:
            await self._clock.sleep(_LOOK_SECONDS)
            if running.done():
                running.result()  # it ends only where it fails
            if filling.standing is not None:
                raise _Stopped(f"Reading stands still: {filling.standing.why}")
            if filling.reached >= wanted:
                break
            wanted = await self._end()
            if self._clock.monotonic() - told >= _PROGRESS_SECONDS:
                told = self._clock.monotonic()
                self._say(f"Written up to position {filling.reached} of {wanted}.")
        self._say(f"Written up to position {filling.reached}: all there is.")

    async def _end(self) -> int:
        end = (await self._broker.ends([FEED.topic]))[FEED.topic]
        return (await last_before(self._broker, FEED, end)).position


async def _act(run: Callable[[], Awaitable[None]], say: Say) -> int:
    try:
        await run()
    except _Stopped as stopped:
        say(str(stopped))
    except BrokerError as error:
        say(f"Kafka does not answer: {error}. Run it again: it goes on where it was.")
    except KanvasError as error:
        say(f"Cassandra does not do it: {error.message} Run it again: it goes on where it was.")
    else:
        return DONE
    return NOT_DONE


async def _read(first: GenerationStore) -> Generations:
    await first.note(Generations(), timeout=_CALL_SECONDS)
    return await first.generations(timeout=_CALL_SECONDS) or Generations()


async def _change(first: GenerationStore, known: Generations, becomes: Generations) -> None:
    if not await first.change(known, becomes, timeout=_CALL_SECONDS):
        # An attempt whose answer was lost may have done it.
        if await first.generations(timeout=_CALL_SECONDS) == becomes:
            return
        raise _Stopped("Another rebuild is at work, or was given up. Look, and run it again.")


@asynccontextmanager
async def _running(store: GenerationStore, clock: Clock) -> AsyncIterator[GenerationStore]:
    """Run a store; give it once it answers."""
    async with _as_task(store.run()):
        end = clock.monotonic() + _CONNECT_SECONDS
        while True:
            try:
                await store.marks(timeout=_CALL_SECONDS)
                break
            except HistoryUnavailable:
                if clock.monotonic() > end:
                    raise
            await clock.sleep(_LOOK_SECONDS / 10)
        yield store


@asynccontextmanager
async def _as_task(
    running: Coroutine[None, None, None],
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(running)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):  # canceled the line before
            await task
