"""What a tail promises to those whom it calls back."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas.graph.v1.records_pb2 import CredentialsRecord
from kanvas_platform.errors import NotFresh, PositionNotReached, PositionUnknown, Unavailable
from kanvas_platform.kafka.broker.port import BrokerUnavailable
from kanvas_platform.kafka.reading.tail import AtPosition, Beginning, Delivered, Since, Start, Tail
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC, RESUME_WINDOW_SECONDS, LogSpec
from kanvas_platform.testing.ledger import LedgerLogs
from kanvas_platform.testing.memory_broker import MemoryBroker
from kanvas_social_graph.domain.logs import CREDENTIALS

BEGINNING = Beginning()
DAY = 24 * 3600.0


class Heard:
    """A tail, and what it called back with."""

    def __init__(self, world: Any, log: LogSpec, start: Start) -> None:
        self.records: list[Delivered[Any]] = []
        self.gaps: list[tuple[int, int]] = []
        self.broker = MemoryBroker(cluster=world.cluster)
        self.fail: Callable[[Delivered[Any]], None] = lambda record: None
        self.tail: Tail[Any] = Tail(
            broker=self.broker,
            log=log,
            on_record=self._hear,
            start=start,
            clock=world.clock,
            name="heard",
            on_gap=lambda before, after: self.gaps.append((before, after)),
        )
        world.follow(self.tail)

    @property
    def positions(self) -> list[int]:
        return [record.position for record in self.records]

    async def _hear(self, record: Delivered[Any]) -> None:
        self.fail(record)
        self.records.append(record)


@pytest.fixture
def listen(world: Any, logs: LedgerLogs) -> Callable[..., Heard]:
    return lambda start=BEGINNING: Heard(world, logs.main, start)


# Where it starts.


async def test_from_the_beginning(world: Any, listen: Any) -> None:
    world.put(1, name="a")
    world.put(2, name="b")
    heard = listen()
    await heard.tail.barrier(5)
    world.put(3, name="c")
    await heard.tail.wait_for(3, 5)
    assert [(r.position, r.record.name, r.key) for r in heard.records] == [
        (1, "a", "name:a"),
        (2, "b", "name:b"),
        (3, "c", "name:c"),
    ]


async def test_after_a_position(world: Any, listen: Any) -> None:
    for position in range(1, 3000):
        world.put(position)
    heard = listen(AtPosition(2500))
    await heard.tail.barrier(5)
    assert heard.positions == list(range(2501, 3000))
    assert heard.gaps == []


async def test_after_the_last_position(world: Any, listen: Any) -> None:
    world.put(1)
    heard = listen(AtPosition(1))
    await heard.tail.barrier(5)
    assert heard.tail.position == 1
    world.put(2)
    await heard.tail.wait_for(2, 5)
    assert heard.positions == [2]


async def test_after_a_position_the_next_one_must_not_be_missing(world: Any, listen: Any) -> None:
    world.put(1)
    world.put(4)
    heard = listen(AtPosition(1))
    await heard.tail.barrier(5)
    assert heard.gaps == [(1, 4)]


async def test_a_position_that_the_log_does_not_have_yet_is_not_taken_for_the_end(
    world: Any, listen: Any
) -> None:
    world.put(1)
    heard = listen(AtPosition(7))
    await asyncio.sleep(30)
    assert not heard.tail.ready
    assert not heard.tail.fresh()
    for position in range(2, 8):
        world.put(position)
    await heard.tail.barrier(30)
    assert heard.tail.ready
    assert heard.positions == []


async def test_since_a_time(world: Any, listen: Any) -> None:
    world.put(1)
    await asyncio.sleep(100)
    time = world.clock.now()
    world.put(2)
    world.put(3)
    heard = listen(Since(time))
    await heard.tail.barrier(5)
    assert heard.positions == [2, 3]


async def test_since_now_still_knows_where_the_log_ends(world: Any, listen: Any) -> None:
    for position in range(1, 200):
        world.put(position)
    heard = listen(Since(world.clock.now() + 1))
    await heard.tail.wait_for(199, 5)
    assert heard.positions == []
    world.put(201)
    await heard.tail.wait_for(201, 5)
    assert heard.gaps == [(199, 201)]


# Density.


async def test_a_hole_is_reported_and_reading_goes_on(world: Any, listen: Any) -> None:
    heard = listen()
    for position in (1, 2, 5, 6):
        world.put(position)
    await heard.tail.wait_for(6, 5)
    assert heard.positions == [1, 2, 5, 6]
    assert heard.gaps == [(2, 5)]


async def test_a_hole_is_reported_however_quiet_the_log_was(world: Any, listen: Any) -> None:
    heard = listen()
    world.put(1)
    await heard.tail.barrier(5)
    heard.broker.stop()
    await asyncio.sleep(10)
    heard.broker.wake()
    world.put(3)
    await heard.tail.wait_for(3, 5)
    assert heard.gaps == [(1, 3)]


async def test_what_compaction_removed_is_no_hole(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    for position, name in enumerate("abab", start=1):
        world.put(position, name=name)
    await asyncio.sleep(RESUME_WINDOW_SECONDS + DAY)
    world.put(5, name="c")
    world.put(6, name="d")
    world.cluster.compact(logs.main.topic, 4)
    heard = listen()
    await heard.tail.barrier(5)
    assert heard.positions == [3, 4, 5, 6]
    assert heard.gaps == []


async def test_in_the_resume_window_nothing_can_be_compacted(world: Any, listen: Any) -> None:
    world.put(1)
    await asyncio.sleep(RESUME_WINDOW_SECONDS - DAY)
    world.put(3)
    heard = listen()
    await heard.tail.barrier(5)
    assert heard.gaps == [(1, 3)]


async def test_a_new_epoch_is_no_hole_but_its_second_record_would_be(
    world: Any, listen: Any
) -> None:
    heard = listen()
    for position in (1, 2**40 + 1, 2**40 + 2, 3 * 2**40 + 2):
        world.put(position)
    await heard.tail.barrier(5)
    assert heard.gaps == [(2**40 + 2, 3 * 2**40 + 2)]


async def test_old_positions_are_ignored(world: Any, listen: Any) -> None:
    heard = listen()
    for position in (1, 2, 2, 1, 3):
        world.put(position)
    await heard.tail.wait_for(3, 5)
    assert heard.positions == [1, 2, 3]
    assert heard.gaps == []


async def test_a_log_made_anew_is_found_again_by_position(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    heard = listen()
    for position in range(1, 20):
        world.put(position)
    await heard.tail.wait_for(19, 5)
    heard.broker.stop()
    # Mirrored to other offsets: the same records, in a shorter log.
    topic = world.cluster.topic(logs.main.topic)
    topic.slots.clear()
    topic.stable = 0
    for position in range(15, 22):
        world.put(position)
    heard.broker.wake()
    await heard.tail.wait_for(21, 30)
    assert heard.positions == list(range(1, 22))


# Poison.


async def test_poison_is_set_aside_with_its_bytes_and_its_origin(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    heard = listen()
    world.put(1)
    world.cluster.put(logs.main.topic, b"k", b"\xff\xff", (("who", b"a stranger"),))
    world.put(2)
    await heard.tail.wait_for(2, 5)
    assert heard.positions == [1, 2]
    assert heard.gaps == []
    (letter,) = world.cluster.committed(DEAD_LETTERS_TOPIC)
    headers = dict(letter.headers)
    assert letter.value == b"\xff\xff"
    assert letter.key == f"{logs.main.topic}@1".encode()
    assert headers["who"] == b"a stranger"
    assert headers["kanvas-origin-topic"] == logs.main.topic.encode()
    assert headers["kanvas-origin-offset"] == b"1"
    assert headers["kanvas-reader"] == b"heard"
    assert headers["kanvas-reason"] == b"undecodable"


async def test_the_bytes_of_a_secret_stay_in_its_log(world: Any) -> None:
    """Operators read dead letters; what a log of secrets holds is for its own service only."""
    heard = Heard(world, CREDENTIALS, BEGINNING)
    record = CredentialsRecord(account_id="a1", password_hash="$argon2id$")
    world.cluster.put(CREDENTIALS.topic, b"account:a1", record.SerializeToString())
    await heard.tail.barrier(5)
    (letter,) = world.cluster.committed(DEAD_LETTERS_TOPIC)
    assert letter.value == b""
    assert letter.key == f"{CREDENTIALS.topic}@0".encode()


@pytest.mark.parametrize(
    "meta",
    [
        {"created_position": 9},
        {"created_position": 0},
        {"command_id": "not an id"},
    ],
)
async def test_records_with_impossible_meta_are_poison(
    world: Any, listen: Any, meta: dict[str, Any]
) -> None:
    heard = listen()
    world.put(1)
    world.put(2, **meta)
    world.put(3)
    await heard.tail.wait_for(3, 5)
    assert heard.positions == [1, 3]
    (letter,) = world.cluster.committed(DEAD_LETTERS_TOPIC)
    assert dict(letter.headers)["kanvas-reason"] == b"wrong_meta"


async def test_a_position_that_headers_contradict_is_not_believed(world: Any, listen: Any) -> None:
    """One forged record must not carry a reader past all the real ones."""
    heard = listen()
    world.put(1)
    world.put(2**50, headers=(("ce_id", b"7"),))
    world.put(2)
    await heard.tail.wait_for(2, 5)
    assert heard.positions == [1, 2]


async def test_an_unreadable_record_of_the_writer_keeps_its_position(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    heard = listen()
    world.put(1)
    headers = (("ce_id", b"2"), ("ce_source", logs.main.source.encode()))
    world.cluster.put(logs.main.topic, b"k", b"\xff", headers)
    await heard.tail.wait_for(2, 5)
    world.put(3)
    await heard.tail.wait_for(3, 5)
    assert heard.gaps == []


async def test_an_unreadable_record_of_somebody_else_takes_no_position(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    heard = listen()
    world.put(1)
    world.cluster.put(logs.main.topic, b"k", b"\xff", (("ce_id", b"2"), ("ce_source", b"/else")))
    world.put(2)
    await heard.tail.wait_for(2, 5)
    assert heard.positions == [1, 2]


async def test_much_poison_halts_the_reader_instead_of_emptying_the_log(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    heard = listen()
    world.put(1)
    await heard.tail.barrier(5)
    assert heard.tail.ready
    for _ in range(100):
        world.cluster.put(logs.main.topic, b"k", b"\xff")
    world.put(2)
    await asyncio.sleep(60)
    assert len(world.cluster.committed(DEAD_LETTERS_TOPIC)) == 20
    assert heard.positions == [1]
    assert not heard.tail.ready
    assert not heard.tail.fresh(1000)


async def test_poison_now_and_then_halts_the_reader_too(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    heard = listen()
    for position in range(1, 201):
        world.put(position)
        if position % 2:
            world.cluster.put(logs.main.topic, b"k", b"\xff")
    await asyncio.sleep(60)
    assert len(world.cluster.committed(DEAD_LETTERS_TOPIC)) == 50
    assert not heard.tail.ready


async def test_poison_waits_for_a_broker_that_cannot_take_it(
    world: Any, logs: LedgerLogs, listen: Any
) -> None:
    heard = listen()
    failing = True

    async def refuse(step: str) -> None:
        heard.broker.reachable = not (failing and step == "send")

    heard.broker.on_step = refuse
    world.put(1)
    world.cluster.put(logs.main.topic, b"k", b"\xff")
    world.put(2)
    await asyncio.sleep(30)
    assert heard.positions == [1]
    failing = False
    await heard.tail.wait_for(2, 30)
    assert len(world.cluster.committed(DEAD_LETTERS_TOPIC)) == 1


async def test_a_callback_that_is_faulty_is_poison(world: Any, listen: Any) -> None:
    heard = listen()

    def fail(record: Delivered[Any]) -> None:
        if record.position == 2:
            raise ZeroDivisionError

    heard.fail = fail
    for position in (1, 2, 3):
        world.put(position)
    await heard.tail.wait_for(3, 5)
    assert heard.positions == [1, 3]
    assert heard.gaps == []
    (letter,) = world.cluster.committed(DEAD_LETTERS_TOPIC)
    assert dict(letter.headers)["kanvas-reason"] == b"callback"


async def test_a_callback_that_needs_a_server_that_is_down_is_tried_again(
    world: Any, listen: Any
) -> None:
    heard = listen()
    tries: list[float] = []

    def fail(record: Delivered[Any]) -> None:
        tries.append(world.clock.monotonic())
        if len(tries) < 8:
            raise Unavailable("Cassandra is down.")

    heard.fail = fail
    world.put(1)
    await heard.tail.wait_for(1, 60)
    assert heard.positions == [1]
    assert len(tries) == 8
    assert tries[-1] - tries[0] > 2
    assert world.cluster.committed(DEAD_LETTERS_TOPIC) == []


# Freshness.


async def test_it_is_fresh_once_the_end_was_reached(world: Any, listen: Any) -> None:
    world.put(1)
    heard = listen()
    assert not heard.tail.ready
    with pytest.raises(NotFresh):
        await heard.tail.until_fresh(1)
    await heard.tail.until_ready()
    await heard.tail.until_fresh(1)
    assert heard.tail.ready
    assert heard.positions == [1]


async def test_one_that_slept_is_not_fresh_until_it_has_asked_again(
    world: Any, listen: Any
) -> None:
    heard = listen()
    world.put(1)
    await heard.tail.until_ready()
    heard.broker.stop()
    await asyncio.sleep(0.9)
    world.put(2)
    await asyncio.sleep(1)
    assert not heard.tail.fresh()
    heard.broker.wake()
    assert not heard.tail.fresh()
    await heard.tail.barrier(5)
    assert heard.tail.fresh()
    assert heard.positions == [1, 2]


async def test_a_query_that_was_asked_before_the_sleep_proves_nothing(
    world: Any, listen: Any
) -> None:
    heard = listen()
    await heard.tail.until_ready()

    slept, late, release = False, asyncio.Event(), asyncio.Event()

    async def sleep_before_the_answer(step: str) -> None:
        nonlocal slept
        if step != "ends answered":
            return
        if not slept:
            slept = True
            await asyncio.sleep(5)
        else:
            late.set()
            await release.wait()

    heard.broker.on_step = sleep_before_the_answer
    await late.wait()
    # The answer that has come tells how things were more than 5 s ago, and the next has not come.
    assert not heard.tail.fresh()
    release.set()
    await heard.tail.until_fresh(1)


async def test_where_nobody_asks_few_queries_are_made(world: Any, listen: Any) -> None:
    heard = listen()
    await heard.tail.until_ready()
    queries = 0

    async def count(step: str) -> None:
        nonlocal queries
        queries += step == "ends answered"

    heard.broker.on_step = count
    await asyncio.sleep(60)
    unasked = queries
    for _ in range(60):
        await heard.tail.until_fresh(1)
        await asyncio.sleep(1)
    assert 20 <= unasked <= 30
    assert 200 <= queries - unasked <= 260


async def test_who_asks_after_a_quiet_time_gets_a_proof_made(world: Any, listen: Any) -> None:
    heard = listen()
    await heard.tail.until_ready()
    for _ in range(50):
        await asyncio.sleep(1.37)
        world.put(1 + heard.tail.position)
        await heard.tail.until_fresh(1)
    await heard.tail.barrier(1)
    assert heard.positions == list(range(1, 51))


async def test_freshness_is_refused_at_once_while_the_broker_is_away(
    world: Any, listen: Any
) -> None:
    heard = listen()
    await heard.tail.until_ready()
    heard.broker.reachable = False
    await asyncio.sleep(5)
    asked = world.clock.monotonic()
    with pytest.raises(NotFresh):
        await heard.tail.until_fresh(1)
    assert world.clock.monotonic() == asked
    heard.broker.reachable = True
    await heard.tail.barrier(5)
    await heard.tail.until_fresh(1)


async def test_it_is_not_fresh_while_a_callback_hangs(world: Any, listen: Any) -> None:
    heard = listen()
    await heard.tail.until_ready()

    def fail(record: Delivered[Any]) -> None:
        raise Unavailable("Cassandra is down.")

    heard.fail = fail
    world.put(1)
    await asyncio.sleep(3)
    assert not heard.tail.fresh()
    with pytest.raises(NotFresh):
        await heard.tail.barrier(1)


async def test_a_barrier_includes_all_that_was_committed_before(world: Any, listen: Any) -> None:
    heard = listen()
    await heard.tail.until_ready()
    for position in range(1, 700):
        world.put(position)
    assert await heard.tail.barrier(5) == 699


async def test_those_who_ask_together_share_one_query(world: Any, listen: Any) -> None:
    heard = listen()
    await heard.tail.until_ready()
    steps: list[str] = []

    async def count(step: str) -> None:
        steps.append(step)

    heard.broker.on_step = count
    world.put(1)
    assert await asyncio.gather(*(heard.tail.barrier(5) for _ in range(100))) == [1] * 100
    assert steps.count("ends") <= 2


async def test_a_position_that_does_not_come_is_told(world: Any, listen: Any) -> None:
    heard = listen()
    world.put(1)
    await heard.tail.until_ready()
    with pytest.raises(PositionNotReached) as refusal:
        await heard.tail.wait_for(2, 1)
    assert refusal.value.metadata == {"position": "1"}
    with pytest.raises(PositionNotReached):
        await heard.tail.wait_for_source(1, 1)


async def test_copies_are_found_by_their_source(world: Any, listen: Any) -> None:
    heard = listen()
    waiting = asyncio.create_task(heard.tail.wait_for_source(12, 5))
    for position, source in ((1, 10), (2, 0), (3, 12), (4, 12), (5, 15)):
        world.put(position, source_position=source)
    await heard.tail.wait_for(5, 5)
    assert await waiting in (3, 4)
    assert await heard.tail.wait_for_source(11, 5) == 3
    assert await heard.tail.wait_for_source(13, 5) == 5
    assert heard.tail.source_position == 15


async def test_a_broker_that_is_away_is_waited_for(world: Any, listen: Any) -> None:
    heard = listen()
    heard.broker.reachable = False
    world.put(1)
    await asyncio.sleep(60)
    assert not heard.tail.ready
    heard.broker.reachable = True
    await heard.tail.barrier(10)
    assert heard.positions == [1]


# Metrics.


async def test_what_a_tail_meets_is_counted(
    world: Any, logs: LedgerLogs, listen: Any, sample: Any
) -> None:
    before = {name: sample(name) for name in ("records", "stale_records", "gaps", "poison")}
    heard = listen()
    for position in (1, 2, 2, 5):
        world.put(position)
    world.cluster.put(logs.main.topic, b"k", b"\xff")
    await heard.tail.barrier(5)
    changes = {name: sample(name) - count for name, count in before.items()}
    assert changes == {"records": 3, "stale_records": 1, "gaps": 1, "poison": 1}


@pytest.fixture
def sample(logs: LedgerLogs) -> Callable[[str], float]:
    def read(name: str) -> float:
        return sum(
            each.value
            for family in REGISTRY.collect()
            for each in family.samples
            if each.name == f"kanvas_log_{name}_total"
            and each.labels["reader"] == "heard"
            and each.labels["topic"] == logs.main.topic
        )

    return read


# Including what somebody has seen.


async def test_what_lies_behind_the_end_is_not_waited_for(world: Any, listen: Any) -> None:
    world.put(1)
    heard = listen()
    await heard.tail.barrier(5)
    asked = world.clock.monotonic()
    with pytest.raises(PositionUnknown):
        await heard.tail.include(2, 60)
    assert world.clock.monotonic() - asked < 1
    # Nor does anything wait for it in secret.
    left = [task.get_coro() for task in asyncio.all_tasks()]
    waits = heard.tail.wait_for.__qualname__
    assert waits not in [getattr(each, "__qualname__", "") for each in left]


async def test_one_that_is_behind_waits_for_what_another_has_read(world: Any, listen: Any) -> None:
    heard = listen()
    await heard.tail.barrier(5)

    def busy(record: Delivered[Any]) -> None:
        if world.clock.monotonic() < free_at:
            raise Unavailable("not yet")

    free_at = world.clock.monotonic() + 10
    heard.fail = busy
    world.put(1)
    # Committed, so another instance may have answered with it.
    with pytest.raises(PositionNotReached):
        await heard.tail.include(1, 2)
    await heard.tail.include(1, 30)
    assert heard.positions == [1]


async def test_without_the_broker_nobody_can_tell_that_a_position_is_none(
    world: Any, listen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put(1)
    heard = listen()
    await heard.tail.barrier(5)

    async def away(_topics: object) -> None:
        raise BrokerUnavailable("gone")

    monkeypatch.setattr(heard.broker, "ends", away)
    with pytest.raises(PositionNotReached):
        await heard.tail.include(2, 2)
