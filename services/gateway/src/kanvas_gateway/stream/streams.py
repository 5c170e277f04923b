"""The streams of the feed: what each is called, who may have it, and who gets what on it.

A further stream is a `Kind` in this module, listed in `KINDS`, and a line in
`feed_events.streams_of`, which says what stands on it. A kind whose streams are named by the
content of a post is listed in `NAMED_BY_CONTENT` too. Everything else takes streams from mappings
by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType

import msgspec

from kanvas_gateway.domain.tag_names import parse_tag_name
from kanvas_gateway.stream.framing import frame_head
from kanvas_platform.errors import InvalidArgument, Violation
from kanvas_platform.ids import parse_id

_encode = msgspec.json.Encoder().encode


Event = NewType("Event", bytes)
"""An event, encoded but for its beginning with the name of the stream: from there to the end."""


@dataclass(slots=True, eq=False)
class Telling:
    """What a stream is told of a post or of its author. It never changes.

    Attributes:
        followers: The event for the author and for those who follow the author; None for none.
        others: The event for everybody else; None for none.
    """

    followers: Event | None
    others: Event | None

    @property
    def alike(self) -> bool:
        """Whether everybody is told the same."""
        return self.followers is self.others


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of stream.

    Attributes:
        label: Of metrics; also the key under which all streams of the kind are told something.
        parse: Returns the one spelling of what stands behind the colon, or refuses it with
            InvalidArgument; None where the kind has one stream, whose name is the label.
        needs_identity: Whether only sockets that have authenticated may have it.
        for_followers: Whether posts for followers stand on it.
        for_others: Whether an account gets the posts of those whom it does not follow.
    """

    label: str
    parse: Callable[[str], str] | None
    needs_identity: bool
    for_followers: bool
    for_others: bool

    def named(self, argument: str) -> str:
        """Return the name of a stream of this kind."""
        return f"{self.label}:{argument}"

    def tell(self, event: Event, public: Event | None) -> Telling:
        """Return what streams of this kind are told of a post or of its author.

        Args:
            event: What those learn who may see all posts of the author.
            public: What all others learn; None for nothing.
        """
        return Telling(
            followers=event if self.for_followers else public,
            others=public if self.for_others else None,
        )


def _account(argument: str) -> str:
    return parse_id(argument, "stream")


def _tag(argument: str) -> str:
    return parse_tag_name(argument, "stream")


GLOBAL = Kind("global", None, needs_identity=False, for_followers=False, for_others=True)
HOME = Kind("home", None, needs_identity=True, for_followers=True, for_others=False)
USER = Kind("user", _account, needs_identity=False, for_followers=True, for_others=True)
TAG = Kind("tag", _tag, needs_identity=False, for_followers=False, for_others=True)

KINDS = {kind.label: kind for kind in (GLOBAL, HOME, USER, TAG)}
"""All kinds of streams of the feed, by label."""

NAMED_BY_CONTENT = {kind.label: kind for kind in (TAG,)}
"""Those kinds whose streams are named by the content of a post, by label.

Nothing is kept of the content of a deleted post, and an edit may change it. So all streams of such
a kind are told of deletions, edits, blocks and changes of authors.
"""


class Stream:
    """A stream that somebody has subscribed to.

    Attributes:
        kind: What it has in common with others.
        name: As clients read it.
        label: That of its kind.
    """

    __slots__ = ("_head", "_length", "kind", "label", "name")

    def __init__(self, kind: Kind, name: str) -> None:
        self.kind = kind
        self.name = name
        self.label = kind.label
        self._head = b'{"type":"event","stream":' + _encode(name)
        self._length = len(self._head)

    def opening(self, event: Event) -> bytes:
        """Return what stands before an event on this stream: the two make a frame."""
        return frame_head(self._length + len(event)) + self._head

    def frame(self, event: Event) -> bytes:
        """Return an event framed for this stream."""
        return self.opening(event) + event


def parse_stream(text: str) -> Stream:
    """Return the stream that a client names.

    Raises:
        InvalidArgument: There is no such kind of stream, or no such name of that kind.
    """
    label, colon, argument = text.partition(":")
    kind = KINDS.get(label)
    if kind is None or (kind.parse is None) == bool(colon):
        violation = Violation(field="stream", message="Not a stream.")
        raise InvalidArgument("There is no such stream.", violations=(violation,))
    return Stream(kind, label if kind.parse is None else kind.named(kind.parse(argument)))
