"""What each command makes, and what is refused."""

import uuid
from dataclasses import replace

import pytest

from kanvas.feed.v1.records_pb2 import (
    FeedRecord,
    NotificationRecord,
    ReactionRecord,
    TrainingRecord,
    Visibility,
)
from kanvas.graph.v1.records_pb2 import AccountState
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import parse_id
from kanvas_platform.kafka.contract import Command
from kanvas_timeline.domain.commands import CopyGraph, DeletePost, SetLike
from kanvas_timeline.domain.contents import check_post
from kanvas_timeline.domain.decide import decide
from kanvas_timeline.domain.logs import FEED, NOTIFICATIONS, REACTIONS, TRAINING
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.errors import (
    AccountDeleting,
    AccountNotCopied,
    CopyHole,
    NotYours,
    PostExists,
    PostUnknown,
)
from kanvas_timeline.testing.make import (
    FOLLOWERS,
    PUBLIC,
    account_record,
    create_request,
    follow_record,
    numbered_id,
)
from kanvas_timeline.testing.world import World

NOW = 1_700_000_000.0


@pytest.fixture
def world() -> World:
    return World()


def create(
    world: World, author: str, post_id: str, *, caption: str = "A red fox.", train: bool = False
) -> Command:
    request = create_request(world.new_id(), post_id, caption=caption, train=train)
    command_id, body = check_post(request)
    return Command(command_id, author, body, b"")


@pytest.mark.parametrize(
    "state", [AccountState.ACCOUNT_STATE_DELETING, AccountState.ACCOUNT_STATE_ERASED]
)
def test_an_account_that_is_gone_does_nothing(world: World, state: AccountState.ValueType) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    own, other = world.post(ada), world.post(ben)
    world.turn(ada, state)
    bodies = [DeletePost(own), SetLike(other, True), create(world, ada, world.new_id()).body]
    for body in bodies:
        with pytest.raises(AccountDeleting):
            decide(world.state, Command(world.new_id(), ada, body, b""), NOW)
    with pytest.raises(PostUnknown):
        decide(world.state, Command(world.new_id(), ben, SetLike(own, True), b""), NOW)


