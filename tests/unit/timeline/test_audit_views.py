"""Auditing the log of a small world: the sampler of an instance, and the operator's command."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress

import pytest
from prometheus_client import REGISTRY

from kanvas_platform.kafka.records import codec
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.audit_sampler import AuditSampler
from kanvas_timeline.domain.feeds import PUBLIC
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.domain.marks import Mark, Marks
from kanvas_timeline.domain.posts import Ref
from kanvas_timeline.entrypoints.audit import DIFFERENT, EQUAL, UNDECIDED, audit
from kanvas_timeline.testing.memory_store import MemoryFeedStore
from kanvas_timeline.testing.world import World

POSTS = 280
"""More than one stretch of the command."""
REMOVED = 10


class Scene:
    """A log whose records are all in the views, until something is done to those."""

    def __init__(self, posts: int = POSTS) -> None:
        self.world = World()
        self.cluster = MemoryCluster()
        self.store = self.world.store
        self.lines: list[str] = []
        author = self.world.account()
        self.posts = [self.world.post(author, caption="A red #fox.") for _ in range(posts)]
        for post_id in self.posts[10 : 10 + REMOVED]:
            self.world.delete(author, post_id)
        self.world.materialise()
        for item in self.world.log.written:
            if item.topic == FEED.topic:
                out = codec.encode(FEED, item.key, "kanvas.feed.test.v1", item.record, "")
                self.cluster.put(out.topic, out.key, out.value, out.headers)

    def poison(self) -> None:
        self.cluster.put(FEED.topic, b"post:x", b"\xff", ())

    async def audit(self, *, records_per_second: int = 10_000) -> int:
        return await audit(
            broker=MemoryBroker(cluster=self.cluster),
            views=self.store,
            clock=LoopClock(),
            records_per_second=records_per_second,
            say=self.lines.append,
        )

    async def sample(self, seconds: float) -> None:
        sampler = AuditSampler(
            broker=MemoryBroker(cluster=self.cluster),
            views=self.store,
            clock=LoopClock(),
            seconds=10.0,
        )
        running = asyncio.create_task(sampler.run())
        await asyncio.sleep(seconds)
        assert not running.done()
        running.cancel()
        with suppress(asyncio.CancelledError):  # canceled the line before
            await running


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"kanvas_audit_{name}_total", labels) or 0.0


class TestCommand:
    def test_finds_no_difference_where_there_is_none(self) -> None:
        async def main() -> None:
            scene = Scene()
            scene.poison()
            assert await scene.audit() == EQUAL
            end = scene.world.log.position
            assert scene.lines == [
                f"Compared {POSTS + REMOVED} records about posts, up to position {end}.",
                "Result: no difference.",
            ]

        run(main())

    def test_names_each_difference_but_no_tag(self) -> None:
        async def main() -> None:
            scene = Scene()
            lost, unlisted = (scene.store.rows.posts[scene.posts[n]].ref for n in (100, 200))
            del scene.store.rows.posts[lost.post_id]
            scene.store.rows.feeds["tag:fox"].remove(unlisted)
            foreign = Ref(250, scene.world.new_id(), lost.author_id)
            scene.store.rows.feeds[PUBLIC].remove(
                next(ref for ref in scene.store.rows.feeds[PUBLIC] if ref.created_position == 250)
            )
            scene.store.rows.feeds[PUBLIC].add(foreign)

            assert await scene.audit() == DIFFERENT
            text = "\n".join(scene.lines)
            assert f"missing: post {lost.post_id} of account {lost.author_id}, created at" in text
            assert f"missing: post {unlisted.post_id} of" in text
            assert f"extra: post {foreign.post_id} of" in text
            assert "Result: 4 differences (1 extra, 3 missing)." in scene.lines
            assert "in the feed tag" in text
            assert "fox" not in text

        run(main())

    def test_an_empty_log_differs_from_nothing(self) -> None:
        async def main() -> None:
            scene = Scene(0)
            scene.cluster = MemoryCluster()
            assert await scene.audit() == EQUAL

        run(main())

    def test_what_the_views_have_not_reached_is_no_difference_but_undecided(self) -> None:
        async def main() -> None:
            scene = Scene()
            rows = scene.store.rows
            rows.marks["feeds"] = Mark(rows.marks["feeds"].life, 200)
            lines = rows.feeds[PUBLIC]
            rows.feeds[PUBLIC] = {ref for ref in lines if ref.created_position <= 200}
            assert await scene.audit() == UNDECIDED
            assert "Result: no difference." in scene.lines
            assert scene.lines[-1].startswith("The views have not reached position")

        run(main())

    def test_a_lost_view_is_undecided(self) -> None:
        async def main() -> None:
            scene = Scene()
            scene.store.empty("posts")
            assert await scene.audit() == UNDECIDED
            assert scene.lines == [
                "The views cannot be read: A view is lost, and nobody writes it again yet."
            ]

        run(main())

    def test_waits_for_views_that_are_down_and_gives_up_after_a_minute(self) -> None:
        async def main() -> None:
            scene = Scene()
            scene.store.down = True
            asyncio.get_running_loop().call_later(30.0, setattr, scene.store, "down", False)
            assert await scene.audit() == EQUAL
            scene.store.down = True
            assert await scene.audit() == UNDECIDED
            assert scene.lines[-1].startswith("The views cannot be read: ")

        run(main())

    def test_goes_no_faster_than_it_may_and_tells_how_far_it_is(self) -> None:
        async def main() -> None:
            scene = Scene()
            began = LoopClock().monotonic()
            assert await scene.audit(records_per_second=20) == EQUAL
            records = scene.world.log.position
            assert LoopClock().monotonic() - began == pytest.approx(records / 20, abs=0.5)
            assert [line.partition(":")[0] for line in scene.lines[:-2]] == ["100%"]

        run(main())


class TestSampler:
    def test_finds_nothing_where_there_is_nothing(self) -> None:
        async def main() -> None:
            before, failed = value("records"), value("failures")
            found = [value("differences", difference=kind) for kind in ("missing", "extra")]
            await Scene().sample(300)
            assert value("records") > before
            assert value("failures") == failed
            assert [value("differences", difference=k) for k in ("missing", "extra")] == found

        run(main())

    def test_counts_what_it_finds(self) -> None:
        async def main() -> None:
            scene = Scene()
            scene.store.rows.posts.clear()  # and the mark stands
            before = value("differences", difference="missing")
            await scene.sample(300)
            assert value("differences", difference="missing") > before

        run(main())

    def test_goes_on_after_what_fails(self) -> None:
        async def main() -> None:
            scene = Scene()
            scene.poison()
            scene.store.down = True
            failed, before = value("failures"), value("records")
            await scene.sample(100)
            assert value("failures") > failed
            assert value("records") == before
            scene.store.down = False
            await scene.sample(100)
            assert value("records") > before

        run(main())

    def test_takes_a_loss_for_no_difference(self) -> None:
        scene = Scene()
        whole = scene.store.copy()

        class Losing(MemoryFeedStore):
            """Is emptied between the marks and the lines of each sample."""

            async def newest(
                self, feeds: Collection[str], before: int, limit: int, *, timeout: float
            ) -> Sequence[Ref]:
                self.empty("feeds")
                return await super().newest(feeds, before, limit, timeout=timeout)

            async def marks(self, *, timeout: float) -> Marks:
                found = await super().marks(timeout=timeout)
                self.restore(whole)
                return found

        async def main() -> None:
            scene.store = Losing()
            scene.store.restore(whole)
            found, failed = value("differences", difference="missing"), value("failures")
            await scene.sample(100)
            assert value("failures") > failed
            assert value("differences", difference="missing") == found

        run(main())
