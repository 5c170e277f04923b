"""The records of `make chaos` are what they are meant to be: readable where they should mislead."""

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord, Post
from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas.log.v1.record_pb2 import Leader
from kanvas_local.chaos import rubbish
from kanvas_local.chaos.rubbish import FEED, GRAPH, Rubbish
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.port import RawRecord
from kanvas_platform.kafka.records.codec import Poison, decode, encode
from kanvas_platform.kafka.records.logs import LogSpec

LOGS = {
    topic: LogSpec(topic=topic, record_type=kind, source=f"/kanvas/somebody/{topic}")
    for topic, kind in ((FEED, FeedRecord), (GRAPH, GraphRecord))
}
HIGHEST = 2**63 - 1


def last(topic: str = FEED) -> Rubbish:
    """Return a record as a writer makes it, at position 7."""
    record = FeedRecord(post=Post(id="p7")) if topic == FEED else GraphRecord()
    record.meta.position, record.meta.created_position = 7, 5
    record.meta.command_id = new_id()
    made = encode(LOGS[topic], "post:p7", "kanvas.feed.post.v1", record, "")
    return Rubbish(made.key, made.value, made.headers)


def read(topic: str, record: Rubbish) -> RawRecord:
    return RawRecord(topic, 0, record.key, record.value, record.headers, 0.0)


def test_what_is_unreadable_cannot_be_read_and_stays_below_the_poison_limit() -> None:
    written = last()
    records = rubbish.unreadable(written)
    assert 5 <= len(records) < 20
    repeats = [record for record in records if record == written]
    assert len(repeats) == 1, "the same once more is readable, and old"
    for record in records:
        if record != written:
            with pytest.raises(Poison):
                decode(LOGS[FEED], read(FEED, record))
    assert len(rubbish.unreadable(None)) == 3, "a topic without records gets some too"


def test_impossible_numbers_stand_in_records_that_can_be_parsed() -> None:
    records = [
        FeedRecord.FromString(record.value or b"")
        for record in rubbish.impossible(last())
        if not (record.value or b"").startswith(b"\xff")
    ]
    assert [record.meta.position for record in records] == [HIGHEST, HIGHEST, -1, HIGHEST]
    assert records[0].meta.created_position == 5, "all else is as the writer made it"
    assert records[3].meta.decided_at.seconds == 2**60
    assert all(record.post.id == "p7" for record in records)


def test_every_writer_gets_announcements_that_nobody_can_have_made() -> None:
    leaders = [Leader.FromString(record.value or b"") for record in rubbish.impossible_leaders()]
    assert {leader.service for leader in leaders} == {"social-graph", "timeline", "imagegen"}
    assert {leader.epoch for leader in leaders} == {2**31 - 1, HIGHEST, -1}


@pytest.mark.parametrize("topic", [FEED, GRAPH])
def test_a_strangers_record_is_good_but_for_who_made_it(topic: str) -> None:
    entry = decode(LOGS[topic], read(topic, rubbish.foreign(topic, last(topic))))
    assert entry.meta.position == entry.meta.created_position == 8
    assert entry.meta.command_id == ""
