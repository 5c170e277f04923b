"""The `FeedStore` port in memory; passes the same contract suite as the one on Cassandra."""

from collections.abc import Collection, Mapping, Sequence

from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.errors import HistoryUnavailable


class MemoryFeedStore:
    """Implements `FeedStore`.

    Attributes:
        down: While true, every call raises HistoryUnavailable.
        writes: How many posts were written, repeats included.
    """

    def __init__(self) -> None:
        self.down = False
        self.writes = 0
        self._posts: dict[str, StoredPost] = {}
        self._refs: dict[Ref, bool] = {}
        self._materialised = 0

    async def materialised(self, *, timeout: float) -> int:
        """See the port."""
        self._answer()
        return self._materialised

    async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
        """See the port."""
        self._answer()
        for stored in posts:
            self.writes += 1
            known = self._posts.get(stored.ref.post_id)
            if known is None or known.position <= stored.position:
                self._posts[stored.ref.post_id] = stored
            if not stored.removed:
                self._refs[stored.ref] = stored.public

    async def advance(self, position: int, *, timeout: float) -> None:
        """See the port."""
        self._answer()
        self._materialised = max(self._materialised, position)

    async def posts(self, post_ids: Collection[str], *, timeout: float) -> Mapping[str, StoredPost]:
        """See the port."""
        self._answer()
        return {post_id: self._posts[post_id] for post_id in post_ids if post_id in self._posts}

    async def by_authors(
        self, author_ids: Collection[str], before: int, limit: int, *, timeout: float
    ) -> Sequence[Ref]:
        """See the port."""
        self._answer()
        return self._newest([ref for ref in self._refs if ref.author_id in author_ids], before)[
            :limit
        ]

    async def public(self, before: int, limit: int, *, timeout: float) -> Sequence[Ref]:
        """See the port."""
        self._answer()
        return self._newest([ref for ref, public in self._refs.items() if public], before)[:limit]

    def _newest(self, refs: Sequence[Ref], before: int) -> list[Ref]:
        return sorted((ref for ref in refs if ref.created_position < before), reverse=True)

    def _answer(self) -> None:
        if self.down:
            raise HistoryUnavailable("The store is down.")
