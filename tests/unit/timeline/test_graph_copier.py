"""The copier: when it copies, where it begins, and what it refuses."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas.log.v1.record_pb2 import Pass
from kanvas_platform.errors import NotLeader
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.halting.go_past import give_pass
from kanvas_platform.kafka.halting.standstill import LONGEST_PAUSE
from kanvas_platform.kafka.records.logs import PASSES_TOPIC
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.observability import current_traceparent
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster, MemoryReader
from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.domain.logs import FEED, GRAPH
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.graph_copier import GraphCopier, _causes
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.testing.graph_log import GraphLog
from kanvas_timeline.testing.make import account_record, follow_record, numbered_id
from kanvas_timeline.testing.memory_log import MemoryLog

ADA, BOB = numbered_id(1), numbered_id(2)
TRACE = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"


class Desk:
    """Takes the copier's commands to a memory log, and can fail."""

    leads = True

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.taken: list[int] = []
        self.traces: list[str | None] = []
        self.fail: Callable[[int], bool] = lambda position: False

    async def submit(self, command: Command, timeout: float) -> Receipt:
        position: int = command.body.position  # type: ignore[attr-defined]
        await asyncio.sleep(0.001)
        if self.fail(position):
            raise NotLeader("for the test")
        self.taken.append(position)
        self.traces.append(current_traceparent())
        return self.log.commit(command)


class Broker(MemoryBroker):
    """Notes when the graph began to be read from where copying begins."""

    def __init__(self, *, cluster: MemoryCluster) -> None:
        super().__init__(cluster=cluster)
        self.attempts: list[float] = []

    async def read(self, offsets: Mapping[str, int]) -> MemoryReader:
        if GRAPH.topic in offsets:
            self.attempts.append(self.cluster.clock.monotonic())
        return await super().read(offsets)


def told(cause: str) -> float | None:
    labels = {"reader": GraphCopier.name, "topic": GRAPH.topic, "cause": cause}
    return REGISTRY.get_sample_value("kanvas_standing_still", labels)


class Scene:
    """A graph log, a copier and what it writes to."""

    def __init__(self) -> None:
        clock = LoopClock()
        self.cluster = MemoryCluster(clock)
        self.graph = GraphLog()
        self.state = TimelineState(Space(), recent_bytes=1 << 20)
        self.desk = Desk(MemoryLog(self.state, clock))
        self.leadership = Leadership()
        self.broker = Broker(cluster=self.cluster)
        self.attempts = self.broker.attempts
        self.copier = GraphCopier(
            broker=self.broker,
            commands=self.desk,
            state=self.state,
            leadership=self.leadership,
            clock=clock,
        )

    def write(self, record: GraphRecord, *, trace: str = "") -> None:
        out = self.graph.next(record, now=1_800_000_000.0, trace=trace)
        self.cluster.put(out.topic, out.key, out.value, out.headers)

    async def let_pass(self, through: int) -> None:
        given = Pass(topic=GRAPH.topic, through_offset=through, because="for the test")
        await give_pass(self.broker, given)

    def sources(self) -> list[int]:
        return [record.meta.source_position for record in self.desk.log.records(FEED.topic)]


