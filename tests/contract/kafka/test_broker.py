"""What the protocol relies on, of the double and of Kafka alike."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from kanvas_platform.kafka.broker.port import (
    BatchRefused,
    Broker,
    Candidate,
    Fenced,
    OffsetLost,
    OutRecord,
    RawRecord,
    Reader,
)
from tests.patience import PATIENCE_SECONDS, until

TRIES = int(PATIENCE_SECONDS / 0.05)
HEADERS = (("ce_id", b"1"), ("traceparent", b"00-aa-bb-01"))


def record(topic: str, value: str, *, key: str = "k") -> OutRecord:
    return OutRecord(topic, key.encode(), value.encode(), HEADERS)


async def read_to_end(broker: Broker, *topics: str) -> list[RawRecord]:
    """Read what is committed, by reaching the end that is asked for first."""
    reader = await broker.read(await broker.beginnings(topics))
    found: list[RawRecord] = []
    try:
        ends = await broker.ends(topics)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while any(reader.offset(topic) < ends[topic] for topic in topics):
                found += await reader.fetch(0.1)
    finally:
        await reader.close()
    return found


async def until_readable(broker: Broker, topic: str, count: int) -> list[RawRecord]:
    """Wait until it can be read: a commit is decided before that."""
    for _ in range(TRIES):
        if len(found := await read_to_end(broker, topic)) >= count:
            return found
        await asyncio.sleep(0.05)
    pytest.fail(f"{count} records never became readable")


def values(records: Sequence[RawRecord]) -> list[str]:
    return [(record.value or b"").decode() for record in records]


async def fetch_for_ever(reader: Reader) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            await reader.fetch(0.1)


async def test_a_commit_tells_where_its_records_stand(testbed: Any) -> None:
    broker = testbed.broker()
    main, side = await testbed.logs("", "-side")
    producer = await broker.begin(main, PATIENCE_SECONDS)
    await producer.commit([record(main, "first")], PATIENCE_SECONDS)
    await broker.send(record(main, "a stranger's"))
    given = [record(main, "a"), record(side, "b"), record(main, "c")]
    appended = await producer.commit(given, PATIENCE_SECONDS)
    await producer.close()
    found = [*await until_readable(broker, main, 4), *await until_readable(broker, side, 1)]
    by_place = {(raw.topic, raw.offset): raw for raw in found}
    stand = [by_place[out.topic, at.offset] for out, at in zip(given, appended, strict=True)]
    assert values(stand) == ["a", "b", "c"]
    assert [raw.time for raw in stand] == [at.time for at in appended]


async def test_committed_records_are_read_as_they_were_written(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    before = time.time()
    producer = await broker.begin(topic, PATIENCE_SECONDS)
    await producer.commit([record(topic, "a"), record(topic, "b", key="other")], PATIENCE_SECONDS)
    first, second = await until_readable(broker, topic, 2)
    await producer.close()
    assert (first.topic, first.key, first.value, first.headers) == (topic, b"k", b"a", HEADERS)
    assert (second.key, second.value) == (b"other", b"b")
    assert first.offset < second.offset
    assert before - 5 <= first.time <= time.time() + 5


async def test_a_transaction_writes_to_several_topics(testbed: Any) -> None:
    broker = testbed.broker()
    main, side = await testbed.logs("", "-side")
    producer = await broker.begin(main, PATIENCE_SECONDS)
    for number in range(3):
        await producer.commit(
            [record(main, f"m{number}"), record(side, f"s{number}")], PATIENCE_SECONDS
        )
    assert values(await until_readable(broker, main, 3)) == ["m0", "m1", "m2"]
    assert values(await until_readable(broker, side, 3)) == ["s0", "s1", "s2"]
    await producer.close()


async def test_markers_leave_holes_and_the_end_lies_behind_them(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    producer = await broker.begin(topic, PATIENCE_SECONDS)
    await producer.commit([record(topic, "a")], PATIENCE_SECONDS)
    await producer.commit([record(topic, "b")], PATIENCE_SECONDS)
    first, second = await until_readable(broker, topic, 2)
    await producer.close()
    assert second.offset == first.offset + 2
    assert (await broker.ends([topic]))[topic] == second.offset + 2


async def test_an_empty_log_begins_and_ends_at_the_same_offset(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    assert await broker.beginnings([topic]) == await broker.ends([topic]) == {topic: 0}


async def test_a_successor_fences_its_predecessor(testbed: Any) -> None:
    (topic,) = await testbed.logs("")
    old = await testbed.broker().begin(topic, PATIENCE_SECONDS)
    await old.commit([record(topic, "old")], PATIENCE_SECONDS)
    broker = testbed.broker()
    new = await broker.begin(topic, PATIENCE_SECONDS)
    with pytest.raises(Fenced):
        await old.commit([record(topic, "late")], PATIENCE_SECONDS)
    await new.commit([record(topic, "new")], PATIENCE_SECONDS)
    assert values(await until_readable(broker, topic, 2)) == ["old", "new"]
    await old.close()
    await new.close()


async def test_beginning_makes_all_that_predecessors_committed_readable(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    for number in range(5):
        producer = await broker.begin(topic, PATIENCE_SECONDS)
        await producer.commit([record(topic, str(number))], PATIENCE_SECONDS)
        await producer.close()
    last = await broker.begin(topic, PATIENCE_SECONDS)
    # No waiting here: this is what becoming the leader relies on.
    assert values(await read_to_end(broker, topic)) == ["0", "1", "2", "3", "4"]
    await last.close()


async def test_a_refused_batch_leaves_nothing_and_a_new_producer_goes_on(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    producer = await broker.begin(topic, PATIENCE_SECONDS)
    with pytest.raises(BatchRefused):
        await producer.commit(
            [record(topic, "fits"), record(topic, "x" * 1_100_000)], PATIENCE_SECONDS
        )
    await producer.close()
    producer = await broker.begin(topic, PATIENCE_SECONDS)
    await producer.commit([record(topic, "next")], PATIENCE_SECONDS)
    await producer.close()
    assert values(await until_readable(broker, topic, 1)) == ["next"]


async def test_a_record_can_be_sent_outside_transactions(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    await broker.send(record(topic, "letter"))
    assert values(await read_to_end(broker, topic)) == ["letter"]


async def test_reading_starts_at_the_given_offset(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    for value in "abc":
        await broker.send(record(topic, value))
    reader = await broker.read({topic: 2})
    found: list[RawRecord] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not found:
            found += await reader.fetch(0.1)
    assert values(found) == ["c"]
    assert reader.offset(topic) == 3
    assert await reader.fetch(0.05) in ([], ())
    await reader.close()


async def test_a_reader_that_is_closed_at_once_does_not_end_its_task(testbed: Any) -> None:
    broker = testbed.broker()
    topics = await testbed.logs("")

    async def read_nothing() -> bool:
        for _ in range(20):
            reader = await broker.read(dict.fromkeys(topics, 0))
            await reader.close()
        return True

    # In a task of its own: one that a stray cancellation ends looks like one that was canceled.
    reading = asyncio.create_task(read_nothing())
    await asyncio.wait([reading])
    assert not reading.cancelled()
    assert reading.result()


async def test_an_offset_beyond_the_end_is_a_lost_offset(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    await broker.send(record(topic, "a"))
    reader = await broker.read({topic: 100})
    with pytest.raises(OffsetLost):
        await fetch_for_ever(reader)
    await reader.close()


async def test_a_paused_topic_waits_and_loses_nothing(testbed: Any) -> None:
    broker = testbed.broker()
    main, side = await testbed.logs("", "-side")
    reader = await broker.read({main: 0, side: 0})
    reader.pause([side])
    for number in range(3):
        await broker.send(record(side, f"s{number}"))
        await broker.send(record(main, f"m{number}"))
    found: list[RawRecord] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found) < 3:
            found += await reader.fetch(0.1)
    assert values(found) == ["m0", "m1", "m2"]
    reader.pause([])
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found) < 6:
            found += await reader.fetch(0.1)
    assert values(found[3:]) == ["s0", "s1", "s2"]
    await reader.close()


async def test_a_time_is_found(testbed: Any) -> None:
    broker = testbed.broker()
    (topic,) = await testbed.logs("")
    await broker.send(record(topic, "early"))
    await asyncio.sleep(0.02)
    await broker.send(record(topic, "late"))
    early, late = await read_to_end(broker, topic)
    assert await broker.offset_at(topic, early.time - 10) == early.offset
    assert await broker.offset_at(topic, late.time) == late.offset
    assert await broker.offset_at(topic, late.time + 10) == late.offset + 1


async def test_one_of_a_group_holds_the_lease_and_keeps_it_when_others_come_and_go(
    testbed: Any,
) -> None:
    (topic,) = await testbed.logs("")
    first = await testbed.broker().join_group(topic, topic)
    await until(lambda: first.holds_lease)
    assert await first.confirm(5)
    for _ in range(3):
        other = await testbed.broker().join_group(topic, topic)
        await confirmed(first)
        assert first.holds_lease
        assert not other.holds_lease
        assert not await other.confirm(5)
        await other.leave()
        await confirmed(first)
    await first.leave()


async def test_the_lease_passes_on_when_its_holder_leaves(testbed: Any) -> None:
    (topic,) = await testbed.logs("")
    first = await testbed.broker().join_group(topic, topic)
    await until(lambda: first.holds_lease)
    second = await testbed.broker().join_group(topic, topic)
    await confirmed(first)
    await first.leave()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not second.holds_lease:
            await second.changed()
    await confirmed(second)
    await second.leave()


async def confirmed(candidate: Candidate) -> None:
    """While the group is being rearranged, nobody is confirmed."""
    for _ in range(TRIES):
        if await candidate.confirm(5):
            return
        await asyncio.sleep(0.05)
    pytest.fail("the lease was never confirmed")
