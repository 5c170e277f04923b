"""The small parts, each against the plainest model of itself."""

import asyncio
import logging
from typing import Any

import pytest
from aiokafka.producer import sender
from hypothesis import given
from hypothesis import strategies as st

from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.errors import Overloaded
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker import aiokafka_broker
from kanvas_platform.kafka.broker.candidate import LeaseAssignor
from kanvas_platform.kafka.broker.library_logs import Seldom, thin_out
from kanvas_platform.kafka.broker.port import OutRecord, RawRecord
from kanvas_platform.kafka.contract import Command, Receipt, fingerprint
from kanvas_platform.kafka.reading.milestones import Milestones
from kanvas_platform.kafka.reading.window import CommandWindow
from kanvas_platform.kafka.records.codec import Poison, decode, encode, meta_of
from kanvas_platform.kafka.records.position import before_epoch, epoch_of, is_next
from kanvas_platform.kafka.writing.intake import Intake, Pending
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.ledger import LedgerLogs, LedgerRecord

NOW = 1_800_000_000.0

# Positions.


@given(epoch=st.integers(0, 1000), number=st.integers(1, 2**40 - 3))
def test_positions_carry_their_epoch(epoch: int, number: int) -> None:
    position = before_epoch(epoch) + number
    assert epoch_of(position) == epoch
    assert is_next(position + 1, position)
    assert not is_next(position + 2, position)
    assert not is_next(position, position)
    assert is_next(before_epoch(epoch + 1) + 1, position)
    assert not is_next(before_epoch(epoch + 1) + 2, position)


# Milestones.


async def test_waiting_ends_in_time_or_not() -> None:
    milestones = Milestones()
    waiting = [asyncio.create_task(milestones.reach(value, 5)) for value in (3, 1, 2, 9)]
    await asyncio.sleep(0)
    milestones.advance(2)
    await asyncio.sleep(0)
    assert [task.done() for task in waiting] == [False, True, True, False]
    milestones.advance(1)
    assert milestones.value == 2
    milestones.advance(5)
    await waiting[0]
    with pytest.raises(TimeoutError):
        await waiting[3]
    assert milestones.waiting == 0


async def test_a_waiter_that_gives_up_when_its_number_has_come_is_no_trouble() -> None:
    milestones = Milestones()
    gone = asyncio.create_task(milestones.reach(1, 5))
    await asyncio.sleep(0)
    gone.cancel()
    milestones.advance(1)  # before the canceled task has run
    await asyncio.gather(gone, return_exceptions=True)
    late = asyncio.create_task(milestones.reach(2, 5))
    await asyncio.sleep(0)
    milestones.advance(2)
    late.cancel()  # after its number has come, and before it has run
    await asyncio.gather(late, return_exceptions=True)
    assert gone.cancelled()
    await milestones.reach(2, 0)


# The command window.


def meta(identifier: str, position: int, **fields: Any) -> RecordMeta:
    return RecordMeta(command_id=identifier, position=position, actor_id="ann", **fields)


def test_the_window_forgets_by_age_and_refuses_what_it_forgot() -> None:
    window = CommandWindow("main")
    old, young = new_id(NOW - 23 * 3600), new_id(NOW - 1)
    window.add("main", meta(old, 1))
    window.add("main", meta(young, 2))
    window.expire(NOW)
    assert len(window) == 2
    assert not window.expired(old, NOW)
    window.expire(NOW + 2 * 3600)
    assert window.find("ann", old) is None
    assert window.find("ann", young) is not None
    assert window.expired(old, NOW + 2 * 3600)
    # A clock that is set back must not make it look new.
    assert window.expired(old, NOW)


@given(ages=st.lists(st.floats(0, 24 * 3600), min_size=1, max_size=50))
def test_whatever_the_window_forgets_it_refuses(ages: list[float]) -> None:
    window = CommandWindow("main", count=5)
    identifiers = [new_id(NOW - age) for age in ages]
    for position, identifier in enumerate(identifiers, start=1):
        window.add("main", meta(identifier, position))
    assert len(window) <= 5
    for identifier in identifiers:
        assert window.find("ann", identifier) is not None or window.expired(identifier, NOW)


def test_a_receipt_is_put_together_from_all_records_of_a_command() -> None:
    window = CommandWindow("main")
    identifier, side_only = new_id(NOW), new_id(NOW)
    window.add("main", meta(identifier, 7))
    window.add("main", meta(identifier, 8))
    window.add("side", meta(identifier, 3, main_position=8))
    window.add("side", meta(side_only, 4, main_position=8))
    window.add("main", RecordMeta(position=9))
    first, second = window.find("ann", identifier), window.find("ann", side_only)
    assert first is not None
    assert second is not None
    assert window.receipt(first, repeated=True) == Receipt(8, {"main": 8, "side": 3}, True)
    assert window.receipt(second, repeated=False) == Receipt(8, {"side": 4}, False)
    assert len(window) == 2


