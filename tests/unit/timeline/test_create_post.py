"""Publishing: the first answer, repeats, and when no more posts are taken."""

import pytest

from kanvas.timeline.v1.service_pb2 import CreatePostRequest, PostView
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_timeline.create_post import create_post
from kanvas_timeline.errors import PostUnknown, ViewsBehind
from kanvas_timeline.testing.make import create_request, numbered_id
from kanvas_timeline.testing.world import World


async def publish(world: World, author: str, request: CreatePostRequest) -> tuple[PostView, int]:
    return await create_post(
        request, author, commands=world.log, sources=world.sources, timeout=1.0
    )


async def test_answers_with_the_post_and_its_position() -> None:
    world = World()
    author = world.account("ada")

    view, position = await publish(world, author, create_request(world.new_id(), world.new_id()))

    assert position == view.created_position == world.log.position
    assert (view.post.author.handle, view.like_count, view.liked) == ("ada", 0, False)


async def test_a_repeat_gets_the_first_position_and_the_present_likes() -> None:
    world = World()
    author = world.account()
    request = create_request(world.new_id(), world.new_id())
    first, position = await publish(world, author, request)
    world.like(author, first.post.id)

    again, same = await publish(world, author, request)

    assert same == position
    assert again.post == first.post
    assert again.like_count == 1


async def test_a_repeat_under_another_command_id_is_answered_alike() -> None:
    world = World()
    author = world.account()
    request = create_request(world.new_id(), world.new_id())
    first = await publish(world, author, request)
    world.post(author)
    request.command_id = world.new_id()

    assert await publish(world, author, request) == first


async def test_a_repeat_after_the_post_was_deleted_says_so() -> None:
    world = World()
    author = world.account()
    request = create_request(world.new_id(), world.new_id())
    await publish(world, author, request)
    world.delete(author, request.post_id)

    with pytest.raises(PostUnknown):
        await publish(world, author, request)


async def test_the_fingerprint_covers_all_but_the_command_id() -> None:
    contents = []

    class Recording:
        leads = True

        def __init__(self, world: World) -> None:
            self._world = world

        async def submit(self, command: Command, timeout: float) -> Receipt:
            contents.append(command.content)
            return self._world.log.commit(command)

    for caption, command_id in (("a", 1), ("a", 2), ("b", 2)):
        world = World()
        author, commands = world.account(), Recording(world)
        request = create_request(numbered_id(command_id), numbered_id(3), caption=caption)
        await create_post(request, author, commands=commands, sources=world.sources, timeout=1.0)

    assert contents[0] == contents[1] != contents[2]


class TestWhileTheViewsAreAway:
    @pytest.fixture
    def world(self) -> World:
        world = World(recent_bytes=10_000)
        self.author = world.account()
        world.store.down = True
        return world

    def test_posts_are_taken_until_the_memory_is_full(self, world: World) -> None:
        while not world.state.recent.full:
            world.post(self.author)
        with pytest.raises(ViewsBehind) as caught:
            world.post(self.author)
        assert caught.value.retry_after > 0
        assert world.state.recent.floor == 0  # nothing was forgotten meanwhile

        world.store.down = False
        world.materialise()
        world.delete(self.author, next(iter(world.state.posts)))
        world.post(self.author)

    async def test_an_id_older_than_the_memory_is_taken(self, world: World) -> None:
        world.store.down = False
        for _ in range(15):
            world.post(self.author)
            world.materialise()
        world.store.down = True
        assert world.state.recent.floor > 0
        old = create_request(world.new_id(), numbered_id(99, at=world.clock.now() - 3600))
        await publish(world, self.author, old)
