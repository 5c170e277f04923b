"""What the tail of the feed brings, to those who need it, in the order in which they need it."""

import asyncio
from typing import Protocol

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_gateway import metrics
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.stream.feed_events import entry_of
from kanvas_gateway.stream.ring import Ring
from kanvas_gateway.stream.session_sockets import SessionSockets
from kanvas_platform.kafka.reading.tail import Delivered
from kanvas_platform.kafka.records.position import is_next
from kanvas_platform.observability import parse_traceparent, trace_id


class Sets(Protocol):
    """The sets by which viewers are filtered: `Audiences`."""

    def apply(self, record: FeedRecord, /) -> None:
        """Apply a record of the feed to the viewers that it is about."""

    def reload(self) -> None:
        """Fetch all sets again: changes of them may be lost."""


class FeedDispatch:
    """What takes the records of the feed.

    Args:
        ring: Gets their events.
        ahead: Learns which blocks the feed has the copy of.
        audiences: Learn who follows and who is hidden.
        sessions: Learn which sessions have ended.

    Attributes:
        news: Set whenever the ring has changed.
    """

    def __init__(
        self, *, ring: Ring, ahead: BlocksAhead, audiences: Sets, sessions: SessionSockets
    ) -> None:
        self._ring = ring
        self._ahead = ahead
        self._audiences = audiences
        self._sessions = sessions
        self.news = asyncio.Event()

    def take(self, delivered: Delivered[FeedRecord]) -> None:
        """Take the next record; its events are sent in the next pass.

        The viewers' sets know of it before the event loop gets its turn.
        """
        before, position = self._ring.head, delivered.position
        # A record that was set aside as poison leaves a hole that the tail does not report.
        if before and not is_next(position, before):
            self.lose(before, position)
        record, traceparent = delivered.record, parse_traceparent(delivered.trace)
        trace = "" if traceparent is None else trace_id(traceparent)
        self._ring.append(entry_of(record, time=delivered.time, trace=trace))
        metrics.stream_events.labels(record.WhichOneof("entity") or "none").inc()
        self._ahead.note_copy(record.meta.source_position)
        self._audiences.apply(record)
        if record.HasField("session_ended"):
            self._sessions.end(record.session_ended)
        self.news.set()

    def lose(self, _before: int, found: int) -> None:
        """Take note that positions are missing before `found`, the next one to come."""
        self._ring.restart(found - 1, "POSITIONS_LOST")
        self._audiences.reload()
        self.news.set()
