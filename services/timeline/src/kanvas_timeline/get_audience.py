"""Whose posts reach an account: what a live stream filters by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kanvas_timeline.reading.sources import Sources, open_read

MOST_IN_PART = 5_000
"""Ids of each set in one part: together 380 KB on the wire, where a message may have 4 MB."""


@dataclass(frozen=True)
class Audience:
    """Two sets of account ids, or a part of each, at one position."""

    following_ids: Sequence[str]
    hidden_ids: Sequence[str]
    position: int


async def get_audience(
    reader_id: str, at_least: int, *, sources: Sources, timeout: float
) -> Audience:
    """Return whom an account follows, and whom a block hides from it, in either direction.

    Raises:
        NotFresh: This instance cannot show that it is close to the end of the log.
        PositionNotReached: `at_least` was not applied in time.
    """
    await open_read(sources, at_least, sources.deadline(timeout))
    graph = sources.state.graph
    return Audience(
        following_ids=tuple(graph.following(reader_id)),
        hidden_ids=tuple(graph.hidden_from(reader_id)),
        position=sources.replica.position,
    )


def in_parts(audience: Audience) -> Iterator[Audience]:
    """Return an audience in parts, at least one: of each set at most `MOST_IN_PART` ids a part."""
    following, hidden = audience.following_ids, audience.hidden_ids
    for begin in range(0, max(len(following), len(hidden), 1), MOST_IN_PART):
        end = begin + MOST_IN_PART
        yield Audience(following[begin:end], hidden[begin:end], audience.position)
