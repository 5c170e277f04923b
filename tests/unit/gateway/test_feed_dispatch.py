"""What comes of a record of the feed, and of those that are missing."""

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.ended_sessions import EndedSessions
from kanvas_gateway.stream.feed_dispatch import FeedDispatch
from kanvas_gateway.stream.ring import Entry, Ring
from kanvas_gateway.stream.session_sockets import SessionSockets
from kanvas_platform.kafka.reading.tail import Delivered
from kanvas_platform.kafka.records.position import before_epoch
from kanvas_platform.testing.clock import ManualClock

EPOCH = before_epoch(3)


class Noted:
    """A dispatch whose audiences note what they are told."""

    def __init__(self, applied: int) -> None:
        self.said: list[str] = []
        self.ring = Ring(max_bytes=1 << 20, max_age=60.0)
        if applied:
            self.ring.append(Entry(applied, 0.0))
        self.ahead = BlocksAhead()
        self.ended = EndedSessions(clock=ManualClock(0.0), complete=True)
        self.dispatch = FeedDispatch(
            ring=self.ring, ahead=self.ahead, audiences=self, sessions=SessionSockets(self.ended)
        )

    def apply(self, record: FeedRecord) -> None:
        self.said.append(f"apply {record.meta.position}, the ring at {self.ring.head}")

    def reload(self) -> None:
        self.said.append(f"reload, the ring at {self.ring.head}")

    def take(self, position: int) -> list[str]:
        record = FeedRecord()
        record.meta.position, record.meta.source_position = position, 7
        delivered = Delivered(
            record=record,
            position=position,
            offset=0,
            key="k",
            type="t",
            time=1.0,
            trace="",
        )
        self.dispatch.take(delivered)
        return self.said


@pytest.mark.parametrize(
    ("applied", "position"),
    [(0, EPOCH | 7), (EPOCH | 7, EPOCH | 8), (before_epoch(2) | 9, EPOCH | 1)],
    ids=["the first ever", "the next", "the first of an epoch"],
)
def test_where_nothing_is_missing_the_record_is_taken(applied: int, position: int) -> None:
    assert Noted(applied).take(position) == [f"apply {position}, the ring at {position}"]


@pytest.mark.parametrize(
    ("applied", "position"),
    [(EPOCH | 7, EPOCH | 9), (before_epoch(2) | 9, EPOCH | 2)],
    ids=["within an epoch", "at the start of an epoch"],
)
def test_what_is_missing_is_announced_before_what_follows(applied: int, position: int) -> None:
    noted = Noted(applied)
    assert noted.take(position) == [
        f"reload, the ring at {position - 1}",
        f"apply {position}, the ring at {position}",
    ]
    assert noted.ring.broken_after(applied) == "POSITIONS_LOST"


def test_the_fan_out_is_woken_and_blocks_learn_of_their_copy() -> None:
    noted = Noted(0)
    assert noted.ahead.begin("ana", "ben", 7)
    noted.take(1)
    assert noted.dispatch.news.is_set()
    assert noted.ahead.hidden_from("ana", lag=False) == frozenset()
