"""A log in stretches: what readers admit, each record once, and no trace of having looked."""

from contextlib import aclosing
from typing import Any

import pytest

from kanvas_platform.kafka.broker.port import BrokerUnavailable
from kanvas_platform.kafka.reading.stretches import Place, Stretch, place_at, stretches
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.kafka.records.position import POSITION_MAX
from kanvas_platform.testing.ledger import LedgerLogs
from kanvas_platform.testing.memory_broker import MemoryBroker

BEGINNING = Place(0, 0)


async def read(
    world: Any, logs: LedgerLogs, start: Place = BEGINNING, *, end: int | None = None, most: int = 3
) -> list[Stretch]:
    broker, log = MemoryBroker(cluster=world.cluster), logs.main
    if end is None:
        end = (await broker.ends([log.topic]))[log.topic]
    async with aclosing(stretches(broker, log, start, end, most=most)) as found:
        return [stretch async for stretch in found]


def positions(found: list[Stretch]) -> list[list[int]]:
    return [[entry.meta.position for entry in stretch.entries] for stretch in found]


async def test_follow_each_other_without_a_gap(world: Any, logs: LedgerLogs) -> None:
    for position in range(1, 9):
        world.put(position, name=f"n{position}")
    found = await read(world, logs)
    assert positions(found) == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert [(stretch.after, stretch.through) for stretch in found] == [(0, 3), (3, 6), (6, 8)]


async def test_span_what_compaction_has_left_out(world: Any, logs: LedgerLogs) -> None:
    for position in (5, 9, 40):
        world.put(position, name=f"n{position}")
    (stretch,) = await read(world, logs)
    assert (stretch.after, stretch.through) == (0, 40)


async def test_end_where_they_are_told_to(world: Any, logs: LedgerLogs) -> None:
    for position in (1, 2, 3):
        world.put(position, name=f"n{position}")
    assert positions(await read(world, logs, end=2)) == [[1, 2]]
    assert await read(world, logs, end=0) == []


async def test_leave_out_what_readers_refuse_and_leave_no_trace(
    world: Any, logs: LedgerLogs
) -> None:
    world.put(1, name="a")
    world.cluster.put(logs.main.topic, b"name:x", b"\xff\xff", ())
    world.put(POSITION_MAX, name="far")
    world.put(2, name="b")
    world.put(2, name="again")
    world.put(1, name="older")
    world.put(3, name="c")
    (stretch,) = await read(world, logs)
    assert [entry.key for entry in stretch.entries] == ["name:a", "name:b", "name:c"]
    assert world.cluster.committed(DEAD_LETTERS_TOPIC) == []


async def test_begin_anywhere(world: Any, logs: LedgerLogs) -> None:
    for position in range(1, 301):
        world.put(position, name=f"n{position}")
    start = await place_at(MemoryBroker(cluster=world.cluster), logs.main, 200)
    found = await read(world, logs, start, most=2)
    assert (found[0].after, positions(found)[0]) == (200, [201, 202])


async def test_a_broker_that_gives_nothing_is_not_waited_for_for_ever(
    world: Any, logs: LedgerLogs
) -> None:
    world.put(1, name="a")
    with pytest.raises(BrokerUnavailable):
        await read(world, logs, end=9)
