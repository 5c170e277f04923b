"""Reading the ring for one subscription: what it gets next, and what it must be told first."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kanvas_gateway.domain.audience import AudienceIndex, Reader
from kanvas_gateway.domain.ring import Entry, Ring
from kanvas_gateway.domain.rules import frame_for
from kanvas_gateway.domain.session import FeedStream, FeedSubscription

SLICE_BYTES = 64 * 1024
"""What one write to one socket may hold: equal to its kernel buffer."""

SLICE_ENTRIES = 2_000
"""Entries looked at before others get their turn."""


@dataclass(slots=True)
class Slice:
    """What a subscription gets next.

    Attributes:
        frames: In order; events and, before them, the `subscribed` that is due.
        events: How many of them are events.
        size: Bytes of the events.
        skipped: Why the subscription had to skip ahead; empty where it had not.
    """

    frames: list[bytes] = field(default_factory=list)
    events: int = 0
    size: int = 0
    skipped: str = ""


def select(
    entries: Iterable[Entry], stream: FeedStream, reader: Reader | None, index: AudienceIndex
) -> list[bytes]:
    """Return the frames of these entries that the reader gets on the stream."""
    frames = (frame_for(entry, stream, reader, index) for entry in entries)
    return [frame for frame in frames if frame]


class RingReader:
    """Reads on for subscriptions that have a cursor of their own."""

    def __init__(self, ring: Ring, index: AudienceIndex) -> None:
        self._ring = ring
        self._index = index

    def read_on(
        self, subscription: FeedSubscription, reader: Reader | None, *, until: int, room: int
    ) -> Slice:
        """Return what comes next for a subscription, and move its cursor there.

        Args:
            subscription: Its first answer is included, where it had none.
            reader: Whose sets apply; None for a socket that has not authenticated.
            until: Position up to which passes have run.
            room: Bytes that the events may take; one event is returned whatever its size.
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
        found = self._events(subscription, reader, until, room)
        if opening:
            caught_up = subscription.cursor >= until
            found.frames.insert(0, _greet(subscription, start, found.events if caught_up else None))
        return found

    def _events(
        self, subscription: FeedSubscription, reader: Reader | None, until: int, room: int
    ) -> Slice:
        found = Slice()
        end = min(until, subscription.cursor + SLICE_ENTRIES)
        for entry in self._ring.after(subscription.cursor, end):
            frame = frame_for(entry, subscription.stream, reader, self._index)
            if frame:
                if found.events and found.size + len(frame) > room:
                    break
                found.frames.append(frame)
                found.events += 1
                found.size += len(frame)
            subscription.cursor = entry.position
        return found

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
