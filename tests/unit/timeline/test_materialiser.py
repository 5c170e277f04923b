"""The materialiser: it writes everything, says no more than it wrote, and waits for the store."""

import asyncio
import random
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from copy import copy
from typing import ClassVar

import pytest
from prometheus_client import REGISTRY

from kanvas.feed.v1.records_pb2 import Author, Post, Tag
from kanvas_platform.kafka.records import codec
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.domain.feeds import PUBLIC, author_feed, tag_feed
from kanvas_timeline.domain.logs import FEED, post_draft, removed_draft
from kanvas_timeline.domain.marks import Marks, reach
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.recent import RecentLog
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.materialiser import Materialiser
from kanvas_timeline.testing.make import PUBLIC as PUBLIC_POST
from kanvas_timeline.testing.memory_store import MemoryFeedStore, Rows
from kanvas_timeline.testing.world import World

SECONDS = 1.0


class Scene:
    """A log that somebody else wrote, and the materialiser of an instance."""

    def __init__(self) -> None:
        self.world = World()
        self.cluster = MemoryCluster(LoopClock())
        self.store = MemoryFeedStore()
        self.recent = RecentLog(Space(), limit_bytes=1 << 20)
        self._shown = 0
        self._author = ""

    def start(self, *, leads: bool = True) -> asyncio.Task[None]:
        leadership = Leadership()
        leadership.change(leads)
        self.materialiser = Materialiser(
            broker=MemoryBroker(cluster=self.cluster),
            views=self.store,
            recent=self.recent,
            leadership=leadership,
            clock=LoopClock(),
        )
        return asyncio.create_task(self.materialiser.run())

    def publish(self) -> None:
        """Put what the world has written since into the log."""
        for item in self.world.log.written[self._shown :]:
            if item.topic == FEED.topic:
                out = codec.encode(FEED, item.key, "kanvas.feed.test.v1", item.record, "")
                self.cluster.put(out.topic, out.key, out.value, out.headers)
        self._shown = len(self.world.log.written)

    async def write(self, posts: int) -> None:
        """Publish posts of the first account, and wait until they may be in the views."""
        self._author = self._author or self.world.account()
        for _ in range(posts):
            self.world.post(self._author, caption="A red #fox.")
        self.publish()
        await asyncio.sleep(3)

    async def check_whole(self) -> None:
        """Wait until the memory knows that the views reach the end, and they hold every post."""
        end = self.world.log.position
        assert self.recent.materialised == end == reach(await self.store.marks(timeout=SECONDS))
        assert {post.position for post in self.store.rows.posts.values()} == {*range(2, end + 1)}
        for feed in (PUBLIC, author_feed(self._author), tag_feed("fox")):
            lines = await self.store.newest([feed], end + 1, end, timeout=SECONDS)
            assert [ref.created_position for ref in lines] == [*range(end, 1, -1)], feed


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
        assert reach(await scene.store.marks(timeout=SECONDS)) == end
        assert scene.recent.materialised == end
        found = await scene.store.posts([post_id, removed_id], timeout=SECONDS)
        assert {key: stored.removed for key, stored in found.items()} == {
            post_id: False,
            removed_id: True,
        }
        lines = await scene.store.newest([author_feed(author)], 99, 99, timeout=SECONDS)
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
        scene.recent = RecentLog(Space(), limit_bytes=1 << 20)
        second = scene.start()
        await asyncio.sleep(1)
        assert scene.store.writes == 10
        assert scene.recent.materialised == scene.world.log.position
        await stop(second)

    play(story)


def test_those_that_do_not_lead_leave_the_writing_to_the_leader() -> None:
    async def story(scene: Scene) -> None:
        scene.recent = RecentLog(Space(), limit_bytes=1 << 20)
        standby = scene.start(leads=False)
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
        standby = scene.start(leads=False)
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

        async def advance(self, known: Marks, position: int, *, timeout: float) -> bool:
            written = [ref.created_position for ref in self.rows.feeds[PUBLIC]]
            assert sorted(written) == list(range(2, position + 1))
            return await super().advance(known, position, timeout=timeout)

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
        with pytest.raises(ValueError, match="not an identifier"):  # the state sets it aside too
            scene.world.log.write(removed_draft("not an id", author, PUBLIC_POST))
        for tags in ([Tag(name="x" * 65)], [Tag(name="fox")] * 31):
            post = Post(id=scene.world.new_id(), author=Author(id=author), tags=tags)
            scene.world.log.write(post_draft(post))
        scene.world.post(author)
        scene.publish()
        await asyncio.sleep(1)
        assert scene.recent.materialised == scene.world.log.position
        assert scene.store.writes == 2
        assert len(scene.cluster.committed(DEAD_LETTERS_TOPIC)) == 4

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


