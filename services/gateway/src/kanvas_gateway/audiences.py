"""Keeps the sets by which streams are filtered: fetched once, then followed from the log.

The seam: from the moment a reader is wanted, its own changes in the log are set aside; the sets
are fetched from the timeline at a position no older than that moment; then the changes above that
position are applied, and only then is the reader ready. Until then it is sent nothing.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway import metrics
from kanvas_gateway.domain.audience import AudienceIndex, Reader
from kanvas_gateway.domain.session import Session
from kanvas_gateway.ports import Call
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.observability import get_logger

_LOADERS = 16
_LOAD_SECONDS = 1.0
_BACK_OFF_SECONDS = 0.2
_MOST_CHANGES = 1_000
_KEEP_SECONDS = 60.0
_TIDY_SECONDS = 5.0

_log = get_logger(__name__)


class AlsoHidden(Protocol):
    """See `BlocksAhead.hidden_from`."""

    def __call__(self, account_id: str, /, *, lag: bool) -> Collection[str]:
        """Return whom an account must not see besides those of whom the timeline says so."""


@dataclass
class _Load:
    """A reader whose sets are being fetched.

    Attributes:
        needed: Position that the fetched sets must include.
        changes: The reader's own changes above it, as the log brought them.
        failures: How often it failed in a row.
    """

    needed: int
    changes: list[feed.FeedRecord] = field(default_factory=list)
    failures: int = 0


class Audiences:
    """The readers that are connected here.

    Args:
        index: Shared with the fan-out.
        timeline: Where the sets are fetched.
        clock: For back-off and for forgetting those who left.
        applied: Tells the newest feed position, that of the record being applied included.
        suspend: Called when a reader's sets may no longer be used.
        go_on: Called when they may.
        also_hidden: Tells whom an account must not see besides those of whom the timeline says so.
    """

    name = "audiences"

    def __init__(
        self,
        *,
        index: AudienceIndex,
        timeline: TimelineServiceStub,
        clock: Clock,
        applied: Callable[[], int],
        suspend: Callable[[Reader], None],
        go_on: Callable[[Reader], None],
        also_hidden: AlsoHidden,
    ) -> None:
        self._index = index
        self._timeline = timeline
        self._clock = clock
        self._applied = applied
        self._suspend = suspend
        self._go_on = go_on
        self._also_hidden = also_hidden
        self._loads: dict[Reader, _Load] = {}
        self._queue: asyncio.Queue[Reader] = asyncio.Queue()  # bounded: a reader stands in it once

    def join(self, session: Session, account_id: str) -> None:
        """Give a session the reader of its account."""
        reader = self._index.reader(account_id)
        if reader is None:
            reader = self._index.add(account_id)
            self._load(reader)
        reader.left_at = None
        reader.sessions.append(session)
        session.reader = reader

    def leave(self, session: Session) -> None:
        """Take the reader from a session. It is kept for a minute: sockets come back."""
        reader = session.reader
        if reader is None:
            return
        session.reader = None
        reader.sessions.remove(session)
        if not reader.sessions:
            reader.left_at = self._clock.monotonic()

    def apply(self, record: feed.FeedRecord) -> None:
        """Apply a record of the feed to the readers that it is about."""
        match record.WhichOneof("entity"):
            case "follow":
                self._apply_to(record.follow.follower_id, record)
            case "block":
                self._apply_to(record.block.blocker_id, record)
                self._apply_to(record.block.blocked_id, record)
            case _:
                pass  # nothing else changes a set

    def hide(self, account_id: str, other_id: str) -> None:
        """Hide an account from another one's sockets, ahead of the record that says so."""
        reader = self._index.reader(account_id)
        if reader is not None:
            self._index.hide(reader, other_id)

    def reload(self) -> None:
        """Fetch all sets anew: the log lost positions, and changes may have been among them."""
        for reader in self._index.readers():
            self._load(reader)

    async def run(self) -> None:
        """Fetch what is wanted, and forget those who left; until canceled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_LOADERS):
                group.create_task(self._fetch_on())
            group.create_task(self._tidy())

    def _apply_to(self, account_id: str, record: feed.FeedRecord) -> None:
        reader = self._index.reader(account_id)
        if reader is None:
            return
        load = self._loads.get(reader)
        if load is None:
            self._change(reader, record)
        elif len(load.changes) < _MOST_CHANGES:
            load.changes.append(record)
        else:
            # Rather fetch again than keep a list without end.
            load.changes.clear()
            load.needed = record.meta.position

    def _change(self, reader: Reader, record: feed.FeedRecord) -> None:
        position = record.meta.position
        if position <= reader.position:
            return
        reader.position = position
        if record.HasField("follow"):
            self._index.set_follow(reader, record.follow.followee_id, record.follow.active)
            return
        block = record.block
        other = block.blocked_id if block.blocker_id == reader.account_id else block.blocker_id
        if block.active:
            self._index.hide(reader, other)
        elif other in reader.hidden:
            # Whether the other one blocks this reader too is not known here.
            self._load(reader)

    def _load(self, reader: Reader) -> None:
        needed = self._applied()
        load = self._loads.get(reader)
        if load is not None:
            load.needed = max(load.needed, needed)
            return
        reader.ready = False
        self._suspend(reader)
        self._loads[reader] = _Load(needed)
        self._queue.put_nowait(reader)

    async def _fetch_on(self) -> None:
        while True:
            reader = await self._queue.get()
            load = self._loads[reader]
            if not reader.sessions:
                # Everybody has left before the sets came: nothing is worth keeping.
                del self._loads[reader]
                self._index.remove(reader)
                continue
            try:
                sets = await self._fetch(reader, load)
            except KanvasError as error:
                await self._try_later(reader, load, error.reason)
                continue
            if sets.position < load.needed:
                await self._try_later(reader, load, "TOO_OLD")
                continue
            metrics.audience_loads.labels("installed").inc()
            self._install(reader, sets)

    async def _fetch(self, reader: Reader, load: _Load) -> timeline.GetAudienceResponse:
        request = timeline.GetAudienceRequest(at_least=load.needed)
        call = Call(reader.account_id, _LOAD_SECONDS)
        return await self._timeline.GetAudience(request, **call)

    async def _try_later(self, reader: Reader, load: _Load, reason: str) -> None:
        metrics.audience_loads.labels("failed").inc()
        load.failures += 1
        if load.failures == 1:
            _log.warning("cannot fetch an audience", account_id=reader.account_id, reason=reason)
        await self._clock.sleep(min(load.failures, 10) * _BACK_OFF_SECONDS)
        self._queue.put_nowait(reader)

    def _install(self, reader: Reader, sets: timeline.GetAudienceResponse) -> None:
        load = self._loads.pop(reader)
        # No lag: with the changes, the sets are what the log says here, and whoever is hidden on
        # top of that stays hidden until the log says more of them.
        ahead = self._also_hidden(reader.account_id, lag=False)
        hidden = {*sets.hidden_ids, *ahead}
        self._index.install(reader, sets.following_ids, hidden, sets.position)
        for record in load.changes:
            # An unblock among them asks for the sets once more.
            self._apply_to(reader.account_id, record)
        if reader not in self._loads:
            reader.ready = True
            self._go_on(reader)

    async def _tidy(self) -> None:
        while True:
            await self._clock.sleep(_TIDY_SECONDS)
            oldest = self._clock.monotonic() - _KEEP_SECONDS
            for reader in list(self._index.readers()):
                left = reader.left_at is not None and reader.left_at < oldest
                if left and reader not in self._loads:
                    self._index.remove(reader)
            self._index.sweep()
            metrics.audiences.labels("ready").set(len(self._index) - len(self._loads))
            metrics.audiences.labels("loading").set(len(self._loads))
