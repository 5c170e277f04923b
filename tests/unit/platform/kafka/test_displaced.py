"""Foreign records where the writer's own should be: what is acknowledged, and who is told."""

import asyncio
from typing import Any

from prometheus_client import REGISTRY

from kanvas_platform.errors import OutcomeUnknown
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.reading.tail import AtPosition, Tail
from kanvas_platform.kafka.records.codec import encode
from kanvas_platform.kafka.records.logs import Draft, LogSpec
from kanvas_platform.testing.ledger import (
    Add,
    Claim,
    Copy,
    LedgerLogs,
    LedgerRecord,
    Release,
    command,
)
from kanvas_platform.testing.memory_broker import MemoryBroker


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def foreign(log: LogSpec) -> float:
    return count("kanvas_writer_foreign_records_total", service="ledger", topic=log.topic)


def displaced(log: LogSpec) -> float:
    return count("kanvas_log_displaced_records_total", reader="host-1:1", topic=log.topic)


def add(world: Any, amount: int) -> Command:
    return command(Add("x", amount), now=world.clock.now())


async def writer_with_x(world: Any) -> Any:
    instance = await world.start().leading()
    await instance.writer.submit(command(Claim("x"), now=world.clock.now()), 5)
    return instance


def intrude(world: Any, instance: Any, *records: tuple[LogSpec, int]) -> None:
    """Let a stranger write records, with positions, when the writer sends its next ones."""

    async def on_step(step: str) -> None:
        if step == "commit: send":
            instance.broker.on_step = None
            for log, position in records:
                world.put(position, log=log, name="y", total=7)

    instance.broker.on_step = on_step


