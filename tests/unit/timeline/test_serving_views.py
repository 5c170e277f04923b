"""Which generation an instance reads and writes, and how it comes from one to another."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

import pytest

from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.adapters.serving_views import LEAVE_SECONDS, ServingViews
from kanvas_timeline.domain.generations import FIRST, Generations
from kanvas_timeline.domain.marks import Mark
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.testing.memory_store import VIEWS
from kanvas_timeline.testing.memory_tables import MemoryTables

SECONDS = 1.0


class Scene:
    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.filled: list[FeedStore] = []
        self.views = ServingViews(self.tables.open, fill=self.fill, clock=LoopClock())
        self.write(FIRST, 100)

    async def fill(self, store: FeedStore) -> None:
        """Note which generation is filled, and for how long."""
        self.filled.append(store)
        try:
            await asyncio.Event().wait()
        finally:
            self.filled.remove(store)

    def write(self, generation: int, reach: int) -> None:
        """Let a generation say that it holds everything up to a position."""
        for view in VIEWS:
            self.tables.rows[generation].marks[view] = Mark(f"life of {generation}", reach)

    async def switch(self, generation: int) -> None:
        await self.tables.make(generation)
        self.tables.told = Generations(serving=generation, retiring=FIRST)

    async def life(self) -> str:
        marks = await self.views.serving.marks(timeout=SECONDS)
        return "none" if marks["posts"] is None else marks["posts"].life


def play(story: Callable[[Scene], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        scene = Scene()
        running = asyncio.create_task(scene.views.run())
        try:
            await story(scene)
            assert not running.done()
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):  # canceled the line before
                await running

    run(main())


def test_none_serves_before_it_is_known_which() -> None:
    async def story(scene: Scene) -> None:
        scene.tables.lose(FIRST)
        with pytest.raises(HistoryUnavailable):
            _ = scene.views.serving
        await asyncio.sleep(10)
        with pytest.raises(HistoryUnavailable):
            _ = scene.views.serving
        await scene.tables.make(FIRST)
        await asyncio.sleep(2)
        assert await scene.life() == "none"

    play(story)


def test_the_first_one_serves_where_no_row_says_another() -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(2)
        assert await scene.life() == "life of 1"
        assert scene.tables.told is None

    play(story)


def test_the_first_one_serves_after_the_loss_of_everything() -> None:
    async def story(scene: Scene) -> None:
        await scene.switch(2)
        scene.write(2, 100)
        await asyncio.sleep(5)
        scene.tables.lose(2)
        scene.tables.lose(FIRST)
        await asyncio.sleep(60)
        await scene.tables.make(FIRST)
        await asyncio.sleep(5)
        assert await scene.life() == "none"
        assert scene.tables.told is None

    play(story)


def test_another_one_is_taken_once_it_reaches_as_far() -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(2)
        await scene.switch(2)
        scene.write(2, 99)
        await asyncio.sleep(10)
        assert await scene.life() == "life of 1"
        scene.write(2, 100)
        await asyncio.sleep(2)
        assert await scene.life() == "life of 2"

    play(story)


def test_one_that_does_not_reach_as_far_is_filled_until_it_does() -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(2)
        await scene.switch(2)
        scene.write(2, 99)
        await asyncio.sleep(300)
        assert await scene.life() == "life of 1"
        (filled,) = scene.filled
        assert (await filled.marks(timeout=SECONDS))["posts"] == Mark("life of 2", 99)
        scene.write(2, 100)
        await asyncio.sleep(2)
        assert scene.filled == []

    play(story)


def test_one_that_is_named_no_more_is_not_waited_for() -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(2)
        await scene.switch(2)
        await asyncio.sleep(5)
        await scene.switch(3)
        scene.write(3, 100)
        await asyncio.sleep(5)
        assert await scene.life() == "life of 3"
        assert scene.filled == []

    play(story)


def test_one_takes_the_place_of_what_is_lost_at_once() -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(2)
        scene.tables.rows[FIRST].marks.clear()
        await scene.switch(2)
        scene.write(2, 1)
        await asyncio.sleep(2)
        assert await scene.life() == "life of 2"

    play(story)


def test_nothing_is_taken_that_does_not_answer() -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(2)
        await scene.switch(2)
        del scene.tables.rows[2]
        scene.tables.rows[FIRST].marks.clear()
        await asyncio.sleep(60)
        assert await scene.life() == "none"
        await scene.tables.make(2)
        scene.write(2, 1)
        await asyncio.sleep(2)
        assert await scene.life() == "life of 2"

    play(story)


def test_who_has_begun_with_one_may_go_on_with_it_for_a_while() -> None:
    async def story(scene: Scene) -> None:
        for generation in (2, 3):
            await scene.switch(generation)
            scene.write(generation, 100 + generation)
            await asyncio.sleep(5)
            assert await scene.life() == f"life of {generation}"
            if generation == 2:
                begun = scene.views.serving
        await asyncio.sleep(LEAVE_SECONDS - 10)
        assert (await begun.marks(timeout=SECONDS))["posts"] == Mark("life of 2", 102)
        await asyncio.sleep(20)
        with pytest.raises(HistoryUnavailable):
            await begun.marks(timeout=SECONDS)

    play(story)


def test_the_one_that_serves_goes_on_while_the_row_cannot_be_read_and_makes_it_again() -> None:
    async def story(scene: Scene) -> None:
        await scene.switch(2)
        scene.write(2, 100)
        await asyncio.sleep(5)
        scene.tables.lose(FIRST)
        await asyncio.sleep(300)
        assert await scene.life() == "life of 2"
        await scene.tables.make(FIRST)
        await asyncio.sleep(5)
        assert await scene.life() == "life of 2"
        assert scene.tables.told == Generations(serving=2)

    play(story)
