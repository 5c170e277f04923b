"""Reading one post: found on any instance at once, hidden from whom it must be."""

import pytest

from kanvas_platform.errors import InvalidArgument
from kanvas_timeline.create_post import create_post
from kanvas_timeline.errors import HistoryUnavailable, PostUnknown
from kanvas_timeline.get_post import get_post
from kanvas_timeline.testing.make import FOLLOWERS, create_request, numbered_id
from kanvas_timeline.testing.memory_log import MemoryLog
from kanvas_timeline.testing.world import World


async def read(world: World, post_id: str, reader: str | None = None) -> str:
    view, position = await get_post(post_id, reader, 0, sources=world.sources, timeout=1.0)
    assert position == world.log.position
    return view.post.id


async def test_from_memory_without_a_barrier() -> None:
    world = World()
    post_id = world.post(world.account())
    assert await read(world, post_id) == await read(world, post_id.upper()) == post_id
    assert world.log.barriers == 0


async def test_a_miss_waits_for_everything_committed_before_it() -> None:
    world = World()
    author = world.account()
    late = World()  # another instance, which has applied nothing yet

    class CatchingUp(MemoryLog):
        async def barrier(self, timeout: float) -> int:
            for written in world.log.written:
                self.fold(written)
            return await super().barrier(timeout)

    late.log = CatchingUp(late.state, late.clock)
    late.sources = type(late.sources)(replica=late.log, store=late.store, clock=late.clock)
    post_id = world.post(author)

    assert await read(late, post_id) == post_id


async def test_unknown_removed_and_out_of_sight_are_one_answer() -> None:
    world = World()
    ada, bob = world.account(), world.account()
    hidden = world.post(ada, visibility=FOLLOWERS)
    removed = world.post(ada)
    world.delete(ada, removed)
    messages = set()
    for post_id in (world.new_id(), hidden, removed):
        with pytest.raises(PostUnknown) as caught:
            await read(world, post_id, bob)
        messages.add(caught.value.message)
    assert len(messages) == 1
    assert await read(world, hidden, ada) == hidden


async def test_a_post_has_its_authors_present_name() -> None:
    world = World()
    ada = world.account("ada")
    post_id = world.post(ada)
    world.rename(ada, "Ada L.")
    view, _ = await get_post(post_id, None, 0, sources=world.sources, timeout=1.0)
    author = view.post.author
    assert (author.id, author.handle, author.display_name) == (ada, "ada", "Ada L.")
    assert author.version == 2


async def test_a_post_whose_author_is_not_known_keeps_the_name_of_its_record() -> None:
    world = World()
    ada = world.account("ada")
    post_id = world.post(ada)
    world.state.graph.accounts.discard(ada)
    view, _ = await get_post(post_id, None, 0, sources=world.sources, timeout=1.0)
    assert view.post.author.display_name == "Ada"


async def test_an_id_that_is_none() -> None:
    with pytest.raises(InvalidArgument):
        await read(World(), "fox")


class TestOldPosts:
    @pytest.fixture
    def world(self) -> World:
        world = World(recent_bytes=1_000)
        self.author = world.account()
        self.old_id = world.post(self.author)
        world.materialise()
        world.clock.advance(1000)
        world.post(self.author)
        assert self.old_id not in world.state.posts
        return world

    async def test_come_from_the_views(self, world: World) -> None:
        assert await read(world, self.old_id) == self.old_id
        assert world.log.barriers == 0

    async def test_have_their_authors_present_name(self, world: World) -> None:
        world.rename(self.author, "Ada L.")
        view, _ = await get_post(self.old_id, None, 0, sources=world.sources, timeout=1.0)
        assert view.post.author.display_name == "Ada L."

    async def test_not_applied_yet_wait_for_everything_committed(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ids are the callers' choice: one with an old time may be a post of this moment."""
        new_post = create_request(world.new_id(), numbered_id(77))

        async def catch_up(timeout: float) -> int:
            await create_post(
                new_post, self.author, commands=world.log, sources=world.sources, timeout=timeout
            )
            return world.log.position

        monkeypatch.setattr(world.log, "barrier", catch_up)
        assert await read(world, new_post.post_id) == new_post.post_id

    async def test_need_the_views(self, world: World) -> None:
        world.store.down = True
        with pytest.raises(HistoryUnavailable):
            await read(world, self.old_id)

    async def test_that_do_not_exist_need_no_views(self, world: World) -> None:
        world.store.down = True
        for number, post_id in enumerate((numbered_id(77), world.new_id()), start=1):
            with pytest.raises(PostUnknown):
                await read(world, post_id)
            assert world.log.barriers == number

    def test_can_be_liked_and_deleted_without_the_views(self, world: World) -> None:
        world.store.down = True
        assert world.like(self.author, self.old_id) == 1
        position = world.delete(self.author, self.old_id)
        assert position == world.log.position
        with pytest.raises(PostUnknown):
            world.like(self.author, self.old_id, liked=False)
