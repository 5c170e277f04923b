"""What reads and commands answer while views are lost: never less than there is, and no 404."""

from collections.abc import Callable, Collection, Mapping, Sequence

import pytest

from kanvas_timeline.create_post import create_post
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.errors import HistoryUnavailable, PostExists, PostUnknown
from kanvas_timeline.get_post import get_post
from kanvas_timeline.list_feeds import PageRequest, list_global_feed
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.testing.make import create_request, numbered_id
from kanvas_timeline.testing.memory_store import MemoryFeedStore
from kanvas_timeline.testing.world import World, ids

SMALL = 5_000

Mishap = Callable[[MemoryFeedStore], None]


def posts_emptied(store: MemoryFeedStore) -> None:
    store.empty("posts")


def feeds_emptied(store: MemoryFeedStore) -> None:
    store.empty("feeds")


def all_emptied(store: MemoryFeedStore) -> None:
    for view in ("posts", "feeds"):
        store.empty(view)


class Scene:
    """Ten posts, of which the memory holds the last few."""

    def __init__(self) -> None:
        self.world = World(recent_bytes=SMALL)
        self.ada = self.world.account("ada")
        self.posts: list[str] = []
        self.copy: object = None
        for number in range(10):
            self.posts.append(self.world.post(self.ada))
            self.world.materialise()
            if number == 4:
                self.copy = self.world.store.copy()
        self.world.clock.advance(1_000)
        assert 0 < len(self.world.state.posts) < 5

    def older_copy(self, store: MemoryFeedStore) -> None:
        store.restore(self.copy)

    @property
    def in_memory(self) -> list[str]:
        held = self.world.state.posts
        return [post_id for post_id in self.posts[::-1] if post_id in held]


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture(params=["posts", "feeds", "all", "copy"])
def lost(scene: Scene, request: pytest.FixtureRequest) -> Scene:
    """Give the same, after a loss that the materialiser has not seen yet."""
    mishaps: Mapping[str, Mishap] = {
        "posts": posts_emptied,
        "feeds": feeds_emptied,
        "all": all_emptied,
        "copy": scene.older_copy,
    }
    mishaps[request.param](scene.world.store)
    return scene


def test_a_feed_goes_on_from_memory_and_does_not_end_there(lost: Scene) -> None:
    first = lost.world.everyone(None)
    assert ids(first) == lost.in_memory
    assert first.next_cursor
    for page in (lost.world.user(lost.ada, None), lost.world.home(lost.ada)):
        assert ids(page) == lost.in_memory
        assert page.next_cursor
    with pytest.raises(HistoryUnavailable) as caught:
        lost.world.everyone(None, cursor=first.next_cursor)
    assert caught.value.retry_after > 0


async def test_an_old_post_is_not_said_to_be_unknown(lost: Scene) -> None:
    with pytest.raises(HistoryUnavailable):
        await get_post(lost.posts[0], None, 0, sources=lost.world.sources, timeout=1.0)


async def test_a_post_that_never_was_is_said_to_be_unknown(lost: Scene) -> None:
    with pytest.raises(PostUnknown):
        await get_post(numbered_id(77), None, 0, sources=lost.world.sources, timeout=1.0)


async def test_commands_about_old_posts_are_taken(lost: Scene) -> None:
    world, old = lost.world, lost.posts[0]
    assert world.like(lost.ada, old) == 1
    again = create_request(world.new_id(), old)
    other = create_request(world.new_id(), old, caption="A blue fox.")
    with pytest.raises(PostExists):
        await create_post(other, lost.ada, commands=world.log, sources=world.sources, timeout=1.0)
    with pytest.raises(HistoryUnavailable):  # it was published, and cannot be shown now
        await create_post(again, lost.ada, commands=world.log, sources=world.sources, timeout=1.0)
    world.delete(lost.ada, old)
    with pytest.raises(PostUnknown):
        await get_post(old, None, 0, sources=world.sources, timeout=1.0)


async def test_what_lies_in_memory_is_served(lost: Scene) -> None:
    newest = lost.posts[-1]
    view, _ = await get_post(newest, None, 0, sources=lost.world.sources, timeout=1.0)
    assert view.post.id == newest
    lost.world.like(lost.ada, newest)
    lost.world.post(lost.ada)


async def test_everything_is_there_again_once_it_is_written(lost: Scene) -> None:
    lost.world.materialise()
    assert ids(lost.world.everyone(None)) == lost.posts[::-1]
    view, _ = await get_post(lost.posts[0], None, 0, sources=lost.world.sources, timeout=1.0)
    assert view.post.id == lost.posts[0]
    with pytest.raises(PostUnknown):
        await get_post(numbered_id(77), None, 0, sources=lost.world.sources, timeout=1.0)


