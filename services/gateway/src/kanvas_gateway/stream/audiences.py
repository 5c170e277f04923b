"""Keeps the sets by which streams are filtered: fetched once, then followed from the log.

The seam: from the moment a viewer is wanted, its own changes in the log are set aside; the sets
are fetched from the timeline at a position no older than that moment; then the changes above that
position are applied, and only then is the viewer ready. Until then it is sent nothing.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway import metrics
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.domain.audience import AudienceIndex, Viewer
from kanvas_gateway.ports import Call
from kanvas_gateway.stream.ring import Ring
from kanvas_gateway.stream.socket import Socket
from kanvas_platform.backoff import doubling
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.observability import get_logger

_LOADERS = 16
# A stopped instance is noticed earlier, by the connection; very large sets take a while.
_LOAD_SECONDS = 5.0
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 2.0
_MOST_CHANGES = 1_000
_KEEP_SECONDS = 60.0
_TIDY_SECONDS = 5.0

_log = get_logger(__name__)


class Service(Protocol):
    """What serves the sockets of viewers."""

    def suspend(self, viewer: Viewer[Socket], /) -> None:
        """Send a viewer nothing: its sets are not known."""

    def go_on(self, viewer: Viewer[Socket], /) -> None:
        """Send a viewer what it missed while its sets were not known."""


@dataclass
class _Load:
    """A viewer whose sets are being fetched.

    Attributes:
        needed: Position that the fetched sets must include.
        changes: The viewer's own changes above it, as the log brought them.
        failures: How often it failed in a row.
    """

    needed: int
    changes: list[feed.FeedRecord] = field(default_factory=list)
    failures: int = 0


@dataclass
class _Sets:
    """What the timeline says of a viewer, as far as it has come.

    Attributes:
        position: At which both sets hold; below every position until the first part comes.
    """

    following: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    position: int = -1


class Audiences:
    """The viewers that are connected here.

    Args:
        index: Where the sets are kept.
        timeline: Where the sets are fetched.
        clock: For back-off and for forgetting those who left.
        ring: Its head is the newest feed position, that of the record being applied included.
        service: Is told when the sets of a viewer may be used, and when they may not.
        ahead: Whom an account must not see besides those of whom the timeline says so.
    """

    name = "audiences"

    def __init__(
        self,
        *,
        index: AudienceIndex[Socket],
        timeline: TimelineServiceStub,
        clock: Clock,
        ring: Ring,
        service: Service,
        ahead: BlocksAhead,
    ) -> None:
        self._index = index
        self._timeline = timeline
        self._clock = clock
        self._ring = ring
        self._service = service
        self._ahead = ahead
        self._loads: dict[Viewer[Socket], _Load] = {}
        self._queue: asyncio.Queue[Viewer[Socket]] = (
            asyncio.Queue()
        )  # bounded: a viewer stands in it once

    def join(self, socket: Socket, account_id: str) -> None:
        """Give a socket the viewer of its account."""
        viewer = self._index.viewer(account_id)
        if viewer is None:
            viewer = self._index.add(account_id)
            self._load(viewer)
        viewer.left_at = None
        viewer.sockets.append(socket)
        socket.viewer = viewer

    def leave(self, socket: Socket) -> None:
        """Take the viewer from a socket. It is kept for a minute: sockets come back."""
        viewer = socket.viewer
        if viewer is None:
            return
        socket.viewer = None
        viewer.sockets.remove(socket)
        if not viewer.sockets:
            viewer.left_at = self._clock.monotonic()

    def apply(self, record: feed.FeedRecord) -> None:
        """Apply a record of the feed to the viewers that it is about."""
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
        viewer = self._index.viewer(account_id)
        if viewer is not None:
            self._hide(viewer, other_id)

    def reload(self) -> None:
        """Fetch all sets again: the log lost positions, and changes may have been among them."""
        for viewer in self._index.viewers():
            self._load(viewer)

    async def run(self) -> None:
        """Fetch what is wanted, and forget those who left; until canceled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_LOADERS):
                group.create_task(self._fetch_on())
            group.create_task(self._tidy())

    def _apply_to(self, account_id: str, record: feed.FeedRecord) -> None:
        viewer = self._index.viewer(account_id)
        if viewer is None:
            return
        load = self._loads.get(viewer)
        if load is None:
            self._change(viewer, record)
        elif len(load.changes) < _MOST_CHANGES:
            load.changes.append(record)
        else:
            # Rather fetch again than keep a list without end.
            load.changes.clear()
            load.needed = record.meta.position

    def _change(self, viewer: Viewer[Socket], record: feed.FeedRecord) -> None:
        position = record.meta.position
        if position <= viewer.position:
            return
        viewer.position = position
        if record.HasField("follow"):
            self._index.set_follow(viewer, record.follow.followee_id, record.follow.active)
            return
        block = record.block
        other = block.blocked_id if block.blocker_id == viewer.account_id else block.blocker_id
        if block.active:
            self._hide(viewer, other)
        elif other in viewer.hidden:
            # Whether the other one blocks this viewer too is not known here.
            self._load(viewer)

    def _hide(self, viewer: Viewer[Socket], account_id: str) -> None:
        if self._index.hide(viewer, account_id):
            _revoke(viewer)

    def _load(self, viewer: Viewer[Socket]) -> None:
        needed = self._ring.head
        load = self._loads.get(viewer)
        if load is not None:
            load.needed = max(load.needed, needed)
            return
        viewer.ready = False
        self._service.suspend(viewer)
        self._loads[viewer] = _Load(needed)
        self._queue.put_nowait(viewer)

    async def _fetch_on(self) -> None:
        while True:
            viewer = await self._queue.get()
            load = self._loads[viewer]
            if not viewer.sockets:
                # Everybody has left before the sets came: nothing is worth keeping.
                del self._loads[viewer]
                self._index.remove(viewer)
                continue
            try:
                sets = await self._fetch(viewer, load)
            except KanvasError as error:
                await self._try_later(viewer, load, error.reason)
                continue
            if sets.position < load.needed:
                await self._try_later(viewer, load, "TOO_OLD")
                continue
            metrics.audience_loads.labels("installed").inc()
            self._install(viewer, sets)

    async def _fetch(self, viewer: Viewer[Socket], load: _Load) -> _Sets:
        request = timeline.GetAudienceRequest(at_least=load.needed)
        parts = self._timeline.GetAudience(request, **Call(viewer.account_id, _LOAD_SECONDS))
        sets = _Sets()
        try:
            async for part in parts:
                sets.following.update(part.following_ids)
                sets.hidden.update(part.hidden_ids)
                sets.position = part.position
        finally:
            parts.cancel()
        return sets

    async def _try_later(self, viewer: Viewer[Socket], load: _Load, reason: str) -> None:
        metrics.audience_loads.labels("failed").inc()
        load.failures += 1
        if load.failures == 1:
            _log.warning("cannot fetch an audience", account_id=viewer.account_id, reason=reason)
        pause = doubling(load.failures - 1, first=_FIRST_PAUSE, longest=_LONGEST_PAUSE)
        await self._clock.sleep(pause)
        self._queue.put_nowait(viewer)

    def _install(self, viewer: Viewer[Socket], sets: _Sets) -> None:
        load = self._loads.pop(viewer)
        # No lag: with the changes above them, the sets are what the log says here. An account that
        # is hidden ahead of the log stays hidden until the log says so or says more of it.
        ahead = self._ahead.hidden_from(viewer.account_id, lag=False)
        hidden = sets.hidden.union(ahead)
        if self._index.install(viewer, sets.following, hidden, sets.position):
            _revoke(viewer)
        for record in load.changes:
            # An unblock among them asks for the sets once more.
            self._apply_to(viewer.account_id, record)
        if viewer not in self._loads:
            viewer.ready = True
            self._service.go_on(viewer)

    async def _tidy(self) -> None:
        while True:
            await self._clock.sleep(_TIDY_SECONDS)
            oldest = self._clock.monotonic() - _KEEP_SECONDS
            for viewer in list(self._index.viewers()):
                left = viewer.left_at is not None and viewer.left_at < oldest
                if left and viewer not in self._loads:
                    self._index.remove(viewer)
            self._index.sweep()
            metrics.audiences.labels("ready").set(len(self._index) - len(self._loads))
            metrics.audiences.labels("loading").set(len(self._loads))


def _revoke(viewer: Viewer[Socket]) -> None:
    """Have every socket cut off that holds what it may no longer get."""
    for socket in viewer.sockets:
        socket.revoked = socket.paused
