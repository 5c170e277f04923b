"""One function for every feed: skeleton, hydrate, rules, until a page is full."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.rules import Hidden
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.metrics import hidden_posts
from kanvas_timeline.reading.hydrate import hydrate
from kanvas_timeline.reading.old_posts import OldPosts
from kanvas_timeline.reading.skeleton import Skeleton, from_memory, skeleton
from kanvas_timeline.reading.sources import Deadline, Sources

NEWEST = 2**63 - 1
"""Above every position."""

SCAN_PER_POST = 8
"""How many posts may be looked at for each one that a page can hold, before it is left short."""

Rule = Callable[[StoredPost], Hidden | None]


@dataclass(frozen=True)
class Feed:
    """What a reader asks for: one feed by its name, or several as one.

    Attributes:
        names: See `domain.feeds`.
        rule: Why the reader does not see a post; None where they do. Looks at the present state
            when called.
    """

    names: Collection[str]
    rule: Rule

    def hides(self, stored: StoredPost) -> Hidden | None:
        """Return why a post that stood in the feed is not shown; None where it is."""
        reason = self.rule(stored)
        if reason is None and not any(feed in self.names for feed in stored.feeds):
            return Hidden.ELSEWHERE
        return reason


@dataclass(frozen=True)
class Gathered:
    """A page of a feed before it is presented, newest first.

    Attributes:
        posts: What the rules let through, as of the end of the gathering.
        next_before: Go on below this position; None at the end of the feed.
    """

    posts: list[StoredPost]
    next_before: int | None


async def gather(
    sources: Sources, feed: Feed, *, before: int, limit: int, deadline: Deadline
) -> Gathered:
    """Return the newest `limit` posts of a feed created below `before`.

    A page that the rule thins is refilled, within a scan budget. When the budget is used up, or
    when the views cannot be read and the memory has something to show, the page is short and names
    a position to go on from.

    Raises:
        HistoryUnavailable: There is nothing to show without the views.
        PositionNotReached: The views hold newer content than was applied in time.
    """
    shown: list[StoredPost] = []
    budget = limit * SCAN_PER_POST
    at_end = False
    while budget > 0 and len(shown) < limit and not at_end:
        try:
            # One more than a page tells whether anything is left.
            stretch, found = await _look(sources, feed, before, limit + 1, deadline)
        except HistoryUnavailable:
            if not shown:
                raise
            break
        refs = stretch.refs[:limit]
        looked_at = 0
        for ref in refs:
            before, looked_at = ref.created_position, looked_at + 1
            stored = found.get(ref.post_id)
            if stored is not None and _passes(stored, feed):
                shown.append(stored)
                if len(shown) == limit:
                    break
            elif stored is None:
                hidden_posts.labels(Hidden.MISSING).inc()
        at_end = stretch.end and looked_at == len(stretch.refs)
        budget -= looked_at
    return Gathered(_still_shown(sources, shown, feed), None if at_end else before)


async def _look(
    sources: Sources, feed: Feed, before: int, limit: int, deadline: Deadline
) -> tuple[Skeleton, dict[str, StoredPost]]:
    """Return the newest `limit` refs created below `before`, and what is known of all but the last.

    While the views cannot be read or are not whole: what the memory has, without `end`.

    Raises:
        HistoryUnavailable: The memory has nothing.
    """
    try:
        old = OldPosts(sources, deadline)
        stretch = await skeleton(old, feed.names, before, limit)
        found = await hydrate(old, stretch.refs[: limit - 1])
        await old.confirm()
    except HistoryUnavailable:
        state = sources.state
        refs = from_memory(state.recent, feed.names, before, limit)
        if not refs:
            raise
        return Skeleton(refs, end=False), {ref.post_id: state.posts[ref.post_id] for ref in refs}
    return stretch, found


def _passes(stored: StoredPost, feed: Feed) -> bool:
    reason = feed.hides(stored)
    if reason is not None:
        hidden_posts.labels(reason).inc()
    return reason is None


def _still_shown(sources: Sources, shown: list[StoredPost], feed: Feed) -> list[StoredPost]:
    """Return what still passes: posts and follows may have ended while the views were read."""
    posts = sources.state.posts
    newest = [posts.get(stored.ref.post_id, stored) for stored in shown]
    return [stored for stored in newest if feed.hides(stored) is None]
