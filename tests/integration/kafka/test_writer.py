"""Writers and readers in this process, on a real Kafka that misbehaves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kanvas_local.stack import Stack
from kanvas_local.topics import TOPICS, ensure_topics
from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.errors import KanvasError, OutcomeUnknown, Unavailable
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker, KafkaProducer
from kanvas_platform.kafka.broker.port import Appended, Broker, BrokerUnavailable, OutRecord
from kanvas_platform.kafka.contract import Receipt
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.reading.tail import AtPosition, Beginning, Delivered, Since, Start, Tail
from kanvas_platform.kafka.records.codec import encode, meta_of
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC, LogSpec
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.testing.ledger import (
    Add,
    Claim,
    Ledger,
    LedgerLogs,
    LedgerRecord,
    command,
)
from tests.patience import PATIENCE_SECONDS, until
from tests.ports import FirstPort


class Instance:
    """A replica and a writer."""

    def __init__(
        self, broker: Broker, topic: str, address: str, clock: Clock | None = None
    ) -> None:
        logs = LedgerLogs.named(topic)
        clock = clock or SystemClock()
        self.leadership: list[bool] = []
        self.replica = Replica(
            broker=broker,
            main=logs.main,
            sides=[logs.side],
            state=Ledger,
            clock=clock,
            name=address,
        )
        self.writer = Writer(
            service=topic,
            address=address,
            replica=self.replica,
            decide=logs.decide,
            broker=broker,
            clock=clock,
            on_leadership=self.leadership.append,
        )

    async def leading(self) -> None:
        await until(lambda: self.writer.leads)

    async def outcome(self, body: Claim | Add) -> Receipt | KanvasError:
        try:
            return await self.writer.submit(command(body), PATIENCE_SECONDS)
        except KanvasError as error:
            return error


@contextlib.asynccontextmanager
async def closing(broker: Broker) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await broker.close()


@contextlib.asynccontextmanager
async def running(*components: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(component.run()) for component in components]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results


class LosingBroker(KafkaBroker):
    """Loses sight of one commit, before or after Kafka has decided it."""

    def __init__(self, bootstrap: str, *, after: bool) -> None:
        super().__init__(bootstrap)
        self.armed = False
        self._after = after

    async def begin(self, transactional_id: str, timeout: float) -> KafkaProducer:
        producer = await super().begin(transactional_id, timeout)
        # The very producer of Kafka: what is lost is lost beneath the port.
        return _LosingProducer(producer._producer, self, after=self._after)  # noqa: SLF001


class _LosingProducer(KafkaProducer):
    def __init__(self, producer: Any, broker: LosingBroker, *, after: bool) -> None:
        super().__init__(producer)
        self._broker = broker
        self._after = after

    async def commit(self, records: Sequence[OutRecord], timeout: float) -> Sequence[Appended]:
        if not self._broker.armed:
            return await super().commit(records, timeout)
        self._broker.armed = False
        if self._after:
            await super().commit(records, timeout)
        else:
            await self._producer.begin_transaction()
            await self._send(records)
        raise BrokerUnavailable("lost sight of")


@pytest.mark.parametrize("after", [False, True])
async def test_what_became_of_a_commit_is_found_out(
    kafka: str, topic: str, committed_of: Any, after: bool
) -> None:
    broker = LosingBroker(kafka, after=after)
    instance = Instance(broker, topic, "a:1")
    async with closing(broker), running(instance.replica, instance.writer):
        await instance.leading()
        await instance.outcome(Claim("x"))
        broker.armed = True
        outcomes = await asyncio.gather(*(instance.outcome(Add("x", 1)) for _ in range(10)))
        assert not broker.armed
        assert [o.position for o in outcomes if isinstance(o, Receipt)] == list(range(2, 12))
        assert instance.replica.state.names["x"] == ("ann", 10)
        assert instance.leadership == [True, False, True]
    assert len(await committed_of(topic)) == 11


class RacingBroker(KafkaBroker):
    """Lets a stranger take the positions of the next commit in the main log."""

    def __init__(self, bootstrap: str, log: LogSpec) -> None:
        super().__init__(bootstrap)
        self.armed = False
        self._log = log

    async def begin(self, transactional_id: str, timeout: float) -> KafkaProducer:
        producer = await super().begin(transactional_id, timeout)
        return _RacingProducer(producer._producer, self)  # noqa: SLF001 (as above)

    async def intrude(self, position: int) -> None:
        self.armed = False
        await self.send(numbered(self._log, position))


class _RacingProducer(KafkaProducer):
    def __init__(self, producer: Any, broker: RacingBroker) -> None:
        super().__init__(producer)
        self._broker = broker

    async def commit(self, records: Sequence[OutRecord], timeout: float) -> Sequence[Appended]:
        if self._broker.armed:
            await self._broker.intrude(int(dict(records[0].headers)["ce_id"]))
        return await super().commit(records, timeout)


async def test_what_a_stranger_displaces_is_never_acknowledged(kafka: str, topic: str) -> None:
    broker = RacingBroker(kafka, LedgerLogs.named(topic).main)
    instance = Instance(broker, topic, "a:1")
    async with closing(broker), running(instance.replica, instance.writer):
        await instance.leading()
        for number in range(20):
            given = command(Claim(f"claimed-{number}"))
            broker.armed = True
            with pytest.raises(OutcomeUnknown):
                await instance.writer.submit(given, PATIENCE_SECONDS)
            assert not broker.armed
            assert f"claimed-{number}" not in instance.replica.state.names
            await instance.leading()
            receipt = await instance.writer.submit(given, PATIENCE_SECONDS)
            assert receipt.positions == {topic: 2 * number + 2}
            assert instance.replica.state.names[f"claimed-{number}"] == ("ann", 0)


class LateClock(SystemClock):
    """A clock that somebody has set 70 s back."""

    def now(self) -> float:
        return super().now() - 70


async def test_one_whose_clock_is_wrong_lets_another_lead(topic: str, broker: KafkaBroker) -> None:
    late = Instance(broker, topic, "late:1", LateClock())
    async with running(late.replica, late.writer):
        for _ in range(int(PATIENCE_SECONDS / 0.1)):
            outcome = await late.outcome(Claim("x"))
            if isinstance(outcome, KanvasError) and outcome.reason == "CLOCK_DIFFERS":
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("it never said whose clock it is")
        assert "late:1" in outcome.message
        right = Instance(broker, topic, "right:1")
        async with running(right.replica, right.writer):
            await right.leading()
            assert isinstance(await right.outcome(Claim("x")), Receipt)
            assert late.leadership == []


async def test_a_batch_that_kafka_refuses_is_tried_again_one_by_one(
    kafka: str, topic: str, broker: KafkaBroker
) -> None:
    log = TOPICS["kanvas.graph.v1"]
    small = {**log.settings, "max.message.bytes": "50000"}
    await ensure_topics(kafka, {topic: replace(log, settings=small)})
    instance = Instance(broker, topic, "a:1")
    async with running(instance.replica, instance.writer):
        await instance.leading()
        await instance.outcome(Claim("x"))
        bodies = [Add("x", 1), Add("x", 1, padding=100_000), Add("x", 1)]
        first, large, last = await asyncio.gather(*(instance.outcome(body) for body in bodies))
        assert isinstance(large, KanvasError)
        assert large.reason == "RECORD_REFUSED"
        assert isinstance(first, Receipt)
        assert isinstance(last, Receipt)
        assert instance.replica.state.names["x"] == ("ann", 2)


async def test_poison_is_set_aside_and_the_writer_goes_on(
    topic: str, broker: KafkaBroker, committed_of: Any
) -> None:
    instance = Instance(broker, topic, "a:1")
    async with running(instance.replica, instance.writer):
        await instance.leading()
        await instance.outcome(Claim("x"))
        await broker.send(OutRecord(topic, b"k", b"\xff\xff", (("who", b"a stranger"),)))
        receipt = await instance.outcome(Add("x", 1))
        assert isinstance(receipt, Receipt)
        assert receipt.position == 2
        assert instance.leadership[0]
    letters = [
        raw for raw in await committed_of(DEAD_LETTERS_TOPIC) if raw.key == f"{topic}@2".encode()
    ]
    assert [letter.value for letter in letters] == [b"\xff\xff"]
    assert dict(letters[0].headers)["who"] == b"a stranger"
    assert dict(letters[0].headers)["kanvas-origin-topic"] == topic.encode()


async def test_a_tail_finds_its_place_by_position_and_by_time(
    topic: str, broker: KafkaBroker
) -> None:
    log = LedgerLogs.named(topic).main
    producer = await broker.begin(topic, PATIENCE_SECONDS)
    records = [numbered(log, position) for position in range(1, 2001)]
    for at in range(0, 2000, 100):
        await producer.commit(records[at : at + 100], PATIENCE_SECONDS)
    await producer.close()
    times: dict[int, float] = {}
    heard: list[int] = []

    def hear(record: Delivered[Any]) -> None:
        heard.append(record.position)
        times[record.position] = record.time

    def tail_from(start: Start) -> Tail[Any]:
        heard.clear()
        return Tail(
            broker=broker, log=log, on_record=hear, start=start, clock=SystemClock(), name="t"
        )

    starts: list[tuple[Start, int]] = [
        (Beginning(), 1),
        (AtPosition(1500), 1501),
        (AtPosition(2000), 2001),
    ]
    for start, first in starts:
        tail = tail_from(start)
        async with running(tail):
            assert await tail.barrier(PATIENCE_SECONDS) == 2000
        assert heard == list(range(first, 2001))
    tail = tail_from(Since(times[1000]))
    async with running(tail):
        assert await tail.barrier(PATIENCE_SECONDS) == 2000
        await until(tail.fresh)
    assert heard[0] <= 1000
    assert heard == list(range(heard[0], 2001))


def numbered(log: Any, position: int) -> OutRecord:
    record = LedgerRecord(name=f"n{position}")
    meta = meta_of(record)
    meta.position = meta.created_position = position
    return encode(log, f"name:n{position}", "ledger.name.v1", record, "")


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """Run a Kafka that nobody else uses."""
    stack = Stack(tmp_path / "stack", FirstPort.KAFKA_KILLED)
    stack.start(("kafka",))
    yield stack
    stack.stop()


async def test_all_survive_a_kafka_that_is_killed(own_stack: Stack) -> None:
    topic = "ledger-killed"
    names = (topic, f"{topic}-side", "kanvas.leaders.v1")
    await ensure_topics(own_stack.kafka, dict.fromkeys(names, TOPICS["kanvas.graph.v1"]))
    broker = KafkaBroker(own_stack.kafka)
    instance, standby = Instance(broker, topic, "a:1"), Instance(broker, topic, "b:1")
    components = (instance.replica, instance.writer, standby.replica, standby.writer)
    async with closing(broker), running(*components):
        await give(instance, standby, Claim("x"))
        acknowledged = await write(instance, standby, 50)
        await until(instance.replica.fresh)
        killing = asyncio.create_task(write(instance, standby, 100))
        await asyncio.to_thread(own_stack.kill, "kafka")
        acknowledged += await killing
        acknowledged += await write(instance, standby, 50)
        assert acknowledged == list(range(2, 202))
        await instance.replica.barrier(PATIENCE_SECONDS)
        await standby.replica.barrier(PATIENCE_SECONDS)
        await until(instance.replica.fresh)
        assert instance.replica.state.names["x"] == ("ann", 200)
        assert standby.replica.state.names["x"] == ("ann", 200)


async def write(first: Instance, second: Instance, count: int) -> list[int]:
    return [await give(first, second, Add("x", 1)) for _ in range(count)]


async def give(first: Instance, second: Instance, body: Claim | Add) -> int:
    """Repeat a command with its id at whoever leads until it is acknowledged."""
    given = command(body)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            holder = first if first.writer.leads else second
            try:
                return (await holder.writer.submit(given, 5)).position
            except Unavailable:
                await asyncio.sleep(0.05)
