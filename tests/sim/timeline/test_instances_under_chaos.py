"""Instances that are killed, cut off and stopped while people follow, block, post, delete and read.

Meanwhile the views are emptied, and replaced by older copies. Who reads gets everything, or is told
that older posts cannot be read; never less.

The broker and the store are in memory and time is virtual; everything between is the product's
own code. Whatever happens, the log must hold each acknowledged post once and each record of the
graph once and in order, and every instance and the views must answer as an oracle does that reads
the log and knows nothing else.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from prometheus_client import REGISTRY

from kanvas.feed.v1.records_pb2 import FeedRecord, NotificationRecord, Visibility
from kanvas_platform.errors import KanvasError, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.reading.kept import Kept
from kanvas_platform.kafka.records.codec import decode
from kanvas_platform.kafka.store import flusher
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.memory_store import MemoryStore
from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.bootstrap import Core, assemble
from kanvas_timeline.create_post import create_post
from kanvas_timeline.delete_post import delete_post
from kanvas_timeline.domain.logs import FEED, NOTIFICATIONS
from kanvas_timeline.domain.marks import reach
from kanvas_timeline.errors import AccountNotCopied
from kanvas_timeline.list_feeds import (
    FeedPage,
    PageRequest,
    list_global_feed,
    list_home_feed,
)
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.testing.graph_log import GraphLog
from kanvas_timeline.testing.make import (
    FOLLOWERS,
    PUBLIC,
    account_record,
    block_record,
    create_request,
    follow_record,
)
from kanvas_timeline.testing.memory_store import VIEWS, MemoryFeedStore

T = TypeVar("T")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flush after a few records, so that kills meet every moment of it."""
    monkeypatch.setattr(flusher, "_CHANGES_SOON", 20)
    monkeypatch.setattr(flusher, "_SECONDS", 0.4)


PEOPLE = 4
STEPS = 60
PATIENCE_SECONDS = 300.0
RECENT_BYTES = 20_000
"""Memory for about twenty posts, so that the views matter."""


class Instance:
    """A process that comes back after it was killed, without its memory, with its disk."""

    def __init__(self, world: "Chaos", name: str) -> None:
        self.core: Core | None = None
        self._world = world
        self._name = name
        self._disk = MemoryStore()
        self._killed = asyncio.Event()
        self._broker: MemoryBroker | None = None

    async def run(self) -> None:
        world = self._world
        while True:
            broker = MemoryBroker(cluster=world.cluster)
            core = assemble(
                broker=broker,
                store=world.store,
                clock=world.clock,
                address=self._name,
                recent_bytes=RECENT_BYTES,
                audit_seconds=1.0,
                kept=Kept.over(
                    self._disk, close=lambda: None, clock=world.clock, name="timeline-replica"
                ),
            )
            self._killed.clear()
            self.core, self._broker = core, broker
            tasks = [asyncio.create_task(part.run(), name=part.name) for part in core.components]
            killing = asyncio.create_task(self._killed.wait())
            try:
                done, _ = await asyncio.wait([killing, *tasks], return_when=asyncio.FIRST_COMPLETED)
                for task in done - {killing}:
                    task.result()
                    raise AssertionError(f"{task.get_name()} ended")
            finally:
                self.core = None
                broker.stop()  # nothing that its tasks do from here on reaches the broker
                for task in (killing, *tasks):
                    task.cancel()
                await asyncio.gather(killing, *tasks, return_exceptions=True)
            await asyncio.sleep(world.dice.uniform(0, 3))
            world.cluster.expel(broker)

    def kill(self) -> None:
        self._killed.set()

    async def pause(self, seconds: float) -> None:
        """SIGSTOP and SIGCONT, as far as the broker sees."""
        broker = self._broker
        if broker is not None and not broker.stopped:
            broker.stop()
            self._world.cluster.expel(broker)
            try:
                await asyncio.sleep(seconds)
            finally:  # also when whoever wrecks is told to stop meanwhile
                if not self._killed.is_set():
                    broker.wake()


