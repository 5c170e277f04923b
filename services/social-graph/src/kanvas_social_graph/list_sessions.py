"""Which sessions were ended: what a gateway that starts has to know of the time before."""

from collections.abc import Iterator, Sequence
from itertools import islice

from kanvas.graph.v1.records_pb2 import SessionEnded
from kanvas_social_graph.ports import GraphReplica

MOST_IN_PART = 1_000
"""Ends in one part: some 90 KB on the wire, where a message may have 4 MB."""


def ended_in_parts(replica: GraphReplica, now: float) -> Iterator[Sequence[SessionEnded]]:
    """Yield the sessions that were ended before their time, in parts, at least one.

    Each part is read when it is asked for, so callers may do other things in between: there may
    be very many. What is ended meanwhile need not be among them: it comes by the feed.

    Args:
        replica: Which has them.
        now: Unix time. What would have ended by itself long before is left out.
    """
    is_empty = True
    for day in replica.state.days_of_ends(now):
        below: int | None = None
        while part := list(islice(replica.state.ended.descending(day, below), MOST_IN_PART)):
            is_empty, (below, _) = False, part[-1]
            yield [ended for _, ended in part]
    if is_empty:
        yield []
