"""From a record of the feed to its events: what each stream says about it, encoded once."""

from typing import Any

import msgspec

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.graph.v1 import records_pb2 as graph
from kanvas_gateway.domain.framing import json_frame
from kanvas_gateway.domain.presentation import present_post, rfc3339, seconds_of
from kanvas_gateway.domain.ring import Directed, Entry

_encode = msgspec.json.Encoder().encode


def entry_of(record: feed.FeedRecord, *, time: float, trace: str) -> Entry:
    """Return what a record is on the streams; a record without an event gives an empty entry.

    Args:
        record: A record of `kanvas.feed.v1` that the log holds.
        time: Unix seconds at which the log took it.
        trace: Trace id of the request that caused it; empty where unknown.
    """
    meta = record.meta
    entry = Entry(meta.position, time, seconds_of(meta.decided_at))
    event = _Event(meta.position, entry.decided, trace)
    match record.WhichOneof("entity"):
        case "post":
            _describe_post(entry, event, record.post, meta.created_position)
        case "post_removed":
            removed = record.post_removed
            entry.author_id, entry.post_id = removed.author_id, removed.id
            _describe_removal(entry, event, removed)
        case "follow":
            entry.directed = (_home_changed(event, record.follow),)
        case "block":
            entry.directed = _block_changed(event, record.block)
        case _:
            pass  # a profile changed, or an entity newer than this code: no event, one position
    return entry


class _Event:
    """Frames one event for the streams that carry it."""

    def __init__(self, position: int, decided: float, trace: str) -> None:
        self._head = {"pos": str(position)}
        self._tail = {"ts": rfc3339(decided), "id": str(position)}
        if trace:
            self._tail["trace"] = trace

    def frame(self, stream: str, event: str, data: dict[str, Any]) -> bytes:
        return self.frame_raw(stream, event, _encode(data))

    def frame_raw(self, stream: str, event: str, data: bytes) -> bytes:
        head = {"type": "event", "stream": stream, **self._head, "event": event}
        return json_frame(head | self._tail | {"data": msgspec.Raw(data)})


def _describe_post(entry: Entry, event: _Event, post: feed.Post, created_position: int) -> None:
    entry.author_id, entry.post_id = post.author.id, post.id
    shown = present_post(post, created_position)
    created = created_position == entry.position
    if created:
        shown |= {"like_count": 0, "liked": False}
    data, name = _encode(shown), "post.created" if created else "post.updated"
    entry.home = event.frame_raw("home", name, data)
    if post.visibility == feed.VISIBILITY_PUBLIC:
        entry.world = event.frame_raw("global", name, data)
    elif not created:
        # It may have been public before: whoever has it open must lose it.
        entry.world = _removal(event, "global", entry)


def _describe_removal(entry: Entry, event: _Event, removed: feed.PostRemoved) -> None:
    entry.home = _removal(event, "home", entry)
    # Records from before the field do not say who could see the post: then the world is not told.
    if removed.visibility == feed.VISIBILITY_PUBLIC:
        entry.world = _removal(event, "global", entry)


def _removal(event: _Event, stream: str, entry: Entry) -> bytes:
    return event.frame(stream, "post.removed", {"id": entry.post_id, "author_id": entry.author_id})


def _home_changed(event: _Event, follow: graph.Follow) -> Directed:
    data = {"account_id": follow.followee_id, "following": follow.active}
    frame = event.frame("home", "home.changed", data)
    return Directed(follow.follower_id, follow.followee_id, home=frame, world=b"")


def _block_changed(event: _Event, block: graph.Block) -> tuple[Directed, ...]:
    name = "author.hidden" if block.active else "author.shown"

    def tell(account_id: str, about_id: str) -> Directed:
        data = {"author_id": about_id}
        return Directed(
            account_id,
            about_id,
            home=event.frame("home", name, data),
            world=event.frame("global", name, data),
            unless_hidden=not block.active,
        )

    return (
        tell(block.blocker_id, block.blocked_id),
        tell(block.blocked_id, block.blocker_id),
    )
