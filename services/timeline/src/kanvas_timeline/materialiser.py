"""Keeping the views in step with the log, on every instance.

All instances write the same rows with the same timestamps, so any number of them may. To spare
the database, those that do not lead let the leader go first, and write what it has
not written a moment later: nobody has to notice that it is gone.

Views may be lost while they are written: emptied, dropped and made anew, replaced by an older copy.
Their marks tell (`domain.marks`), are compared at each advance and each second, and then writing
begins again from where the views reach.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.kafka.reading.tail import AtPosition, Delivered, Tail
from kanvas_platform.observability import get_logger
from kanvas_platform.standing import StandingStill
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.domain.marks import Loss, Marks, advanced, losses, reach
from kanvas_timeline.domain.posts import StoredPost, post_for_views
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.metrics import materialise_failures, views_rebuilds
from kanvas_timeline.pace import Pace
from kanvas_timeline.ports import FeedStore, Views
from kanvas_timeline.read_ahead import ReadAhead

_log = get_logger(__name__)

_WAITING_MAX = 2_000
"""Records read ahead of what is written: the tail waits while there are so many."""
_BATCH_MAX = 256
_WRITE_SECONDS = 10.0
_STANDBY_SECONDS = 1.0
"""How long an instance that does not lead lets the leader go first."""
_IDLE_SECONDS = 1.0
"""How long nothing may come before the views are looked at: a loss must not wait for a post."""


class _Item(NamedTuple):
    """A position of the log, and the post that its record is about, if any."""

    position: int
    post: StoredPost | None


class _ViewsLost(Exception):
    """What was read ahead is of no use: the views lack what comes before it, or are others."""


class Reached(Protocol):
    """Who is to know how far the views are: the recent log, which may forget what they hold."""

    materialised: int
    """Position up to which the views are known to hold every record."""

    @property
    def views_reach(self) -> bool:
        """Whether the views are known to hold everything that is needed of them."""


class Materialiser:
    """Component that writes each record of the feed to the views, and how far it has come.

    It reads the log by itself, from the position that the views have reached: what the memory
    forgot while the database was away is still in the log. A database that is down is waited for.
    """

    name = "materialiser"

    def __init__(
        self,
        *,
        broker: Broker,
        views: Views,
        recent: Reached,
        leadership: Leadership,
        clock: Clock,
        pace: Pace | None = None,
    ) -> None:
        """Make it; `run` writes.

        Args:
            broker: Where the log is.
            views: The views.
            recent: Learns how far they are.
            leadership: Whether this instance goes first.
            clock: Time.
            pace: How many posts may be written in a second; None for as many as go.
        """
        self._broker = broker
        self._views = views
        self._store: FeedStore | None = None  # the set that was serving when writing began
        self._pace = pace
        self._recent = recent
        self._leadership = leadership
        self._clock = clock
        self._known: Marks = {}
        self._tail: Tail[FeedRecord] | None = None

    @property
    def standing(self) -> StandingStill | None:
        """Where reading has come to a halt; None while it goes on."""
        return self._tail.standing if self._tail is not None else None

    async def run(self) -> None:
        """Materialise until canceled."""
        while True:
            await self._until_done(self._begin)
            try:
                await self._follow()
            except* _ViewsLost:
                pass  # and begin again: it was told where it was seen

    async def _begin(self) -> None:
        """Learn how far the views are, and give a new life to those that nobody has begun."""
        store = self._views.serving
        if store is not self._store:
            self._store, self._known = store, {}
        found = await store.marks(timeout=_WRITE_SECONDS)
        if not self._known:
            _tell(losses({}, found))
        while to_begin := [
            view for view, loss in losses(self._known, found).items() if loss is not Loss.REPLACED
        ]:
            await store.begin(to_begin, found, timeout=_WRITE_SECONDS)
            found = await store.marks(timeout=_WRITE_SECONDS)
        self._know(found)
        _log.info("views are written", after=reach(found))

    async def _follow(self) -> None:
        waiting: ReadAhead[_Item] = ReadAhead(waiting=_WAITING_MAX, batch=_BATCH_MAX)

        async def take(delivered: Delivered[FeedRecord]) -> None:
            await waiting.put(_Item(delivered.position, post_for_views(delivered.record)))

        self._tail = tail = Tail(
            broker=self._broker,
            log=FEED,
            on_record=take,
            start=AtPosition(self._recent.materialised),
            clock=self._clock,
            name=self.name,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(tail.run(), name=f"{self.name}-tail")
            group.create_task(self._write_from(waiting), name=f"{self.name}-write")

    async def _write_from(self, waiting: ReadAhead[_Item]) -> None:
        while True:
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    batch = await waiting.take()
            except TimeoutError:
                await self._until_done(self._look)
                continue
            await self._write(batch)

    async def _write(self, batch: list[_Item]) -> None:
        """Write what nobody else has written, until it has worked."""
        position = batch[-1].position
        if not self._leadership.held and self._recent.materialised < position:
            await self._clock.sleep(_STANDBY_SECONDS)
            await self._until_done(self._look)
        # A post's creation stays beside its removal: it makes the lines in the feeds.
        posts = [item.post for item in batch if item.post is not None]

        async def write() -> None:
            store = self._still_serving()
            await store.write(posts, timeout=_WRITE_SECONDS)
            # Only now: every record at or below the position has its rows.
            if await store.advance(self._known, position, timeout=_WRITE_SECONDS):
                self._know(advanced(self._known, position))
            else:
                await self._look()

        if self._pace is not None:
            await self._pace.keep(len(posts))
        while self._recent.materialised < position:
            await self._until_done(write)

    async def _look(self) -> None:
        """Learn how far the views are, whichever instance has written them.

        Raises:
            _ViewsLost: Something of them is lost, or another set serves.
        """
        found = await self._still_serving().marks(timeout=_WRITE_SECONDS)
        lost = losses(self._known, found)
        if lost:
            _tell(lost)
            raise _ViewsLost
        self._know(found)

    def _still_serving(self) -> FeedStore:
        """Return the set that is written.

        Raises:
            _ViewsLost: Another one serves.
        """
        store = self._views.serving
        if store is not self._store:
            _log.info("another generation of the views serves")
            raise _ViewsLost
        return store

    def _know(self, marks: Marks) -> None:
        self._known = marks
        recent, were_whole = self._recent, self._recent.views_reach
        recent.materialised = reach(marks)
        if recent.views_reach and not were_whole:
            _log.info("views are whole again", position=recent.materialised)
        elif were_whole and not recent.views_reach:
            _log.warning("older posts cannot be read until the views are whole")

    async def _until_done(self, act: Callable[[], Awaitable[None]]) -> None:
        backoff = Backoff(self._clock)
        while True:
            try:
                await act()
            except HistoryUnavailable as error:
                materialise_failures.inc()
                _log.warning("waiting for the views", error=str(error))
                await backoff.pause()
            else:
                return


def _tell(lost: Mapping[str, Loss]) -> None:
    for view, cause in lost.items():
        views_rebuilds.labels(view, cause).inc()
        if cause is Loss.NEW:
            _log.info("a view is new", view=view)
        else:
            _log.warning("a view was lost and is written again", view=view, cause=cause)
