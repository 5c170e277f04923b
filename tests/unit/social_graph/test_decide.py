"""What the graph accepts and refuses, written as the rules read."""

from collections import Counter

import pytest
from google.protobuf.message import Message

from kanvas.graph.v1.records_pb2 import Block, CredentialsRecord, Follow, GraphRecord
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.records.codec import meta_of
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.timestamps import to_timestamp
from kanvas_social_graph.domain.commands import (
    CreateAccount,
    DeleteAccount,
    SetBlock,
    SetFollow,
    StartSession,
    UpdateProfile,
    UseSession,
)
from kanvas_social_graph.domain.decide import decide
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import (
    AccountExists,
    AccountUnknown,
    Blocked,
    HandleTaken,
    SelfFollow,
    VersionConflict,
)

NOW = 1_790_000_000.0
HASH = "$argon2id$"


class World:
    """A state, the positions that a writer would give, and the time by its clock."""

    def __init__(self) -> None:
        self.state = GraphState(Space())
        self.now = NOW
        self._ends: Counter[str] = Counter()
        self._created: dict[tuple[str, str], int] = {}

    def do(self, actor: str, body: object) -> list[Message]:
        command = Command(id=new_id(), actor=actor, body=body, content=b"")
        drafts = decide(self.state, command, self.now)
        for draft in drafts:
            topic, meta = draft.log.topic, meta_of(draft.record)
            self._ends[topic] += 1
            meta.position = self._ends[topic]
            meta.created_position = self._created.setdefault((topic, draft.key), meta.position)
            meta.decided_at.CopyFrom(to_timestamp(self.now))
            self.state.apply(topic, draft.record)
        return [draft.record for draft in drafts]

    def account(self, handle: str) -> str:
        account_id = new_id()
        self.do(account_id, CreateAccount(handle, handle.title(), HASH))
        return account_id

    def session(self, account_id: str) -> str:
        session_id = new_id()
        self.do(account_id, StartSession(session_id, "Firefox", "Linux", HASH))
        return session_id

    def used_session(self, account_id: str) -> str:
        """Begin a session as a page does, which uses it a moment later."""
        session_id = self.session(account_id)
        self.now += 1
        self.do(account_id, UseSession(session_id))
        return session_id

    def deleting(self, account_id: str, *, grace_seconds: float = 14 * 86400.0) -> str:
        """Ask for the deletion of an account; return the session that goes on."""
        session_id = new_id()
        asked = DeleteAccount(self.session(account_id), session_id, HASH, grace_seconds)
        self.do(account_id, asked)
        return session_id

    def live(self, account_id: str) -> list[str]:
        return [one.id for one in self.state.live_sessions(account_id, self.now)]


@pytest.fixture
def world() -> World:
    return World()


def test_an_account_comes_with_its_credentials_in_the_side_log(world: World) -> None:
    account_id = new_id()
    graph, credentials = world.do(account_id, CreateAccount("ada", "Ada", "$hash"))
    assert isinstance(graph, GraphRecord)
    assert (graph.account.id, graph.account.handle, graph.account.version) == (account_id, "ada", 1)
    assert graph.account.created_at.ToMilliseconds() == NOW * 1000
    assert isinstance(credentials, CredentialsRecord)
    assert world.state.password_hashes[account_id] == "$hash"


def test_a_handle_is_claimed_once(world: World) -> None:
    world.account("ada")
    with pytest.raises(HandleTaken):
        world.account("ada")


def test_two_claims_of_a_handle_in_one_batch_one_wins(world: World) -> None:
    batch = world.state.overlay()
    first = Command(new_id(), new_id(), CreateAccount("ada", "Ada", "$"), b"")
    second = Command(new_id(), new_id(), CreateAccount("ada", "Ada", "$"), b"")
    for draft in decide(batch, first, NOW):
        batch.apply(draft.log.topic, draft.record)
    with pytest.raises(HandleTaken):
        decide(batch, second, NOW)
    assert "ada" not in world.state.handles, "an overlay must not reach its base"


def test_an_account_id_is_used_once(world: World) -> None:
    account_id = world.account("ada")
    with pytest.raises(AccountExists):
        world.do(account_id, CreateAccount("bob", "Bob", "$"))


def test_an_edit_names_the_version_that_it_saw(world: World) -> None:
    account_id = world.account("ada")
    world.do(account_id, UpdateProfile("Ada L.", None, 1))
    assert world.state.accounts[account_id].display_name == "Ada L."
    with pytest.raises(VersionConflict) as caught:
        world.do(account_id, UpdateProfile("Ada B.", None, 1))
    assert caught.value.metadata == {"version": "2"}