class During(MemoryFeedStore):
    """Something happens while it answers, after the marks were looked at the first time."""

    def __init__(self, scene: Scene, mishap: Mishap) -> None:
        super().__init__()
        self.rows = scene.world.store.rows
        self._mishap: Mishap | None = mishap
        scene.world.store = self
        scene.world.sources = type(scene.world.sources)(
            replica=scene.world.log, store=self, clock=scene.world.clock
        )

    def happens(self) -> None:
        if self._mishap is not None:
            mishap, self._mishap = self._mishap, None
            mishap(self)

    async def newest(
        self, feeds: Collection[str], before: int, limit: int, *, timeout: float
    ) -> Sequence[Ref]:
        self.happens()
        return await super().newest(feeds, before, limit, timeout=timeout)

    async def posts(self, post_ids: Collection[str], *, timeout: float) -> Mapping[str, StoredPost]:
        self.happens()
        return await super().posts(post_ids, timeout=timeout)


@pytest.mark.parametrize("mishap", [posts_emptied, feeds_emptied, all_emptied])
async def test_a_loss_while_the_views_answer_is_seen(scene: Scene, mishap: Mishap) -> None:
    During(scene, mishap)
    assert ids(scene.world.everyone(None)) == scene.in_memory


async def test_an_older_copy_while_the_views_answer_is_seen(scene: Scene) -> None:
    During(scene, scene.older_copy)
    assert ids(scene.world.everyone(None)) == scene.in_memory


@pytest.mark.parametrize("mishap", [posts_emptied, all_emptied])
async def test_a_post_that_is_lost_while_it_is_looked_up_is_not_unknown(
    scene: Scene, mishap: Mishap
) -> None:
    During(scene, mishap)
    with pytest.raises(HistoryUnavailable):
        await get_post(scene.posts[0], None, 0, sources=scene.world.sources, timeout=1.0)


async def test_views_that_were_lost_and_written_again_meanwhile_are_not_believed(
    scene: Scene,
) -> None:
    """They reach far enough again, but what they answered before was of another life."""
    whole = scene.world.store.copy()

    class Again(During):
        async def newest(
            self, feeds: Collection[str], before: int, limit: int, *, timeout: float
        ) -> Sequence[Ref]:
            found = await super().newest(feeds, before, limit, timeout=timeout)
            self.restore(whole)
            marks = await self.marks(timeout=timeout)
            await self.begin(list(marks), marks, timeout=timeout)
            return found

    Again(scene, all_emptied)
    request = PageRequest(0, "", 0)
    page = await list_global_feed(None, request, sources=scene.world.sources, timeout=1.0)
    assert ids(page) == scene.in_memory
    assert page.next_cursor


class Switching:
    """Views of which another set, as whole as the first, serves as soon as that one is asked.

    Each set has its own lives, as the generations of a rebuild have.
    """

    def __init__(self, scene: Scene) -> None:
        self.sets = [self._Set(self), MemoryFeedStore()]
        for each in self.sets:
            each.restore(scene.world.store.copy())
        marks = self.sets[1].rows.marks
        marks.update({view: mark._replace(life=f"another {view}") for view, mark in marks.items()})
        self.serving: FeedStore = self.sets[0]

    class _Set(MemoryFeedStore):
        def __init__(self, views: "Switching") -> None:
            super().__init__()
            self._views = views

        async def newest(
            self, feeds: Collection[str], before: int, limit: int, *, timeout: float
        ) -> Sequence[Ref]:
            self._views.serving = self._views.sets[1]
            return await super().newest(feeds, before, limit, timeout=timeout)

        async def posts(
            self, post_ids: Collection[str], *, timeout: float
        ) -> Mapping[str, StoredPost]:
            self._views.serving = self._views.sets[1]
            return await super().posts(post_ids, timeout=timeout)


async def test_a_read_goes_on_with_the_set_that_served_when_it_began(scene: Scene) -> None:
    views = Switching(scene)
    sources = Sources(replica=scene.world.log, store=views, clock=scene.world.clock)
    for _ in range(2):  # from the first set, then from the other one
        view, _ = await get_post(scene.posts[0], None, 0, sources=sources, timeout=1.0)
        assert view.post.id == scene.posts[0]
        assert views.serving is views.sets[1]
    views.serving = views.sets[0]
    page = await list_global_feed(None, PageRequest(0, "", 0), sources=sources, timeout=1.0)
    assert ids(page) == scene.posts[::-1]