def test_only_a_record_of_a_command_that_was_not_added_is_displaced() -> None:
    window = CommandWindow("main")
    assert not window.displace("main", RecordMeta(position=3, source_position=7))
    assert len(window) == 0
    added = meta(new_id(NOW), 4)
    window.add("main", added)
    assert not window.displace("main", added)  # only read once more
    assert window.displace("main", meta(new_id(NOW), 4))


# The intake.


def pending(content: bytes = b"") -> Pending:
    return Pending(Command("", "", None, content), "", 0.0)


async def test_the_intake_is_bounded_by_count_and_size() -> None:
    intake = Intake(commands=2, size=100)
    intake.put(pending())
    intake.put(pending())
    with pytest.raises(Overloaded):
        intake.put(pending())
    intake = Intake(commands=9, size=100)
    large = pending(b"x" * 60)
    intake.put(large)
    with pytest.raises(Overloaded):
        intake.put(pending(b"x" * 60))
    assert intake.pop() is large
    intake.put(pending(b"x" * 60))


async def test_the_intake_keeps_the_order_and_passes_over_those_who_left() -> None:
    intake = Intake()
    first, gone, third = pending(), pending(), pending()
    for each in (first, gone, third):
        intake.put(each)
    taken = [intake.pop()]
    intake.put_back([each for each in taken if each is not None])
    gone.answer.cancel()
    assert [intake.pop(), intake.pop(), intake.pop()] == [first, third, None]


async def test_what_is_put_back_into_the_intake_comes_first_and_in_its_order() -> None:
    intake = Intake()
    batch, later = [pending() for _ in range(3)], pending()
    intake.put(later)
    intake.put_back(batch)
    assert [intake.pop() for _ in range(4)] == [*batch, later]


# Records.


def test_a_record_comes_back_as_it_went(logs: LedgerLogs) -> None:
    record = LedgerRecord(name="x", owner="ann", total=3)
    meta_of(record).MergeFrom(RecordMeta(position=5, created_position=2))
    out = encode(logs.main, "name:x", "ledger.name.v1", record, "00-1-2-01")
    entry = decode(logs.main, raw(out))
    assert entry.record == record
    assert (entry.key, entry.type, entry.trace) == ("name:x", "ledger.name.v1", "00-1-2-01")


@given(value=st.none() | st.binary(max_size=60), key=st.none() | st.binary(max_size=4))
def test_whatever_stands_in_a_log_is_a_record_or_poison(
    value: bytes | None, key: bytes | None
) -> None:
    stranger = RawRecord("ledger", 0, key, value, (("ce_id", b"\xff"),), NOW)
    with pytest.raises(Poison):
        decode(LedgerLogs.named("ledger").main, stranger)


def raw(out: OutRecord) -> RawRecord:
    return RawRecord(out.topic, 0, out.key, out.value, out.headers, NOW)


def test_the_fingerprint_is_the_one_of_the_contract() -> None:
    assert fingerprint(b"") == 0xE3B0C44298FC1C14


# The lease.


def assigned(members: dict[str, LeaseAssignor]) -> str:
    told = {name: member.metadata(["topic"]) for name, member in members.items()}
    assignments = next(iter(members.values())).assign(None, told)
    for name, member in members.items():
        member.on_assignment(assignments[name])
    (holder,) = [name for name, each in assignments.items() if each.assignment]
    return holder


def test_the_member_that_has_the_lease_keeps_it() -> None:
    clock = ManualClock()
    members = {"m": LeaseAssignor(clock)}
    assert assigned(members) == "m"
    for name in ("a", "z"):
        members[name] = LeaseAssignor(clock)
        assert assigned(members) == "m"
    del members["m"]
    holder = assigned(members)
    members["0"] = LeaseAssignor(clock)
    assert assigned(members) == holder


def test_one_that_was_replaced_in_its_sleep_does_not_get_the_lease_back() -> None:
    clock = ManualClock()
    sleeper, other = LeaseAssignor(clock), LeaseAssignor(clock)
    assert assigned({"a": sleeper, "b": other}) == "a"
    clock.advance(5)
    assert assigned({"b": other}) == "b"
    assert assigned({"a": sleeper, "b": other}) == "b"


# The library.


def test_the_pause_between_transactions_can_still_be_set() -> None:
    """There is no setting for it; the name inside aiokafka is all that this rests on."""
    assert isinstance(aiokafka_broker.KafkaBroker, type)  # importing it sets the pause
    assert sender.BACKOFF_OVERRIDE == 0.001
    assert "BACKOFF_OVERRIDE" in sender.AddPartitionsToTxnHandler.handle_response.__code__.co_names


def test_the_library_does_not_flood_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    thin_out()
    thin_out()
    logger = logging.getLogger("aiokafka.consumer.fetcher")
    for attempt in range(100):
        logger.error("Failed fetch %s", attempt)
    logger.error("Something else")
    assert [record.message for record in caplog.records] == ["Failed fetch 0", "Something else"]
    assert sum(isinstance(each, Seldom) for each in logger.filters) == 1