class TestCreatePost:
    def test_takes_no_id_from_the_future_by_the_clock_of_the_writer(self, world: World) -> None:
        author = world.account("ada")
        as_late_as_may_be = create(world, author, numbered_id(1, at=NOW + 60))
        assert decide(world.state, as_late_as_may_be, NOW)
        with pytest.raises(InvalidArgument) as caught:
            decide(world.state, create(world, author, numbered_id(2, at=NOW + 61)), NOW)
        assert [violation.field for violation in caught.value.violations] == ["post_id"]

    def test_makes_the_whole_post_with_its_author_as_of_now(self, world: World) -> None:
        author = world.account("ada")
        post_id = world.new_id()

        (draft,) = decide(world.state, create(world, author, post_id), NOW)

        assert draft.log is FEED
        assert draft.key == f"post:{post_id}"
        assert draft.type == "kanvas.feed.post.v1"
        assert isinstance(draft.record, FeedRecord)
        post = draft.record.post
        assert (post.id, post.author.id, post.author.handle) == (post_id, author, "ada")
        assert post.author.display_name == "Ada"
        assert post.caption == "A red fox."
        assert post.visibility == PUBLIC
        assert post.picture.sha256 == "ab" * 32
        assert post.created_at.seconds == int(NOW)

    def test_the_record_carries_the_tags_of_the_caption(self, world: World) -> None:
        command = create(world, world.account(), world.new_id(), caption="  A fox. #Fox, #雪  ")

        (draft,) = decide(world.state, command, NOW)

        assert isinstance(draft.record, FeedRecord)
        tags = draft.record.post.tags
        assert [(tag.name, tag.start, tag.end) for tag in tags] == [("fox", 7, 11), ("雪", 13, 15)]

    def test_asked_again_after_other_rules_for_tags(self, world: World) -> None:
        author, post_id = world.account(), world.new_id()
        command = create(world, author, post_id, caption="#fox")
        (draft,) = decide(world.state, command, NOW)
        assert isinstance(draft.record, FeedRecord)
        del draft.record.post.tags[:]
        world.state.apply(FEED.topic, draft.record)

        assert not decide(world.state, replace(command, id=world.new_id()), NOW + 5)

    def test_consent_goes_to_the_training_log(self, world: World) -> None:
        author = world.account()
        post_id = world.new_id()

        _, draft = decide(world.state, create(world, author, post_id, train=True), NOW)

        assert draft.log is TRAINING
        assert draft.key == post_id
        assert isinstance(draft.record, TrainingRecord)
        assert draft.record.consented.prompt == "red fox, snow"
        assert draft.record.consented.picture.sha256 == "ab" * 32

    def test_before_the_account_was_copied(self, world: World) -> None:
        with pytest.raises(AccountNotCopied) as caught:
            decide(world.state, create(world, world.new_id(), world.new_id()), NOW)
        assert caught.value.reason == "ACCOUNT_NOT_COPIED"

    def test_an_id_that_is_taken(self, world: World) -> None:
        author = world.account()
        post_id = world.post(author)

        with pytest.raises(PostExists):
            decide(world.state, create(world, author, post_id, train=True), NOW)
        with pytest.raises(PostExists):
            decide(world.state, create(world, world.account("eve"), post_id), NOW)

    def test_asked_again_after_the_author_took_another_name(self, world: World) -> None:
        author = world.account("ada")
        post_id = world.post(author)
        renamed = account_record(author, "ada")
        renamed.account.display_name = "Ada L."
        world.copy(renamed)

        assert not decide(world.state, create(world, author, post_id), NOW + 5)

    def test_an_id_of_a_removed_post_stays_taken(self, world: World) -> None:
        author = world.account()
        post_id = world.post(author)
        world.delete(author, post_id)

        with pytest.raises(PostExists):
            decide(world.state, create(world, author, post_id), NOW)

    def test_an_id_taken_in_the_same_batch(self, world: World) -> None:
        author = world.account()
        post_id = world.new_id()
        command = create(world, author, post_id)
        (draft,) = decide(world.state, command, NOW)
        overlay = world.state.overlay()
        overlay.apply(FEED.topic, draft.record)

        other = create(world, author, post_id, train=True)
        with pytest.raises(PostExists):
            decide(overlay, other, NOW)
        assert decide(world.state, command, NOW)  # the overlay changed nothing below


class TestDeletePost:
    def delete(self, world: World, actor: str, post_id: str) -> Command:
        return Command(world.new_id(), actor, DeletePost(post_id), b"")

    def test_leaves_neither_text_nor_picture(self, world: World) -> None:
        author = world.account()
        post_id = world.post(author)

        (draft,) = decide(world.state, self.delete(world, author, post_id), NOW)

        assert draft.key == f"post:{post_id}"
        assert isinstance(draft.record, FeedRecord)
        assert draft.record.WhichOneof("entity") == "post_removed"
        assert draft.record.post_removed.author_id == author

    @pytest.mark.parametrize("visibility", [PUBLIC, FOLLOWERS])
    def test_says_who_could_see_it(self, world: World, visibility: Visibility.ValueType) -> None:
        author = world.account()
        post_id = world.post(author, visibility=visibility)

        (draft,) = decide(world.state, self.delete(world, author, post_id), NOW)

        assert isinstance(draft.record, FeedRecord)
        assert draft.record.post_removed.visibility == visibility

    def test_withdraws_consent(self, world: World) -> None:
        author = world.account()
        post_id = world.post(author, train=True)

        _, draft = decide(world.state, self.delete(world, author, post_id), NOW)

        assert draft.log is TRAINING
        assert isinstance(draft.record, TrainingRecord)
        assert draft.record.post_id == post_id
        assert draft.record.withdrawn.withdrawn_at.seconds == int(NOW)
        assert not draft.record.HasField("consented")

    def test_of_somebody_else(self, world: World) -> None:
        author, other = world.account(), world.account()
        post_id = world.post(author)

        with pytest.raises(NotYours):
            decide(world.state, self.delete(world, other, post_id), NOW)

    def test_of_somebody_else_out_of_sight_does_not_tell_that_it_exists(self, world: World) -> None:
        author, other = world.account(), world.account()
        post_id = world.post(author, visibility=FOLLOWERS)

        with pytest.raises(PostUnknown):
            decide(world.state, self.delete(world, other, post_id), NOW)

    def test_twice_and_unknown(self, world: World) -> None:
        author, other = world.account(), world.account("eve")
        post_id = world.post(author)
        world.delete(author, post_id)

        assert not decide(world.state, self.delete(world, author, post_id), NOW)
        for actor, unknown in ((author, world.new_id()), (other, post_id)):
            with pytest.raises(PostUnknown):
                decide(world.state, self.delete(world, actor, unknown), NOW)


