"""Likes, and that they go with their post."""

import pytest

from kanvas.feed.v1.records_pb2 import ReactionRecord
from kanvas_platform.testing.memory_store import contents
from kanvas_timeline.domain.likes import GO_AT_ONCE
from kanvas_timeline.domain.logs import REACTIONS
from kanvas_timeline.testing.world import World


@pytest.fixture
def world() -> World:
    return World()


def entries(world: World) -> int:
    """Return how many likes the state holds, in both orders, with the numbers of likes."""
    return sum(key[:1] in (b"l", b"e", b"n") for key in contents(world.state.space))


def test_an_account_has_its_likes_the_newest_post_first(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    posts = [world.post(ada) for _ in range(4)]
    for post in posts:
        world.like(ben, post)
    world.like(ada, posts[1])
    world.like(ben, posts[2], liked=False)
    assert list(world.state.likes.of_account(ben)) == [posts[3], posts[1], posts[0]]
    assert list(world.state.likes.of_account(ben, below=posts[1])) == [posts[0]]


def test_nobody_likes_a_removed_post(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    post, other = world.post(ada), world.post(ada)
    for each in (post, other):
        world.like(ben, each)
    world.delete(ada, post)
    assert world.state.likes.count(post) == 0
    world.post(ada)
    assert not world.state.likes.has(post, ben)
    assert list(world.state.likes.of_account(ben)) == [other]
    assert entries(world) == 3


def test_the_likes_of_a_removed_post_leave_the_state_little_by_little(world: World) -> None:
    ada = world.account("ada")
    post = world.post(ada)
    for number in range(2 * GO_AT_ONCE):
        world.like(world.account(f"fan{number}"), post)
    assert entries(world) == 4 * GO_AT_ONCE + 1
    world.delete(ada, post)
    left = []
    for _ in range(4):
        left.append(entries(world))
        world.rename(ada, "Ada")
    assert left == [4 * GO_AT_ONCE, 2 * GO_AT_ONCE, 0, 0]


def test_a_like_that_is_read_after_the_removal_of_its_post_is_none(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    post = world.post(ada)
    world.delete(ada, post)
    late = ReactionRecord(post_id=post, account_id=ben, liked=True, like_count=1)
    world.state.apply(REACTIONS.topic, late)
    world.post(ada)
    assert entries(world) == 0
