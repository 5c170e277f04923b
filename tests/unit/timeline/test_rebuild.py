"""All views made anew beside those that serve, while people post and read."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from copy import copy

import pytest
from prometheus_client import REGISTRY

from kanvas_platform.kafka.records import codec
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.adapters.serving_views import ServingViews
from kanvas_timeline.domain.generations import FIRST, Generations
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.domain.marks import reach
from kanvas_timeline.entrypoints.audit import EQUAL, audit
from kanvas_timeline.entrypoints.rebuild import DONE, NOT_DONE, give_up, rebuild
from kanvas_timeline.filling import Filling
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.list_feeds import PageRequest, list_global_feed
from kanvas_timeline.materialiser import Materialiser
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.testing.memory_store import VIEWS
from kanvas_timeline.testing.memory_tables import MemoryTables
from kanvas_timeline.testing.world import World

POSTS = 60
SMALL = 4_000
"""Memory for some ten posts: the rest is read from the views."""


class Scene:
    """An instance with little memory, its log and its views.

    The posts are made elsewhere, and may come while something else runs.
    """

    def __init__(self) -> None:
        self.world = World()
        self.instance = World(recent_bytes=SMALL)
        self.cluster = MemoryCluster()
        self.tables = MemoryTables()
        broker = MemoryBroker(cluster=self.cluster)
        self.views = ServingViews(
            self.tables.open,
            fill=lambda store: Filling(broker, store, LoopClock()).run(),
            clock=LoopClock(),
        )
        self.sources = Sources(replica=self.instance.log, store=self.views, clock=LoopClock())
        self.lines: list[str] = []
        self.say: Callable[[str], None] = self.lines.append
        self.walks = 0
        self._author = self.world.account()
        self._shown = 0
        leadership = Leadership()
        leadership.change(leads=True)
        self._materialiser = Materialiser(
            broker=broker,
            views=self.views,
            recent=self.instance.state.recent,
            leadership=leadership,
            clock=LoopClock(),
        )
        self._running = [
            asyncio.create_task(part.run()) for part in (self.views, self._materialiser)
        ]
        self.post(POSTS)

    def post(self, number: int = 1) -> None:
        for _ in range(number):
            self.world.post(self._author, caption="A red #fox.")
        for item in self.world.log.written[self._shown :]:
            if item.topic == FEED.topic:
                self.instance.log.fold(item)
                out = codec.encode(FEED, item.key, "kanvas.feed.test.v1", item.record, "")
                self.cluster.put(out.topic, out.key, out.value, out.headers)
        self._shown = len(self.world.log.written)

    @property
    def posts(self) -> int:
        """How many posts there are."""
        return sum(item.key.startswith("post:") for item in self.world.log.written)

    async def walk(self) -> list[tuple[str, int]]:
        """Return all posts with their positions, page by page."""
        found: list[tuple[str, int]] = []
        cursor = ""
        while True:
            page = await list_global_feed(
                None, PageRequest(30, cursor, 0), sources=self.sources, timeout=5.0
            )
            found += [(view.post.id, view.created_position) for view in page.posts]
            cursor = page.next_cursor
            if not cursor:
                return found

    async def use(self) -> None:
        """Post and read for as long as nobody says stop; no page is short, none is refused."""
        while True:
            self.post()
            await asyncio.sleep(2.0)
            assert len(await self.walk()) == self.posts
            self.walks += 1

    async def rebuild(self, *, records_per_second: int = 1_000) -> int:
        return await rebuild(
            broker=MemoryBroker(cluster=self.cluster),
            tables=self.tables,
            clock=LoopClock(),
            records_per_second=records_per_second,
            say=self.say,
        )

    async def check(self) -> None:
        """Prove that the generation that serves holds all that the log says."""
        result = await audit(
            broker=MemoryBroker(cluster=self.cluster),
            views=self.views,
            clock=LoopClock(),
            records_per_second=10_000,
            say=self.say,
        )
        assert result == EQUAL, self.lines

    async def stop(self) -> None:
        for task in self._running:
            await stop(task)


def losses_told() -> float:
    """Return how many views operators were told to be lost; new ones are none of these."""
    return sum(
        REGISTRY.get_sample_value(
            "kanvas_timeline_views_rebuilds_total", {"view": view, "cause": cause}
        )
        or 0.0
        for view in VIEWS
        for cause in ("emptied", "replaced", "behind")
    )


async def stop(task: asyncio.Task[object]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):  # canceled the line before
        await task


def play(story: Callable[[Scene], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        scene = Scene()
        try:
            await asyncio.sleep(10)
            await story(scene)
        finally:
            await scene.stop()

    run(main())


def test_answers_are_the_same_and_no_read_is_refused_meanwhile() -> None:
    async def story(scene: Scene) -> None:
        before = await scene.walk()
        first = await list_global_feed(
            None, PageRequest(40, "", 0), sources=scene.sources, timeout=5.0
        )
        using = asyncio.create_task(scene.use())
        lost = losses_told()
        assert await scene.rebuild(records_per_second=30) == DONE
        assert not using.done(), using.exception()
        await stop(using)
        assert scene.walks > 10
        assert scene.tables.told == Generations(serving=2)
        assert scene.tables.rows.keys() == {1, 2}
        assert not scene.tables.rows[FIRST].posts
        assert (await scene.walk())[-len(before) :] == before
        rest = await list_global_feed(
            None, PageRequest(100, first.next_cursor, 0), sources=scene.sources, timeout=5.0
        )
        assert [(view.post.id, view.created_position) for view in rest.posts] == before[40:]
        await asyncio.sleep(3)
        await scene.check()
        assert losses_told() == lost

    play(story)


def test_says_how_far_it_is_and_goes_no_faster_than_it_may() -> None:
    async def story(scene: Scene) -> None:
        began = LoopClock().monotonic()
        assert await scene.rebuild(records_per_second=5) == DONE
        assert LoopClock().monotonic() - began > POSTS / 5
        assert scene.lines[0] == "Making generation 2; 1 serves."
        assert any(line.startswith("Written up to position") for line in scene.lines[1:])
        assert scene.lines[-1] == "Generation 1 is gone. Done."

    play(story)


def test_after_the_loss_of_everything() -> None:
    async def story(scene: Scene) -> None:
        before = await scene.walk()
        scene.tables.lose(FIRST)
        assert await scene.rebuild() == DONE
        await asyncio.sleep(3)
        assert await scene.walk() == before
        await scene.check()

    play(story)


def test_what_lies_there_from_an_earlier_time_is_taken_away_first() -> None:
    async def story(scene: Scene) -> None:
        before = await scene.walk()
        scene.tables.rows[2] = copy(scene.tables.rows[FIRST])
        post_id, _ = before[10]
        del scene.tables.rows[2].posts[post_id]
        assert await scene.rebuild() == DONE
        await asyncio.sleep(3)
        assert await scene.walk() == before

    play(story)


def test_one_after_the_other() -> None:
    async def story(scene: Scene) -> None:
        before = await scene.walk()
        for generation in (2, 3, 4):
            assert await scene.rebuild() == DONE
            assert scene.tables.told == Generations(serving=generation)
            await asyncio.sleep(3)
            assert await scene.walk() == before
        assert scene.tables.rows.keys() == {1, 4}

    play(story)


@pytest.mark.parametrize("seed", range(4))
def test_ended_at_any_moment_and_run_again(seed: int) -> None:
    async def story(scene: Scene) -> None:
        dice = random.Random(seed)
        before = await scene.walk()
        using = asyncio.create_task(scene.use())
        for _ in range(4):
            running = asyncio.create_task(scene.rebuild(records_per_second=20))
            await asyncio.sleep(dice.uniform(0, 30))
            await stop(running)
        while scene.tables.told is None or scene.tables.told != scene.tables.told.settled():
            assert await scene.rebuild() == DONE
        assert not using.done(), using.exception()
        await stop(using)
        await asyncio.sleep(3)
        assert scene.tables.told.serving > FIRST
        assert (await scene.walk())[-len(before) :] == before
        await scene.check()

    play(story)


def befall(tables: MemoryTables, what: str) -> None:
    """Let a mishap happen to the database, if it can."""
    serving = (tables.told or Generations()).serving
    match what:
        case "down":
            tables.down = not tables.down
        case "view" if serving in tables.rows:
            tables.rows[serving].posts.clear()
            tables.rows[serving].marks.pop("posts", None)
        case "keyspace" if serving in tables.rows:
            tables.lose(serving)
        case "row" if FIRST in tables.rows:
            tables.lose(FIRST)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_lost_and_killed_meanwhile_all_is_there_in_the_end(seed: int) -> None:
    async def story(scene: Scene) -> None:
        dice, tables = random.Random(seed), scene.tables
        random.seed(seed)  # pauses between tries are shortened by chance
        running = asyncio.create_task(scene.rebuild(records_per_second=20))
        for _ in range(40):
            scene.post(dice.randrange(4))
            await asyncio.sleep(dice.uniform(0, 15))
            what = dice.choice(["run", "run", "kill", "down", "view", "keyspace", "row"])
            if what == "run" and running.done():
                running = asyncio.create_task(scene.rebuild(records_per_second=20))
            elif what == "kill":
                await stop(running)
            else:
                befall(tables, what)
        tables.down = False
        await stop(running)
        for _ in range(2):  # what `migrate` does, before and after instances have noted the row
            for generation in (FIRST, (tables.told or Generations()).serving):
                await tables.make(generation)
            await asyncio.sleep(120)
        assert len(await scene.walk()) == scene.posts
        await scene.check()

    play(story)


def test_goes_on_at_the_position_that_was_reached() -> None:
    async def story(scene: Scene) -> None:
        scene.post(600)
        await asyncio.sleep(5)
        running = asyncio.create_task(scene.rebuild(records_per_second=50))
        await asyncio.sleep(8)
        await stop(running)
        marks = scene.tables.rows[2].marks
        reached = reach(marks)
        assert 0 < reached < scene.world.log.position
        scene.lines.clear()
        assert await scene.rebuild() == DONE
        assert scene.lines[0] == "Going on with generation 2; 1 serves."
        assert {view: mark.life for view, mark in scene.tables.rows[2].marks.items()} == {
            view: mark.life for view, mark in marks.items()
        }

    play(story)


def test_killed_after_the_switch_and_never_run_again() -> None:
    """Each instance writes what the new generation lacks, before it reads there."""

    async def story(scene: Scene) -> None:
        using = asyncio.create_task(scene.use())
        switched = asyncio.Event()

        def say(line: str) -> None:
            if line == "Generation 2 serves. 1 is left for now.":
                switched.set()

        scene.say = say
        running = asyncio.create_task(scene.rebuild())
        await switched.wait()
        await stop(running)
        await asyncio.sleep(30)
        assert not using.done(), using.exception()
        await stop(using)
        assert scene.tables.rows[2].posts.keys() > scene.tables.rows[FIRST].posts.keys()
        await scene.check()

    play(story)


def test_given_up_leaves_what_serves() -> None:
    async def story(scene: Scene) -> None:
        before = await scene.walk()
        running = asyncio.create_task(scene.rebuild(records_per_second=1))
        await asyncio.sleep(5)
        assert scene.tables.told == Generations(serving=1, building=2)
        assert 2 in scene.tables.rows
        await stop(running)
        given_up = give_up(tables=scene.tables, clock=LoopClock(), say=scene.lines.append)
        assert await given_up == DONE
        assert scene.tables.rows.keys() == {1}
        assert scene.tables.told == Generations()
        assert await scene.walk() == before
        again = give_up(tables=scene.tables, clock=LoopClock(), say=scene.lines.append)
        assert await again == NOT_DONE
        assert scene.lines[-1] == "No rebuild is under way."

    play(story)


def test_one_that_was_given_up_by_somebody_else_does_not_switch() -> None:
    async def story(scene: Scene) -> None:
        running = asyncio.create_task(scene.rebuild(records_per_second=10))
        await asyncio.sleep(4)
        scene.tables.told = Generations()
        assert await running == NOT_DONE
        assert scene.tables.told == Generations()
        assert scene.lines[-1].startswith("Another rebuild is at work, or was given up.")

    play(story)
