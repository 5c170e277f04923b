"""The materialiser: it writes everything, says no more than it wrote, and waits for the store."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress

from kanvas.feed.v1.records_pb2 import FeedRecord, PostRemoved
from kanvas_platform.kafka import codec
from kanvas_platform.kafka.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.recent import RecentLog
from kanvas_timeline.materialise import Materialiser
from kanvas_timeline.office import Office
from kanvas_timeline.testing.memory_store import MemoryFeedStore
from kanvas_timeline.testing.world import World

SECONDS = 1.0


class Scene:
    """A log that somebody else wrote, and the materialiser of an instance."""

    def __init__(self) -> None:
        self.world = World()
        self.cluster = MemoryCluster(LoopClock())
        self.store = MemoryFeedStore()
        self.recent = RecentLog(limit_bytes=1 << 20)
        self._shown = 0

    def start(self, *, in_office: bool = True) -> asyncio.Task[None]:
        office = Office()
        office.change(in_office)
        self.materialiser = Materialiser(
            broker=MemoryBroker(cluster=self.cluster),
            store=self.store,
            recent=self.recent,
            office=office,
            clock=LoopClock(),
        )
        return asyncio.create_task(self.materialiser.run())

    def publish(self) -> None:
        """Puts what the world has written since into the log."""
        for item in self.world.log.written[self._shown :]:
            if item.topic == FEED.topic:
                out = codec.encode(FEED, item.key, "kanvas.feed.test.v1", item.record, "")
                self.cluster.put(out.topic, out.key, out.value, out.headers)
        self._shown = len(self.world.log.written)


def play(story: Callable[[Scene], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        scene = Scene()
        running = scene.start()
        try:
            await story(scene)
            assert not running.done()
        finally:
            await stop(running)

    run(main())


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):  # canceled the line before
        await task


def test_writes_what_comes_and_tells_the_memory() -> None:
    async def story(scene: Scene) -> None:
        world = scene.world
        author = world.account()
        post_id, removed_id = world.post(author), world.post(author)
        world.delete(author, removed_id)
        world.account()
        scene.publish()
        await asyncio.sleep(1)

        end = world.log.position
        assert await scene.store.materialised(timeout=SECONDS) == end
        assert scene.recent.materialised == end
        found = await scene.store.posts([post_id, removed_id], timeout=SECONDS)
        assert {key: stored.removed for key, stored in found.items()} == {
            post_id: False,
            removed_id: True,
        }
        lines = await scene.store.by_authors([author], 99, 99, timeout=SECONDS)
        assert [ref.post_id for ref in lines] == [removed_id, post_id]

    play(story)


def test_waits_while_the_store_is_down_and_then_catches_up() -> None:
    async def story(scene: Scene) -> None:
        scene.store.down = True
        author = scene.world.account()
        for _ in range(600):
            scene.world.post(author)
        scene.publish()
        await asyncio.sleep(60)
        assert scene.recent.materialised == 0
        scene.store.down = False
        await asyncio.sleep(10)
        assert scene.recent.materialised == scene.world.log.position
        assert scene.store.writes == 600

    play(story)


def test_goes_on_where_the_views_are_whoever_wrote_them() -> None:
    async def story(scene: Scene) -> None:
        author = scene.world.account()
        for _ in range(10):
            scene.world.post(author)
        scene.publish()
        await asyncio.sleep(1)
        scene.recent = RecentLog(limit_bytes=1 << 20)
        second = scene.start()
        await asyncio.sleep(1)
        assert scene.store.writes == 10
        assert scene.recent.materialised == scene.world.log.position
        await stop(second)

    play(story)


def test_those_not_in_office_leave_the_writing_to_the_one_that_is() -> None:
    async def story(scene: Scene) -> None:
        scene.recent = RecentLog(limit_bytes=1 << 20)
        standby = scene.start(in_office=False)
        author = scene.world.account()
        for _ in range(600):
            scene.world.post(author)
        scene.publish()
        await asyncio.sleep(3)
        assert scene.store.writes == 600
        assert scene.recent.materialised == scene.world.log.position
        await stop(standby)

    play(story)


def test_and_do_it_themselves_when_it_does_not() -> None:
    async def main() -> None:
        scene = Scene()
        standby = scene.start(in_office=False)
        scene.world.post(scene.world.account())
        scene.publish()
        await asyncio.sleep(3)
        assert scene.store.writes == 1
        assert scene.recent.materialised == scene.world.log.position
        await stop(standby)

    run(main())


def test_the_position_never_passes_what_was_written() -> None:
    class Halfway(MemoryFeedStore):
        """Fails every second write, after a part of it."""

        calls = 0

        async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
            Halfway.calls += 1
            if Halfway.calls % 2:
                await super().write(posts[: len(posts) // 2], timeout=timeout)
                self.down = True
            try:
                await super().write(posts, timeout=timeout)
            finally:
                self.down = False

        async def advance(self, position: int, *, timeout: float) -> None:
            await super().advance(position, timeout=timeout)
            written = [ref.created_position for ref in self._refs]
            assert sorted(written) == list(range(2, position + 1))

    async def story(scene: Scene) -> None:
        author = scene.world.account()
        for _ in range(300):
            scene.world.post(author)
        scene.publish()
        await asyncio.sleep(30)
        assert scene.recent.materialised == scene.world.log.position
        assert Halfway.calls >= 4

    async def main() -> None:
        scene = Scene()
        scene.store = Halfway()
        running = scene.start()
        await story(scene)
        await stop(running)

    run(main())


def test_poison_in_the_log_stops_nothing() -> None:
    async def story(scene: Scene) -> None:
        author = scene.world.account()
        scene.world.post(author)
        scene.publish()
        scene.cluster.put(FEED.topic, b"post:x", b"\xff\xff")
        record = FeedRecord(post_removed=PostRemoved(id="not an id", author_id=author))
        record.meta.position = record.meta.created_position = scene.world.log.position + 1
        out = codec.encode(FEED, "post:x", "kanvas.feed.test.v1", record, "")
        scene.cluster.put(out.topic, out.key, out.value, out.headers)
        scene.world.log._positions[FEED.topic] += 1
        scene.world.post(author)
        scene.publish()
        await asyncio.sleep(1)
        assert scene.recent.materialised == scene.world.log.position
        assert scene.store.writes == 2
        assert len(scene.cluster.committed(DEAD_LETTERS_TOPIC)) == 2

    play(story)


def test_too_much_poison_is_told() -> None:
    async def story(scene: Scene) -> None:
        for _ in range(22):
            scene.cluster.put(FEED.topic, b"post:x", b"\xff\xff")
        await asyncio.sleep(60)
        standing = scene.materialiser.standing
        assert standing is not None
        assert (standing.reader, standing.topic) == ("materialiser", FEED.topic)

    play(story)
