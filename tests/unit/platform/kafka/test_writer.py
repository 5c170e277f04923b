"""What a writer promises to those who give it commands."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas.log.v1.record_pb2 import Leader
from kanvas_platform.errors import (
    AlreadyExists,
    CommandExpired,
    CommandIdReused,
    InvalidArgument,
    NotLeader,
    OutcomeUnknown,
    Overloaded,
)
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.records.logs import Draft
from kanvas_platform.kafka.writing.intake import COMMANDS_MAX
from kanvas_platform.observability import bind_traceparent
from kanvas_platform.testing.ledger import Add, Claim, Copy, Ledger, LedgerLogs, Release, command
from kanvas_platform.testing.memory_broker import CommitFault


def claim(world: Any, name: str = "x", actor: str = "ann") -> Command:
    return command(Claim(name), actor=actor, now=world.clock.now())


def add(world: Any, amount: int = 1, *, padding: int = 0) -> Command:
    return command(Add("x", amount, padding), now=world.clock.now())


async def writer_with_x(world: Any) -> Any:
    instance = await world.start().leading()
    await instance.writer.submit(claim(world), 5)
    return instance


# Answers.


async def test_a_receipt_says_where_the_records_stand(world: Any, logs: LedgerLogs) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    receipt = await instance.writer.submit(given, 5)
    assert receipt == Receipt(2, {logs.main.topic: 2, logs.side.topic: 1})
    assert instance.replica.state.names["x"] == ("ann", 3)
    assert instance.replica.state.told["x"] == 3


async def test_the_writer_fills_in_the_meta(world: Any) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    await instance.writer.submit(given, 5)
    written, told = world.main()[1].meta, world.side()[0].meta
    assert (written.position, written.created_position) == (2, 1)
    assert (written.command_id, written.actor_id) == (given.id, "ann")
    assert written.main_position == 0
    assert written.decided_at.seconds == pytest.approx(world.clock.now(), abs=2)
    assert (told.position, told.created_position, told.main_position) == (1, 1, 2)


async def test_records_are_cloud_events_that_carry_the_trace(world: Any, logs: LedgerLogs) -> None:
    instance = await world.start().leading()
    with bind_traceparent(None) as trace:
        await instance.writer.submit(claim(world), 5)
    headers = dict(world.cluster.committed(logs.main.topic)[0].headers)
    assert headers["ce_id"] == b"1"
    assert headers["ce_source"] == logs.main.source.encode()
    assert headers["ce_type"] == b"ledger.name.v1"
    assert headers["ce_subject"] == b"name:x"
    assert headers["content-type"] == b"application/protobuf"
    assert headers["traceparent"] == trace.encode()
    assert headers["ce_specversion"] == b"1.0"


async def test_what_decide_refuses_is_refused(world: Any) -> None:
    instance = await writer_with_x(world)
    with pytest.raises(AlreadyExists):
        await instance.writer.submit(claim(world, actor="bob"), 5)
    assert len(world.main()) == 1


async def test_nothing_to_do_is_no_record(world: Any) -> None:
    instance = await writer_with_x(world)
    assert await instance.writer.submit(claim(world), 5) == Receipt(1, {})
    assert len(world.main()) == 1


async def test_a_fault_in_decide_fails_one_command_only(world: Any, logs: LedgerLogs) -> None:
    def decide(state: Ledger, given: Command, now: float) -> Sequence[Draft]:
        if given.body == Claim("bug"):
            raise ZeroDivisionError
        return logs.decide(state, given, now)

    world.decide = decide
    instance = await world.start().leading()
    fine = asyncio.create_task(instance.writer.submit(claim(world, "x"), 5))
    with pytest.raises(ZeroDivisionError):
        await instance.writer.submit(claim(world, "bug"), 5)
    assert (await fine).position == 1


# Repeats.


async def test_a_repeat_gets_the_first_answer(world: Any) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    first = await instance.writer.submit(given, 5)
    again = await instance.writer.submit(given, 5)
    assert again == Receipt(first.position, first.positions, repeated=True)
    assert instance.replica.state.names["x"] == ("ann", 3)


async def test_a_new_writer_knows_what_the_old_one_was_told(world: Any) -> None:
    old = await writer_with_x(world)
    given = add(world, 3)
    first = await old.writer.submit(given, 5)
    await old.end()
    world.instances.clear()
    new = await world.start().leading()
    again = await new.writer.submit(given, 5)
    assert again == Receipt(first.position, first.positions, repeated=True)


async def test_repeats_in_one_batch_are_one_command(world: Any) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    receipts = await asyncio.gather(*(instance.writer.submit(given, 5) for _ in range(3)))
    assert [receipt.repeated for receipt in receipts] == [False, True, True]
    assert {receipt.position for receipt in receipts} == {2}
    assert len(world.main()) == 2


async def test_an_id_is_used_for_one_content_only(world: Any) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    other = Command(given.id, given.actor, Add("x", 4), b"other")
    await instance.writer.submit(given, 5)
    with pytest.raises(CommandIdReused):
        await instance.writer.submit(other, 5)


async def test_ids_of_different_actors_have_nothing_to_do_with_each_other(world: Any) -> None:
    instance = await writer_with_x(world)
    given = add(world, 3)
    await instance.writer.submit(given, 5)
    other = Command(given.id, "bob", Add("x", 4), b"other")
    assert not (await instance.writer.submit(other, 5)).repeated
    assert instance.replica.state.names["x"] == ("ann", 7)


async def test_a_command_older_than_the_window_is_refused(world: Any) -> None:
    instance = await writer_with_x(world)
    old = Command(new_id(world.clock.now() - 24 * 3600 - 1), "ann", Add("x", 1), b"1")
    with pytest.raises(CommandExpired):
        await instance.writer.submit(old, 5)


async def test_a_command_from_the_future_is_refused(world: Any) -> None:
    instance = await writer_with_x(world)
    early = Command(new_id(world.clock.now() + 3600), "ann", Add("x", 1), b"1")
    with pytest.raises(InvalidArgument):
        await instance.writer.submit(early, 5)


async def test_an_id_that_is_no_id_is_refused(world: Any) -> None:
    instance = await writer_with_x(world)
    with pytest.raises(InvalidArgument):
        await instance.writer.submit(Command("7", "ann", Add("x", 1), b"1"), 5)


async def test_a_copy_is_written_once_however_it_is_batched(world: Any) -> None:
    instance = await world.start().leading()
    names = [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
    await instance.writer.submit(command(Copy(tuple(names[:2]))), 5)
    await instance.writer.submit(command(Copy(tuple(names[:3]))), 5)
    again = await instance.writer.submit(command(Copy(tuple(names[:3]))), 5)
    await instance.writer.submit(command(Copy(tuple(names))), 5)
    assert again.repeated
    assert [r.meta.source_position for r in world.main()] == [1, 2, 3, 4]
    assert instance.replica.source_position == 4
    assert await instance.replica.wait_for_source(2, 1) == 2


# Batches.


async def test_commands_that_come_meanwhile_form_one_transaction(world: Any) -> None:
    instance = await writer_with_x(world)
    steps: list[str] = []

    async def count(step: str) -> None:
        steps.append(step)

    instance.broker.on_step = count
    receipts = await asyncio.gather(*(instance.writer.submit(add(world), 5) for _ in range(100)))
    assert [receipt.position for receipt in receipts] == list(range(2, 102))
    assert steps.count("commit: send") <= 2


async def test_a_decision_sees_the_open_batch(world: Any) -> None:
    instance = await world.start().leading()
    ann, bob = await asyncio.gather(
        instance.outcome(claim(world, actor="ann")), instance.outcome(claim(world, actor="bob"))
    )
    assert isinstance(ann, Receipt)
    assert isinstance(bob, AlreadyExists)


async def test_a_refusal_that_rests_on_an_open_batch_waits_for_its_commit(world: Any) -> None:
    instance = await world.start().leading()
    instance.broker.commit_faults.append(CommitFault.LOST_BEFORE)
    ann = asyncio.create_task(instance.outcome(claim(world, actor="ann"), timeout=0.01))
    bob = asyncio.create_task(instance.outcome(claim(world, actor="bob")))
    # Ann has given up before her claim is committed: then there is nothing for Bob to run into.
    assert isinstance(await ann, OutcomeUnknown)
    assert isinstance(await bob, Receipt)
    assert [record.owner for record in world.main()] == ["bob"]


async def test_a_record_that_is_too_large_is_refused_and_holds_nobody(world: Any) -> None:
    instance = await writer_with_x(world)
    large, small = await asyncio.gather(
        instance.outcome(add(world, 1, padding=800_000)), instance.outcome(add(world, 2))
    )
    assert isinstance(large, InvalidArgument)
    assert isinstance(small, Receipt)
    assert instance.replica.state.names["x"] == ("ann", 2)


async def test_large_batches_are_divided(world: Any) -> None:
    instance = await writer_with_x(world)
    commits: list[str] = []

    async def count(step: str) -> None:
        commits.extend([step] if step == "commit: send" else [])

    instance.broker.on_step = count
    receipts = await asyncio.gather(
        *(instance.writer.submit(add(world, 1, padding=500_000), 5) for _ in range(10))
    )
    assert [receipt.position for receipt in receipts] == list(range(2, 12))
    assert len(commits) == 2


async def test_a_refused_batch_is_tried_again_one_by_one(world: Any) -> None:
    instance = await writer_with_x(world)
    # The batch; not the announcement of the next term; the first that is tried alone.
    instance.broker.commit_faults += [CommitFault.REFUSED, None, CommitFault.REFUSED]
    outcomes = await asyncio.gather(*(instance.outcome(add(world)) for _ in range(5)))
    refused = [outcome for outcome in outcomes if not isinstance(outcome, Receipt)]
    assert [error.reason for error in refused] == ["RECORD_REFUSED"]
    assert instance.replica.state.names["x"] == ("ann", 4)


async def test_beyond_its_bounds_the_queue_refuses(world: Any) -> None:
    instance = await writer_with_x(world)
    instance.broker.stop()
    asked = [
        asyncio.create_task(instance.outcome(add(world), timeout=1))
        for _ in range(COMMANDS_MAX + 510)
    ]
    outcomes = await asyncio.gather(*asked)
    kinds = {type(outcome) for outcome in outcomes}
    assert kinds == {OutcomeUnknown, Overloaded}


# Unknown outcomes.


@pytest.mark.parametrize("fault", [CommitFault.LOST_BEFORE, CommitFault.LOST_AFTER])
async def test_what_became_of_a_commit_is_found_out(world: Any, fault: CommitFault) -> None:
    instance = await writer_with_x(world)
    instance.broker.commit_faults.append(fault)
    receipts = await asyncio.gather(*(instance.writer.submit(add(world), 10) for _ in range(5)))
    assert sorted(receipt.position for receipt in receipts) == [2, 3, 4, 5, 6]
    assert not any(receipt.repeated for receipt in receipts)
    assert instance.replica.state.names["x"] == ("ann", 5)
    assert instance.leadership == [True, False, True]


async def test_a_time_out_leaves_the_outcome_unknown(world: Any) -> None:
    instance = await writer_with_x(world)
    instance.broker.stop()
    given = add(world)
    assert isinstance(await instance.outcome(given, timeout=0.5), OutcomeUnknown)
    instance.broker.wake()
    receipt = await instance.writer.submit(given, 10)
    assert receipt.position == 2
    assert len(world.main()) == 2


async def test_a_command_that_nobody_waits_for_any_more_is_not_begun(world: Any) -> None:
    instance = await writer_with_x(world)
    instance.broker.stop()
    busy = asyncio.create_task(instance.outcome(add(world), timeout=30))
    await asyncio.sleep(0.1)
    assert isinstance(await instance.outcome(add(world, 100), timeout=0.5), OutcomeUnknown)
    instance.broker.wake()
    assert isinstance(await busy, Receipt)
    assert instance.replica.state.names["x"] == ("ann", 1)


async def test_an_unreachable_broker_is_waited_for(world: Any) -> None:
    instance = await writer_with_x(world)
    instance.broker.reachable = False
    asked = asyncio.create_task(instance.writer.submit(add(world), 60))
    await asyncio.sleep(20)
    assert not instance.writer.leads
    assert not instance.replica.fresh()
    instance.broker.reachable = True
    assert (await asked).position == 2
    assert instance.writer.leads


# Leader.


async def test_a_standby_says_who_leads(world: Any, eventually: Any) -> None:
    await writer_with_x(world)
    standby = world.start("standby:1")
    await eventually(lambda: standby.writer.leader_address is not None)
    with pytest.raises(NotLeader) as refusal:
        await standby.writer.submit(add(world), 5)
    assert refusal.value.metadata == {"address": "host-1:1"}
    assert standby.writer.leader_address == "host-1:1"
    assert standby.leadership == []


async def test_standbys_come_and_go_without_interrupting_the_leader(world: Any) -> None:
    holder = await writer_with_x(world)
    for _ in range(3):
        standby = world.start()
        await asyncio.sleep(1)
        await standby.end()
        world.instances.remove(standby)
    await holder.writer.submit(add(world), 5)
    assert holder.leadership == [True]


async def test_positions_go_on_under_a_new_writer(world: Any, positions: Any) -> None:
    old = await writer_with_x(world)
    await old.writer.submit(add(world), 5)
    new = world.start()
    await asyncio.sleep(1)
    await old.end()
    world.instances.remove(old)
    await new.leading()
    receipt = await new.writer.submit(add(world), 5)
    assert receipt.position == 3
    assert positions(world.main()) == [1, 2, 3]
    assert [record.meta.created_position for record in world.main()] == [1, 1, 1]
    assert [record.meta.created_position for record in world.side()] == [1, 1]


async def test_a_new_writer_reads_to_the_end_before_it_numbers(
    world: Any, logs: LedgerLogs, positions: Any
) -> None:
    old = await writer_with_x(world)
    new = world.start()
    await asyncio.sleep(1)

    async def read_slowly(step: str) -> None:
        await asyncio.sleep(2 if step.startswith(f"fetch: {logs.main.topic}") else 0)

    new.broker.on_step = read_slowly
    await asyncio.gather(*(old.writer.submit(add(world), 5) for _ in range(50)))
    old.broker.stop()
    world.cluster.expel(old.broker)
    await new.leading()
    await new.writer.submit(add(world), 10)
    assert positions(world.main()) == list(range(1, 53))


async def test_one_that_was_replaced_in_its_sleep_commits_nothing(world: Any) -> None:
    old = await writer_with_x(world)
    new = world.start()
    await asyncio.sleep(1)
    old.broker.stop()
    asked = [asyncio.create_task(old.outcome(add(world, 100), timeout=60)) for _ in range(3)]
    await asyncio.sleep(0.1)
    asked += [asyncio.create_task(old.outcome(add(world, 100), timeout=60)) for _ in range(3)]
    world.cluster.expel(old.broker)
    await new.leading()
    await new.writer.submit(add(world, 1), 5)
    old.broker.wake()
    outcomes = [await each for each in asked]
    assert {type(outcome) for outcome in outcomes} <= {OutcomeUnknown, NotLeader}
    assert not old.writer.leads
    assert new.leadership == [True]
    assert new.replica.state.names["x"] == ("ann", 1)


async def test_one_that_was_replaced_in_its_sleep_refuses_nothing_from_memory(world: Any) -> None:
    old = await writer_with_x(world)
    new = world.start()
    await asyncio.sleep(1)
    old.broker.stop()
    taken = asyncio.create_task(old.outcome(claim(world, actor="bob"), timeout=60))
    world.cluster.expel(old.broker)
    await new.leading()
    await new.writer.submit(command(Release("x"), now=world.clock.now()), 5)
    assert not taken.done()
    old.broker.wake()
    assert isinstance(await taken, NotLeader)


async def test_one_that_wakes_up_does_not_fence_its_successor(world: Any) -> None:
    old = await writer_with_x(world)
    new = world.start()
    await asyncio.sleep(1)
    for _ in range(3):
        old.broker.stop()
        asked = asyncio.create_task(old.outcome(add(world), timeout=1))
        world.cluster.expel(old.broker)
        await new.leading()
        await asked
        old.broker.wake()
        await asyncio.sleep(3)
        assert new.leadership == [True]
    assert old.leadership == [True, False]


async def test_one_that_was_suspended_before_its_first_term_does_not_fence_the_leader(
    world: Any,
) -> None:
    late = world.start()
    leaders = []

    async def sleep_until_another_leads(step: str) -> None:
        if step in ("confirm", "begin"):
            late.broker.on_step = None
            late.broker.stop()
            world.cluster.expel(late.broker)
            leaders.append(world.start())
            await leaders[0].leading()
            late.broker.wake()

    late.broker.on_step = sleep_until_another_leads
    await asyncio.sleep(5)
    await leaders[0].writer.submit(claim(world), 5)
    assert leaders[0].leadership == [True]
    assert late.leadership == []


async def test_draining_answers_what_waits_and_hands_over(world: Any) -> None:
    old = await writer_with_x(world)
    new = world.start()
    await asyncio.sleep(1)
    asked = [asyncio.create_task(old.outcome(add(world))) for _ in range(20)]
    await asyncio.sleep(0)
    await old.writer.drain()
    assert {type(await each) for each in asked} == {Receipt}
    assert isinstance(await old.outcome(add(world)), NotLeader)
    await new.leading()
    assert (await new.writer.submit(add(world), 5)).position == 22


async def test_an_announced_epoch_raises_the_positions(world: Any, positions: Any) -> None:
    old = await writer_with_x(world)
    await old.end()
    world.instances.clear()
    announce_epoch(world, 3)
    new = await world.start().leading()
    await new.writer.submit(add(world), 5)
    await new.writer.submit(add(world), 5)
    assert positions(world.main()) == [1, 3 * 2**40 + 1, 3 * 2**40 + 2]
    assert new.replica.position == 3 * 2**40 + 2


def announce_epoch(world: Any, epoch: int) -> None:
    leader = Leader(service="ledger", epoch=epoch, term=new_id())
    world.cluster.put("kanvas.leaders.v1", b"ledger", leader.SerializeToString())


async def test_a_poisoned_announcement_is_passed_over(world: Any) -> None:
    world.cluster.put("kanvas.leaders.v1", b"ledger", b"\xff\xff")
    world.cluster.put("kanvas.leaders.v1", b"other", b"\xff\xff")
    instance = await writer_with_x(world)
    assert instance.writer.leader_address == "host-1:1"


async def test_nobody_leads_before_a_ledger_was_read(world: Any) -> None:
    instance = world.start()
    with pytest.raises(NotLeader):
        await instance.writer.submit(claim(world), 5)


async def test_terms_and_batches_are_counted(world: Any) -> None:
    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, {"service": "ledger", **labels}) or 0.0

    names = ["kanvas_writer_terms_begun_total", "kanvas_writer_commit_seconds_count"]
    before = [value(name) for name in names]
    lost = value("kanvas_writer_terms_ended_total", cause="stopped")
    empty = value("kanvas_writer_batches_total", result="empty")
    instance = await writer_with_x(world)
    await instance.writer.submit(add(world), 5)
    await instance.writer.submit(claim(world), 5)
    assert value("kanvas_writer_leads") == 1
    await instance.end()
    world.instances.clear()
    assert value("kanvas_writer_leads") == 0
    assert [value(name) - was for name, was in zip(names, before, strict=True)] == [1, 2]
    assert value("kanvas_writer_terms_ended_total", cause="stopped") - lost == 1
    assert value("kanvas_writer_batches_total", result="empty") - empty == 1
