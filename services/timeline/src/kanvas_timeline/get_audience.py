"""Whose posts reach an account: what a live stream filters by."""

from dataclasses import dataclass

from kanvas_timeline.reading.sources import Sources, open_read


@dataclass(frozen=True)
class Audience:
    """Two sets of account ids, sorted, at one position."""

    following_ids: list[str]
    hidden_ids: list[str]
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
        following_ids=sorted(graph.following(reader_id)),
        hidden_ids=sorted(graph.hidden_from(reader_id)),
        position=sources.replica.position,
    )
