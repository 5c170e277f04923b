"""What REST needs of the feed: how far the graph is copied, and which sessions have ended."""

from collections.abc import Callable

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.ended_sessions import EndedSessions
from kanvas_platform.kafka.reading.tail import Delivered
from kanvas_platform.kafka.records.position import is_next


class RestFeed:
    """What takes the records of the feed in REST's process.

    Args:
        ahead: Learns which blocks the feed has the copy of.
        ended: Learns which sessions have ended.
        lose: Is told of positions that are missing between two: ends may have stood there.
    """

    def __init__(
        self, *, ahead: BlocksAhead, ended: EndedSessions, lose: Callable[[int, int], None]
    ) -> None:
        self._ahead = ahead
        self._ended = ended
        self._lose = lose
        self._position = 0

    def take(self, delivered: Delivered[FeedRecord]) -> None:
        """Take the next record."""
        before, self._position = self._position, delivered.position
        # A record that was set aside as poison leaves a hole that the tail does not report.
        if before and not is_next(delivered.position, before):
            self._lose(before, delivered.position)
        record = delivered.record
        if record.HasField("session_ended"):
            self._ended.end(record.session_ended)
        self._ahead.note_copy(record.meta.source_position)