def play(story: Callable[[Scene], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        scene = Scene()
        copying = asyncio.create_task(scene.copier.run())
        try:
            await story(scene)
            assert not copying.done()
        finally:
            copying.cancel()
            with suppress(asyncio.CancelledError):  # canceled the line before
                await copying

    run(main())


def test_copies_in_order_only_while_leading() -> None:
    async def story(scene: Scene) -> None:
        scene.write(account_record(ADA))
        await asyncio.sleep(10)
        assert scene.sources() == []
        scene.leadership.change(True)
        await asyncio.sleep(1)
        scene.write(account_record(BOB))
        await asyncio.sleep(1)
        assert scene.sources() == [1, 2]
        scene.leadership.change(False)
        await asyncio.sleep(1)
        scene.write(follow_record(ADA, BOB))
        await asyncio.sleep(10)
        assert scene.sources() == [1, 2]
        scene.leadership.change(True)
        await asyncio.sleep(1)
        assert scene.sources() == [1, 2, 3]
        assert scene.desk.taken == [1, 2, 3]  # it went on where it had stopped

    play(story)


def test_after_a_failure_in_the_middle_nothing_is_skipped() -> None:
    async def story(scene: Scene) -> None:
        failing = {2}
        scene.desk.fail = lambda position: position in failing
        for number in range(5):
            scene.write(account_record(numbered_id(number)))
        scene.leadership.change(True)
        await asyncio.sleep(0.5)
        assert scene.sources() == [1]  # those after the one that failed were refused
        failing.clear()
        await asyncio.sleep(10)
        assert scene.sources() == [1, 2, 3, 4, 5]

    play(story)


def test_a_hole_in_the_source_stops_the_copying_and_is_told() -> None:
    async def story(scene: Scene) -> None:
        scene.leadership.change(True)
        scene.write(account_record(ADA))
        scene.graph.position += 1  # a record is lost
        scene.write(account_record(BOB))
        await asyncio.sleep(600)
        assert scene.sources() == [1]
        standing = scene.copier.standing
        assert standing is not None
        assert (standing.topic, standing.offset, standing.cause) == (GRAPH.topic, 1, "hole")
        assert "between 1 and 3 are missing" in standing.why
        assert told("hole") == 1
        scene.leadership.change(False)  # the next leader says it
        await asyncio.sleep(1)
        assert scene.copier.standing is None
        assert told("hole") == 0

    play(story)


def test_a_hole_that_was_seen_does_not_pass_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(scene: Scene) -> None:
        scene.leadership.change(True)
        scene.write(account_record(ADA))
        scene.graph.position += 1
        scene.write(account_record(BOB))
        await asyncio.sleep(600)
        assert scene.sources() == [1]
        await scene.let_pass(1)
        await asyncio.sleep(LONGEST_PAUSE)
        assert scene.sources() == [1, 3]

    # What is missing before a record of more than a minute ago, compaction may have taken.
    monkeypatch.setattr("kanvas_platform.kafka.reading.log_cursor.RESUME_WINDOW_SECONDS", 60.0)
    play(story)


def test_at_a_hole_it_looks_again_with_growing_pauses() -> None:
    async def story(scene: Scene) -> None:
        scene.leadership.change(True)
        scene.write(account_record(ADA))
        scene.graph.position += 1
        scene.write(account_record(BOB))
        await asyncio.sleep(600)
        pauses = [after - before for before, after in pairwise(scene.attempts)]
        assert min(pauses[10:]) >= LONGEST_PAUSE / 2
        assert max(pauses) < LONGEST_PAUSE + 1

    play(story)


def test_where_nothing_can_be_copied_it_tries_with_growing_pauses() -> None:
    async def story(scene: Scene) -> None:
        scene.desk.fail = lambda _: True
        scene.write(account_record(ADA))
        scene.leadership.change(True)
        await asyncio.sleep(600)
        pauses = [after - before for before, after in pairwise(scene.attempts)]
        assert min(pauses[10:]) >= 2.5

    play(story)


def test_records_wait_at_the_leader_only() -> None:
    def waiting() -> float | None:
        return REGISTRY.get_sample_value("kanvas_timeline_copy_waiting_records")

    async def story(scene: Scene) -> None:
        scene.desk.fail = lambda _: True
        scene.write(account_record(ADA))
        scene.leadership.change(True)
        await asyncio.sleep(60)
        assert waiting() == 1
        scene.leadership.change(False)
        await asyncio.sleep(1)
        assert waiting() == 0

    play(story)


def test_a_pass_lets_it_copy_on_behind_the_hole() -> None:
    async def story(scene: Scene) -> None:
        scene.leadership.change(True)
        scene.write(account_record(ADA))
        scene.graph.position += 1
        scene.write(account_record(BOB))
        await asyncio.sleep(60)
        await scene.let_pass(1)
        await asyncio.sleep(LONGEST_PAUSE)
        scene.write(follow_record(ADA, BOB))
        await asyncio.sleep(1)
        assert scene.sources() == [1, 3, 4]
        assert scene.copier.standing is None
        assert told("hole") == 0
        # What was copied is the proof from now on: whoever becomes the leader next sees no hole.
        scene.leadership.change(False)
        scene.cluster.cut(PASSES_TOPIC, scene.cluster.topic(PASSES_TOPIC).end)
        scene.write(follow_record(BOB, ADA))
        scene.leadership.change(True)
        await asyncio.sleep(1)
        assert scene.sources() == [1, 3, 4, 5]

    play(story)


def test_a_pass_covers_no_later_hole() -> None:
    async def story(scene: Scene) -> None:
        for number in range(3):  # two holes, which are read at once
            scene.write(account_record(numbered_id(number)))
            scene.graph.position += 1
        await scene.let_pass(1)
        scene.leadership.change(True)
        await asyncio.sleep(60)
        assert scene.sources() == [1, 3]
        assert scene.copier.standing is not None
        assert scene.copier.standing.offset == 2

    play(story)


def test_too_much_poison_in_the_source_is_told_until_a_pass_covers_it() -> None:
    async def story(scene: Scene) -> None:
        scene.leadership.change(True)
        scene.write(account_record(ADA))
        for _ in range(22):
            scene.cluster.put(GRAPH.topic, b"k", b"\xff")
        scene.write(account_record(BOB))
        await asyncio.sleep(60)
        assert scene.sources() == [1]
        assert scene.copier.standing is not None
        assert scene.copier.standing.cause == "poison"
        await scene.let_pass(22)
        await asyncio.sleep(LONGEST_PAUSE)
        assert scene.sources() == [1, 2]
        assert scene.copier.standing is None

    play(story)


def test_what_compaction_removed_is_no_hole() -> None:
    async def story(scene: Scene) -> None:
        for _ in range(3):
            scene.write(account_record(ADA))
        scene.write(account_record(BOB))
        scene.cluster.compact(GRAPH.topic, below=3)
        scene.leadership.change(True)
        await asyncio.sleep(1)
        assert scene.sources() == [3, 4]

    play(story)


def test_kinds_of_a_later_contract_and_poison_are_passed_over() -> None:
    async def story(scene: Scene) -> None:
        scene.leadership.change(True)
        scene.write(account_record(ADA))
        unknown = scene.graph.next(account_record(BOB), now=0.0)
        scene.cluster.put(GRAPH.topic, unknown.key, _without_entity(unknown.value), unknown.headers)
        poison = scene.graph.next(account_record(BOB), now=0.0)
        scene.cluster.put(GRAPH.topic, poison.key, b"\xff\xff", poison.headers)
        scene.write(follow_record(ADA, BOB))
        await asyncio.sleep(1)
        assert scene.sources() == [1, 4]

    play(story)


def test_a_copy_belongs_to_the_trace_of_what_it_copies() -> None:
    async def story(scene: Scene) -> None:
        scene.leadership.change(True)
        scene.write(account_record(ADA), trace=TRACE)
        await asyncio.sleep(1)
        assert scene.desk.traces == [TRACE]

    play(story)


def _without_entity(value: bytes) -> bytes:
    record = GraphRecord.FromString(value)
    return GraphRecord(meta=record.meta).SerializeToString()


def test_a_log_line_names_what_failed_once_each() -> None:
    nested: ExceptionGroup[Any] = ExceptionGroup(
        "", [ExceptionGroup("", [NotLeader("x"), NotLeader("x")])]
    )
    assert _causes(nested) == ["NOT_LEADER: x"]
