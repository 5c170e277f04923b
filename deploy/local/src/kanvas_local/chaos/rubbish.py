"""Records that no writer of Kanvas made, sent by a plain producer, as a broken program would."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from google.protobuf.timestamp_pb2 import Timestamp

from kanvas.feed.v1.records_pb2 import VISIBILITY_PUBLIC, FeedRecord, PostRemoved
from kanvas.graph.v1.records_pb2 import Account, GraphRecord
from kanvas.log.v1.record_pb2 import Leader, RecordMeta
from kanvas_platform.ids import new_id

FEED, GRAPH, LEADERS = "kanvas.feed.v1", "kanvas.graph.v1", "kanvas.leaders.v1"
WRITERS = ("social-graph", "timeline", "imagegen")
_LOOK_BACK = 200
_HIGHEST = 2**63 - 1
_READ_SECONDS = 10.0


@dataclass(frozen=True)
class Rubbish:
    """A record as Kafka takes it."""

    key: bytes | None
    """Kafka takes no record without one: the topics are compacted."""
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


BARE = Rubbish(b"rubbish", b"", (("ce_id", b"0"),))
"""A record that says nothing but its number."""


async def send(kafka: str, topic: str, records: Sequence[Rubbish]) -> None:
    """Append records to a topic, without a transaction."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        for record in records:
            await producer.send_and_wait(
                topic, record.value, key=record.key, headers=list(record.headers)
            )
    finally:
        await producer.stop()


async def last_record(kafka: str, topic: str) -> Rubbish | None:
    """Return the last committed record of a topic, as it stands; None where it has none lately."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka, isolation_level="read_committed", enable_auto_commit=False
    )
    await consumer.start()
    try:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        consumer.seek(place, max(0, end - _LOOK_BACK))
        last = None
        give_up_at = time.monotonic() + _READ_SECONDS
        while await consumer.position(place) < end and time.monotonic() < give_up_at:
            for record in (await consumer.getmany(place, timeout_ms=500)).get(place, ()):
                last = record
    finally:
        await consumer.stop()
    return last and Rubbish(last.key, last.value, tuple(last.headers))


def unreadable(last: Rubbish | None) -> list[Rubbish]:
    """Return records that cannot be read or contradict themselves: below the poison limit."""
    broken = [
        Rubbish(b"rubbish", b"\xff\xfenot a record"),
        Rubbish(b"rubbish", None),
        Rubbish(b"\xff\xfe", b"", (("ce_id", b"\xff"),)),
    ]
    if last is not None:
        broken.append(Rubbish(last.key, last.value))  # without any header
        broken.append(Rubbish(last.key, last.value, _numbered(last, "1")))
        broken.append(last)  # the same once more: it is ignored, not done twice
        broken.append(Rubbish(last.key, b"\xff" * 9, _numbered(last, "seven")))
    return broken


def impossible(last: Rubbish) -> list[Rubbish]:
    """Return records that can be read, with numbers that no writer gives out."""
    return [
        _with_meta(last, RecordMeta(position=_HIGHEST)),
        _with_meta(last, RecordMeta(position=_HIGHEST, created_position=_HIGHEST)),
        _with_meta(last, RecordMeta(position=-1)),
        _with_meta(last, RecordMeta(position=_HIGHEST, decided_at=Timestamp(seconds=2**60))),
        Rubbish(last.key, b"\xff" * 9, _numbered(last, str(_HIGHEST))),
        Rubbish(last.key, b"\xff" * 9, _numbered(last, "9" * 40)),
    ]


def impossible_leaders() -> list[Rubbish]:
    """Return announcements of terms that nobody can have, for every writer."""
    return [
        Rubbish(
            service.encode(),
            Leader(
                service=service, epoch=epoch, term=new_id(), address="127.0.0.1:1"
            ).SerializeToString(),
        )
        for service in WRITERS
        for epoch in (2**31 - 1, _HIGHEST, -1)
    ]


def foreign(topic: str, last: Rubbish) -> Rubbish:
    """Return a readable record about nobody that stands at the writer's next position."""
    position = 1 + position_of(last)
    meta = RecordMeta(position=position, created_position=position)
    meta.decided_at.GetCurrentTime()
    stranger = new_id()
    if topic == FEED:
        removed = PostRemoved(id=stranger, author_id=new_id(), visibility=VISIBILITY_PUBLIC)
        record: FeedRecord | GraphRecord = FeedRecord(meta=meta, post_removed=removed)
        key, event = f"post:{stranger}", "kanvas.feed.post-removed.v1"
    else:
        account = Account(id=stranger, handle=f"x{stranger[-12:]}", display_name="Nobody")
        record = GraphRecord(meta=meta, account=account)
        key, event = f"account:{stranger}", "kanvas.graph.account.v1"
    headers = dict(_numbered(last, str(position)))
    headers |= {"ce_type": event.encode(), "ce_subject": key.encode()}
    return Rubbish(key.encode(), record.SerializeToString(), tuple(headers.items()))


def position_of(record: Rubbish) -> int:
    """Return the position in the headers of a record that a writer made."""
    return int(dict(record.headers)["ce_id"])


def _with_meta(last: Rubbish, meta: RecordMeta) -> Rubbish:
    """Return the last record with other numbers.

    A field that stands twice is merged, the later one wins: so no type needs to be known here.
    """
    changed = meta.SerializeToString()
    value = (last.value or b"") + b"\x0a" + bytes([len(changed)]) + changed
    return Rubbish(last.key, value, _numbered(last, str(meta.position)))


def _numbered(last: Rubbish, number: str) -> tuple[tuple[str, bytes], ...]:
    return tuple(
        (name, number.encode() if name == "ce_id" else value) for name, value in last.headers
    )
