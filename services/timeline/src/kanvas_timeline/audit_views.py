"""Comparing the views with the log, stretch by stretch: see `domain.audit`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.kafka.reading.stretches import Stretch
from kanvas_timeline.concurrent_calls import concurrently
from kanvas_timeline.domain.audit import Answered, Finding, Said, compare, said
from kanvas_timeline.domain.marks import losses, reach
from kanvas_timeline.domain.posts import Ref, StoredPost, post_for_views
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.ports import FeedStore

_PAGE_MAX = 256
_POSTS_MAX = 64
"""Rows that are asked for at a time."""
_RETRY_SECONDS = 2.0


@dataclass(frozen=True)
class Compared:
    """What came of a stretch.

    Attributes:
        records: How many records about posts were compared.
        through: The position up to which they were: the last one of the stretch, or the reach of
            the views where that is lower.
        findings: The differences.
    """

    records: int
    through: int
    findings: Sequence[Finding]


class Auditor:
    """Asks the views for what a stretch of the log says, and compares.

    It asks about a stretch's feeds one by one, so that the answers show in which one a line lacks.

    Args:
        store: The views.
        at_once: Feeds that are asked about at a time.
        timeout: Seconds for each call to the views.
    """

    def __init__(self, store: FeedStore, *, at_once: int, timeout: float) -> None:
        self._store = store
        self._at_once = at_once
        self._timeout = timeout

    async def compare(self, stretch: Stretch) -> Compared:
        """Compare what the views hold by their own marks; the rest of the stretch is left out.

        Raises:
            HistoryUnavailable: The views cannot be read, one is lost, or was while it was compared.
        """
        marks = await self._store.marks(timeout=self._timeout)
        if None in marks.values():
            raise HistoryUnavailable(
                "A view is lost, and nobody writes it again yet.", retry_after=_RETRY_SECONDS
            )
        through = min(stretch.through, reach(marks))
        records = [stored for stored in _posts_of(stretch) if stored.position <= through]
        told = said(records, stretch.after, through)
        lines = await self._lines(told)
        named = {ref.post_id for refs in lines.values() for ref in refs}
        posts = await self._posts(sorted(named.union(told.posts)))
        if losses(marks, await self._store.marks(timeout=self._timeout)):
            raise HistoryUnavailable(
                "The views were lost while they were compared.", retry_after=_RETRY_SECONDS
            )
        findings = compare(told, Answered(posts, lines))
        return Compared(len(records), through, findings)

    async def _posts(self, post_ids: Sequence[str]) -> dict[str, StoredPost]:
        found: dict[str, StoredPost] = {}
        for first in range(0, len(post_ids), _POSTS_MAX):
            some = post_ids[first : first + _POSTS_MAX]
            found |= await self._store.posts(some, timeout=self._timeout)
        return found

    async def _lines(self, told: Said) -> dict[str, list[Ref]]:
        lines: dict[str, list[Ref]] = {}

        async def ask(feed: str) -> None:
            lines[feed] = await self._lines_of(feed, told)

        calls = (partial(ask, feed) for feed in sorted(told.lines))
        await concurrently(calls, at_once=self._at_once)
        return lines

    async def _lines_of(self, feed: str, told: Said) -> list[Ref]:
        """Return the lines that were created within the stretch, then what else it names."""
        found: list[Ref] = []
        before, limit = told.through + 1, len(told.lines[feed]) + 1
        while True:
            page = await self._store.newest([feed], before, limit, timeout=self._timeout)
            found += [ref for ref in page if told.within(ref.created_position)]
            if len(page) < limit or not told.within(page[-1].created_position):
                break
            before, limit = page[-1].created_position, _PAGE_MAX
        older = {ref for ref in told.lines[feed] if not told.within(ref.created_position)}
        for ref in sorted(older, reverse=True):
            below = ref.created_position + 1
            page = await self._store.newest([feed], below, 1, timeout=self._timeout)
            found += [line for line in page if line.created_position == ref.created_position]
        return found


def _posts_of(stretch: Stretch) -> list[StoredPost]:
    """Return what the records of a stretch say about posts, without what no row could hold."""
    posts = []
    for entry in stretch.entries:
        try:
            stored = post_for_views(cast("FeedRecord", entry.record))
        except InvalidArgument:
            continue  # the materialiser has set it aside
        if stored is not None:
            posts.append(stored)
    return posts
