"""The views that serve: by the row of generations, and from one to another without a pause."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

from kanvas_platform.clock import Clock
from kanvas_platform.observability import get_logger
from kanvas_timeline.domain.generations import FIRST, Generations
from kanvas_timeline.domain.marks import reach
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.ports import FeedStore, GenerationStore

_log = get_logger(__name__)

_LOOK_SECONDS = 1.0
_CALL_SECONDS = 5.0
LEAVE_SECONDS = 30.0
"""How long a generation still answers after another took its place: longer than any read."""
_RETRY_SECONDS = 1.0


class ServingViews:
    """Implements `Views`; a component.

    While the row cannot be read, the generation goes on serving that did; until it is read for the
    first time, none does. A row that was lost with its keyspace is made again.

    Args:
        open_generation: Makes the store of a generation, by its number.
        fill: Writes the log to a generation until canceled.
        clock: Time.
    """

    name = "views"

    def __init__(
        self,
        open_generation: Callable[[int], GenerationStore],
        *,
        fill: Callable[[FeedStore], Coroutine[None, None, None]],
        clock: Clock,
    ) -> None:
        self._open = open_generation
        self._fill = fill
        self._clock = clock
        self._first = open_generation(FIRST)
        self._number = 0
        self._store: GenerationStore | None = None
        self._running: asyncio.Task[None] | None = None  # what runs it; of the first one, None

    @property
    def serving(self) -> FeedStore:
        """See the port."""
        if self._store is None:
            raise HistoryUnavailable(
                "It is not known yet where the views are.", retry_after=_RETRY_SECONDS
            )
        return self._store

    async def run(self) -> None:
        """Follow until canceled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._first.run(), name=self._first.name)
            while True:
                try:
                    wanted = await self._wanted()
                except HistoryUnavailable:
                    pass  # the store has told why
                else:
                    if wanted != self._number:
                        await self._take_to(wanted, group)
                await self._clock.sleep(_LOOK_SECONDS)

    async def _wanted(self) -> int:
        """Return the number of the generation that is to serve.

        Raises:
            HistoryUnavailable: It cannot be known now.
        """
        generations = await self._first.generations(timeout=_CALL_SECONDS)
        if generations is not None:
            return generations.serving
        # The row was never made, or was lost with its keyspace: then what answers serves on.
        if self._store in (None, self._first) or not await _reach(self.serving):
            return FIRST
        await self._first.note(Generations(serving=self._number), timeout=_CALL_SECONDS)
        return self._number

    async def _take_to(self, number: int, group: asyncio.TaskGroup) -> None:
        store, running = self._first, None
        if number != FIRST:
            store = self._open(number)
            running = group.create_task(store.run(), name=store.name)
        if self._store is not None and not await self._until_as_far(self._store, store, number):
            if running is not None:
                running.cancel()
            return
        if self._running is not None:
            group.create_task(self._end(self._running))
        _log.info("a generation of the views serves", generation=number)
        self._number, self._store, self._running = number, store, running

    async def _until_as_far(self, old: FeedStore, new: FeedStore, number: int) -> bool:
        """Wait until one generation holds what another one does, whose reads it is to answer.

        Whoever was to write it may have ended, so this writes it as well.

        Returns:
            False where the row names another one meanwhile.
        """
        filling = asyncio.create_task(self._fill(new))
        try:
            while True:
                wanted, reached = await _reach(old) or 0, await _reach(new)
                if reached is not None and reached >= wanted:
                    return True
                await self._clock.sleep(_LOOK_SECONDS / 4)
                with suppress(HistoryUnavailable):  # then nothing is known to have changed
                    if await self._wanted() != number:
                        return False
        finally:
            filling.cancel()
            await asyncio.wait([filling])

    async def _end(self, running: asyncio.Task[None]) -> None:
        await self._clock.sleep(LEAVE_SECONDS)
        running.cancel()


async def _reach(store: FeedStore) -> int | None:
    """Return the position up to which a generation holds every record; None: it does not answer."""
    try:
        return reach(await store.marks(timeout=_CALL_SECONDS))
    except HistoryUnavailable:
        return None