@dataclass
class Chaos:
    """Everything that the instances share, and who breaks it."""

    seed: int
    dice: random.Random = field(init=False)
    clock: LoopClock = field(default_factory=LoopClock)
    cluster: MemoryCluster = field(init=False)
    store: MemoryFeedStore = field(default_factory=MemoryFeedStore)
    graph: GraphLog = field(default_factory=GraphLog)
    instances: list[Instance] = field(init=False)
    people: list[str] = field(init=False)
    acknowledged: dict[str, int] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    deleting: set[str] = field(default_factory=set)
    copies: list[object] = field(default_factory=list)
    walks: int = 0
    deleted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.cluster = MemoryCluster(self.clock)
        self.instances = [Instance(self, f"timeline-{n}") for n in (1, 2, 3)]
        self.people = [self.new_id() for _ in range(PEOPLE)]

    def new_id(self) -> str:
        return new_id(self.clock.now())

    def write_graph(self) -> None:
        one, other = self.dice.sample(self.people, 2)
        make = self.dice.choice([follow_record, follow_record, block_record])
        record = make(one, other, active=self.dice.random() < 0.7)
        self._append(self.graph.next(record, now=self.clock.now()))

    def write_accounts(self) -> None:
        for number, person in enumerate(self.people):
            record = account_record(person, f"p{number}")
            self._append(self.graph.next(record, now=self.clock.now()))

    def _append(self, out: Any) -> None:
        self.cluster.put(out.topic, out.key, out.value, out.headers)

    async def publish(self) -> None:
        author, post_id, command_id = self.dice.choice(self.people), self.new_id(), self.new_id()
        visibility: Visibility.ValueType = PUBLIC if self.dice.random() < 0.7 else FOLLOWERS
        request = create_request(command_id, post_id, visibility=visibility)

        async def attempt(core: Core) -> int:
            _, position = await create_post(
                request, author, commands=core.log.writer, sources=core.sources, timeout=3.0
            )
            return position

        position = await self.insist(attempt)
        assert self.acknowledged.setdefault(post_id, position) == position
        if visibility == PUBLIC:
            self.public.add(post_id)
        if self.dice.random() < 0.2:
            await self.delete(author, post_id)

    async def delete(self, author: str, post_id: str) -> None:
        command_id = self.new_id()
        self.deleting.add(post_id)

        async def attempt(core: Core) -> int:
            return await delete_post(
                command_id,
                author,
                post_id,
                commands=core.log.writer,
                timeout=3.0,
            )

        await self.insist(attempt)
        self.deleted.add(post_id)

    async def read(self) -> None:
        """Walk the global feed again and again, and miss nothing that was there before."""
        while True:
            await asyncio.sleep(self.dice.uniform(0, 0.5))
            core = self.dice.choice(self.instances).core
            if core is None:
                continue
            wanted = self.public - self.deleting
            at_least = max(self.acknowledged.values(), default=0)
            try:
                found = await walk_everyone(core.sources, at_least)
            except Unavailable:
                continue
            self.walks += 1
            assert wanted - self.deleting <= set(found)

    async def insist(self, attempt: Callable[[Core], Awaitable[T]]) -> T:
        """Repeats with the same id, on whichever instance, until there is an answer."""
        while True:
            core = self.dice.choice(self.instances).core
            if core is not None:
                try:
                    return await attempt(core)
                except KanvasError as error:
                    # Accounts are copied in their own time; all else must be worth a repeat.
                    if not isinstance(error, Unavailable | AccountNotCopied):
                        raise
            await asyncio.sleep(self.dice.uniform(0.01, 0.2))

    async def wreck(self) -> None:
        while True:
            await asyncio.sleep(self.dice.expovariate(0.5))
            match self.dice.choice(["kill", "kill", "pause", "store", "store", "lose", "lose"]):
                case "kill":
                    self.dice.choice(self.instances).kill()
                case "pause":
                    await self.dice.choice(self.instances).pause(self.dice.uniform(0, 6))
                case "store":
                    self.store.down = not self.store.down
                case "lose":
                    self.lose()

    def lose(self) -> None:
        """Empty a view or both, or put an older copy back; take a copy for the next time."""
        self.copies.append(self.store.copy())
        match self.dice.choice(["one", "all", "copy"]):
            case "one":
                self.store.empty(self.dice.choice(VIEWS))
            case "all":
                for view in VIEWS:
                    self.store.empty(view)
            case "copy":
                self.store.restore(self.dice.choice(self.copies))


async def story(seed: int) -> Chaos:
    chaos = Chaos(seed)
    async with asyncio.timeout(PATIENCE_SECONDS):
        running = [asyncio.create_task(instance.run()) for instance in chaos.instances]
        wrecking = asyncio.create_task(chaos.wreck())
        reading = asyncio.create_task(chaos.read())
        try:
            await people_act(chaos, [*running, wrecking, reading])
            await stop(wrecking, reading)
            chaos.store.down = False
            for view in VIEWS:  # the last word is a loss: what is checked was written after it
                chaos.store.empty(view)
            await settled(chaos)
            await check(chaos)
        finally:
            await stop(wrecking, reading, *running)
    return chaos


