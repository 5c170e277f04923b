"""What of an erased account goes, by the commands that the eraser submits."""

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord, ReactionRecord, TrainingRecord
from kanvas.graph.v1.records_pb2 import (
    ACCOUNT_STATE_DELETING,
    ACCOUNT_STATE_ERASED,
    Account,
    AccountState,
    GraphRecord,
)
from kanvas_platform.eraser import KEYS_AT_ONCE
from kanvas_platform.kafka.contract import Command
from kanvas_timeline.domain.belongings import belongings
from kanvas_timeline.domain.commands import EraseBelongings
from kanvas_timeline.domain.decide import decide
from kanvas_timeline.domain.logs import FEED, REACTIONS, TRAINING
from kanvas_timeline.testing.make import FOLLOWERS
from kanvas_timeline.testing.world import World, ids

OTHER = "cd" * 32


@pytest.fixture
def world() -> World:
    return World()


def turn(world: World, account_id: str, state: AccountState.ValueType) -> None:
    world.copy(GraphRecord(account=Account(id=account_id, version=9, state=state)))


def erase(world: World, account_id: str) -> list[EraseBelongings]:
    """Do what social-graph and then the eraser do; return its commands."""
    turn(world, account_id, ACCOUNT_STATE_ERASED)
    commands = []
    while (body := belongings(world.state, account_id)) is not None:
        assert len(body.post_ids) + len(body.liked_ids) <= KEYS_AT_ONCE
        world.log.commit(Command("", "", body, b""))
        commands.append(body)
    return commands


def test_posts_go_and_what_was_handed_to_training_is_withdrawn(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    adas = [
        world.post(ada, caption="A #fox.", sha256=OTHER),
        world.post(ada, visibility=FOLLOWERS, train=True),
    ]
    bens = world.post(ben)
    world.delete(ada, world.post(ada))
    erase(world, ada)
    assert ids(world.everyone(None)) == [bens]
    assert list(world.state.posts_by.descending(ada)) == []
    newest = {record.post_removed.id or record.post.id: record for record in feed(world)}
    assert [newest[post_id].HasField("post_removed") for post_id in (*adas, bens)] == [
        True, True, False,
    ]  # fmt: skip
    trained = [one for one in world.log.records(TRAINING.topic) if isinstance(one, TrainingRecord)]
    assert [one.WhichOneof("state") for one in trained] == ["consented", "withdrawn"]


def test_likes_go_and_are_counted_no_more(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    posts = [world.post(ben) for _ in range(3)]
    for post_id in posts:
        world.like(ada, post_id)
    world.like(ben, posts[0])
    world.delete(ben, posts[2])
    erase(world, ada)
    likes = world.state.likes
    assert [likes.count(post_id) for post_id in posts] == [1, 0, 0]
    assert [likes.has(post_id, ben) for post_id in posts] == [True, False, False]
    assert list(likes.of_account(ada)) == []
    last = {
        (one.post_id, one.account_id): (one.liked, one.like_count)
        for one in world.log.records(REACTIONS.topic)
        if isinstance(one, ReactionRecord)
    }
    assert [last[post_id, ada] for post_id in posts[:2]] == [(False, 1), (False, 0)]


def test_an_account_with_much_goes_in_steps(world: World) -> None:
    ada = world.account("ada")
    posts = [world.post(ada) for _ in range(KEYS_AT_ONCE - 1)]
    for post_id in posts[:2]:
        world.like(ada, post_id)
    commands = erase(world, ada)
    assert [(len(body.liked_ids), len(body.post_ids)) for body in commands] == [
        (2, KEYS_AT_ONCE - 2), (0, 1),
    ]  # fmt: skip
    assert ids(world.everyone(None)) == []


def test_nothing_goes_of_an_account_that_can_be_kept(world: World) -> None:
    ada = world.account("ada")
    world.post(ada)
    turn(world, ada, ACCOUNT_STATE_DELETING)
    body = belongings(world.state, ada)
    assert body is not None
    assert decide(world.state, Command("", "", body, b""), 0.0) == []
    turn(world, ada, AccountState.ACCOUNT_STATE_UNSPECIFIED)
    assert decide(world.state, Command("", "", body, b""), 0.0) == []


def test_only_what_is_of_the_account_and_still_there_goes(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    adas, bens = world.post(ada), world.post(ben)
    removed = world.post(ada)
    world.delete(ada, removed)
    turn(world, ada, ACCOUNT_STATE_ERASED)
    unknown = world.new_id()
    body = EraseBelongings(ada, (adas, bens, removed, unknown), (bens, removed, unknown))
    (made,) = decide(world.state, Command("", "", body, b""), 0.0)
    assert isinstance(made.record, FeedRecord)
    assert made.record.post_removed.id == adas
    world.log.commit(Command("", "", body, b""))
    assert decide(world.state, Command("", "", body, b""), 0.0) == []


def test_erased_accounts_are_found_by_the_position_that_says_so(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    for account_id in (ben, ada):
        turn(world, account_id, ACCOUNT_STATE_ERASED)
    found = list(world.state.graph.erased.descending(None))
    assert found == [(4, ada), (3, ben)]


def feed(world: World) -> list[FeedRecord]:
    return [one for one in world.log.records(FEED.topic) if isinstance(one, FeedRecord)]
