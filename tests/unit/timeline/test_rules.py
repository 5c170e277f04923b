"""Who may see what. Each test reads like the rule."""

from dataclasses import replace

import pytest

from kanvas.graph.v1.records_pb2 import AccountState
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.rules import Hidden, PictureAccess, hidden, hidden_at_home
from kanvas_timeline.errors import AccountUnknown
from kanvas_timeline.testing.make import FOLLOWERS, PUBLIC
from kanvas_timeline.testing.world import World


class Scene:
    """Ada posts; Bob reads."""

    def __init__(self) -> None:
        self.world = World()
        self.ada, self.bob = self.world.account("ada"), self.world.account("bob")
        self.graph = self.world.state.graph

    def post(self, *, followers: bool = False) -> StoredPost:
        visibility = FOLLOWERS if followers else PUBLIC
        return self.world.state.posts[self.world.post(self.ada, visibility=visibility)]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_everyone_sees_a_public_post(scene: Scene) -> None:
    post = scene.post()
    for reader in (None, scene.ada, scene.bob):
        assert hidden(scene.graph, reader, post) is None


def test_only_followers_and_the_author_see_a_post_for_followers(scene: Scene) -> None:
    post = scene.post(followers=True)
    assert hidden(scene.graph, None, post) is Hidden.NOT_A_FOLLOWER
    assert hidden(scene.graph, scene.bob, post) is Hidden.NOT_A_FOLLOWER
    assert hidden(scene.graph, scene.ada, post) is None
    scene.world.follow(scene.bob, scene.ada)
    assert hidden(scene.graph, scene.bob, post) is None
    scene.world.follow(scene.bob, scene.ada, active=False)
    assert hidden(scene.graph, scene.bob, post) is Hidden.NOT_A_FOLLOWER


def test_a_visibility_of_a_later_version_is_for_followers_at_most(scene: Scene) -> None:
    post = scene.post()
    unknown = replace(post, visibility=7)  # type: ignore[arg-type]
    assert hidden(scene.graph, scene.bob, unknown) is Hidden.NOT_A_FOLLOWER


@pytest.mark.parametrize("blocker", ["ada", "bob"])
def test_a_block_hides_both_ways(scene: Scene, blocker: str) -> None:
    post = scene.post()
    ends = (scene.ada, scene.bob) if blocker == "ada" else (scene.bob, scene.ada)
    scene.world.block(*ends)
    assert hidden(scene.graph, scene.bob, post) is Hidden.BLOCKED
    assert hidden(scene.graph, None, post) is None
    scene.world.block(*ends, active=False)
    assert hidden(scene.graph, scene.bob, post) is None


def test_nobody_sees_a_removed_post(scene: Scene) -> None:
    post = scene.post()
    scene.world.delete(scene.ada, post.ref.post_id)
    removed = scene.world.state.posts[post.ref.post_id]
    for reader in (None, scene.ada, scene.bob):
        assert hidden(scene.graph, reader, removed) is Hidden.REMOVED


def test_nobody_sees_posts_of_an_account_that_is_gone_until_it_is_kept(scene: Scene) -> None:
    post = scene.post()
    scene.world.follow(scene.bob, scene.ada)
    for state in (AccountState.ACCOUNT_STATE_DELETING, AccountState.ACCOUNT_STATE_ERASED):
        scene.world.turn(scene.ada, state)
        for reader in (None, scene.ada, scene.bob):
            assert hidden(scene.graph, reader, post) is Hidden.ACCOUNT_GONE
        assert hidden_at_home(scene.graph, scene.bob, post) is Hidden.ACCOUNT_GONE
        assert scene.world.picture(scene.bob) == PictureAccess(None, public=False)
        with pytest.raises(AccountUnknown):
            scene.world.user(scene.ada, scene.bob)
    scene.world.turn(scene.ada, AccountState.ACCOUNT_STATE_UNSPECIFIED)
    for reader in (None, scene.ada, scene.bob):
        assert hidden(scene.graph, reader, post) is None


def test_home_shows_whom_the_reader_follows_now_and_the_reader(scene: Scene) -> None:
    post = scene.post()
    assert hidden_at_home(scene.graph, scene.bob, post) is Hidden.UNFOLLOWED
    assert hidden_at_home(scene.graph, scene.ada, post) is None
    scene.world.follow(scene.bob, scene.ada)
    assert hidden_at_home(scene.graph, scene.bob, post) is None
    scene.world.block(scene.ada, scene.bob)
    assert hidden_at_home(scene.graph, scene.bob, post) is Hidden.UNFOLLOWED


def test_the_audience_holds_blocks_of_both_directions(scene: Scene) -> None:
    carl = scene.world.account("carl")
    scene.world.block(scene.ada, scene.bob)
    scene.world.block(carl, scene.ada)
    assert scene.graph.hidden_from(scene.ada) == {scene.bob, carl}
    assert scene.graph.hidden_from(scene.bob) == {scene.ada}
    scene.world.block(carl, scene.ada, active=False)
    assert scene.graph.hidden_from(scene.ada) == {scene.bob}