async def walk_everyone(sources: Sources, at_least: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = await list_global_feed(
            None, PageRequest(7, cursor, at_least), sources=sources, timeout=3.0
        )
        found += [view.post.id for view in page.posts]
        cursor = page.next_cursor
        if not cursor:
            return found


async def people_act(chaos: Chaos, watched: list[asyncio.Task[None]]) -> None:
    chaos.write_accounts()
    acting: set[asyncio.Task[None]] = set()
    for _ in range(STEPS):
        for task in (task for task in watched if task.done()):
            task.result()
        chaos.write_graph()
        acting.add(asyncio.create_task(chaos.publish()))
        await asyncio.sleep(chaos.dice.expovariate(4))
    await asyncio.gather(*acting)


async def settled(chaos: Chaos) -> None:
    """Return when all instances are up and everything is copied and materialised."""
    while True:
        await asyncio.sleep(0.5)
        cores = [instance.core for instance in chaos.instances]
        end = len(chaos.cluster.committed(FEED.topic))
        marks = chaos.store.rows.marks
        if reach({view: marks.get(view) for view in VIEWS}) == end and all(
            core is not None
            and core.log.replica.position == end
            and core.log.replica.state.copied == chaos.graph.position
            and core.log.replica.state.recent.materialised == end
            for core in cores
        ):
            return


async def stop(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):  # canceled the line before
            await task


class Oracle:
    """What the log says, read from its beginning in the plainest way."""

    def __init__(self, records: list[FeedRecord]) -> None:
        self.posts: dict[str, FeedRecord] = {}
        self.follows: set[tuple[str, str]] = set()
        self.blocks: set[tuple[str, str]] = set()
        for record in records:
            match record.WhichOneof("entity"):
                case "post":
                    self.posts[record.post.id] = record
                case "post_removed":
                    del self.posts[record.post_removed.id]
                case "follow":
                    edge = (record.follow.follower_id, record.follow.followee_id)
                    (self.follows.add if record.follow.active else self.follows.discard)(edge)
                case "block":
                    edge = (record.block.blocker_id, record.block.blocked_id)
                    (self.blocks.add if record.block.active else self.blocks.discard)(edge)

    def home(self, reader: str) -> list[str]:
        return [
            post_id
            for post_id, record in reversed(self.posts.items())
            for author in (record.post.author.id,)
            if author == reader or (reader, author) in self.follows
            if (reader, author) not in self.blocks and (author, reader) not in self.blocks
        ]

    def everyone(self) -> list[str]:
        posts = reversed(self.posts.items())
        return [post_id for post_id, record in posts if record.post.visibility == PUBLIC]


async def check(chaos: Chaos) -> None:
    feed = [decode(FEED, raw).record for raw in chaos.cluster.committed(FEED.topic)]
    records = [record for record in feed if isinstance(record, FeedRecord)]
    check_log(chaos, records)
    oracle = Oracle(records)
    for instance in chaos.instances:
        assert instance.core is not None
        await check_feeds(chaos, instance.core.sources, oracle)


def check_log(chaos: Chaos, records: list[FeedRecord]) -> None:
    assert [record.meta.position for record in records] == list(range(1, len(records) + 1))
    sources = [record.meta.source_position for record in records if record.meta.source_position]
    assert sources == list(range(1, chaos.graph.position + 1))
    created = {r.post.id: r.meta.position for r in records if r.WhichOneof("entity") == "post"}
    assert len(created) == sum(r.WhichOneof("entity") == "post" for r in records)
    assert created == chaos.acknowledged
    removed = [r.post_removed.id for r in records if r.WhichOneof("entity") == "post_removed"]
    assert sorted(removed) == sorted(chaos.deleted)
    told = [
        decode(NOTIFICATIONS, raw).record for raw in chaos.cluster.committed(NOTIFICATIONS.topic)
    ]
    edges: set[tuple[str, str]] = set()
    expected = []
    for record in (record for record in records if record.WhichOneof("entity") == "follow"):
        edge = (record.follow.follower_id, record.follow.followee_id)
        if record.follow.active and edge not in edges:
            expected.append((*edge, record.meta.position))
        (edges.add if record.follow.active else edges.discard)(edge)
    assert expected == [
        (n.followed.follower_id, n.recipient_id, n.meta.main_position)
        for n in told
        if isinstance(n, NotificationRecord)
    ]


async def check_feeds(chaos: Chaos, sources: Sources, oracle: Oracle) -> None:
    assert len(sources.state.posts) < len(chaos.acknowledged), "the views were not needed"

    async def walk(page_at: Callable[[PageRequest], Coroutine[Any, Any, FeedPage]]) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = await page_at(PageRequest(7, cursor, 0))
            found += [view.post.id for view in page.posts]
            cursor = page.next_cursor
            if not cursor:
                return found

    def everyone(request: PageRequest) -> Coroutine[Any, Any, FeedPage]:
        return list_global_feed(None, request, sources=sources, timeout=5.0)

    assert await walk(everyone) == oracle.everyone()
    for person in chaos.people:

        def home(request: PageRequest, person: str = person) -> Coroutine[Any, Any, FeedPage]:
            return list_home_feed(person, request, sources=sources, timeout=5.0)

        assert await walk(home) == oracle.home(person)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_lost_doubled_or_out_of_order(seed: int) -> None:
    compared, different = audited("records"), audited("differences")
    chaos = run(story(seed))
    assert chaos.walks > 5, "nobody could read"
    assert audited("records") > compared, "no sample was compared"
    assert audited("differences") == different, "what was lost passed for a difference"


def audited(what: str) -> float:
    """Return a count of the samples that compare the views with the log, over all its labels."""
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == f"kanvas_audit_{what}_total"
    )
