"""The logs that this service writes, and how their records are keyed and typed."""

from kanvas.feed.v1.records_pb2 import (
    Consented,
    FeedRecord,
    Followed,
    NotificationRecord,
    Post,
    PostRemoved,
    ReactionRecord,
    TrainingRecord,
    Visibility,
    Withdrawn,
)
from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas_platform.kafka.records.logs import Draft, LogSpec


def _log(topic: str, record_type: type) -> LogSpec:
    return LogSpec(topic=topic, record_type=record_type, source=f"/kanvas/timeline/{topic}")


FEED = _log("kanvas.feed.v1", FeedRecord)
REACTIONS = _log("kanvas.reactions.v1", ReactionRecord)
NOTIFICATIONS = _log("kanvas.notifications.v1", NotificationRecord)
TRAINING = _log("kanvas.training.v1", TrainingRecord)
SIDES = (REACTIONS, NOTIFICATIONS, TRAINING)

GRAPH = LogSpec(
    topic="kanvas.graph.v1",
    record_type=GraphRecord,
    source="/kanvas/social-graph/kanvas.graph.v1",
)
"""The log that is copied. social-graph writes it; this is what it says of itself."""

READ = (FEED, *SIDES, GRAPH)
"""What the service reads; an operator can let it go past a record of each."""


def post_draft(post: Post) -> Draft:
    """Return a record of a post's whole new state."""
    return Draft(FEED, f"post:{post.id}", "kanvas.feed.post.v1", FeedRecord(post=post))


def removed_draft(post_id: str, author_id: str, visibility: Visibility.ValueType) -> Draft:
    """Return a record of what stays of a deleted post; `visibility` is what the post had."""
    removed = PostRemoved(id=post_id, author_id=author_id, visibility=visibility)
    record = FeedRecord(post_removed=removed)
    return Draft(FEED, f"post:{post_id}", "kanvas.feed.post-removed.v1", record)


def copy_draft(record: GraphRecord, source_position: int) -> Draft:
    """Return a copy of a record of the graph: of an account, an edge or the end of a session."""
    match record.WhichOneof("entity"):
        case "account":
            key, kind = f"account:{record.account.id}", "account"
            copy = FeedRecord(account=record.account)
        case "follow":
            follow = record.follow
            key, kind = f"follow:{follow.follower_id}:{follow.followee_id}", "follow"
            copy = FeedRecord(follow=follow)
        case "block":
            block = record.block
            key, kind = f"block:{block.blocker_id}:{block.blocked_id}", "block"
            copy = FeedRecord(block=block)
        case "session_ended":
            ended = record.session_ended
            key, kind = f"session:{ended.account_id}:{ended.id}", "session-ended"
            copy = FeedRecord(session_ended=ended)
        case other:
            raise ValueError(f"nothing to copy in an entity {other}")
    return Draft(FEED, key, f"kanvas.feed.{kind}.v1", copy, source_position)


def followed_draft(
    notification_id: str, recipient_id: str, follower_id: str, source_position: int
) -> Draft:
    """Tell an account that it has a new follower."""
    record = NotificationRecord(
        id=notification_id,
        recipient_id=recipient_id,
        followed=Followed(follower_id=follower_id),
    )
    kind = "kanvas.notifications.followed.v1"
    return Draft(NOTIFICATIONS, notification_id, kind, record, source_position)


def consented_draft(post: Post) -> Draft:
    """Hand a post to those who train models."""
    consented = Consented(
        prompt=post.prompt, caption=post.caption, alt_text=post.alt_text, picture=post.picture
    )
    record = TrainingRecord(post_id=post.id, consented=consented)
    return Draft(TRAINING, post.id, "kanvas.training.consented.v1", record)


def withdrawn_draft(post_id: str, now: float) -> Draft:
    """Take a post back from those who train models; `now` is unix seconds."""
    withdrawn = Withdrawn()
    withdrawn.withdrawn_at.FromMilliseconds(round(now * 1000))
    record = TrainingRecord(post_id=post_id, withdrawn=withdrawn)
    return Draft(TRAINING, post_id, "kanvas.training.withdrawn.v1", record)


def reaction_draft(post_id: str, account_id: str, *, liked: bool, like_count: int) -> Draft:
    """Return a record of whether an account likes a post, and how many do after it."""
    record = ReactionRecord(
        post_id=post_id, account_id=account_id, liked=liked, like_count=like_count
    )
    return Draft(REACTIONS, f"{post_id}:{account_id}", "kanvas.reactions.like.v1", record)
