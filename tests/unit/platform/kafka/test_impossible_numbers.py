"""Numbers that no writer gives are refused by the reader, and the log goes on."""

import asyncio
import math
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from kanvas.feed.v1.records_pb2 import FeedRecord, ReactionRecord
from kanvas.images.v1.records_pb2 import ImageRecord
from kanvas.log.v1.record_pb2 import Leader, RecordMeta
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.port import Headers
from kanvas_platform.kafka.halting.go_past import look
from kanvas_platform.kafka.reading.tail import Since, Tail
from kanvas_platform.kafka.reading.window import WINDOW_SECONDS, CommandWindow
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC, LEADERS_TOPIC
from kanvas_platform.kafka.records.numbers import INT32_MAX, INT64_MAX, SECONDS_MAX, are_possible
from kanvas_platform.kafka.records.position import (
    EPOCH_MAX,
    EPOCHS_AHEAD_MAX,
    POSITION_MAX,
    STEP_MAX,
    before_epoch,
    is_next,
    may_follow,
)
from kanvas_platform.kafka.records.seek import Last, last_before, newest, offset_after
from kanvas_platform.testing.ledger import Add, Claim, Copy, LedgerLogs, command
from kanvas_platform.testing.memory_broker import MemoryBroker

HIGHEST = 2**63 - 1
possible = st.integers(1, POSITION_MAX)

# Positions.


@given(previous=possible, position=possible)
def test_what_is_next_may_follow(previous: int, position: int) -> None:
    assert may_follow(previous + 1, previous)
    if is_next(position, previous):
        assert may_follow(position, previous)


@pytest.mark.parametrize(
    ("position", "previous"),
    [
        (HIGHEST, 5),
        (STEP_MAX + 6, 5),
        (before_epoch(EPOCHS_AHEAD_MAX + 1) + 1, 5),
        (before_epoch(1) + STEP_MAX + 1, 5),
        (before_epoch(EPOCH_MAX + 1) + 1, before_epoch(EPOCH_MAX) + 1),
        (0, 0),
        (-1, 5),
    ],
)
def test_what_no_writer_gives_may_not(position: int, previous: int) -> None:
    assert not may_follow(position, previous)


@pytest.mark.parametrize(
    "position",
    [
        HIGHEST,
        POSITION_MAX + 1,
        POSITION_MAX,
        STEP_MAX + 9,
        2**62 + 1,  # the first of an epoch, as if it were the next record
        before_epoch(EPOCHS_AHEAD_MAX + 1) + 1,
    ],
)
async def test_a_log_goes_on_behind_an_impossible_position(world: Any, position: int) -> None:
    running = await world.start().leading()
    await running.outcome(command(Claim("a"), now=world.clock.now()))
    world.put(position)
    await running.replica.barrier(5)
    receipt = await running.outcome(command(Claim("b"), now=world.clock.now()))
    assert receipt.position == 2
    [letter] = world.cluster.committed(DEAD_LETTERS_TOPIC)[:1]
    assert dict(letter.headers)["kanvas-reason"] == b"impossible_number"
    # Nor does it mislead whoever begins now.
    fresh = world.start()
    await fresh.replica.barrier(5)
    assert fresh.replica.position == 2


async def test_what_nobody_can_read_says_little_about_where_a_log_ends(
    world: Any, logs: LedgerLogs
) -> None:
    for position in (1, 2, 3):
        world.put(position)
    world.cluster.put(logs.main.topic, b"k", b"\xff", _claiming(logs, 4))
    world.cluster.put(logs.main.topic, b"k", b"\xff", _claiming(logs, before_epoch(1) + 3))
    broker = MemoryBroker(cluster=world.cluster)
    assert (await last_before(broker, logs.main, 5)).position == 4


def _claiming(logs: LedgerLogs, position: int) -> Headers:
    return (("ce_id", str(position).encode()), ("ce_source", logs.main.source.encode()))


async def test_a_copy_from_an_impossible_source_does_not_end_copying(world: Any) -> None:
    running = await world.start().leading()
    await running.outcome(command(Copy(((1, "a"),))))
    world.put(2, name="x", source_position=HIGHEST)
    await running.replica.barrier(5)
    await running.outcome(command(Copy(((2, "b"),))))
    assert running.replica.source_position == 2


@pytest.mark.parametrize("main_position", [HIGHEST, 3])
async def test_a_side_record_does_not_wait_for_ever(
    world: Any, logs: LedgerLogs, main_position: int
) -> None:
    running = await world.start().leading()
    await running.outcome(command(Claim("a"), now=world.clock.now()))
    world.put(1, log=logs.side, name="x", main_position=main_position)
    await asyncio.sleep(15)
    assert running.replica.fresh()
    letters = world.cluster.committed(DEAD_LETTERS_TOPIC)
    assert {letter.key for letter in letters} == {f"{logs.side.topic}@0".encode()}
    await running.outcome(command(Add("a", 2), now=world.clock.now()))
    assert running.replica.positions() == {logs.main.topic: 2, logs.side.topic: 2}


async def test_how_long_a_side_record_waits_does_not_count_an_outage(
    world: Any, logs: LedgerLogs
) -> None:
    running = await world.start().leading()
    await running.outcome(command(Claim("x"), now=world.clock.now()))
    # Its transaction has been marked in this log, and not yet in the main log.
    world.put(1, log=logs.side, name="x", total=3, main_position=2)
    await asyncio.sleep(1)
    running.broker.reachable = False
    await asyncio.sleep(25)
    running.broker.reachable = True
    await asyncio.sleep(2)
    world.put(2, name="x", total=3)
    await running.replica.barrier(10)
    assert "x" in running.replica.state.told
    assert len(running.replica.state.told) == 1
    assert not world.cluster.committed(DEAD_LETTERS_TOPIC)


