"""How does a viewer stand to an author? One rule, for live passes, replays and the oracle.

The rule looks at the viewer's sets as they are when an event is sent, never as they were when it
was made: a block hides what came before it too, and home is what you follow *now*.
"""

from enum import Enum
from typing import Any

from kanvas_gateway.domain.audience import AudienceIndex, Viewer


class Relation(Enum):
    """How a viewer stands to an author."""

    HIDDEN = "hidden"
    """The author is hidden from the viewer."""
    FOLLOWER = "follower"
    """The viewer follows the author, or is the author."""
    OTHER = "other"
    """Neither; so stand all who have not said who they are."""


def relation_to(viewer: Viewer[Any] | None, author_id: str, index: AudienceIndex[Any]) -> Relation:
    """Return how a viewer stands to an author.

    Args:
        viewer: Whose sets apply; None for somebody who has not authenticated.
        author_id: The author.
        index: Where the viewer's follows are looked up.
    """
    if viewer is None:
        return Relation.OTHER
    if author_id in viewer.hidden:
        return Relation.HIDDEN
    if author_id == viewer.account_id or index.follows(viewer, author_id):
        return Relation.FOLLOWER
    return Relation.OTHER
