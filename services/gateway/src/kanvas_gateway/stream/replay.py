"""Reading the ring for one subscription: what it gets next, and what it must be told first."""

from dataclasses import dataclass, field

from kanvas_gateway.domain.audience import AudienceIndex, Viewer
from kanvas_gateway.stream.ring import Ring
from kanvas_gateway.stream.rules import event_for
from kanvas_gateway.stream.socket import FeedSubscription, Socket


@dataclass(slots=True)
class Slice:
    """What a subscription gets next.

    Attributes:
        parts: Bytes in order: events and, before them, the `subscribed` that is due.
        events: How many events are among them.
        size: Bytes of the events.
        looked: How many entries were looked at.
        skipped: Why the subscription had to skip ahead; empty where it had not.
    """

    parts: list[bytes] = field(default_factory=list)
    events: int = 0
    size: int = 0
    looked: int = 0
    skipped: str = ""


class Replay:
    """The ring as subscriptions read it that have a cursor of their own."""

    def __init__(self, ring: Ring, index: AudienceIndex[Socket]) -> None:
        self._ring = ring
        self._index = index

    def read_on(
        self,
        subscription: FeedSubscription,
        viewer: Viewer[Socket] | None,
        *,
        until: int,
        room: int,
        looks: int,
    ) -> Slice:
        """Return what comes next for a subscription, and move its cursor there.

        Args:
            subscription: Its first answer is included, where it had none.
            viewer: Whose sets apply; None for a socket that has not authenticated.
            until: Position up to which passes have run.
            room: Bytes that the events may take; one event is returned whatever its size.
            looks: Entries that may be looked at.
        """
        opening = not subscription.answered
        if opening:
            subscription.answered = True
            asked = subscription.requested
            subscription.cursor = until if asked is None else asked
        skipped = self._reason_to_skip(subscription, opening=opening)
        if skipped:
            return self._skip(subscription, skipped, until)
        start = subscription.cursor
        end = min(until, start + looks)
        found = self._events(subscription, viewer, end, room)
        if opening:
            caught_up = subscription.cursor >= until
            found.parts.insert(0, _greet(subscription, start, found.events if caught_up else None))
        return found

    def _events(
        self, subscription: FeedSubscription, viewer: Viewer[Socket] | None, end: int, room: int
    ) -> Slice:
        stream, index, start = subscription.stream, self._index, subscription.cursor
        parts: list[bytes] = []
        cursor, size = start, 0
        for entry in self._ring.after(start, end):
            event = event_for(entry, stream, viewer, index)
            if event is not None:
                opening = stream.opening(event)
                longer = size + len(opening) + len(event)
                if parts and longer > room:
                    break
                parts += (opening, event)
                size = longer
            cursor = entry.position
        subscription.cursor = cursor
        return Slice(parts, events=len(parts) // 2, size=size, looked=cursor - start)

    def _reason_to_skip(self, subscription: FeedSubscription, *, opening: bool) -> str:
        if subscription.unknown:
            subscription.unknown = False
            return "POSITION_UNKNOWN"
        reason = self._ring.broken_after(subscription.cursor)
        if reason == "POSITION_TOO_OLD" and not opening:
            return "LAGGED"
        return reason or ""

    def _skip(self, subscription: FeedSubscription, reason: str, until: int) -> Slice:
        subscription.cursor = until
        state = "gap" if reason == "POSITIONS_LOST" else "snapshot_required"
        return Slice([subscription.answer(state, until, reason=reason)], skipped=reason)


def _greet(subscription: FeedSubscription, start: int, replayed: int | None) -> bytes:
    if subscription.requested is None:
        return subscription.answer("live", start)
    return subscription.answer("resumed", start, replayed=replayed)
