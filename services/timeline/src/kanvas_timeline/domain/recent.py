"""The recent log in memory: the part of every feed that is answered without a database.

It holds each record about a post above its `floor`, with a lane for each feed, and forgets from the
oldest on when it grows over its limit. What it forgets must stand in the views; so it keeps what
does not, and `full` tells the writer to take no more posts until the views have caught up.

The same records and the floor stand in the space of the state. Where the space is older than the
process, the log is filled from there, and no reader notices the restart.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from kanvas_platform.kafka.store.codecs import NOTHING, NUMBER
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Map, Order
from kanvas_timeline.domain.feeds import author_feed
from kanvas_timeline.domain.posts import STORED, Ref, StoredPost

OVERHEAD_BYTES = 700
"""Memory that one record takes besides its content: objects, text of ids, index entries."""
FEED_BYTES = 100
"""Memory that one record takes for each feed that it stands in: the name, an entry in its lane."""
LANE_BYTES = 170
"""Memory that one lane takes besides its entries: the lane, its list, its place in the index.

Measured with tracemalloc: 300 to 6,000 posts of 30 tags, once with the same tags and once with tags
of their own. The difference was 148 to 171 bytes for each lane, as full as the index was just then.
"""

_FULL = 2
_CEILING = 3
_COMPACT_AFTER = 1024


class Lane:
    """Refs in ascending order of creation: the posts of one feed, or all posts."""

    __slots__ = ("_refs", "_start")

    def __init__(self) -> None:
        self._refs: list[Ref] = []
        self._start = 0

    def __len__(self) -> int:
        return len(self._refs) - self._start

    def add(self, ref: Ref) -> None:
        """Put a ref in its place, which is nearly always the end; one that is there stays."""
        if not self._refs or self._refs[-1] < ref:
            self._refs.append(ref)
            return
        index = bisect_left(self._refs, ref, lo=self._start)
        if index == len(self._refs) or self._refs[index] != ref:
            self._refs.insert(index, ref)

    def forget(self, floor: int) -> None:
        """Drop what was created at or below a position. Amortized O(1) for each ref."""
        while self._start < len(self._refs) and self._refs[self._start].created_position <= floor:
            self._start += 1
        if self._start >= _COMPACT_AFTER and self._start * 2 >= len(self._refs):
            del self._refs[: self._start]
            self._start = 0

    def end(self, before: int) -> int:
        """Return the index just past the newest ref created below `before`."""
        return bisect_left(self._refs, (before,), lo=self._start)

    def at(self, index: int) -> Ref | None:
        """Return the ref just below an index, or None when there is none left."""
        return self._refs[index - 1] if index > self._start else None

    def stretch(self, index: int, count: int) -> list[Ref]:
        """Return up to `count` refs just below an index, newest first."""
        return self._refs[max(self._start, index - count) : index][::-1]

    def newest_first(self, before: int) -> Iterator[Ref]:
        """Yield refs created below `before`, newest first. The lane must not change meanwhile."""
        for index in range(self.end(before) - 1, self._start - 1, -1):
            yield self._refs[index]


class _Slot(NamedTuple):
    position: int
    ref: Ref
    feeds: tuple[str, ...]
    size: int


class RecentLog:
    """The newest records about posts, in the order of the log, bounded by bytes.

    Attributes:
        posts: The newest record about each post that has one here, by id.
        all: All posts created above the floor, whatever feeds they stand in.
        author_ids: The accounts whose author feeds have a lane here.
        floor: Every record about a post above this position is here; 0 while nothing was
            forgotten.
    """

    def __init__(self, space: Space, *, limit_bytes: int) -> None:
        """Make the log that stands in a space.

        Prefixes in the space: `r` records by position, `t` the floor.

        Args:
            space: Where it is kept.
            limit_bytes: Memory that it may take, as `bytes` estimates it.
        """
        self._kept: Order[None, int, StoredPost] = Order(space, b"r", NOTHING, NUMBER, STORED)
        self._floor: Map[None, int] = Map(space, b"t", NOTHING, NUMBER)
        self.posts: dict[str, StoredPost] = {}
        self._limit = limit_bytes
        self._slots: deque[_Slot] = deque()
        self._lanes: dict[str, Lane] = {}
        self._record_bytes = 0
        self.all = Lane()
        self.author_ids: set[str] = set()
        self.floor = self._floor.get(None, 0)
        self._last = 0
        self._materialised = 0
        for position, stored in reversed(list(self._kept.descending(None))):
            if position > self.floor:
                self._hold(stored)
            else:  # a record that failed halfway had it forgotten, and took that back here only
                self._kept.remove(None, position)

    @property
    def bytes(self) -> int:
        """Estimate of the memory held, which `limit_bytes` is compared with."""
        return self._record_bytes + LANE_BYTES * len(self._lanes)

    @property
    def full(self) -> bool:
        """Whether so much waits for the views that no more posts should be taken."""
        return self.bytes >= self._limit * _FULL

    @property
    def materialised(self) -> int:
        """Position up to which the views are known to hold every record.

        The materialiser sets it. A higher position lets the memory forget, which may have grown
        full meanwhile; a lower one says that views were lost.
        """
        return self._materialised

    @materialised.setter
    def materialised(self, position: int) -> None:
        self._materialised = position
        self._trim()

    @property
    def views_reach(self) -> bool:
        """Whether the views are known to hold everything that was forgotten here."""
        return self.floor <= self.materialised

    def lane(self, feed: str) -> Lane | None:
        """Return the posts of one feed, by its name; None if there are none here."""
        return self._lanes.get(feed)

    def add(self, stored: StoredPost) -> None:
        """Take the newest record about a post; positions ascend from call to call.

        A record that failed halfway comes once more: then the space has lost it, the memory not.

        Raises:
            ValueError: It has an id or a position that no writer gives.
        """
        self._kept.add(None, stored.position, stored)
        if stored.position > self._last:
            self._hold(stored)
            self._trim()

    def _hold(self, stored: StoredPost) -> None:
        self._last = stored.position
        size = len(stored.content) + OVERHEAD_BYTES + FEED_BYTES * len(stored.feeds)
        self._slots.append(_Slot(stored.position, stored.ref, stored.feeds, size))
        self.posts[stored.ref.post_id] = stored
        self._record_bytes += size
        if not stored.removed and stored.ref.created_position > self.floor:
            self.all.add(stored.ref)
            self.author_ids.add(stored.ref.author_id)
            for feed in stored.feeds:
                self._lanes.setdefault(feed, Lane()).add(stored.ref)

    def _trim(self) -> None:
        # Above the ceiling it forgets even what the views lack. While serving, `full` comes
        # first; only the first fold of a long log without a database gets there. Reads then
        # get HistoryUnavailable.
        while self.bytes > self._limit and (
            self._slots[0].position <= self.materialised or self.bytes > self._limit * _CEILING
        ):
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        slot = self._slots.popleft()
        self._record_bytes -= slot.size
        self.floor = slot.position
        self._floor[None] = slot.position
        self._kept.remove(None, slot.position)
        newest = self.posts.get(slot.ref.post_id)
        if newest is not None and newest.position == slot.position:
            del self.posts[slot.ref.post_id]
        self.all.forget(self.floor)
        # Each ref was put into its lanes by a record with a slot, which is not older than the ref.
        for feed in slot.feeds:
            lane = self._lanes.get(feed)
            if lane is not None:
                lane.forget(self.floor)
                if not lane:
                    del self._lanes[feed]
        if author_feed(slot.ref.author_id) not in self._lanes:
            self.author_ids.discard(slot.ref.author_id)
