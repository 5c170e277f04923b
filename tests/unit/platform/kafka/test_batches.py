"""What one transaction may hold, and what becomes of a command that does not fit into it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from kanvas_platform.errors import InvalidArgument, NotLeader
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.records.logs import RECORD_BYTES_MAX, Draft, LogSpec
from kanvas_platform.kafka.writing.batch import BYTES_MAX
from kanvas_platform.testing.ledger import Claim, Ledger, LedgerLogs, LedgerRecord, command


def claim(world: Any, name: str) -> Command:
    return command(Claim(name), now=world.clock.now())


def drafting(world: Any, logs: LedgerLogs, drafts: Sequence[Draft]) -> Command:
    """Return a command that makes these records, whatever a ledger would decide."""
    given = command(Claim("drafted"), now=world.clock.now())

    def decide(state: Ledger, asked: Command, now: float, /) -> Sequence[Draft]:
        return drafts if asked.id == given.id else logs.decide(state, asked, now)

    world.decide = decide
    return given


async def test_a_draft_for_a_log_of_another_writer_fails_one_command_only(
    world: Any, logs: LedgerLogs
) -> None:
    strange = LogSpec("strange", LedgerRecord, "/kanvas/strange/strange")
    given = drafting(world, logs, [Draft(strange, "name:x", "x.v1", LedgerRecord())])
    instance = await world.start().leading()
    outcomes = await asyncio.gather(
        instance.writer.submit(given, 5),
        instance.writer.submit(claim(world, "x"), 5),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], TypeError)
    assert isinstance(outcomes[1], Receipt)
    assert world.cluster.committed("strange") == []


async def test_records_that_are_too_many_for_a_transaction_are_refused(
    world: Any, logs: LedgerLogs
) -> None:
    size = RECORD_BYTES_MAX - 1000
    drafts = [
        Draft(logs.main, f"name:{number}", "x.v1", LedgerRecord(padding=b"x" * size))
        for number in range(BYTES_MAX // size + 1)
    ]
    given = drafting(world, logs, drafts)
    instance = await world.start().leading()
    refusal = await instance.outcome(given)
    assert isinstance(refusal, InvalidArgument)
    assert "too many records" in refusal.message
    assert world.main() == []


class Unfoldable(Ledger):
    """A ledger that cannot fold what is called so, for a fault of its own."""

    def apply(self, topic: str, record: Any) -> None:
        super().apply(topic, record)
        if record.name == "unfoldable":
            raise ZeroDivisionError


async def test_what_a_fault_left_behind_is_not_decided_on(world: Any) -> None:
    instance = await world.start(state=Unfoldable).leading()
    instance.broker.stop()  # so that all four are decided in one batch
    asked = [
        asyncio.create_task(instance.writer.submit(claim(world, name), 60))
        for name in ("first", "a", "unfoldable", "a")
    ]
    await asyncio.sleep(0.1)
    instance.broker.wake()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(outcomes[2], ZeroDivisionError)
    receipts = [outcome for outcome in outcomes if isinstance(outcome, Receipt)]
    # The second claim of `a` finds the first one: it was decided before the fault.
    assert [receipt.position for receipt in receipts] == [1, 2, 2]
    assert [record.name for record in world.main()] == ["first", "a"]


async def test_a_batch_that_is_canceled_while_it_is_decided_answers_all_its_commands(
    world: Any, logs: LedgerLogs
) -> None:
    deciding = asyncio.Event()

    def decide(state: Ledger, asked: Command, now: float, /) -> Sequence[Draft]:
        deciding.set()
        return logs.decide(state, asked, now)

    world.decide = decide
    instance = await world.start().leading()
    asked = [
        asyncio.create_task(instance.outcome(claim(world, f"name-{number}"), 60))
        for number in range(100)
    ]
    await deciding.wait()
    await instance.end()
    world.instances.remove(instance)
    assert {type(outcome) for outcome in await asyncio.gather(*asked)} == {NotLeader}
    assert world.main() == []
