"""What ends a candidacy, and what does not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas.log.v1.record_pb2 import Leader
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.port import BrokerUnavailable, Headers, OutRecord
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.writing.leaders import Leaders
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.testing.ledger import Claim, Ledger, LedgerLogs, command
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCandidate


class Unsteady(MemoryBroker):
    """A broker whose group fails as often as there are failures left."""

    def __init__(self, world: Any, *failures: BaseException, joining: bool = False) -> None:
        super().__init__(cluster=world.cluster)
        self._failures = list(failures)
        self._joining = joining

    async def join_group(self, group: str, topic: str) -> MemoryCandidate:
        if self._joining and self._failures:
            raise self._failures.pop(0)
        candidate = await super().join_group(group, topic)
        candidate.changed = self._failing(candidate.changed)  # type: ignore[method-assign]
        return candidate

    def _failing(self, changed: Callable[[], Awaitable[None]]) -> Any:
        async def fail() -> None:
            if self._failures and not self._joining:
                raise self._failures.pop(0)
            await changed()

        return fail


def writer_on(broker: MemoryBroker, world: Any, logs: LedgerLogs) -> Writer[Ledger]:
    replica = Replica(
        broker=broker,
        main=logs.main,
        sides=[logs.side],
        state=Ledger,
        clock=world.clock,
        name="candidate",
    )
    world.follow(replica)
    return Writer(
        service="ledger",
        address="host:1",
        replica=replica,
        decide=logs.decide,
        broker=broker,
        clock=world.clock,
    )


@pytest.mark.parametrize("joining", [True, False])
async def test_a_group_that_cannot_be_reached_is_joined_again(
    world: Any, logs: LedgerLogs, eventually: Any, joining: bool
) -> None:
    gone = BrokerUnavailable("the coordinator is away")
    writer = writer_on(Unsteady(world, gone, gone, joining=joining), world, logs)
    world.follow(writer)
    await eventually(lambda: writer.leads)


async def test_a_fault_of_the_group_ends_the_process(world: Any, logs: LedgerLogs) -> None:
    writer = writer_on(Unsteady(world, ZeroDivisionError("a fault of ours")), world, logs)
    with pytest.raises(ExceptionGroup) as ended:
        await writer.run()
    assert ended.group_contains(ZeroDivisionError)
    assert not writer.leads


async def test_a_cancellation_that_nobody_asked_for_ends_the_process(
    world: Any, logs: LedgerLogs
) -> None:
    # As a library does that cancels a task of its own and lets through what that raises.
    broker = Unsteady(world, asyncio.CancelledError(), joining=True)
    with pytest.raises(ExceptionGroup) as ended:
        await writer_on(broker, world, logs).run()
    assert ended.group_contains(RuntimeError, match="canceled by nobody")


async def test_an_instance_that_was_drained_is_no_candidate_any_more(world: Any) -> None:
    old = await world.start().leading()
    new = world.start()
    await asyncio.sleep(1)
    await old.writer.drain()
    await new.leading()
    await asyncio.sleep(10)
    await new.end()
    world.instances.remove(new)
    await asyncio.sleep(10)
    assert not old.writer.leads


async def test_a_standby_that_could_not_read_at_first_hears_of_the_leader(
    world: Any, eventually: Any
) -> None:
    await world.start("leader:1").leading()
    refused = 0

    async def refuse(step: str) -> None:
        nonlocal refused
        if step == "read" and refused < 6:
            refused += 1
            raise BrokerUnavailable(step)

    standby = world.start("standby:1")
    standby.broker.on_step = refuse
    await eventually(lambda: standby.writer.leader_address == "leader:1")
    assert refused == 6


async def test_a_leader_that_finds_records_of_its_successor_does_not_call_them_foreign(
    world: Any, logs: LedgerLogs
) -> None:
    labels = {"service": "ledger", "topic": logs.main.topic}
    before = REGISTRY.get_sample_value("kanvas_writer_foreign_records_total", labels) or 0.0
    old, new = await world.start().leading(), world.start()
    await asyncio.sleep(1)
    heard = asyncio.Event()

    async def hear_late(step: str) -> None:
        if step == "fetch: kanvas.leaders.v1":
            await heard.wait()

    old.broker.on_step = hear_late
    world.cluster.expel(old.broker)  # and nobody tells it
    await new.leading()
    await new.writer.submit(command(Claim("x"), now=world.clock.now()), 5)
    await old.replica.wait_for(1, 5)
    await asyncio.sleep(1)
    assert old.writer.leads
    heard.set()
    await asyncio.sleep(1)
    assert old.leadership == [True, False]
    after = REGISTRY.get_sample_value("kanvas_writer_foreign_records_total", labels) or 0.0
    assert after == before


async def test_the_clocks_of_a_few_dozen_peers_are_remembered(world: Any, eventually: Any) -> None:
    leaders = Leaders(
        broker=MemoryBroker(cluster=world.cluster),
        clock=world.clock,
        service="ledger",
        on_change=lambda: None,
    )
    world.follow(leaders)
    for number in range(70):
        known = Leader(service="ledger", term=new_id(), address=f"host-{number}:1")
        world.cluster.put(*_announced(leaders.announcement(known)))
    await leaders.barrier(5)
    assert len(leaders.clocks_of_others("host-69:1")) == 63


def _announced(record: OutRecord) -> tuple[str, bytes, bytes, Headers]:
    return record.topic, record.key, record.value, record.headers
