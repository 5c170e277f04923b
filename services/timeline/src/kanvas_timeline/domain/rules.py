"""Who may see what: one set of rules for every route."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kanvas_timeline.domain.graph import CopiedGraph
from kanvas_timeline.domain.posts import PostFacts, StoredPost


class Hidden(StrEnum):
    """Why a post is not shown to somebody. A closed set: it labels a metric."""

    REMOVED = "removed"
    ACCOUNT_GONE = "account_gone"
    """Its author's account is being deleted, or is erased."""
    BLOCKED = "blocked"
    NOT_A_FOLLOWER = "not_a_follower"
    UNFOLLOWED = "unfollowed"
    ELSEWHERE = "elsewhere"
    """It has left the feed: its newest record has another visibility or other tags."""
    MISSING = "missing"
    """A feed names it and no view has it. Never expected; watch the metric."""


def hidden(
    graph: CopiedGraph, reader_id: str | None, stored: StoredPost | PostFacts
) -> Hidden | None:
    """Return why a reader (None: nobody signed in) may not see a post; None where they may.

    A removed post is hidden from everyone, and so are those of an account that is gone, also from
    its owner: whoever deletes an account does nothing with it but keep it. Blocks hide both ways,
    whoever else follows whom. A post for followers is shown to those who follow its author now, and
    to the author.
    """
    if stored.removed:
        return Hidden.REMOVED
    author_id = stored.author_id
    if author_id in graph.gone:
        return Hidden.ACCOUNT_GONE
    if reader_id == author_id:
        return None
    if reader_id is not None and graph.blocked_either_way(reader_id, author_id):
        return Hidden.BLOCKED
    if not stored.public and (reader_id, author_id) not in graph.follows:
        return Hidden.NOT_A_FOLLOWER
    return None


def hidden_at_home(graph: CopiedGraph, reader_id: str, stored: StoredPost) -> Hidden | None:
    """Return why a post is not in a reader's home feed; None where it is.

    Besides the rules of every route: home shows whom the reader follows now, and the reader.
    """
    author_id = stored.author_id
    if reader_id != author_id and (reader_id, author_id) not in graph.follows:
        return Hidden.UNFOLLOWED
    return hidden(graph, reader_id, stored)


@dataclass(frozen=True)
class PictureAccess:
    """How some posts that show a picture let a reader see it.

    Attributes:
        author_id: The author of one by which the reader may see it; None where there is none.
        public: Whether everybody may see it by one of them, without signing in.
    """

    author_id: str | None
    public: bool


def picture_access(
    graph: CopiedGraph, reader_id: str | None, posts: Iterable[StoredPost]
) -> PictureAccess:
    """Return how posts that show a picture let a reader (None: nobody signed in) see it.

    A picture has no rules of its own: who may see one of its posts may see it.
    """
    showing = list(posts)
    visible = (stored for stored in showing if hidden(graph, reader_id, stored) is None)
    first = next(visible, None)
    return PictureAccess(
        author_id=None if first is None else first.author_id,
        public=any(hidden(graph, None, stored) is None for stored in showing),
    )
