"""What an account likes, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from kanvas.timeline.v1.service_pb2 import Like
from kanvas_platform.validation import Violations
from kanvas_timeline.domain.rules import hidden
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.reading.sources import Sources, open_read

PAGE_DEFAULT = 100
PAGE_MAX = 1000


@dataclass(frozen=True, slots=True)
class LikePage:
    """Likes of an account, of the newest posts first; `next_cursor` is empty at the end."""

    likes: Sequence[Like]
    next_cursor: str
    position: int


async def list_likes(
    account_id: str, *, page_size: int, cursor: str, sources: Sources, timeout: float
) -> LikePage:
    """Return a page of what an account likes.

    Args:
        account_id: Whose likes.
        page_size: How many at most; 0 takes the default.
        cursor: `next_cursor` of the page before; empty for the first.
        sources: What is read.
        timeout: Seconds.

    Raises:
        InvalidArgument: Page size or cursor is not what it may be.
        NotFresh: This instance cannot show that it is close to the end of the log.
    """
    violations = Violations()
    size = violations.page_size(page_size, default=PAGE_DEFAULT, most=PAGE_MAX)
    # A post's id, so that a like that comes or goes meanwhile moves none of the others.
    below = violations.identifier("cursor", cursor) if cursor else None
    violations.raise_if_any()
    await open_read(sources, 0, sources.deadline(timeout))
    state = sources.state
    found = list(islice(state.likes.of_account(account_id, below), size + 1))
    page = found[:size]
    return LikePage(
        likes=[_present(state, account_id, post_id) for post_id in page],
        next_cursor=page[-1] if len(found) > size else "",
        position=sources.replica.position,
    )


def _present(state: TimelineState, account_id: str, post_id: str) -> Like:
    like = Like(post_id=post_id)
    facts = state.known.get(post_id)
    if facts is not None and hidden(state.graph, account_id, facts) is None:
        author = state.graph.accounts.get(facts.author_id)
        like.author_handle = "" if author is None else author.handle
    return like