class TestLikes:
    def like(self, world: World, actor: str, post_id: str, *, liked: bool = True) -> Command:
        return Command(world.new_id(), actor, SetLike(post_id, liked), b"")

    def test_carry_the_count_after_them(self, world: World) -> None:
        author, ada, bob = world.account(), world.account(), world.account()
        post_id = world.post(author)
        world.like(ada, post_id)

        (draft,) = decide(world.state, self.like(world, bob, post_id), NOW)

        assert draft.log is REACTIONS
        assert draft.key == f"{post_id}:{bob}"
        assert isinstance(draft.record, ReactionRecord)
        assert (draft.record.liked, draft.record.like_count) == (True, 2)

    def test_count_together_within_a_batch(self, world: World) -> None:
        author, ada, bob = world.account(), world.account(), world.account()
        post_id = world.post(author)
        overlay = world.state.overlay()
        (first,) = decide(overlay, self.like(world, ada, post_id), NOW)
        overlay.apply(REACTIONS.topic, first.record)

        (second,) = decide(overlay, self.like(world, bob, post_id), NOW)

        assert isinstance(second.record, ReactionRecord)
        assert second.record.like_count == 2
        assert world.state.likes.count(post_id) == 0

    def test_twice_and_taking_back_what_is_not_there_change_nothing(self, world: World) -> None:
        author, ada = world.account(), world.account()
        post_id = world.post(author)
        assert decide(world.state, self.like(world, ada, post_id, liked=False), NOW) == []
        world.like(ada, post_id)
        assert decide(world.state, self.like(world, ada, post_id), NOW) == []

    def test_of_what_the_reader_may_not_see(self, world: World) -> None:
        author, ada = world.account(), world.account()
        post_id = world.post(author, visibility=FOLLOWERS)

        for liked in (True, False):
            with pytest.raises(PostUnknown):
                decide(world.state, self.like(world, ada, post_id, liked=liked), NOW)

    def test_may_be_taken_back_after_the_post_went_out_of_sight(self, world: World) -> None:
        author, ada = world.account(), world.account()
        post_id = world.post(author)
        world.like(ada, post_id)
        world.block(author, ada)

        (draft,) = decide(world.state, self.like(world, ada, post_id, liked=False), NOW)

        assert isinstance(draft.record, ReactionRecord)
        assert (draft.record.liked, draft.record.like_count) == (False, 0)

    def test_of_a_removed_post(self, world: World) -> None:
        author = world.account()
        post_id = world.post(author)
        world.like(author, post_id)
        world.delete(author, post_id)

        with pytest.raises(PostUnknown):
            decide(world.state, self.like(world, author, post_id, liked=False), NOW)

    def test_before_the_account_was_copied(self, world: World) -> None:
        post_id = world.post(world.account())
        with pytest.raises(AccountNotCopied):
            decide(world.state, self.like(world, world.new_id(), post_id), NOW)


