"""What this service needs from outside, as protocols."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from kanvas_platform.kafka.service_log import FoldedLog
from kanvas_timeline.domain.generations import Generations
from kanvas_timeline.domain.marks import Marks
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.domain.state import TimelineState


class FeedStore(Protocol):
    """Views of the feed log that reach back to its beginning.

    Every write carries the position of its record and the highest one wins, cell by cell, so
    that any number of instances may write the same records in any order and repeat them.

    Each call raises HistoryUnavailable, after at most `timeout` seconds, when the database cannot
    be reached or does not answer, or has not got the views at all; nothing else.

    Views may be emptied or replaced by an older copy at any moment, each by itself, and then answer
    as if there were less. A caller who must know looks at their marks before and after: see
    `domain.marks`.
    """

    async def marks(self, *, timeout: float) -> Marks:
        """Return what each view says of itself now."""
        ...

    async def begin(self, views: Collection[str], found: Marks, *, timeout: float) -> None:
        """Give a new life to some views, from where `found` says that they reach.

        A view whose mark has changed since is left alone: another instance was first.
        """
        ...

    async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
        """Take the newest state of posts, in any order. After an error, any part is written."""
        ...

    async def advance(self, known: Marks, position: int, *, timeout: float) -> bool:
        """Note that every record up to a position has been written, since `known` was read.

        Moves the mark of each view that reaches less far, if the mark still is as known. Returns
        False where a mark was not: another instance has written, or rows are lost. Then read the
        marks again.
        """
        ...

    async def posts(self, post_ids: Collection[str], *, timeout: float) -> Mapping[str, StoredPost]:
        """Return the newest state of the posts that the views know, by id; removed ones too."""
        ...

    async def newest(
        self, feeds: Collection[str], before: int, limit: int, *, timeout: float
    ) -> Sequence[Ref]:
        """Return the newest posts of any of the feeds, each once, newest first.

        Fewer than `limit` means that the views have no more. Posts that were removed, or that stand
        in the feed no more, may be among them.

        Args:
            feeds: Names, see `domain.feeds`.
            before: All posts were created below this position.
            limit: At most so many.
            timeout: In seconds.
        """
        ...


class GenerationStore(FeedStore, Protocol):
    """One generation of the views; a component. See `domain.generations`.

    The row that tells of all generations lies in the first one, and is asked of that one only.
    """

    name: str

    async def run(self) -> None:
        """Run until canceled."""

    async def generations(self, *, timeout: float) -> Generations | None:
        """Return which generations there are; None where there is no row."""
        ...

    async def note(self, generations: Generations, *, timeout: float) -> None:
        """Make the row where there is none."""
        ...

    async def change(self, known: Generations, becomes: Generations, *, timeout: float) -> bool:
        """Change the row; return False where it was not as known."""
        ...


class Views(Protocol):
    """The views of an instance, of which an operator may have another set take the place."""

    @property
    def serving(self) -> FeedStore:
        """The set that serves now; another object once another set does.

        Whoever has begun with one may go on with it for half a minute, and begins then with the
        other.

        Raises:
            HistoryUnavailable: It is not known yet.
        """
        ...


FeedReplica = FoldedLog[TimelineState]
"""The feed's log as this instance has folded it."""
