"""A post as it is kept: the newest record about it, its bytes decoded only when shown."""

from dataclasses import dataclass
from typing import NamedTuple

from kanvas.feed.v1.records_pb2 import FeedRecord, Post, Visibility


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
    """

    ref: Ref
    position: int
    visibility: Visibility.ValueType
    content: bytes

    @property
    def removed(self) -> bool:
        """Whether the post was deleted."""
        return not self.content

    @property
    def public(self) -> bool:
        """Whether everyone may see it, less those blocked."""
        return self.visibility == Visibility.VISIBILITY_PUBLIC

    def post(self) -> Post:
        """The post, decoded anew; it must not have been removed."""
        if self.removed:
            raise LookupError("a removed post has no content")
        return Post.FromString(self.content)

    @classmethod
    def from_record(cls, record: FeedRecord) -> "StoredPost | None":
        """What a record of the feed says about a post; None where it is about something else."""
        meta = record.meta
        match record.WhichOneof("entity"):
            case "post":
                post = record.post
                return cls(
                    ref=Ref(meta.created_position, post.id, post.author.id),
                    position=meta.position,
                    visibility=post.visibility,
                    content=post.SerializeToString(),
                )
            case "post_removed":
                removed = record.post_removed
                return cls(
                    ref=Ref(meta.created_position, removed.id, removed.author_id),
                    position=meta.position,
                    visibility=Visibility.VISIBILITY_UNSPECIFIED,
                    content=b"",
                )
            case _:
                return None

    @classmethod
    def from_row(cls, ref: Ref, position: int, content: bytes) -> "StoredPost":
        """What a view kept: `content` as in the attribute."""
        visibility = (
            Post.FromString(content).visibility if content else Visibility.VISIBILITY_UNSPECIFIED
        )
        return cls(ref=ref, position=position, visibility=visibility, content=content)
