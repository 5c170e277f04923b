"""What a replica promises: the state, and what the writer needs to go on."""

import asyncio
from collections.abc import Mapping
from typing import Any

from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.testing.ledger import Add, Claim, Ledger, LedgerLogs, command
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryReader


class KeptReader(MemoryBroker):
    """A broker that keeps the reader it has given away last."""

    reader: MemoryReader

    async def read(self, offsets: Mapping[str, int]) -> MemoryReader:
        self.reader = await super().read(offsets)
        return self.reader


def replica_of(world: Any, logs: LedgerLogs, **options: Any) -> Replica[Ledger]:
    replica = Replica(
        broker=options.pop("broker", None) or MemoryBroker(cluster=world.cluster),
        main=logs.main,
        sides=[logs.side],
        state=options.pop("state", Ledger),
        clock=world.clock,
        name="replica",
        **options,
    )
    world.follow(replica)
    return replica


async def test_side_records_wait_for_the_main_log(
    world: Any, logs: LedgerLogs, eventually: Any
) -> None:
    applied: list[tuple[str, int]] = []
    replica = replica_of(
        world, logs, on_applied=lambda topic, record: applied.append((topic, record.meta.position))
    )
    world.put(1, log=logs.side, main_position=2)
    world.put(2, log=logs.side, main_position=2)
    world.put(1)
    await replica.wait_for(1, 5)
    await asyncio.sleep(2)
    assert applied == [(logs.main.topic, 1)]
    # Not all that can be read is applied.
    assert not replica.fresh()
    world.put(2)
    await replica.barrier(5)
    assert applied[1:] == [(logs.main.topic, 2), (logs.side.topic, 1), (logs.side.topic, 2)]
    assert replica.positions() == {logs.main.topic: 2, logs.side.topic: 2}


async def test_a_side_log_far_ahead_is_not_piled_up(world: Any, logs: LedgerLogs) -> None:
    for position in range(1, 12_001):
        world.put(position, log=logs.side, main_position=1)
    broker = KeptReader(cluster=world.cluster)
    replica = replica_of(world, logs, broker=broker)
    await asyncio.sleep(5)
    # None of them can be applied yet, so all that was read is held.
    assert 5000 <= broker.reader.offset(logs.side.topic) < 6000
    world.put(1)
    await replica.barrier(30)
    assert replica.positions()[logs.side.topic] == 12_000


async def test_it_knows_what_the_writer_needs(world: Any, logs: LedgerLogs) -> None:
    holder = await world.start().leading()
    first = command(Claim("x"), now=world.clock.now())
    given = command(Add("x", 1), now=world.clock.now())
    await holder.writer.submit(first, 5)
    await holder.writer.submit(given, 5)
    replica = replica_of(world, logs)
    await replica.barrier(5)
    assert replica.positions() == {logs.main.topic: 2, logs.side.topic: 1}
    assert replica.created_position(logs.main.topic, "name:x") == 1
    assert replica.created_position(logs.main.topic, "name:y") is None
    remembered = replica.commands.find("ann", given.id)
    assert remembered is not None
    assert remembered.positions == {logs.main.topic: 2, logs.side.topic: 1}


async def test_created_positions_survive_compaction(world: Any, logs: LedgerLogs) -> None:
    world.put(1, name="x")
    world.put(2, name="y")
    world.put(3, name="x", created_position=1)
    await asyncio.sleep(10 * 24 * 3600)
    world.put(4, name="z")
    world.cluster.compact(logs.main.topic, 3)
    replica = replica_of(world, logs)
    await replica.barrier(5)
    assert replica.created_position(logs.main.topic, "name:x") == 1


async def test_a_record_that_cannot_be_folded_is_set_aside_and_leaves_nothing(
    world: Any, logs: LedgerLogs
) -> None:
    class Picky(Ledger):
        def apply(self, topic: str, record: Any) -> None:
            super().apply(topic, record)
            if record.name == "bad":
                raise ZeroDivisionError

    replica = replica_of(world, logs, state=Picky)
    world.put(1, name="good")
    world.put(2, name="bad")
    world.put(3, name="fine")
    await replica.wait_for(3, 5)
    assert replica.state.names["good"] == replica.state.names["fine"] == ("ann", 0)
    assert len(replica.state.names) == 2
    assert replica.created_position(logs.main.topic, "name:bad") is None
    (letter,) = world.cluster.committed(DEAD_LETTERS_TOPIC)
    assert dict(letter.headers)["kanvas-reason"] == b"apply"


async def test_a_poisoned_last_record_does_not_give_its_position_away(
    world: Any, logs: LedgerLogs, positions: Any
) -> None:
    world.put(1, name="x")
    headers = (("ce_id", b"2"), ("ce_source", logs.main.source.encode()))
    world.cluster.put(logs.main.topic, b"k", b"\xff", headers)
    holder = await world.start().leading()
    receipt = await holder.writer.submit(command(Add("x", 1), now=world.clock.now()), 5)
    assert receipt.position == 3
