"""From a record of the feed to its events: what each stream is told of it, encoded once."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.graph.v1 import records_pb2 as graph
from kanvas_gateway.presentation import present_account, present_post, rfc3339
from kanvas_gateway.stream.ring import Directed, Entry
from kanvas_gateway.stream.streams import (
    GLOBAL,
    HOME,
    NAMED_BY_CONTENT,
    TAG,
    USER,
    Event,
    Kind,
    Telling,
)
from kanvas_platform.timestamps import to_seconds

_encode = msgspec.json.Encoder().encode


def entry_of(record: feed.FeedRecord, *, time: float, trace: str) -> Entry:
    """Return what a record is on the streams; a record without an event gives an empty entry.

    Args:
        record: A record of `kanvas.feed.v1` that the log holds.
        time: Unix seconds at which the log took it.
        trace: Trace id of the request that caused it; empty where unknown.
    """
    meta = record.meta
    encode = _Encoder(meta.position, to_seconds(meta.decided_at), trace)
    told: Mapping[str, Telling] = {}
    directed: tuple[Directed, ...] = ()
    author_id = subject = ""
    account_gone: bool | None = None
    match record.WhichOneof("entity"):
        case "post":
            author_id, subject = record.post.author.id, f"post:{record.post.id}"
            told = _of_post(encode, record.post, meta.created_position)
        case "post_removed":
            author_id, subject = record.post_removed.author_id, f"post:{record.post_removed.id}"
            told = _of_removal(encode, record.post_removed)
        case "account" if meta.created_position != meta.position:
            author_id, subject = record.account.id, f"account:{record.account.id}"
            account_gone = record.account.state != graph.ACCOUNT_STATE_UNSPECIFIED
            told = _of_author(encode, record.account, is_gone=account_gone)
        case "follow":
            directed = (_follow_changed(encode, record.follow),)
        case "block":
            directed = _block_changed(encode, record.block)
        case _:
            pass  # a new account, or an entity newer than this code: no event, one position
    return Entry(
        position=meta.position,
        time=time,
        decided=encode.decided,
        trace=trace,
        author_id=author_id,
        subject=subject,
        told=told,
        directed=directed,
        account_gone=account_gone,
    )


def streams_of(author_id: str, tags: Iterable[str]) -> dict[str, Kind]:
    """Return the streams on which a post stands, by name.

    Args:
        author_id: Whose post it is.
        tags: Names of its tags.
    """
    streams = {GLOBAL.label: GLOBAL, HOME.label: HOME, USER.named(author_id): USER}
    return streams | {TAG.named(tag): TAG for tag in tags}


class _Encoder:
    """Encodes the events of one record, all but the names of their streams.

    Args:
        position: Of the record.
        decided: Unix seconds at which the writer decided it.
        trace: Trace id; empty where unknown.
    """

    def __init__(self, position: int, decided: float, trace: str) -> None:
        self.position = position
        self.decided = decided
        self._trace = trace

    def event(self, name: str, data: dict[str, Any]) -> Event:
        """Return an event; the brace that opens the object stands before the stream's name."""
        position = str(self.position)
        message: dict[str, Any] = {
            "pos": position,
            "event": name,
            "ts": rfc3339(self.decided),
            "id": position,
        }
        if self._trace:
            message["trace"] = self._trace
        message["data"] = data
        return Event(b"," + _encode(message)[1:])

    def removal(self, post_id: str, author_id: str) -> Event:
        """Return the event by which a post is taken away."""
        return self.event("post.removed", {"id": post_id, "author_id": author_id})


def _of_post(encode: _Encoder, post: feed.Post, created_position: int) -> dict[str, Telling]:
    streams = streams_of(post.author.id, (tag.name for tag in post.tags))
    shown = present_post(post, created_position)
    if created_position == encode.position:
        event = encode.event("post.created", shown | {"like_count": 0, "liked": False})
        public = event if post.visibility == feed.VISIBILITY_PUBLIC else None
        return _tell(streams, event, public)
    # It may have been public before, or have had other tags: clients that show it must lose it.
    event = encode.event("post.updated", shown)
    removal = encode.removal(post.id, post.author.id)
    public = event if post.visibility == feed.VISIBILITY_PUBLIC else removal
    elsewhere = {label: kind.tell(removal, removal) for label, kind in NAMED_BY_CONTENT.items()}
    return _tell(streams, event, public) | elsewhere


def _of_removal(encode: _Encoder, removed: feed.PostRemoved) -> dict[str, Telling]:
    event = encode.removal(removed.id, removed.author_id)
    # Records from before the field do not say who could see the post: then only those are told
    # who could see all posts of the author.
    public = event if removed.visibility == feed.VISIBILITY_PUBLIC else None
    # Nothing is kept of a deleted post, its tags neither: the streams of all tags are told.
    return _tell(streams_of(removed.author_id, ()) | NAMED_BY_CONTENT, event, public)


def _of_author(encode: _Encoder, account: graph.Account, *, is_gone: bool) -> dict[str, Telling]:
    if is_gone:
        event = encode.event("author.hidden", {"author_id": account.id})
    else:
        event = encode.event("author.changed", present_account(account))
    # Nobody knows here on the streams of which tags posts of the author stand: all are told.
    return _tell(streams_of(account.id, ()) | NAMED_BY_CONTENT, event, event)


def _tell(streams: Mapping[str, Kind], event: Event, public: Event | None) -> dict[str, Telling]:
    told = {name: kind.tell(event, public) for name, kind in streams.items()}
    return {name: one for name, one in told.items() if one.followers or one.others}


def _follow_changed(encode: _Encoder, follow: graph.Follow) -> Directed:
    data = {"account_id": follow.followee_id, "following": follow.active}
    told = {
        HOME.label: encode.event("home.changed", data),
        USER.named(follow.followee_id): encode.event("following.changed", data),
    }
    return Directed(follow.follower_id, follow.followee_id, told)


def _block_changed(encode: _Encoder, block: graph.Block) -> tuple[Directed, ...]:
    def tell(account_id: str, about_id: str) -> Directed:
        name = "author.hidden" if block.active else "author.shown"
        event = encode.event(name, {"author_id": about_id})
        streams = (HOME.label, GLOBAL.label, *NAMED_BY_CONTENT, USER.named(about_id))
        told = dict.fromkeys(streams, event)
        return Directed(account_id, about_id, told, unless_hidden=not block.active)

    return (
        tell(block.blocker_id, block.blocked_id),
        tell(block.blocked_id, block.blocker_id),
    )
