"""What is checked before a command about one post."""

import pytest

from kanvas_platform.errors import InvalidArgument
from kanvas_timeline.delete_post import delete_post
from kanvas_timeline.like_post import set_like
from kanvas_timeline.target import Target, check_target
from kanvas_timeline.testing.world import World


def test_ids_become_canonical() -> None:
    world = World()
    command_id, post_id = world.new_id(), world.new_id()
    assert check_target(command_id.upper(), post_id.upper()) == Target(command_id, post_id)


async def test_every_bad_id_is_named_whatever_the_command() -> None:
    world = World()
    author = world.account()
    for command in (
        delete_post("fox", author, "hen", commands=world.log, timeout=1.0),
        set_like(
            "fox", author, "hen", liked=True, commands=world.log, sources=world.sources, timeout=1.0
        ),
    ):
        with pytest.raises(InvalidArgument) as caught:
            await command
        fields = [violation.field for violation in caught.value.violations]
        assert fields == ["command_id", "post_id"]
