"""Merging feeds that lie in buckets, newest first, with few reads.

A bucket is a range of positions, the same ranges for all feeds of one read. So the buckets of all
feeds can be read from the highest range down, and what comes from a range is newer than anything
from the ranges below it.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

from kanvas_timeline.concurrent_calls import Call
from kanvas_timeline.domain.posts import Ref

INDEX_PAGE = 16
"""How many buckets of a feed are looked up at a time."""

ReadIndex = Callable[[str, int, int], Awaitable[Sequence[int]]]
"""(feed, below, most) → the highest `most` buckets of a feed below one, descending."""

ReadBucket = Callable[[str, int], Awaitable[Sequence[Ref]]]
"""(feed, bucket) → the newest refs of a bucket, as many as are wanted, newest first."""

Concurrently = Callable[[Iterable[Call]], Awaitable[None]]
"""Makes the calls, as many at a time as is good for the database."""


class _Shelf:
    """What is known of one feed's buckets."""

    def __init__(self, feed: str, top: int) -> None:
        self.feed = feed
        self.buckets: list[int] = []
        self.complete = False
        self._below = top + 1

    async def look_up(self, read_index: ReadIndex) -> None:
        """Learn of the next buckets below those that were known."""
        found = await read_index(self.feed, self._below, INDEX_PAGE)
        self.buckets += found
        self.complete = len(found) < INDEX_PAGE
        if found:
            self._below = found[-1]

    def take_from(self, lowest: int) -> list[int]:
        """Take the known buckets at or above one."""
        taken = [bucket for bucket in self.buckets if bucket >= lowest]
        del self.buckets[: len(taken)]
        return taken


async def newest_lines(
    feeds: Iterable[str],
    *,
    top: int,
    limit: int,
    read_index: ReadIndex,
    read_bucket: ReadBucket,
    concurrently: Concurrently,
) -> list[Ref]:
    """Return the newest `limit` refs of all feeds together, each once; fewer: there are no more.

    Args:
        feeds: Their names.
        top: The highest bucket to look into.
        limit: How many refs are wanted.
        read_index: See there.
        read_bucket: See there; it leaves out what is too new.
        concurrently: See there.
    """
    shelves = [_Shelf(feed, top) for feed in feeds]
    found: list[Ref] = []
    ranges = 1

    async def read(feed: str, bucket: int) -> None:
        stretch.extend(await read_bucket(feed, bucket))

    while len(found) < limit:
        empty = [shelf for shelf in shelves if not shelf.buckets and not shelf.complete]
        await concurrently(partial(shelf.look_up, read_index) for shelf in empty)
        shelves = [shelf for shelf in shelves if shelf.buckets]
        if not shelves:
            break
        lowest = _lowest_range(shelves, ranges)
        taken = [(shelf.feed, bucket) for shelf in shelves for bucket in shelf.take_from(lowest)]
        stretch: list[Ref] = []
        await concurrently(partial(read, feed, bucket) for feed, bucket in taken)
        # What stands in several feeds has the same bucket in each.
        found += sorted(set(stretch), reverse=True)
        ranges *= 2  # a feed with little in each bucket must not cost a round for each
    return found[:limit]


def _lowest_range(shelves: Sequence[_Shelf], ranges: int) -> int:
    """Return the lowest of the highest `ranges` buckets below which no shelf may know more."""
    known = max((shelf.buckets[-1] for shelf in shelves if not shelf.complete), default=0)
    buckets = {bucket for shelf in shelves for bucket in shelf.buckets if bucket >= known}
    return sorted(buckets, reverse=True)[:ranges][-1]
