"""The `FeedStore` port in memory; passes the same contract suite as the one on Cassandra."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

from kanvas_platform.ids import new_id
from kanvas_timeline.domain.marks import Mark, Marks
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.ports import FeedStore

VIEWS = ("posts", "feeds")


@dataclass
class Rows:
    """The posts by id, the lines of each feed by its name, and the marks."""

    posts: dict[str, StoredPost] = field(default_factory=dict)
    feeds: dict[str, set[Ref]] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)

    def __copy__(self) -> "Rows":
        feeds = {feed: set(lines) for feed, lines in self.feeds.items()}
        return Rows(dict(self.posts), feeds, dict(self.marks))


class MemoryFeedStore:
    """Implements `FeedStore`.

    Attributes:
        down: While true, every call raises HistoryUnavailable.
        writes: How many posts were written, repeats included.
        rows: What a database would keep.
    """

    def __init__(self) -> None:
        self.down = False
        self.writes = 0
        self.rows = Rows()

    @property
    def serving(self) -> FeedStore:
        """See the port `Views`: it is the only set."""
        return self

    def empty(self, view: str) -> None:
        """Lose the rows of a view, as TRUNCATE does."""
        getattr(self.rows, view).clear()
        self.rows.marks.pop(view, None)

    def copy(self) -> object:
        """Return everything as it is now, for `restore`."""
        return copy(self.rows)

    def restore(self, rows: object) -> None:
        """Become what it was when a copy was taken; the copy may be used again."""
        if not isinstance(rows, Rows):
            raise TypeError("not a copy")
        self.rows = copy(rows)

    async def marks(self, *, timeout: float) -> Marks:
        """See the port."""
        self._answer()
        return {view: self.rows.marks.get(view) for view in VIEWS}

    async def begin(self, views: Collection[str], found: Marks, *, timeout: float) -> None:
        """See the port."""
        self._answer()
        for view in views:
            mark = found[view]
            if self.rows.marks.get(view) == mark:
                self.rows.marks[view] = Mark(new_id(), mark.reach if mark else 0)

    async def advance(self, known: Marks, position: int, *, timeout: float) -> bool:
        """See the port."""
        self._answer()
        if None in known.values():
            return False
        moved = True
        for view, mark in known.items():
            if mark is None or mark.reach >= position:
                continue
            if self.rows.marks.get(view) == mark:
                self.rows.marks[view] = Mark(mark.life, position)
            else:
                moved = False
        return moved

    async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
        """See the port."""
        self._answer()
        rows = self.rows
        for stored in posts:
            self.writes += 1
            known = rows.posts.get(stored.ref.post_id)
            if known is None or known.position <= stored.position:
                rows.posts[stored.ref.post_id] = stored
            for feed in stored.feeds:
                rows.feeds.setdefault(feed, set()).add(stored.ref)

    async def posts(self, post_ids: Collection[str], *, timeout: float) -> Mapping[str, StoredPost]:
        """See the port."""
        self._answer()
        posts = self.rows.posts
        return {post_id: posts[post_id] for post_id in post_ids if post_id in posts}

    async def newest(
        self, feeds: Collection[str], before: int, limit: int, *, timeout: float
    ) -> Sequence[Ref]:
        """See the port."""
        self._answer()
        lines = {ref for feed in feeds for ref in self.rows.feeds.get(feed, ())}
        return sorted((ref for ref in lines if ref.created_position < before), reverse=True)[:limit]

    def _answer(self) -> None:
        if self.down:
            raise HistoryUnavailable("The store is down.")
