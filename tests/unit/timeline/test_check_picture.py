"""Who may see a picture: by the posts that show it. Each test reads like the rule."""

import pytest

from kanvas.feed.v1.records_pb2 import Visibility
from kanvas_platform.errors import InvalidArgument, NotFresh
from kanvas_timeline.check_picture import STRETCH, check_picture
from kanvas_timeline.domain.rules import PictureAccess
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.testing.make import FOLLOWERS, PUBLIC, SHA256
from kanvas_timeline.testing.memory_log import MemoryLog
from kanvas_timeline.testing.world import World

NOBODY = PictureAccess(None, public=False)
OTHER = "cd" * 32


class Scene:
    """Ada posts, Bob follows her, Eve does not."""

    def __init__(self, *, recent_bytes: int = 1 << 40) -> None:
        self.world = World(recent_bytes=recent_bytes)
        self.ada, self.bob, self.eve = (self.world.account(name) for name in ("ada", "bob", "eve"))
        self.world.follow(self.bob, self.ada)

    @property
    def people(self) -> list[str | None]:
        return [None, self.ada, self.bob, self.eve]

    def age(self) -> None:
        """Write all posts to the views; the memory has no room for them then."""
        self.world.materialise()
        self.world.clock.advance(1000)
        assert not self.world.state.posts


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def old() -> Scene:
    """Return a scene whose memory keeps nothing that the views have."""
    return Scene(recent_bytes=1_000)


def test_everybody_sees_the_picture_of_a_public_post(scene: Scene) -> None:
    scene.world.post(scene.ada)
    for reader in scene.people:
        assert scene.world.picture(reader) == PictureAccess(scene.ada, public=True)
    assert scene.world.log.barriers == 0


def test_only_followers_and_the_author_see_that_of_a_post_for_followers(scene: Scene) -> None:
    scene.world.post(scene.ada, visibility=FOLLOWERS)
    seen = PictureAccess(scene.ada, public=False)
    assert [scene.world.picture(reader) for reader in scene.people] == [NOBODY, seen, seen, NOBODY]
    scene.world.follow(scene.bob, scene.ada, active=False)
    assert scene.world.picture(scene.bob) == NOBODY


def test_a_block_hides_it_both_ways_and_from_nobody_else(scene: Scene) -> None:
    scene.world.post(scene.ada)
    scene.world.block(scene.ada, scene.bob)
    scene.world.block(scene.eve, scene.ada)
    for reader in (scene.bob, scene.eve):
        assert scene.world.picture(reader) == PictureAccess(None, public=True)
    assert scene.world.picture(None) == PictureAccess(scene.ada, public=True)


def test_nobody_sees_it_once_its_last_post_is_removed(scene: Scene) -> None:
    first, last = scene.world.post(scene.ada), scene.world.post(scene.bob)
    scene.world.delete(scene.ada, first)
    assert scene.world.picture(None) == PictureAccess(scene.bob, public=True)
    scene.world.delete(scene.bob, last)
    for reader in scene.people:
        assert scene.world.picture(reader) == NOBODY


@pytest.mark.parametrize("order", [(PUBLIC, FOLLOWERS), (FOLLOWERS, PUBLIC)])
def test_a_picture_of_a_public_post_and_of_one_for_followers_is_public(
    scene: Scene, order: tuple[Visibility.ValueType, ...]
) -> None:
    for visibility in order:
        scene.world.post(scene.ada, visibility=visibility)
    for reader in scene.people:
        found = scene.world.picture(reader)
        assert found.author_id is not None
        assert found.public


def test_a_picture_is_not_seen_by_the_post_of_another(scene: Scene) -> None:
    scene.world.post(scene.ada, sha256=OTHER)
    assert scene.world.picture(scene.bob) == NOBODY
    assert scene.world.picture(scene.bob, OTHER).public


@pytest.mark.parametrize("name", ["", "fox", "AB" * 32, "ab" * 33, f"{'ab' * 32}\n"])
def test_what_is_no_name(scene: Scene, name: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        scene.world.picture(None, name)
    assert [violation.field for violation in refused.value.violations] == ["sha256"]


def test_nothing_is_said_that_may_be_out_of_date(scene: Scene) -> None:
    scene.world.post(scene.ada)
    scene.world.log.fresh = False
    with pytest.raises(NotFresh):
        scene.world.picture(None)


async def test_a_miss_waits_for_everything_committed_before_it(scene: Scene) -> None:
    late = World()  # another instance, which has applied nothing yet

    class CatchingUp(MemoryLog):
        async def barrier(self, timeout: float) -> int:
            for written in scene.world.log.written:
                self.fold(written)
            return await super().barrier(timeout)

    late.log = CatchingUp(late.state, late.clock)
    late.sources = type(late.sources)(replica=late.log, store=late.store, clock=late.clock)
    scene.world.post(scene.ada, visibility=FOLLOWERS)
    found = await check_picture(SHA256, scene.bob, sources=late.sources, timeout=1.0)
    assert found == PictureAccess(scene.ada, public=False)


class TestOldPosts:
    def test_show_their_pictures_to_the_same_people(self, old: Scene) -> None:
        old.world.post(old.ada, visibility=FOLLOWERS)
        old.age()
        seen = PictureAccess(old.ada, public=False)
        assert [old.world.picture(reader) for reader in old.people] == [NOBODY, seen, seen, NOBODY]

    def test_show_them_no_more_once_they_are_removed(self, old: Scene) -> None:
        post = old.world.post(old.ada)
        old.age()
        assert old.world.picture(None).public
        old.world.delete(old.ada, post)  # the views do not know of it yet
        assert old.world.picture(None) == NOBODY

    def test_are_not_needed_where_a_new_one_shows_the_picture(self, old: Scene) -> None:
        old.world.post(old.ada)
        old.age()
        old.world.post(old.ada)
        old.world.store.down = True
        assert old.world.picture(None).public

    def test_are_needed_before_anybody_is_refused(self, old: Scene) -> None:
        old.world.post(old.ada, sha256=OTHER)
        old.age()
        old.world.store.down = True
        with pytest.raises(HistoryUnavailable):
            old.world.picture(None)

    def test_are_looked_through_to_the_last(self, scene: Scene) -> None:
        """Nobody takes a picture from the others by posts of their own that show it."""
        scene.world.post(scene.bob)
        for _ in range(2 * STRETCH + 1):
            scene.world.post(scene.ada, visibility=FOLLOWERS)
        assert scene.world.picture(None) == PictureAccess(scene.bob, public=True)
        assert scene.world.picture(scene.eve) == PictureAccess(scene.bob, public=True)
