"""First step: which posts a feed is made of, in order, before any rule.

What was created above the floor of the recent log comes from memory, what was created at or below
it from the views. The two do not overlap, so a feed is the one and then the other.
"""

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from kanvas_timeline.domain.feeds import AuthorFeeds
from kanvas_timeline.domain.posts import Ref
from kanvas_timeline.domain.recent import Lane, RecentLog
from kanvas_timeline.reading.old_posts import OldPosts

WALK_STEPS_PER_AUTHOR = 3
"""A step of the walk costs about a third of what it costs to open one author's lane."""

_STRETCH = 256


@dataclass(frozen=True)
class Skeleton:
    """A stretch of a feed, newest first.

    Attributes:
        refs: The posts.
        end: Whether nothing older exists; so far as the views may be believed.
    """

    refs: list[Ref]
    end: bool


async def skeleton(old: OldPosts, feeds: Collection[str], before: int, limit: int) -> Skeleton:
    """Return the newest `limit` refs of any of the feeds; to be used once `old` is confirmed.

    Args:
        old: The views, for what lies below the memory.
        feeds: Names, see `domain.feeds`.
        before: All refs were created below this position.
        limit: At most so many.

    Raises:
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
    """
    recent = old.sources.state.recent
    refs = from_memory(recent, feeds, before, limit)
    wanted = limit - len(refs)
    if wanted == 0 or recent.floor == 0:
        return Skeleton(refs, end=wanted > 0)
    below = min(before, recent.floor + 1)
    store = await old.open()
    older = await store.newest(feeds, below, wanted, timeout=old.deadline.for_waiting())
    return Skeleton([*refs, *older], end=len(older) < wanted)


def from_memory(recent: RecentLog, feeds: Collection[str], before: int, limit: int) -> list[Ref]:
    """Return the newest refs created below `before` and above the floor; fewer: no more there."""
    if isinstance(feeds, AuthorFeeds):
        refs = _by_authors(recent, feeds, before)
    else:
        refs = _merge(recent, feeds, before)
    above_floor = takewhile(lambda ref: ref.created_position > recent.floor, refs)
    return list(islice(above_floor, limit))


def _by_authors(recent: RecentLog, feeds: AuthorFeeds, before: int) -> Iterator[Ref]:
    """Walk all posts and test whose they are, then merge the authors' lanes.

    Where the authors make a good part of all posts, the walk fills a page after a few steps and
    opens no lane. Where they do not, it gives up once it has cost as much as opening them all,
    so that the choice is at most twice as dear as the better one, without any statistics. Of
    thousands of authors most are silent: where a first stretch does not do, they are left out.
    """
    steps = len(feeds) * WALK_STEPS_PER_AUTHOR
    index = recent.all.end(before)
    with_lane: AuthorFeeds | None = None
    while steps > 0:
        stretch = recent.all.stretch(index, min(steps, _STRETCH))
        if not stretch:
            return
        index -= len(stretch)
        steps -= len(stretch)
        before = stretch[-1].created_position
        yield from [ref for ref in stretch if ref.author_id in feeds.account_ids]
        if with_lane is None:
            with_lane = AuthorFeeds(feeds.account_ids & recent.author_ids)
            steps = min(steps, len(with_lane) * WALK_STEPS_PER_AUTHOR)
    yield from _merge(recent, feeds if with_lane is None else with_lane, before)


def _merge(recent: RecentLog, feeds: Collection[str], before: int) -> Iterator[Ref]:
    heads: list[tuple[int, int, Lane, int, Ref]] = []
    for number, feed in enumerate(feeds):
        lane = recent.lane(feed)
        if lane is None:
            continue
        index = lane.end(before)
        ref = lane.at(index)
        if ref is not None:
            heads.append((-ref.created_position, number, lane, index, ref))
    heapq.heapify(heads)
    newest: Ref | None = None
    while heads:
        _, number, lane, index, ref = heads[0]
        if ref != newest:  # a post may stand in several of the feeds
            yield ref
        newest = ref
        older = lane.at(index - 1)
        if older is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (-older.created_position, number, lane, index - 1, older))