async def test_a_displaced_command_is_not_acknowledged_and_is_decided_anew(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await writer_with_x(world)
    before = foreign(logs.main), displaced(logs.main)
    given = command(Release("x"), now=world.clock.now())
    intrude(world, instance, (logs.main, 2))
    assert isinstance(await instance.outcome(given), OutcomeUnknown)
    assert instance.replica.state.names["x"] == ("ann", 0)
    await instance.leading()
    assert (foreign(logs.main), displaced(logs.main)) == (before[0] + 1, before[1] + 1)
    assert await instance.writer.submit(given, 5) == Receipt(3, {logs.main.topic: 3})
    assert instance.replica.state.names["x"] == ("", 0)
    assert (await instance.writer.submit(given, 5)).repeated


async def test_a_command_that_stands_in_a_side_log_only_is_decided_anew(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    for position in (2, 3):  # and once more
        intrude(world, instance, (logs.main, position))
        assert isinstance(await instance.outcome(given), OutcomeUnknown)
        await instance.leading()
    receipt = await instance.writer.submit(given, 5)
    assert receipt == Receipt(4, {logs.main.topic: 4, logs.side.topic: 3})
    # A writer that has only read the log says the same.
    await instance.end()
    world.instances.clear()
    instance = await world.start().leading()
    again = await instance.writer.submit(given, 5)
    assert (again.position, again.repeated) == (4, True)
    assert instance.replica.state.names["x"] == ("ann", 3)


async def test_a_partly_displaced_command_is_never_said_to_be_done(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    intrude(world, instance, (logs.side, 1))
    assert isinstance(await instance.outcome(given), OutcomeUnknown)
    await instance.leading()
    outcomes = [await instance.outcome(given)]
    # Nor by a writer that has only read the log.
    await instance.end()
    world.instances.clear()
    instance = await world.start().leading()
    outcomes.append(await instance.outcome(given))
    assert [getattr(outcome, "reason", outcome) for outcome in outcomes] == (
        ["COMMAND_DISPLACED"] * 2
    )


async def test_a_record_displaced_in_the_midst_of_a_batch_is_found(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await writer_with_x(world)
    intrude(world, instance, (logs.main, 2))
    first, second = await asyncio.gather(
        instance.outcome(command(Claim("a"), now=world.clock.now())),
        instance.outcome(command(Claim("b"), now=world.clock.now())),
    )
    assert isinstance(first, OutcomeUnknown)
    assert second == Receipt(3, {logs.main.topic: 3})
    names = instance.replica.state.names
    assert [name in names for name in ("x", "y", "a", "b")] == [True, True, False, True]


async def test_a_record_that_claims_a_later_epoch_displaces_too(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await writer_with_x(world)
    before = foreign(logs.main)
    given = command(Release("x"), now=world.clock.now())
    intrude(world, instance, (logs.main, 2**40 + 1))
    assert isinstance(await instance.outcome(given), OutcomeUnknown)
    assert foreign(logs.main) == before + 1
    await instance.leading()
    assert (await instance.writer.submit(given, 5)).position == 2**40 + 2


async def test_displaced_copies_are_not_said_to_be_done_and_are_copied_again(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await world.start().leading()
    before = displaced(logs.main)
    intrude(world, instance, (logs.main, 1))
    assert isinstance(await instance.outcome(command(Copy(((1, "a"),)))), OutcomeUnknown)
    await instance.leading()
    assert displaced(logs.main) == before + 1
    assert instance.replica.source_position == 0
    receipt = await instance.writer.submit(command(Copy(((1, "a"),))), 5)
    assert not receipt.repeated
    assert instance.replica.source_position == 1


async def test_a_copy_that_overtook_a_displaced_one_waits_for_it(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await world.start().leading()
    # Two copies in one transaction, of which a stranger takes the place of the first.
    intrude(world, instance, (logs.main, 1))
    both = await asyncio.gather(
        instance.outcome(command(Copy(((1, "a"),)))), instance.outcome(command(Copy(((2, "b"),))))
    )
    assert all(isinstance(outcome, OutcomeUnknown) for outcome in both)
    await instance.leading()
    assert instance.replica.source_position == 0
    standby = world.start()
    await standby.replica.barrier(5)
    assert standby.replica.source_position == 0
    await instance.writer.submit(command(Copy(((1, "a"),))), 5)
    receipt = await instance.writer.submit(command(Copy(((2, "b"),))), 5)
    assert not receipt.repeated
    await standby.replica.wait_for(receipt.position, 5)
    for one in (instance, standby):
        assert one.replica.source_position == 2
        assert all(name in one.replica.state.names for name in ("a", "b"))


async def test_a_side_record_of_a_copy_that_is_displaced_stops_no_later_ones(
    world: Any, logs: LedgerLogs
) -> None:
    def decide(state: Any, given: Any, now: float) -> list[Draft]:
        drafts = list(logs.decide(state, given, now))
        if isinstance(given.body, Copy):
            for source, name in given.body.names:
                told = LedgerRecord(name=name, owner="s", total=source)
                drafts.append(Draft(logs.side, f"n:{name}", "ledger.told.v1", told, source))
        return drafts

    world.decide = decide
    instance = await world.start().leading()
    intrude(world, instance, (logs.side, 1))
    assert isinstance(await instance.outcome(command(Copy(((1, "a"),)))), OutcomeUnknown)
    await instance.leading()
    for source in (2, 3, 4):
        await instance.writer.submit(command(Copy(((source, f"n{source}"),))), 5)
    assert all(name in instance.replica.state.told for name in ("n2", "n3", "n4"))
    assert instance.replica.source_position == 4


async def test_a_stranger_with_an_old_position_stops_no_copies(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await world.start().leading()
    await instance.writer.submit(command(Copy(((1, "a"),))), 5)
    world.put(1, source_position=2)
    await instance.replica.barrier(5)
    for source in (3, 4):  # 2 is of a kind that is not copied
        await instance.writer.submit(command(Copy(((source, f"n{source}"),))), 5)
    assert instance.replica.source_position == 4
    assert all(name in instance.replica.state.names for name in ("n3", "n4"))


async def test_what_was_displaced_is_told_once(world: Any, logs: LedgerLogs) -> None:
    instance = await world.start().leading()
    intrude(world, instance, (logs.main, 1))
    assert isinstance(await instance.outcome(command(Copy(((1, "a"),)))), OutcomeUnknown)
    await instance.replica.barrier(5)
    before = displaced(logs.main)
    later = world.start()
    await later.replica.barrier(5)
    assert displaced(logs.main) == before


async def test_a_reader_that_begins_in_the_middle_takes_no_copy_for_a_lost_one(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await world.start().leading()
    for source in range(1, 6):
        await instance.writer.submit(command(Copy(((source, f"n{source}"),))), 5)
    seen: list[int] = []
    tail: Tail[Any] = Tail(
        broker=MemoryBroker(cluster=world.cluster),
        log=logs.main,
        on_record=lambda delivered: seen.append(delivered.position),
        start=AtPosition(2),
        clock=world.clock,
        name="tail",
    )
    world.follow(tail)
    await tail.wait_for(5, 5)
    assert seen == [3, 4, 5]


async def test_a_foreign_record_is_found_while_nothing_is_under_way(
    world: Any, logs: LedgerLogs, eventually: Any
) -> None:
    instance = await writer_with_x(world)
    before = foreign(logs.main), foreign(logs.side)
    world.put(2, name="y")
    world.put(1, log=logs.side, name="y")
    await eventually(lambda: (foreign(logs.main), foreign(logs.side)) != before)
    await asyncio.sleep(1)
    assert (foreign(logs.main), foreign(logs.side)) == (before[0] + 1, before[1] + 1)
    assert (await instance.writer.submit(add(world, 3), 5)).position == 3
    assert instance.leadership == [True]


async def test_a_foreign_record_does_not_hold_up_a_refusal(world: Any, logs: LedgerLogs) -> None:
    instance = await writer_with_x(world)

    async def on_step(step: str) -> None:
        if step == "ends":
            instance.broker.on_step = None
            world.put(2, name="y")

    instance.broker.on_step = on_step
    given = command(Claim("x"), now=world.clock.now())
    assert await instance.writer.submit(given, 5) == Receipt(2, {})
    assert instance.leadership == [True]


async def test_a_foreign_record_with_an_impossible_time_stops_nobody(
    world: Any, logs: LedgerLogs
) -> None:
    instance = await writer_with_x(world)
    for _ in range(2):  # the second is at a position that is taken
        record = LedgerRecord(name="y")
        meta = record.meta
        meta.position = meta.created_position = 2
        meta.command_id, meta.actor_id = new_id(world.clock.now()), "ann"
        out = encode(logs.main, "name:y", "ledger.name.v1", record, "")
        meta.decided_at.seconds, meta.decided_at.nanos = 2**63 - 1, -1
        world.cluster.put(out.topic, out.key, record.SerializeToString(), out.headers)
    await instance.replica.barrier(5)
    assert (await instance.writer.submit(add(world, 3), 5)).position == 3


async def test_own_records_and_those_of_a_successor_are_not_foreign(
    world: Any, logs: LedgerLogs
) -> None:
    old = await writer_with_x(world)
    before = foreign(logs.main), foreign(logs.side), displaced(logs.main)
    await asyncio.gather(*(old.writer.submit(add(world, 1), 5) for _ in range(20)))
    new = world.start()
    await asyncio.sleep(1)
    old.broker.stop()
    world.cluster.expel(old.broker)
    await new.leading()
    await new.writer.submit(add(world, 1), 5)
    old.broker.wake()
    await asyncio.sleep(5)
    assert (foreign(logs.main), foreign(logs.side), displaced(logs.main)) == before
