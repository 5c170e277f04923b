"""A post as it is kept: the newest record about it, its bytes decoded only when shown.

Besides, of every post that there ever was, the few facts that decisions look at.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, NamedTuple

from kanvas.feed.v1.records_pb2 import FeedRecord, Post, Visibility
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import ID_BYTES, parse_id
from kanvas_platform.kafka.store.codecs import ID, NUMBER, NUMBER_BYTES, Codec
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
    def author_id(self) -> str:
        """Whose post it is."""
        return self.ref.author_id

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


def _encode_stored(stored: StoredPost) -> bytes:
    place, post_id, author_id = stored.ref
    head = NUMBER.encode(place) + NUMBER.encode(stored.position)
    return head + ID.encode(post_id) + ID.encode(author_id) + stored.content


def _decode_stored(data: bytes) -> StoredPost:
    places, ids = 2 * NUMBER_BYTES, 2 * NUMBER_BYTES + ID_BYTES
    head = ids + ID_BYTES
    place, position = NUMBER.decode(data[:NUMBER_BYTES]), NUMBER.decode(data[NUMBER_BYTES:places])
    ref = Ref(place, ID.decode(data[places:ids]), ID.decode(data[ids:head]))
    return StoredPost.from_row(ref, position, data[head:])


STORED: Final[Codec[StoredPost]] = Codec(_encode_stored, _decode_stored)
"""Two numbers, two identifiers, and the content."""


@dataclass(frozen=True, slots=True)
class PostFacts:
    """What decisions look at of a post, whatever its age; its content is elsewhere.

    Attributes:
        created_position: Its place in every feed.
        author_id: Whose it is.
        visibility: Who may see it; 0 once removed.
        trains: Whether it was handed to those who train models; False once removed.
        picture: See `picture_name`; empty once removed.
        digest: See `content_digest`; empty once removed, and only then.
    """

    created_position: int
    author_id: str
    visibility: int
    trains: bool
    picture: bytes
    digest: bytes

    @property
    def removed(self) -> bool:
        """Whether the post was deleted."""
        return not self.digest

    @property
    def public(self) -> bool:
        """Whether everyone may see it, less those blocked."""
        return self.visibility == Visibility.VISIBILITY_PUBLIC

    @classmethod
    def of(cls, ref: Ref, post: Post | None) -> "PostFacts":
        """Return the facts of a post; `post` is None once it is removed."""
        place, author_id = ref.created_position, ref.author_id
        if post is None:
            return cls(place, author_id, visibility=0, trains=False, picture=b"", digest=b"")
        return cls(
            place,
            author_id,
            post.visibility,
            post.uses.train,
            picture_name(post.picture.sha256),
            content_digest(post),
        )


_DIGEST_BYTES: Final = 16


def content_digest(post: Post) -> bytes:
    """Return what two posts share only if their makers said the same of them."""
    said = Post()
    said.CopyFrom(post)
    # The author's name may change, and the time is that of the first command. Tags follow from the
    # caption, by the rules of the version that wrote them.
    for field in ("author", "created_at", "tags"):
        said.ClearField(field)
    said_bytes = said.SerializeToString(deterministic=True)
    return hashlib.blake2b(said_bytes, digest_size=_DIGEST_BYTES).digest()


def picture_name(sha256: str) -> bytes:
    """Return 16 bytes for a picture, which no other one has."""
    return hashlib.blake2b(sha256.encode(), digest_size=_DIGEST_BYTES).digest()


_AUTHOR_AT: Final = NUMBER_BYTES
_VISIBILITY_AT: Final = _AUTHOR_AT + ID_BYTES
_PICTURE_AT: Final = _VISIBILITY_AT + 2
_DIGEST_AT: Final = _PICTURE_AT + _DIGEST_BYTES


def _encode_facts(facts: PostFacts) -> bytes:
    place, author = NUMBER.encode(facts.created_position), ID.encode(facts.author_id)
    return place + author + bytes((facts.visibility, facts.trains)) + facts.picture + facts.digest


def _decode_facts(data: bytes) -> PostFacts:
    return PostFacts(
        created_position=NUMBER.decode(data[:_AUTHOR_AT]),
        author_id=ID.decode(data[_AUTHOR_AT:_VISIBILITY_AT]),
        visibility=data[_VISIBILITY_AT],
        trains=bool(data[_VISIBILITY_AT + 1]),
        picture=data[_PICTURE_AT:_DIGEST_AT],
        digest=data[_DIGEST_AT:],
    )


FACTS: Final[Codec[PostFacts]] = Codec(_encode_facts, _decode_facts)
"""A number, an identifier, a byte each for visibility and training, picture, digest: 58 bytes."""
