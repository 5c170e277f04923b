"""A reader that must not go on: how it says so, how it waits, and what lets it go on."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas.log.v1.record_pb2 import Pass
from kanvas_platform.kafka.broker.port import BrokerUnavailable, Headers
from kanvas_platform.kafka.halting.go_past import CannotPass, Findings, check_pass, give_pass, look
from kanvas_platform.kafka.halting.standstill import LONGEST_PAUSE
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.reading.tail import AtPosition, Beginning, Delivered, Start, Tail
from kanvas_platform.kafka.records.logs import PASSES_TOPIC, RESUME_WINDOW_SECONDS, LogSpec
from kanvas_platform.testing.ledger import Ledger, LedgerLogs
from kanvas_platform.testing.memory_broker import MemoryBroker

NAME = "standing"
TEN_MINUTES = 600.0


class Watched:
    """A reader whose attempts to read are counted."""

    def __init__(self, world: Any, kind: str, logs: LedgerLogs, start: Start) -> None:
        self.broker = MemoryBroker(cluster=world.cluster)
        self.attempts: list[float] = []
        self._clock = world.clock
        inner = self.broker.read

        async def read(offsets: Any) -> Any:
            if PASSES_TOPIC not in offsets:
                self.attempts.append(world.clock.monotonic())
            return await inner(offsets)

        setattr(self.broker, "read", read)  # noqa: B010 - not mypy's
        self.reader: Any = (
            _replica(self.broker, world, logs)
            if kind == "replica"
            else _tail(self.broker, world, logs.main, start)
        )
        world.follow(self.reader)


def _replica(broker: MemoryBroker, world: Any, logs: LedgerLogs) -> Replica[Ledger]:
    return Replica(
        broker=broker,
        main=logs.main,
        sides=[logs.side],
        state=Ledger,
        clock=world.clock,
        name=NAME,
    )


def _tail(broker: MemoryBroker, world: Any, log: LogSpec, start: Start) -> Tail[Any]:
    def ignore(record: Delivered[Any]) -> None:
        del record

    return Tail(broker=broker, log=log, on_record=ignore, start=start, clock=world.clock, name=NAME)


@pytest.fixture(params=["replica", "tail"])
def watch(request: pytest.FixtureRequest, world: Any, logs: LedgerLogs) -> Callable[..., Watched]:
    return lambda: Watched(world, request.param, logs, Beginning())


def unreadable(world: Any, logs: LedgerLogs, number: int, headers: Headers = ()) -> int:
    """Append records that nobody can read; return the offset of the last one."""
    for _ in range(number):
        world.cluster.put(logs.main.topic, b"k", b"\xff", headers)
    return int(world.cluster.topic(logs.main.topic).end) - 1


async def let_pass(world: Any, topic: str, through: int) -> None:
    given = Pass(topic=topic, through_offset=through, because="for the test", given_by="ann")
    await give_pass(MemoryBroker(cluster=world.cluster), given)


def told(topic: str, cause: str) -> float | None:
    labels = {"reader": NAME, "topic": topic, "cause": cause}
    return REGISTRY.get_sample_value("kanvas_standing_still", labels)


async def test_it_says_where_it_stands_and_since_when(
    world: Any, logs: LedgerLogs, watch: Any, eventually: Any
) -> None:
    world.put(1)
    last = unreadable(world, logs, 22)
    world.put(2)
    reader = watch().reader
    await eventually(lambda: reader.standing is not None)
    since = reader.standing.since
    await asyncio.sleep(TEN_MINUTES)
    standing = reader.standing
    assert (standing.reader, standing.topic, standing.cause) == (NAME, logs.main.topic, "poison")
    assert standing.offset == last - 1  # the 21st
    assert standing.since == since
    assert told(logs.main.topic, "poison") == 1
    assert not reader.ready


async def test_it_looks_again_with_growing_pauses(world: Any, logs: LedgerLogs, watch: Any) -> None:
    # Records that wait for the main log are read anew each time, and are no progress.
    for position in range(1, 10):
        world.put(position, log=logs.side, main_position=50)
    world.put(1)
    unreadable(world, logs, 22)
    watched = watch()
    await asyncio.sleep(TEN_MINUTES)
    pauses = [b - a for a, b in zip(watched.attempts, watched.attempts[1:], strict=False)]
    assert len(watched.attempts) < 60
    assert min(pauses[10:]) >= LONGEST_PAUSE / 2
    assert max(pauses) < LONGEST_PAUSE + 5  # it does look again


async def test_a_pass_lets_it_go_on_without_a_restart(
    world: Any, logs: LedgerLogs, watch: Any, eventually: Any
) -> None:
    world.put(1)
    last = unreadable(world, logs, 22)
    world.put(2)
    reader = watch().reader
    await eventually(lambda: reader.standing is not None)
    await let_pass(world, logs.main.topic, last)
    await reader.wait_for(2, 2 * LONGEST_PAUSE)
    await reader.barrier(5)
    assert reader.standing is None
    assert reader.ready
    assert told(logs.main.topic, "poison") == 0


async def test_a_restart_stays_past_it(world: Any, logs: LedgerLogs, watch: Any) -> None:
    world.put(1)
    last = unreadable(world, logs, 200)
    await let_pass(world, logs.main.topic, last)
    world.put(2)
    reader = watch().reader
    await reader.wait_for(2, 5)
    assert reader.standing is None


async def test_behind_the_pass_the_limits_begin_anew(
    world: Any, logs: LedgerLogs, watch: Any, eventually: Any
) -> None:
    last = unreadable(world, logs, 60)
    await let_pass(world, logs.main.topic, last)
    unreadable(world, logs, 20)
    world.put(1)
    reader = watch().reader
    await reader.wait_for(1, 5)
    end = unreadable(world, logs, 21)
    await eventually(lambda: reader.standing is not None)
    assert reader.standing.offset == end


async def test_a_pass_that_ends_before_does_not_help(
    world: Any, logs: LedgerLogs, watch: Any
) -> None:
    last = unreadable(world, logs, 60)
    await let_pass(world, logs.main.topic, last - 30)
    await let_pass(world, "another", last)
    reader = watch().reader
    await asyncio.sleep(60)
    assert reader.standing.offset == last - 30 + 21


async def test_while_passes_cannot_be_read_it_stands_and_asks_again(
    world: Any, logs: LedgerLogs, watch: Any
) -> None:
    last = unreadable(world, logs, 22)
    await let_pass(world, logs.main.topic, last)
    world.cluster.put(PASSES_TOPIC, b"k", b"\xff")  # poison there is passed over
    world.put(1)
    watched = watch()
    inner = watched.broker.read
    failing = True

    async def read(offsets: Any) -> Any:
        if failing and PASSES_TOPIC in offsets:
            raise BrokerUnavailable("for the test")
        return await inner(offsets)

    setattr(watched.broker, "read", read)  # noqa: B010 - not mypy's
    await asyncio.sleep(60)
    assert watched.reader.standing is not None
    failing = False
    await watched.reader.wait_for(1, 2 * LONGEST_PAUSE)


async def test_a_log_that_is_not_the_one_that_was_read(
    world: Any, logs: LedgerLogs, eventually: Any
) -> None:
    world.put(1)
    watched = Watched(world, "tail", logs, AtPosition(7))
    await eventually(lambda: watched.reader.standing is not None)
    assert watched.reader.standing.cause == "log_replaced"
    for position in range(2, 9):
        world.put(position)
    await watched.reader.wait_for(8, 2 * LONGEST_PAUSE)
    await eventually(lambda: watched.reader.standing is None)
    assert told(logs.main.topic, "log_replaced") == 0


async def test_one_that_is_at_work_no_more_stands_nowhere(
    world: Any, logs: LedgerLogs, eventually: Any
) -> None:
    unreadable(world, logs, 22)
    tail = _tail(MemoryBroker(cluster=world.cluster), world, logs.main, Beginning())
    reading = asyncio.create_task(tail.run())
    await eventually(lambda: tail.standing is not None)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert told(logs.main.topic, "poison") == 0


# What an operator is shown, and what is refused.


async def found(world: Any, logs: LedgerLogs) -> Findings:
    return await look(MemoryBroker(cluster=world.cluster), logs.main, world.clock.now())


async def test_what_cannot_be_used_is_found(world: Any, logs: LedgerLogs) -> None:
    world.put(1)
    last = unreadable(world, logs, 2)
    world.put(2)
    world.put(7)
    mine = (("ce_id", b"8"), ("ce_source", logs.main.source.encode()))
    own = unreadable(world, logs, 1, mine)  # it keeps its position: no hole behind it
    world.put(9)
    findings = await found(world, logs)
    assert findings.unreadable == [last - 1, last, own]
    assert findings.holes == [(2, 7, last + 2)]
    assert findings.last == own
    assert findings.through(last).holes == []
    await let_pass(world, logs.main.topic, last + 2)
    findings = await found(world, logs)
    assert (findings.unreadable, findings.holes) == ([own], [])


async def test_a_hole_right_behind_a_pass_is_found(world: Any, logs: LedgerLogs) -> None:
    world.put(1)
    await let_pass(world, logs.main.topic, 0)
    world.put(5)
    assert (await found(world, logs)).holes == [(1, 5, 1)]


async def test_what_compaction_can_have_made_is_not_taken_for_a_hole(
    world: Any, logs: LedgerLogs
) -> None:
    world.put(1)
    await asyncio.sleep(RESUME_WINDOW_SECONDS + 1)
    world.put(5)
    assert (await found(world, logs)).last is None


@pytest.mark.parametrize(
    ("through", "standing", "says"),
    [
        (-1, [], "has no offset -1: its last offset is 23"),
        (24, [], "has no offset 24"),
        (0, [], "may already go past everything up to offset 0"),
        (1, [], "nothing is unreadable or missing"),
        (1, [1], ""),  # a fold fails there: only the reader knows
        (2, [], ""),
    ],
)
async def test_a_pass_that_is_impossible_or_does_nothing_is_refused(
    world: Any, logs: LedgerLogs, through: int, standing: list[int], says: str
) -> None:
    unreadable(world, logs, 1)
    world.put(1)
    unreadable(world, logs, 22)
    await let_pass(world, logs.main.topic, 0)
    findings = await found(world, logs)
    broker = MemoryBroker(cluster=world.cluster)
    refusal = ""
    try:
        await check_pass(broker, findings, through, standing)
    except CannotPass as error:
        refusal = str(error)
    assert says in refusal
    assert bool(says) == bool(refusal)


async def test_an_empty_log_has_nothing_to_go_past(world: Any, logs: LedgerLogs) -> None:
    with pytest.raises(CannotPass, match="it is empty"):
        await check_pass(
            MemoryBroker(cluster=world.cluster), await found(world, logs), 0, standing=[]
        )
