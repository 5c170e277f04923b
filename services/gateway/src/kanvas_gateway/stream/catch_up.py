"""Serves the sockets that do not keep up, each from its own cursors, until they do.

A socket that does not take its bytes (or is new, or resumes, or whose viewer's sets are not known)
is *behind*: passes leave it out, and it is *pumped* from the ring, a slice at a time. So a slow
client is one that resumes, and costs no memory besides one slice and its kernel buffer.

Nothing here awaits: between looking at the state and writing, no subscription, follow or block can
change.
"""

import asyncio

from kanvas_gateway import metrics
from kanvas_gateway.domain.audience import AudienceIndex, Viewer
from kanvas_gateway.stream.keeping_up import KeepingUp
from kanvas_gateway.stream.replay import Replay
from kanvas_gateway.stream.ring import SLICE_BYTES, SLICE_ENTRIES, Ring
from kanvas_gateway.stream.socket import FeedSubscription, Socket


class CatchUp:
    """The sockets that are behind, and the subscriptions that wait for a position.

    Args:
        ring: Where events are read from.
        index: Who follows whom, and who is hidden from whom.
        keeping_up: Where a socket goes once it has caught up.

    Attributes:
        wanted: Set while a socket waits for its next slice.
        asked: Set when a subscription names a position that has not been reached.
    """

    def __init__(self, *, ring: Ring, index: AudienceIndex[Socket], keeping_up: KeepingUp) -> None:
        self._replay = Replay(ring, index)
        self._keeping_up = keeping_up
        self._behind: dict[Socket, None] = {}
        self._due: dict[Socket, None] = {}
        self._waiting: dict[FeedSubscription, Socket] = {}
        self.wanted = asyncio.Event()
        self.asked = asyncio.Event()

    def __len__(self) -> int:
        """Return how many sockets are behind."""
        return len(self._behind)

    # What sockets say.

    def subscribe(self, socket: Socket, subscription: FeedSubscription) -> None:
        """Serve a subscription that the socket has just been given."""
        metrics.stream_subscriptions.labels(subscription.stream.label).inc()
        if (subscription.requested or 0) > self._keeping_up.served:
            self._waiting[subscription] = socket
            self.asked.set()
        else:
            self.start_over(socket)

    def unsubscribe(self, socket: Socket, subscription: FeedSubscription) -> None:
        """Stop serving a subscription, which the socket no longer has."""
        metrics.stream_subscriptions.labels(subscription.stream.label).dec()
        self._waiting.pop(subscription, None)
        self._keeping_up.drop_from(socket, subscription)

    def leave(self, socket: Socket) -> None:
        """Forget a socket; nothing is written to it any more."""
        socket.closed = True
        for subscription in socket.feeds.values():
            self.unsubscribe(socket, subscription)
        self._behind.pop(socket, None)
        self._due.pop(socket, None)

    def pause(self, socket: Socket) -> None:
        """Write nothing until `resume`: the transport holds what the client did not take."""
        socket.paused = True
        self._fall_behind(socket)

    def resume(self, socket: Socket) -> None:
        """Go on from where the socket was paused."""
        socket.paused = socket.revoked = False
        self._want(socket)

    def start_over(self, socket: Socket) -> None:
        """Serve a socket by its cursors from now on: what it has, or may see, has changed."""
        self._fall_behind(socket)
        self._want(socket)

    def nudge(self, socket: Socket) -> None:
        """Send a socket its latest-only events, now or once it takes bytes again."""
        if socket.closed or socket.paused:
            return
        frames = socket.latest()
        if frames:
            socket.write(frames)

    def position_of(self, socket: Socket) -> int:
        """Return the position up to which every event was handed to the socket."""
        served = self._keeping_up.served
        if not socket.behind:
            return served
        reached = [served]
        for subscription in socket.feeds.values():
            if subscription.answered:
                reached.append(subscription.cursor)
            elif subscription.requested is not None:
                reached.append(subscription.requested)
        return min(reached)

    # What the viewers' sets say.

    def suspend(self, viewer: Viewer[Socket]) -> None:
        """Send a viewer nothing: its sets are not known."""
        for socket in viewer.sockets:
            self._fall_behind(socket)

    def go_on(self, viewer: Viewer[Socket]) -> None:
        """Send a viewer what it missed while its sets were not known."""
        for socket in viewer.sockets:
            self._want(socket)

    # What the loop says.

    def pump(self, *, held: bool) -> None:
        """Hand their next slice to the sockets that wait for one.

        Args:
            held: Whether events are kept back; then only jobs are told of, and the sockets wait
                for `pump_all`.
        """
        due, self._due = self._due, {}
        self.wanted.clear()
        for socket in due:
            if not (socket.closed or socket.paused):
                self._pump(socket, held=held)

    def pump_all(self) -> None:
        """Have every socket that is behind wait for its next slice."""
        for socket in self._behind:
            self._want(socket)

    def fall_behind_all(self) -> None:
        """Have every socket read from its cursors: what comes next is not in the ring."""
        for socket in self._keeping_up.everybody():
            self._fall_behind(socket)

    def waiting(self) -> list[FeedSubscription]:
        """Return the subscriptions that wait for a position."""
        return list(self._waiting)

    def open_reached(self) -> None:
        """Serve the subscriptions whose position the passes have reached."""
        served = self._keeping_up.served
        for subscription in self.waiting():
            if (subscription.requested or 0) <= served:
                self.start_over(self._waiting.pop(subscription))

    def refuse_beyond(self, end: int, asked: list[FeedSubscription]) -> None:
        """Tell those who asked for a position beyond the end that nobody gave it out.

        Args:
            end: Position at which the feed ended after they had asked.
            asked: Who had asked by then.
        """
        for subscription in asked:
            if (subscription.requested or 0) > end and subscription in self._waiting:
                subscription.unknown = True
                self.start_over(self._waiting.pop(subscription))

    # One socket.

    def _fall_behind(self, socket: Socket) -> None:
        if socket.behind or socket.closed:
            return
        socket.behind = True
        self._behind[socket] = None
        self._keeping_up.drop(socket)
        for subscription in socket.feeds.values():
            subscription.cursor = self._keeping_up.served

    def _want(self, socket: Socket) -> None:
        self._due[socket] = None
        self.wanted.set()

    def _pump(self, socket: Socket, *, held: bool) -> None:
        """Hand a socket its next slice, and let it keep up once there is none left."""
        latest = socket.latest()
        frames = [latest] if latest else []
        known = socket.viewer is None or socket.viewer.ready
        if known and socket.behind and not held:
            frames += self._read_on(socket)
            if all(map(self._caught_up, socket.feeds.values())):
                socket.behind = False
                self._behind.pop(socket, None)
                self._keeping_up.add(socket)
            else:
                self._want(socket)
        if frames:
            # The cursors have moved already: a pause within this write finds them right.
            socket.write(b"".join(frames))

    def _caught_up(self, subscription: FeedSubscription) -> bool:
        if subscription in self._waiting:
            return True  # nothing is missing before its position is reached
        return subscription.answered and subscription.cursor >= self._keeping_up.served

    def _read_on(self, socket: Socket) -> list[bytes]:
        parts: list[bytes] = []
        room, looks = SLICE_BYTES, SLICE_ENTRIES
        for subscription in socket.feeds.values():
            if subscription in self._waiting:
                continue
            if looks <= 0:
                break
            found = self._replay.read_on(
                subscription,
                socket.viewer,
                until=self._keeping_up.served,
                room=room,
                looks=looks,
            )
            parts += found.parts
            room -= found.size
            looks -= found.looked
            if found.skipped:
                metrics.stream_skips.labels(found.skipped).inc()
            label = subscription.stream.label
            metrics.stream_deliveries.labels(label).inc(found.events)
            metrics.stream_bytes.inc(found.size)
        return parts
