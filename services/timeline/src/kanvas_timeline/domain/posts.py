"""A post as it is kept: the newest record about it, its bytes decoded only when shown."""

from dataclasses import dataclass
from typing import NamedTuple

from kanvas.feed.v1.records_pb2 import FeedRecord, Post, Visibility
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import parse_id
from kanvas_timeline.domain.feeds import feeds_of
from kanvas_timeline.domain.tags import TAG_NAME_MAX, TAGS_MAX


class Ref(NamedTuple):
    """A line of a feed: a post, where it stands in every feed, and whose it is.

    Refs of one log compare by position, which no two share.
    """

    created_position: int
    post_id: str
    author_id: str


@dataclass(frozen=True, slots=True)
class StoredPost:
    """What the newest record about a post says.

    Attributes:
        ref: The post and its place, the same in each record about it.
        position: Position of the newest record.
        visibility: Who may see it; 0 once removed.
        content: The serialized `Post`; empty once removed, and only then.
        feeds: The feeds that it stands in, by name; none once removed.
    """

    ref: Ref
    position: int
    visibility: Visibility.ValueType
    content: bytes
    feeds: tuple[str, ...]

    @property
    def removed(self) -> bool:
        """Whether the post was deleted."""
        return not self.content

    @property
    def public(self) -> bool:
        """Whether everyone may see it, less those blocked."""
        return self.visibility == Visibility.VISIBILITY_PUBLIC

    def post(self) -> Post:
        """Decode and return the post; it must not have been removed."""
        if self.removed:
            raise LookupError("a removed post has no content")
        return Post.FromString(self.content)

    @classmethod
    def from_record(cls, record: FeedRecord) -> "StoredPost | None":
        """Return what a record of the feed says about a post; None if it is about no post."""
        meta = record.meta
        match record.WhichOneof("entity"):
            case "post":
                post = record.post
                return cls(
                    ref=Ref(meta.created_position, post.id, post.author.id),
                    position=meta.position,
                    visibility=post.visibility,
                    content=post.SerializeToString(),
                    feeds=feeds_of(post),
                )
            case "post_removed":
                removed = record.post_removed
                ref = Ref(meta.created_position, removed.id, removed.author_id)
                return cls._removed(ref, meta.position)
            case _:
                return None

    @classmethod
    def from_row(cls, ref: Ref, position: int, content: bytes) -> "StoredPost":
        """Return what a view kept: `content` as in the attribute."""
        if not content:
            return cls._removed(ref, position)
        post = Post.FromString(content)
        return cls(ref, position, post.visibility, content, feeds_of(post))

    @classmethod
    def _removed(cls, ref: Ref, position: int) -> "StoredPost":
        return cls(ref, position, Visibility.VISIBILITY_UNSPECIFIED, content=b"", feeds=())


def post_for_views(record: FeedRecord) -> StoredPost | None:
    """Return what a record of the feed says about a post; None where it is about no post.

    Raises:
        InvalidArgument: No row could hold it. The timeline's writer makes no such record.
    """
    stored = StoredPost.from_record(record)
    if stored is not None:
        parse_id(stored.ref.post_id, "post_id")
        parse_id(stored.ref.author_id, "author_id")
        if len(record.post.tags) > TAGS_MAX:
            raise InvalidArgument("The post has too many tags.")
        if any(len(tag.name) > TAG_NAME_MAX for tag in record.post.tags):
            raise InvalidArgument("A tag of the post is too long.")
    return stored