# Where a reader begins.


def test_no_single_record_says_where_a_log_ends() -> None:
    def ends(*positions: int) -> int:
        return newest([Last(position, 0.0) for position in positions]).position

    assert ends(1, 2, 3) == 3
    assert ends(1, 2, 3, STEP_MAX * 2) == 3
    assert ends(STEP_MAX * 2, 2, 3) == 3
    assert ends(7, 8, 2) == 8
    assert ends(0, 5) == 5


async def test_a_tail_begins_behind_an_impossible_record(world: Any, logs: LedgerLogs) -> None:
    for position in (1, 2, STEP_MAX * 3):
        world.put(position)
    await asyncio.sleep(10)
    begun = world.clock.now()
    await asyncio.sleep(10)
    seen: list[int] = []
    tail: Tail[Any] = Tail(
        broker=MemoryBroker(cluster=world.cluster),
        log=logs.main,
        on_record=lambda delivered: seen.append(delivered.position),
        start=Since(begun),
        clock=world.clock,
        name="tail",
    )
    world.follow(tail)
    await tail.until_ready()
    world.put(3)
    await tail.barrier(5)
    assert seen == [3]


async def test_a_strangers_low_position_hides_nothing(world: Any, logs: LedgerLogs) -> None:
    for position in range(1, 1000):
        world.put(position)
    world.put(3)  # where the search for the middle looks first
    for position in range(1000, 2000):
        world.put(position)
    broker = MemoryBroker(cluster=world.cluster)
    # Positions up to 900 stand at offsets up to 899.
    assert await offset_after(broker, logs.main, 900) <= 900


async def test_an_operator_sees_an_impossible_position_as_unreadable(
    world: Any, logs: LedgerLogs
) -> None:
    for position in (1, 2, HIGHEST, STEP_MAX * 3, 3):
        world.put(position)
    found = await look(MemoryBroker(cluster=world.cluster), logs.main, world.clock.now())
    assert (found.unreadable, found.holes) == ([2, 3], [])


# What else a record holds.


def _with(**fields: Any) -> ReactionRecord:
    return ReactionRecord(**fields)


def test_numbers_of_a_contract_are_possible() -> None:
    record = FeedRecord()
    record.post.picture.width = 4096
    record.post.picture.size_bytes = INT64_MAX
    record.post.created_at.seconds = SECONDS_MAX
    assert are_possible(record)
    assert are_possible(FeedRecord())


@pytest.mark.parametrize("count", [-1, INT64_MAX + 1, HIGHEST, -HIGHEST])
def test_counts_that_cannot_be_counted_on_are_not(count: int) -> None:
    assert not are_possible(_with(like_count=count))


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(-1, 0), (SECONDS_MAX + 1, 0), (0, -1), (0, 10**9), (HIGHEST, 0)]
)
def test_times_that_no_calendar_shows_are_not(seconds: int, nanos: int) -> None:
    record = FeedRecord()
    record.account.created_at.seconds = seconds
    record.account.created_at.nanos = nanos
    assert not are_possible(record)


def _nested_type(name: str, own: list[tuple[str, int]]) -> Any:
    """Return a type of messages that holds such fields, and others of its kind as `inner`."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name=f"tests/{name}.proto", package="kanvas.tests", syntax="proto3"
    )
    message = file.message_type.add(name=name)
    message.field.add(
        name="inner",
        number=1,
        type=kinds.TYPE_MESSAGE,
        type_name=f".kanvas.tests.{name}",
        label=kinds.LABEL_REPEATED,
    )
    for number, (field, kind) in enumerate(own, start=2):
        message.field.add(name=field, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"kanvas.tests.{name}"))


def test_a_type_that_contains_itself_is_walked_once() -> None:
    words = _nested_type("Words", [("text", descriptor_pb2.FieldDescriptorProto.TYPE_STRING)])
    assert are_possible(words(inner=[words(text="a"), words(inner=[words()])]))
    counts = _nested_type("Counts", [("count", descriptor_pb2.FieldDescriptorProto.TYPE_INT64)])
    assert are_possible(counts(inner=[counts(inner=[counts(count=INT64_MAX)])]))
    assert not are_possible(counts(inner=[counts(inner=[counts(count=-1)])]))


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_measures_that_are_none_are_not(value: float) -> None:
    record = ImageRecord()
    record.job.compute_seconds = value
    assert not are_possible(record)
    record = ImageRecord()
    record.job.attempt = INT32_MAX + 1
    assert not are_possible(record)


# Commands and announcements.


def test_an_id_from_the_future_expires_no_command() -> None:
    now = 1_800_000_000.0
    window = CommandWindow("main", count=1)
    window.expire(now)
    for issued in (now + 10**9, now):
        window.add("main", RecordMeta(position=1, command_id=new_id(issued), actor_id="ann"))
    assert not window.expired(new_id(now + 1), now)
    window.add("main", RecordMeta(position=2, command_id=new_id(now + 1), actor_id="ann"))
    assert window.expired(new_id(now - WINDOW_SECONDS / 2), now)


@pytest.mark.parametrize("epoch", [2**31 - 1, EPOCH_MAX + 1, EPOCH_MAX, -1, HIGHEST])
async def test_an_impossible_epoch_is_not_written_in(world: Any, epoch: int) -> None:
    running = await world.start().leading()
    leader = Leader(service="ledger", epoch=epoch, term=new_id(), address="host-9:1")
    world.cluster.put(LEADERS_TOPIC, b"ledger", leader.SerializeToString())
    await asyncio.sleep(5)
    await running.leading()
    receipt = await running.outcome(command(Claim("a"), now=world.clock.now()))
    assert receipt.position == 1
