"""Errors of a store are no poison, and only who can fold may lead."""

import asyncio
import errno
from collections.abc import Sequence
from typing import Any

import pytest

from kanvas_platform.errors import NotLeader, Unavailable
from kanvas_platform.kafka.contract import Command, Receipt, StoreFailed
from kanvas_platform.kafka.reading.tail import Beginning, Tail
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC, Draft
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.ledger import Add, Claim, Ledger, LedgerLogs, command
from kanvas_platform.testing.memory_broker import MemoryBroker

FULL = OSError(errno.ENOSPC, "No space left on device")


class Disk(Ledger):
    """A ledger whose store can fail; its layers are in memory and cannot."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self.failure: Exception | None = None
        self.folded: list[tuple[str, int]] = []

    def overlay(self) -> Any:
        return Ledger(self.space.overlay())

    def apply(self, topic: str, record: Any) -> None:
        if self.failure is not None:
            raise self.failure
        super().apply(topic, record)
        self.folded.append((topic, record.meta.position))


def add(world: Any, amount: int = 1) -> Command:
    return command(Add("x", amount), now=world.clock.now())


async def a_pair(world: Any) -> tuple[Any, Any, Disk]:
    """Start a leader on a disk, and a healthy standby."""
    leader = await world.start(state=Disk).leading()
    await leader.writer.submit(command(Claim("x"), now=world.clock.now()), 5)
    standby = world.start()
    await standby.replica.until_ready()
    await asyncio.sleep(1)
    return leader, standby, leader.replica.state


@pytest.mark.parametrize("failure", [FULL, MemoryError(), StoreFailed("synced in vain")])
async def test_a_full_disk_at_the_leader_lets_the_standby_lead(
    world: Any, logs: LedgerLogs, failure: Exception, eventually: Any
) -> None:
    leader, standby, disk = await a_pair(world)
    disk.failure = failure
    for number in range(10):
        receipt = await world.acknowledged([leader, standby], add(world))
        assert standby.replica.state.names["x"] == ("ann", number + 1)
        assert receipt.positions[logs.main.topic] == number + 2
    assert standby.writer.leads
    assert not leader.writer.leads
    assert not leader.replica.ready
    assert not leader.replica.fresh()
    assert world.cluster.committed(DEAD_LETTERS_TOPIC) == []
    disk.failure = None
    await eventually(leader.replica.fresh)
    assert leader.replica.state.names["x"] == ("ann", 10)
    assert [at for topic, at in disk.folded if topic == logs.main.topic] == list(range(1, 12))
    assert [at for topic, at in disk.folded if topic == logs.side.topic] == list(range(1, 11))
    assert standby.leadership == [True]


async def test_one_alone_leads_again_when_it_has_folded_for_a_while(
    world: Any, eventually: Any
) -> None:
    instance = await world.start(state=Disk).leading()
    disk = instance.replica.state
    await instance.writer.submit(command(Claim("x"), now=world.clock.now()), 5)
    disk.failure = FULL
    given = add(world, 3)
    outcomes = [await instance.outcome(given) for _ in range(3)]
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    await eventually(lambda: isinstance(outcomes[-1], Unavailable) and not instance.replica.ready)
    await asyncio.sleep(20)
    assert isinstance(await instance.outcome(add(world, 100)), NotLeader)
    disk.failure = None
    await eventually(lambda: instance.replica.ready)
    recovered = world.clock.monotonic()
    await instance.leading()
    assert world.clock.monotonic() - recovered >= 4
    receipt = await world.acknowledged([instance], given)
    assert receipt.positions == {"ledger": 2, "ledger-side": 1}
    assert instance.replica.state.names["x"] == ("ann", 3)


async def test_one_that_was_halted_by_poison_gives_up_leading(world: Any) -> None:
    class Picky(Ledger):
        def apply(self, topic: str, record: Any) -> None:
            if record.name == "new":
                raise ZeroDivisionError
            super().apply(topic, record)

    leader = await world.start(state=Picky).leading()
    await leader.writer.submit(command(Claim("x"), now=world.clock.now()), 5)
    standby = world.start()
    await standby.replica.until_ready()
    await asyncio.sleep(1)
    for position in range(2, 40):
        world.put(position, name="new")
    await standby.leading()
    assert not leader.writer.leads
    assert (await standby.writer.submit(add(world), 5)).position == 40
    await asyncio.sleep(60)
    assert standby.leadership == [True]


async def test_a_store_that_fails_a_decision_is_no_answer_to_the_command(
    world: Any, logs: LedgerLogs
) -> None:
    failing: list[Any] = []

    def decide(state: Ledger, given: Command, now: float) -> Sequence[Draft]:
        if any(instance.writer.leads for instance in failing):
            raise FULL
        return logs.decide(state, given, now)

    world.decide = decide
    leader, standby, disk = await a_pair(world)
    failing.append(leader)
    given = add(world)
    assert isinstance(await leader.outcome(given), NotLeader)
    await standby.leading()
    assert (await standby.writer.submit(given, 5)).position == 2
    assert disk.failure is None


async def test_one_that_does_not_reach_the_end_twice_lets_another_lead(
    world: Any, logs: LedgerLogs
) -> None:
    leader, standby, _ = await a_pair(world)

    async def crawl(step: str) -> None:
        if step.startswith(f"fetch: {logs.main.topic}"):
            await asyncio.sleep(60)

    leader.broker.on_step = crawl
    asked = asyncio.create_task(leader.outcome(add(world), timeout=30))
    await standby.leading()
    assert not isinstance(await asked, Receipt)
    assert leader.replica.ready


async def test_a_callback_that_meets_a_full_disk_gets_its_record_again(
    world: Any, logs: LedgerLogs
) -> None:
    heard: list[int] = []
    failures = [FULL, MemoryError()]

    def hear(delivered: Any) -> None:
        if failures:
            raise failures.pop()
        heard.append(delivered.position)

    tail: Tail[Any] = Tail(
        broker=MemoryBroker(cluster=world.cluster),
        log=logs.main,
        on_record=hear,
        start=Beginning(),
        clock=world.clock,
        name="tail",
    )
    world.follow(tail)
    world.put(1)
    world.put(2)
    await tail.wait_for(2, 60)
    assert heard == [1, 2]
    assert world.cluster.committed(DEAD_LETTERS_TOPIC) == []
