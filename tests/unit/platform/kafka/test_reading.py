"""Rare moments of reading: logs made anew, brokers that know less than before, large letters."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

import pytest
from google.protobuf import descriptor_pb2
from prometheus_client import REGISTRY

from kanvas.log.v1.record_pb2 import Pass
from kanvas_platform.kafka.broker.port import (
    BatchRefused,
    BrokerError,
    BrokerUnavailable,
    OutRecord,
)
from kanvas_platform.kafka.halting.go_past import Findings, give_pass, look
from kanvas_platform.kafka.halting.passes import Passes, read_passes
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.reading.tail import Beginning, Delivered, Tail
from kanvas_platform.kafka.records import numbers
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC, PASSES_TOPIC
from kanvas_platform.kafka.records.seek import offset_after
from kanvas_platform.testing.ledger import Ledger, LedgerLogs
from kanvas_platform.testing.memory_broker import MemoryBroker


def tail_on(broker: MemoryBroker, world: Any, logs: LedgerLogs, on_record: Any) -> Tail[Any]:
    tail: Tail[Any] = Tail(
        broker=broker,
        log=logs.main,
        on_record=on_record,
        start=Beginning(),
        clock=world.clock,
        name="reading",
    )
    world.follow(tail)
    return tail


def ignore(record: Delivered[Any]) -> None:
    del record


def make_anew(world: Any, topic: str) -> None:
    """Empty a log, as whoever copies a cluster to other offsets would."""
    log = world.cluster.topic(topic)
    log.slots.clear()
    log.stable = log.first


async def test_the_lag_in_seconds_grows_while_the_broker_is_away(
    world: Any, logs: LedgerLogs
) -> None:
    def lag() -> float | None:
        return REGISTRY.get_sample_value("kanvas_log_proof_age_seconds", {"reader": "reading"})

    broker = MemoryBroker(cluster=world.cluster)
    tail = Tail(
        broker=broker,
        log=logs.main,
        on_record=ignore,
        start=Beginning(),
        clock=world.clock,
        name="reading",
    )
    broker.stop()
    reading = asyncio.create_task(tail.run())
    await asyncio.sleep(1)
    assert lag() == float("inf"), "the end was never reached"
    broker.wake()
    await tail.barrier(5)
    assert (lag() or 0) < 1
    broker.stop()
    await asyncio.sleep(60)
    assert (lag() or 0) >= 59
    broker.wake()
    await tail.barrier(5)
    assert (lag() or 0) < 1
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert lag() is None, "who is not meant to read has no lag"


async def test_a_replica_finds_its_logs_again_by_position(world: Any, logs: LedgerLogs) -> None:
    broker = MemoryBroker(cluster=world.cluster)
    replica = Replica(
        broker=broker,
        main=logs.main,
        sides=[logs.side],
        state=Ledger,
        clock=world.clock,
        name="reading",
    )
    world.follow(replica)
    for position in range(1, 20):
        world.put(position)
    for _ in range(3):
        world.cluster.put(logs.side.topic, b"k", b"\xff")
    await replica.wait_for(19, 5)
    broker.stop()
    for log in (logs.main, logs.side):  # of the side log, no record was of use so far
        make_anew(world, log.topic)
    for position in range(15, 22):
        world.put(position, name=f"n{position}")
    world.put(1, log=logs.side, main_position=21, name="n21", total=7)
    broker.wake()
    await replica.applied({logs.main.topic: 21, logs.side.topic: 1}, 60)
    assert replica.state.told["n21"] == 7


class Forgetful(MemoryBroker):
    """A broker that says, for a while after a failover, that a log ends earlier than it did."""

    forgets = False

    async def ends(self, topics: Collection[str]) -> Mapping[str, int]:
        ends = await super().ends(topics)
        return dict.fromkeys(ends, 0) if self.forgets else ends


async def test_an_end_before_what_was_read_proves_nothing(world: Any, logs: LedgerLogs) -> None:
    broker = Forgetful(cluster=world.cluster)
    world.put(1)
    tail = tail_on(broker, world, logs, ignore)
    await tail.barrier(5)
    broker.forgets = True
    await asyncio.sleep(2)
    assert not tail.fresh()
    waiting = asyncio.create_task(tail.barrier(30))
    await asyncio.sleep(2)
    assert not waiting.done()
    broker.forgets = False
    assert await waiting == 1


async def test_a_callback_that_loses_the_broker_gets_the_record_again(
    world: Any, logs: LedgerLogs
) -> None:
    heard: list[int] = []

    async def take(record: Delivered[Any]) -> None:
        heard.append(record.position)
        if len(heard) == 2:
            raise BrokerUnavailable("away for a moment")

    tail = tail_on(MemoryBroker(cluster=world.cluster), world, logs, take)
    for position in (1, 2, 3):
        world.put(position)
    await tail.wait_for(3, 30)
    assert heard == [1, 2, 2, 3]
    assert world.cluster.committed(DEAD_LETTERS_TOPIC) == []


async def test_a_position_that_was_reached_is_included_at_once(
    world: Any, logs: LedgerLogs
) -> None:
    world.put(1)
    tail = tail_on(MemoryBroker(cluster=world.cluster), world, logs, ignore)
    await tail.wait_for(1, 5)
    began = world.clock.monotonic()
    await tail.include(1, 5)
    assert world.clock.monotonic() == began


async def test_all_copies_that_are_known_may_lie_at_or_after_a_source(
    world: Any, logs: LedgerLogs
) -> None:
    world.put(1, source_position=10)
    world.put(2, source_position=11)
    tail = tail_on(MemoryBroker(cluster=world.cluster), world, logs, ignore)
    assert await tail.wait_for_source(10, 5) == 1
    assert await tail.wait_for_source(11, 5) == 2


class Strict(MemoryBroker):
    """A broker that takes no letter above a size."""

    async def send(self, record: OutRecord) -> None:
        if len(record.value) > 100:
            raise BatchRefused("too large")
        await super().send(record)


async def test_a_letter_that_is_too_large_is_set_aside_without_its_value(
    world: Any, logs: LedgerLogs, eventually: Any
) -> None:
    tail_on(Strict(cluster=world.cluster), world, logs, ignore)
    world.cluster.put(logs.main.topic, b"k", b"\xff" * 101)
    await eventually(lambda: world.cluster.committed(DEAD_LETTERS_TOPIC))
    (letter,) = world.cluster.committed(DEAD_LETTERS_TOPIC)
    assert letter.value == b""
    assert dict(letter.headers)["kanvas-origin-offset"] == b"0"


async def test_a_search_is_not_led_astray_by_records_that_nobody_can_read(
    world: Any, logs: LedgerLogs
) -> None:
    for position in range(1, 1200):
        world.put(position)
        world.cluster.put(logs.main.topic, b"k", b"\xff")
    broker = MemoryBroker(cluster=world.cluster)
    offset = await offset_after(broker, logs.main, 600)
    # Record n stands at offset 2 * (n - 1).
    assert 2 * 600 - 502 <= offset <= 2 * 600


def test_numbers_that_repeat_are_looked_at_one_by_one() -> None:
    place = descriptor_pb2.SourceCodeInfo.Location(path=[0, 1])
    assert numbers.are_possible(place)
    place.path.append(-1)
    assert not numbers.are_possible(place)


# Passes, and what an operator reads.


class Silent(MemoryBroker):
    """A broker that answers questions and never gives out a record."""

    async def read(self, offsets: Mapping[str, int]) -> Any:
        reader = await super().read(offsets)
        reader.pause(offsets)
        return reader


async def test_passes_that_do_not_come_in_time_cannot_be_read(world: Any) -> None:
    await give_pass(MemoryBroker(cluster=world.cluster), Pass(topic="ledger", through_offset=5))
    silent = Silent(cluster=world.cluster)
    with pytest.raises(BrokerError, match="could not be read in time"):
        await read_passes(silent)
    assert not await Passes(silent).cover("ledger", 3)


async def test_a_pass_that_is_known_is_not_read_again(world: Any) -> None:
    broker = MemoryBroker(cluster=world.cluster)
    await give_pass(broker, Pass(topic="ledger", through_offset=5))
    passes = Passes(broker)
    assert await passes.cover("ledger", 3)
    broker.reachable = False
    assert await passes.cover("ledger", 5)
    assert not await passes.cover("ledger", 6)


async def test_a_log_that_is_silent_cannot_be_looked_through(world: Any, logs: LedgerLogs) -> None:
    world.put(1)
    with pytest.raises(BrokerUnavailable, match="could not be read to its end"):
        await look(Silent(cluster=world.cluster), logs.main, world.clock.now())
    assert world.cluster.committed(PASSES_TOPIC) == []


def test_findings_are_told_in_sentences() -> None:
    findings = Findings("ledger", 0, 20, unreadable=[3, 4, 9], holes=[(5, 8, 11)])
    assert findings.lines() == [
        "3 records cannot be decoded (offsets 3 to 9).",
        "Positions after 5 and before 8 are missing (before offset 11).",
    ]
    assert Findings("ledger", 0, 20).lines() == []