class TestCopies:
    def copy(self, world: World, body: CopyGraph) -> list[object]:
        return [draft.record for draft in decide(world.state, Command("", "", body, b""), NOW)]

    def test_carry_their_source_position(self, world: World) -> None:
        account = numbered_id(1)
        body = CopyGraph(7, 0, account_record(account, "ada"))

        (draft,) = decide(world.state, Command("", "", body, b""), NOW)

        assert draft.source_position == 7
        assert draft.key == f"account:{account}"
        assert isinstance(draft.record, FeedRecord)
        assert draft.record.account.handle == "ada"

    def test_once_only(self, world: World) -> None:
        world.account()
        assert world.state.copied == 1
        assert self.copy(world, CopyGraph(1, 0, account_record(numbered_id(1)))) == []

    def test_may_skip_what_the_source_does_not_hold_any_more(self, world: World) -> None:
        world.account()
        assert self.copy(world, CopyGraph(9, 1, account_record(numbered_id(1))))

    def test_refuse_a_hole(self, world: World) -> None:
        world.account()
        with pytest.raises(CopyHole) as caught:
            self.copy(world, CopyGraph(3, 2, account_record(numbered_id(1))))
        assert caught.value.metadata == {"copied": "1", "previous": "2"}

    def test_of_a_new_follow_tell_the_followed(self, world: World) -> None:
        ada, bob = world.account("ada"), world.account("bob")
        command = Command("", "", CopyGraph(3, 2, follow_record(ada, bob)), b"")

        _, told = decide(world.state, command, NOW)

        assert told.log is NOTIFICATIONS
        assert told.source_position == 3
        assert isinstance(told.record, NotificationRecord)
        assert told.record.recipient_id == bob
        assert told.record.followed.follower_id == ada
        assert told.key == told.record.id == parse_id(told.record.id)
        assert uuid.UUID(told.record.id).int >> 80 == int(NOW * 1000)
        again = decide(world.state, command, NOW)
        assert [draft.record for draft in again][1] == told.record  # deciding is pure

    def test_of_an_old_follow_and_of_an_unfollow_tell_nobody(self, world: World) -> None:
        ada, bob = world.account("ada"), world.account("bob")
        world.follow(ada, bob)
        for active in (True, False):
            body = CopyGraph(4, 3, follow_record(ada, bob, active=active))
            assert len(self.copy(world, body)) == 1


class TestOldPosts:
    """Posts that the memory has forgotten: their facts are kept, whatever the views can say."""

    @pytest.fixture
    def world(self) -> World:
        """Return a memory that has forgotten the first of two posts, and views that are away."""
        world = World(recent_bytes=1_000)
        self.author = world.account()
        self.old_id = world.post(self.author, train=True)
        world.materialise()
        world.clock.advance(1000)
        world.post(self.author)
        assert self.old_id not in world.state.posts
        world.store.down = True
        return world

    def delete(self, world: World, post_id: str) -> Command:
        return Command(world.new_id(), self.author, DeletePost(post_id), b"")

    def test_can_be_deleted_once(self, world: World) -> None:
        drafts = decide(world.state, self.delete(world, self.old_id), NOW)
        assert [draft.log for draft in drafts] == [FEED, TRAINING]
        assert isinstance(drafts[0].record, FeedRecord)
        assert drafts[0].record.post_removed.visibility == PUBLIC

        world.log.commit(self.delete(world, self.old_id))
        assert not decide(world.state, self.delete(world, self.old_id), NOW)

    def test_can_be_liked(self, world: World) -> None:
        assert world.like(self.author, self.old_id) == 1

    def test_asked_again_change_nothing(self, world: World) -> None:
        assert not decide(world.state, create(world, self.author, self.old_id, train=True), NOW)

    def test_their_ids_stay_taken(self, world: World) -> None:
        other = create(world, self.author, self.old_id, caption="A blue fox.")
        with pytest.raises(PostExists):
            decide(world.state, other, NOW)
        world.log.commit(self.delete(world, self.old_id))
        with pytest.raises(PostExists):
            decide(world.state, create(world, self.author, self.old_id, train=True), NOW)

    def test_unknown_to_the_log(self, world: World) -> None:
        with pytest.raises(PostUnknown):
            decide(world.state, self.delete(world, numbered_id(9)), NOW)


def test_a_body_of_another_service_is_a_fault_of_ours(world: World) -> None:
    with pytest.raises(TypeError):
        decide(world.state, Command("", "", Ref(1, "", ""), b""), NOW)


def test_stored_posts_decode_only_while_there_is_something() -> None:
    removed = StoredPost.from_row(Ref(1, "p", "a"), 2, b"")
    assert removed.removed
    with pytest.raises(LookupError):
        removed.post()
