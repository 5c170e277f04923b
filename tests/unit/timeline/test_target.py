"""What is checked and looked up before a command about one post."""

import pytest

from kanvas_platform.errors import InvalidArgument
from kanvas_timeline.delete_post import delete_post
from kanvas_timeline.like_post import set_like
from kanvas_timeline.reading.target import Target, find_target
from kanvas_timeline.testing.world import World


async def test_ids_become_canonical_and_the_memory_needs_no_lookup() -> None:
    world = World()
    post_id = world.post(world.account())
    command_id = world.new_id()
    world.store.down = True

    target = await find_target(
        command_id.upper(), post_id.upper(), world.sources, world.sources.deadline(1.0)
    )

    assert target == Target(command_id, post_id, old=None)


async def test_every_bad_id_is_named_whatever_the_command() -> None:
    world = World()
    author = world.account()
    for command in (
        delete_post("fox", author, "hen", commands=world.log, sources=world.sources, timeout=1.0),
        set_like(
            "fox", author, "hen", liked=True, commands=world.log, sources=world.sources, timeout=1.0
        ),
    ):
        with pytest.raises(InvalidArgument) as caught:
            await command
        fields = [violation.field for violation in caught.value.violations]
        assert fields == ["command_id", "post_id"]
