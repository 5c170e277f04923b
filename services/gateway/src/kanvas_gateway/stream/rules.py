"""Which event of an entry goes to a viewer on a stream: for live passes and for replays."""

from typing import Any

from kanvas_gateway.domain.audience import AudienceIndex, Viewer
from kanvas_gateway.domain.rules import Relation, relation_to
from kanvas_gateway.stream.ring import Entry
from kanvas_gateway.stream.streams import Event, Stream


def event_for(
    entry: Entry, stream: Stream, viewer: Viewer[Any] | None, index: AudienceIndex[Any]
) -> Event | None:
    """Return the event of the entry that goes to the viewer on the stream; None for none.

    Args:
        entry: From the ring.
        stream: Which.
        viewer: Whose sets apply; None for a socket that has not authenticated.
        index: Where the viewer's follows are looked up.
    """
    if entry.directed:
        return None if viewer is None else _directed(entry, stream, viewer)
    told = entry.told_on(stream)
    if told is None:
        return None
    if viewer is None or told.followers is told.others:
        hidden = viewer is not None and entry.author_id in viewer.hidden
        return None if hidden else told.others
    relation = relation_to(viewer, entry.author_id, index)
    if relation is Relation.HIDDEN:
        return None
    return told.followers if relation is Relation.FOLLOWER else told.others


def _directed(entry: Entry, stream: Stream, viewer: Viewer[Any]) -> Event | None:
    for one in entry.directed:
        if one.account_id == viewer.account_id:
            withheld = one.unless_hidden and one.about_id in viewer.hidden
            return None if withheld else one.told_on(stream)
    return None
