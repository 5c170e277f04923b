"""First step: which posts a feed is made of, in order, before any rule.

What was created above the floor of the recent log comes from memory, what was created at or below
it from the views. The two do not overlap, so a feed is the one and then the other.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice, takewhile

from kanvas_timeline.domain.posts import Ref
from kanvas_timeline.domain.recent import Lane, RecentLog
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.reading.old_posts import OldPosts

WALK_STEPS_PER_AUTHOR = 3
"""A step of the walk costs about a third of what it costs to open one author's lane."""

_STRETCH = 256


@dataclass(frozen=True)
class Authors:
    """A feed of everything that some accounts have posted, whoever may see it."""

    ids: AbstractSet[str]


@dataclass(frozen=True)
class Everyone:
    """A feed of everything that is public."""


Source = Authors | Everyone


@dataclass(frozen=True)
class Skeleton:
    """A stretch of a feed, newest first.

    Attributes:
        refs: The posts.
        end: Whether nothing older exists; so far as the views may be believed.
    """

    refs: list[Ref]
    end: bool


async def skeleton(old: OldPosts, source: Source, before: int, limit: int) -> Skeleton:
    """The newest `limit` refs created below `before`; to be used once `old` is confirmed.

    Raises HistoryUnavailable.
    """
    recent = old.views.state.recent
    refs = from_memory(recent, source, before, limit)
    wanted = limit - len(refs)
    if wanted == 0 or recent.floor == 0:
        return Skeleton(refs, end=wanted > 0)
    below = min(before, recent.floor + 1)
    store = await old.open()
    older = await _from_store(store, source, below, wanted, old.deadline.for_waiting())
    return Skeleton([*refs, *older], end=len(older) < wanted)


def from_memory(recent: RecentLog, source: Source, before: int, limit: int) -> list[Ref]:
    """The newest refs created below `before` and above the floor; fewer: no more there."""
    match source:
        case Authors(ids):
            refs = _by_authors(recent, ids, before)
        case Everyone():
            refs = recent.public.newest_first(before)
    above_floor = takewhile(lambda ref: ref.created_position > recent.floor, refs)
    return list(islice(above_floor, limit))


async def _from_store(
    store: FeedStore, source: Source, before: int, limit: int, timeout: float
) -> Sequence[Ref]:
    match source:
        case Authors(ids):
            return await store.by_authors(ids, before, limit, timeout=timeout)
        case Everyone():
            return await store.public(before, limit, timeout=timeout)


def _by_authors(recent: RecentLog, ids: AbstractSet[str], before: int) -> Iterator[Ref]:
    """Walks everyone's posts and tests for membership, then merges the authors' lanes.

    Where the authors make a good part of all posts, the walk fills a page after a few steps and
    opens no lane. Where they do not, it gives up once it has cost as much as opening them all,
    so that the choice is at most twice as dear as the better one, without any statistics.
    """
    if len(ids) == 1:
        yield from _merge(recent, ids, before)
        return
    steps = len(ids) * WALK_STEPS_PER_AUTHOR
    index = recent.everyone.end(before)
    while steps > 0:
        stretch = recent.everyone.stretch(index, min(steps, _STRETCH))
        if not stretch:
            return
        index -= len(stretch)
        steps -= len(stretch)
        before = stretch[-1].created_position
        yield from [ref for ref in stretch if ref.author_id in ids]
    yield from _merge(recent, ids, before)


def _merge(recent: RecentLog, ids: Iterable[str], before: int) -> Iterator[Ref]:
    heads: list[tuple[int, Lane, int, Ref]] = []
    for author_id in ids:
        lane = recent.lane(author_id)
        if lane is None:
            continue
        index = lane.end(before)
        ref = lane.at(index)
        if ref is not None:
            heads.append((-ref.created_position, lane, index, ref))
    heapq.heapify(heads)
    while heads:
        _, lane, index, ref = heads[0]
        yield ref
        older = lane.at(index - 1)
        if older is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (-older.created_position, lane, index - 1, older))
