"""Which pictures no post shows. Each test reads like the rule."""

import asyncio

import pytest

from kanvas_platform.errors import InvalidArgument
from kanvas_timeline.find_unshown_pictures import PICTURES_MAX, find_unshown_pictures
from kanvas_timeline.testing.make import FOLLOWERS
from kanvas_timeline.testing.world import World

ONE, OTHER = "ab" * 32, "cd" * 32


def unshown(world: World, *sha256s: str) -> list[str]:
    return asyncio.run(find_unshown_pictures(sha256s, replica=world.log, timeout=1.0))


def test_a_picture_is_shown_while_a_post_shows_it_to_anybody() -> None:
    world = World(recent_bytes=1_000)
    ada = world.account("ada")
    assert unshown(world, ONE, OTHER) == [ONE, OTHER]
    posts = [world.post(ada, sha256=ONE, visibility=FOLLOWERS), world.post(ada, sha256=ONE)]
    world.materialise()
    assert unshown(world, ONE, OTHER) == [OTHER]
    world.delete(ada, posts[0])
    assert unshown(world, ONE, OTHER) == [OTHER]
    world.delete(ada, posts[1])
    assert unshown(world, ONE, OTHER) == [ONE, OTHER]


def test_what_was_committed_before_counts() -> None:
    world = World()
    unshown(world, ONE)
    assert world.log.barriers == 1


@pytest.mark.parametrize("sha256s", [["fox"], [ONE, ONE.upper()], [ONE] * (PICTURES_MAX + 1)])
def test_what_is_no_question_is_refused(sha256s: list[str]) -> None:
    with pytest.raises(InvalidArgument):
        unshown(World(), *sha256s)
