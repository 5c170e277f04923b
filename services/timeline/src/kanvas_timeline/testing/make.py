"""Things that tests are about: accounts, posts, commands."""

from collections.abc import Sequence

from kanvas.feed.v1.records_pb2 import Author, FeedRecord, Post, PostRemoved, Uses, Visibility
from kanvas.graph.v1.records_pb2 import Account, AccountState, Block, Follow, GraphRecord
from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas.media.v1.picture_pb2 import Picture, Provenance
from kanvas.timeline.v1.service_pb2 import CreatePostRequest
from kanvas_platform.kafka.reading.stretches import Stretch
from kanvas_platform.kafka.records.codec import LogEntry
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.domain.tags import tags_of

PUBLIC = Visibility.VISIBILITY_PUBLIC
FOLLOWERS = Visibility.VISIBILITY_FOLLOWERS
SHA256 = "ab" * 32
"""Name of the picture that posts show unless a test says otherwise."""


def numbered_id(number: int, *, at: float = 1_700_000_000.0) -> str:
    """Return a UUIDv7 that depends on nothing but its arguments; `at` is unix seconds."""
    milliseconds = round(at * 1000)
    head = f"{milliseconds:012x}"
    return f"{head[:8]}-{head[8:]}-7000-8000-{number:012x}"


def picture(sha256: str = SHA256) -> Picture:
    """Return a well-formed picture."""
    return Picture(
        sha256=sha256,
        media_type="image/webp",
        width=640,
        height=480,
        size_bytes=40_000,
        placeholder="#a0b1c2",
        provenance=Provenance(model="collage", model_version="1", statement="Cut and pasted."),
    )


def create_request(
    command_id: str,
    post_id: str,
    *,
    caption: str = "A red fox.",
    visibility: Visibility.ValueType = PUBLIC,
    train: bool = False,
    sha256: str = SHA256,
) -> CreatePostRequest:
    """Return a valid request for a post."""
    return CreatePostRequest(
        command_id=command_id,
        post_id=post_id,
        caption=caption,
        alt_text="A red fox in the snow.",
        picture=picture(sha256),
        prompt="red fox, snow",
        visibility=visibility,
        uses=Uses(train=train),
    )


def account_record(
    account_id: str,
    handle: str = "fox",
    *,
    name: str = "",
    version: int = 1,
    state: AccountState.ValueType = AccountState.ACCOUNT_STATE_UNSPECIFIED,
) -> GraphRecord:
    """Return a record of the graph about an account; without a name, it has that of its handle."""
    name = name or handle.title()
    account = Account(id=account_id, handle=handle, display_name=name, version=version, state=state)
    return GraphRecord(account=account)


def follow_record(follower_id: str, followee_id: str, *, active: bool = True) -> GraphRecord:
    """Return a record of the graph about a follow."""
    return GraphRecord(
        follow=Follow(follower_id=follower_id, followee_id=followee_id, active=active)
    )


def block_record(blocker_id: str, blocked_id: str, *, active: bool = True) -> GraphRecord:
    """Return a record of the graph about a block."""
    return GraphRecord(block=Block(blocker_id=blocker_id, blocked_id=blocked_id, active=active))


def stored_post(
    position: int,
    author_id: str,
    post_id: str,
    *,
    visibility: Visibility.ValueType = PUBLIC,
    caption: str = "A red fox.",
    sha256: str = SHA256,
) -> StoredPost:
    """Return a post as its creation at a position leaves it."""
    post = Post(
        id=post_id,
        author=Author(id=author_id),
        caption=caption,
        picture=picture(sha256),
        visibility=visibility,
        tags=tags_of(caption),
    )
    ref = Ref(position, post_id, author_id)
    return StoredPost.from_row(ref, position, post.SerializeToString())


def removed_post(position: int, stored: StoredPost) -> StoredPost:
    """Return what the removal of a post at a position leaves of it."""
    return StoredPost.from_row(stored.ref, position, b"")


def stretch_of(posts: Sequence[StoredPost], after: int, through: int) -> Stretch:
    """Return a stretch of the log whose records leave posts as they are given."""
    return Stretch(tuple(_entry(stored) for stored in posts), after, through)


def _entry(stored: StoredPost) -> LogEntry:
    ref = stored.ref
    meta = RecordMeta(position=stored.position, created_position=ref.created_position)
    if stored.removed:
        removed = PostRemoved(id=ref.post_id, author_id=ref.author_id)
        record = FeedRecord(meta=meta, post_removed=removed)
    else:
        record = FeedRecord(meta=meta, post=stored.post())
    key = f"post:{ref.post_id}"
    return LogEntry(record, meta, key, type="", time=0.0, trace="", offset=stored.position)