def test_an_edit_that_changes_nothing_makes_no_record(world: World) -> None:
    account_id = world.account("ada")
    assert world.do(account_id, UpdateProfile("Ada", None, 0)) == []


def test_following_is_idempotent_and_can_be_taken_back(world: World) -> None:
    ada, bob = world.account("ada"), world.account("bob")
    assert len(world.do(ada, SetFollow(bob, active=True))) == 1
    assert world.do(ada, SetFollow(bob, active=True)) == []
    assert [other for _, other in world.state.following.descending(ada)] == [bob]
    assert [other for _, other in world.state.followers.descending(bob)] == [ada]
    world.do(ada, SetFollow(bob, active=False))
    assert world.state.following.count(ada) == 0
    assert world.state.followers.count(bob) == 0


def test_nobody_follows_or_blocks_themselves_or_a_stranger(world: World) -> None:
    ada = world.account("ada")
    for body in (SetFollow(ada, active=True), SetBlock(ada, active=True)):
        with pytest.raises(SelfFollow):
            world.do(ada, body)
    with pytest.raises(AccountUnknown):
        world.do(ada, SetFollow(new_id(), active=True))
    with pytest.raises(AccountUnknown):
        world.do(new_id(), SetFollow(ada, active=True))


def test_a_block_ends_follows_both_ways_and_forbids_new_ones(world: World) -> None:
    ada, bob = world.account("ada"), world.account("bob")
    world.do(ada, SetFollow(bob, active=True))
    world.do(bob, SetFollow(ada, active=True))
    assert len(world.do(ada, SetBlock(bob, active=True))) == 3
    assert len(world.state.follows) == 0
    for actor, other in ((ada, bob), (bob, ada)):
        with pytest.raises(Blocked):
            world.do(actor, SetFollow(other, active=True))
    world.do(ada, SetBlock(bob, active=False))
    world.do(bob, SetFollow(ada, active=True))
    assert (bob, ada) in world.state.follows


def test_unfollowing_is_possible_despite_a_block(world: World) -> None:
    ada, bob = world.account("ada"), world.account("bob")
    world.do(bob, SetBlock(ada, active=True))
    assert world.do(ada, SetFollow(bob, active=False)) == []


def test_blocking_is_idempotent(world: World) -> None:
    ada, bob = world.account("ada"), world.account("bob")
    assert len(world.do(ada, SetBlock(bob, active=True))) == 1
    assert world.do(ada, SetBlock(bob, active=True)) == []
    assert len(world.do(ada, SetBlock(bob, active=False))) == 1
    assert world.do(ada, SetBlock(bob, active=False)) == []


def test_what_is_no_command_of_the_graph_is_a_fault(world: World) -> None:
    with pytest.raises(TypeError, match="not a command of the graph: str"):
        world.do(new_id(), "follow everybody")


def test_a_batch_that_follows_and_unfollows_leaves_the_state_below_alone(world: World) -> None:
    ada, bob, cleo = (world.account(name) for name in ("ada", "bob", "cleo"))
    world.do(ada, SetFollow(bob, active=True))
    batch = world.state.overlay()
    for body in (SetFollow(cleo, active=True), SetFollow(bob, active=False)):
        for draft in decide(batch, Command(new_id(), ada, body, b""), NOW):
            batch.apply(draft.log.topic, draft.record)
    assert (ada, cleo) in batch.follows
    assert (ada, bob) not in batch.follows
    assert [other for _, other in batch.following.descending(ada)] == [cleo]
    assert (ada, bob) in world.state.follows
    assert len(world.state.follows) == 1
    assert [other for _, other in world.state.following.descending(ada)] == [bob]


def test_records_that_say_what_is_so_already_change_nothing(world: World) -> None:
    """A copy of a record that was read before, and an end of what has ended."""
    ada, bob = world.account("ada"), world.account("bob")
    (again,) = world.do(ada, SetFollow(bob, active=True))
    for record in (
        again,
        GraphRecord(follow=Follow(follower_id=bob, followee_id=ada, active=False)),
        GraphRecord(block=Block(blocker_id=bob, blocked_id=ada, active=False)),
    ):
        world.state.apply("kanvas.graph.v1", record)
    assert (ada, bob) in world.state.follows
    assert len(world.state.follows) == 1
    assert world.state.following.count(ada) == 1
    assert len(world.state.blocks) == 0


def test_a_record_of_a_later_version_of_the_contract_is_passed_over(world: World) -> None:
    world.account("ada")
    world.state.apply("kanvas.graph.v1", GraphRecord())
    assert len(world.state.accounts) == 1
