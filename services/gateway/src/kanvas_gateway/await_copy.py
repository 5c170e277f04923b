"""Waiting until what the graph has accepted holds in feeds and streams too."""

from dataclasses import dataclass

from kanvas_gateway.ports import FeedTail
from kanvas_platform.errors import PositionNotReached

WAIT_SECONDS = 2.5


@dataclass(frozen=True, slots=True)
class CopyState:
    """Whether a change of the graph holds in the feed.

    Attributes:
        graph_position: Where it stands in the graph.
        position: Feed position by which it holds; None where it does not yet.
    """

    graph_position: int
    position: int | None

    @property
    def applied(self) -> bool:
        """Whether it holds."""
        return self.position is not None

    def json(self, until_then: str) -> dict[str, bool | str | None]:
        """Return it as clients read it; `until_then` is what they are told while it does not."""
        return {
            "applied": self.applied,
            "detail": None if self.applied else until_then,
            "position": None if self.position is None else str(self.position),
            "graph_position": str(self.graph_position),
        }


async def await_copy(
    tail: FeedTail, graph_position: int, timeout: float = WAIT_SECONDS
) -> CopyState:
    """Wait until the own tail of the feed has passed the copy of a graph position.

    Args:
        tail: The own tail.
        graph_position: What must have been copied.
        timeout: Seconds; when they are over the answer is "not yet", which is no error: it is
            committed, and a repeat of the request waits again.
    """
    try:
        position = await tail.wait_for_source(graph_position, timeout)
    except PositionNotReached:
        return CopyState(graph_position, None)
    return CopyState(graph_position, position)
