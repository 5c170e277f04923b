"""Whose posts reach an account: what a live stream filters by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from kanvas_timeline.reading.sources import Sources, open_read

MOST_IN_PART = 10_000
"""Account ids in one part: 380 KB on the wire, where a message may have 4 MB."""


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
    """Return an audience in parts of at most `MOST_IN_PART` accounts; one part if it is empty."""
    nobody: Sequence[str] = ()
    following = (Audience(ids, nobody, audience.position) for ids in _cut(audience.following_ids))
    hidden = (Audience(nobody, ids, audience.position) for ids in _cut(audience.hidden_ids))
    if audience.following_ids or audience.hidden_ids:
        return chain(following, hidden)
    return iter([audience])


def _cut(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + MOST_IN_PART] for at in range(0, len(ids), MOST_IN_PART))