class TestLostViews:
    """Whatever is lost is written again, by itself, and nothing says before that it is there."""

    @pytest.mark.parametrize("lost", [("posts",), ("feeds",), ("posts", "feeds")])
    def test_that_were_emptied_are_written_again_though_nothing_comes(
        self, lost: tuple[str, ...]
    ) -> None:
        async def story(scene: Scene) -> None:
            await scene.write(600)
            before = rebuilds(lost[0], "emptied")
            for view in lost:
                scene.store.empty(view)
            await asyncio.sleep(5)
            await scene.check_whole()
            assert rebuilds(lost[0], "emptied") == before + 1
            await scene.write(1)
            assert scene.store.writes == 1201  # and nothing is written again for ever

        play(story)

    def test_that_an_older_copy_has_replaced_are_written_from_there(self) -> None:
        async def story(scene: Scene) -> None:
            await scene.write(300)
            copy = scene.store.copy()
            await scene.write(300)
            for cause in ("behind", "replaced"):  # the second time, it is of another life
                before, written = rebuilds("posts", cause), scene.store.writes
                scene.store.restore(copy)
                await scene.write(1)
                await scene.check_whole()
                assert rebuilds("posts", cause) == before + 1
                assert 300 < scene.store.writes - written < 310

        play(story)

    def test_are_not_whole_for_the_memory_meanwhile(self) -> None:
        class Watched(MemoryFeedStore):
            """Notes whether the memory trusted the views when they were written again."""

            trusted: ClassVar[list[bool]] = []

            async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
                self.trusted.append(scene.recent.views_reach)
                await super().write(posts, timeout=timeout)

        scene = Scene()
        scene.store = watched = Watched()

        async def main() -> None:
            running = scene.start()
            await scene.write(30)
            scene.recent.floor = 20  # as if it had forgotten that much
            watched.trusted.clear()
            watched.empty("feeds")
            await asyncio.sleep(5)
            assert watched.trusted == [False]
            assert scene.recent.views_reach
            await scene.check_whole()
            await stop(running)

        run(main())

    def test_by_one_of_several_instances_are_told_to_all(self) -> None:
        async def story(scene: Scene) -> None:
            standbys = [scene.start(leads=False) for _ in range(2)]
            await scene.write(300)
            scene.store.empty("posts")
            await asyncio.sleep(10)
            await scene.check_whole()
            assert scene.store.writes <= 600 + 2 * 256  # whoever is second finds it done
            await stop(standbys[0])
            await stop(standbys[1])

        play(story)


@pytest.mark.parametrize("seed", range(8))
def test_a_mark_never_speaks_for_rows_that_are_gone(seed: int) -> None:
    """Whenever it happens: between a write and its advance, too."""
    random.seed(seed)  # pauses between tries are shortened by chance, which other tests have used

    async def main() -> None:
        scene, disk = Scene(), Disk(seed)
        running = []
        for leads in (True, False):
            scene.store = Connection(disk)
            running.append(scene.start(leads=leads))
        for _ in range(20):
            await scene.write(disk.dice.randrange(1, 30))
        disk.mishaps_left = 0
        await asyncio.sleep(60)
        await scene.check_whole()
        assert disk.broken > 20
        for task in running:
            assert not task.done()
            await stop(task)

    run(main())


class Disk:
    """What the instances share, and what happens to it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.rows = Rows()
        self.mishaps_left = 100
        self.broken = 0
        self.restarts = 0
        self._copies: list[Rows] = []

    def mishap(self) -> None:
        """Now and then a copy is taken, a view is emptied, or a copy is put back."""
        if self.dice.random() < 0.1:
            self._copies.append(copy(self.rows))
        if not self.mishaps_left or self.dice.random() > 0.2:
            return
        self.mishaps_left -= 1
        self.broken += 1
        if self._copies and self.dice.random() < 0.5:
            self.rows = copy(self.dice.choice(self._copies))
            self.restarts += 1  # nobody replaces the files of a server that runs
        else:
            view = self.dice.choice(["posts", "feeds"])
            getattr(self.rows, view).clear()
            self.rows.marks.pop(view, None)

    def check(self) -> None:
        for view, mark in self.rows.marks.items():
            # A post at each position from 2 on, each of them in the feed of the tag.
            lines = self.rows.feeds.get(tag_feed("fox"), set())
            refs = lines if view == "feeds" else [post.ref for post in self.rows.posts.values()]
            held = {ref.created_position for ref in refs}
            assert held >= set(range(2, mark.reach + 1)), view


class Connection(MemoryFeedStore):
    """One instance's way to the disk, which a restart breaks."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self._disk = disk
        self._restarts = disk.restarts

    async def marks(self, *, timeout: float) -> Marks:
        await self._connected()
        found = await super().marks(timeout=timeout)
        self._disk.check()
        return found

    async def begin(self, views: Collection[str], found: Marks, *, timeout: float) -> None:
        await self._connected()
        await super().begin(views, found, timeout=timeout)

    async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
        await self._connected()
        await super().write(posts, timeout=timeout)

    async def advance(self, known: Marks, position: int, *, timeout: float) -> bool:
        await self._connected()
        moved = await super().advance(known, position, timeout=timeout)
        self._disk.check()
        return moved

    async def _connected(self) -> None:
        await asyncio.sleep(self._disk.dice.random())
        self._disk.mishap()
        self.rows = self._disk.rows
        if self._restarts != self._disk.restarts:
            self._restarts = self._disk.restarts
            raise HistoryUnavailable("The connection was lost.")


def rebuilds(view: str, cause: str) -> float:
    labels = {"view": view, "cause": cause}
    return REGISTRY.get_sample_value("kanvas_timeline_views_rebuilds_total", labels) or 0.0
