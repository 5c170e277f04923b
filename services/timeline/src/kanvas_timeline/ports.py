"""What this service needs from outside, as protocols."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from kanvas_platform.kafka.contract import Command, Receipt
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
    as if there were less. Whoever must know looks at their marks before and after: see
    `domain.marks`.
    """

    async def marks(self, *, timeout: float) -> Marks:
        """What each view says of itself now."""
        ...

    async def begin(self, views: Collection[str], found: Marks, *, timeout: float) -> None:
        """Gives a new life to some views, from where `found` says that they reach.

        A view whose mark is no more as found is left alone: somebody else was first.
        """
        ...

    async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
        """Takes the newest state of posts, in any order. After an error, any part is written."""
        ...

    async def advance(self, known: Marks, position: int, *, timeout: float) -> bool:
        """Notes that every record up to a position has been written, since `known` was read.

        Moves the mark of each view that reaches less far, if it still is as known. False where one
        was not: then others have written, or rows are lost, and the marks have to be read again.
        """
        ...

    async def posts(self, post_ids: Collection[str], *, timeout: float) -> Mapping[str, StoredPost]:
        """The newest state of those posts that the views know, removed ones included, by id."""
        ...

    async def by_authors(
        self, author_ids: Collection[str], before: int, limit: int, *, timeout: float
    ) -> Sequence[Ref]:
        """The newest posts by any of the authors, created below a position, newest first.

        Fewer than `limit` means that this view has no more. Removed posts may be among them.
        """
        ...

    async def public(self, before: int, limit: int, *, timeout: float) -> Sequence[Ref]:
        """The newest public posts of everyone; otherwise as `by_authors`."""
        ...


class FeedReplica(Protocol):
    """The folded feed log of this instance; see `kanvas_platform.kafka.reading.replica.Replica`.

    `state` and `position` belong together between two awaits.
    """

    @property
    def state(self) -> TimelineState:
        """What the log folds into."""
        ...

    @property
    def position(self) -> int:
        """Position up to which the state includes everything."""
        ...

    def check_fresh(self, within: float = 1.0) -> None:
        """Raises NotFresh unless the state includes all that was committed `within` s ago."""
        ...

    async def wait_for(self, position: int, timeout: float) -> None:
        """Returns once a position is applied; raises PositionNotReached after `timeout` s."""
        ...

    async def include(self, position: int, timeout: float) -> None:
        """As `wait_for`; raises PositionUnknown at once where the log ends before it."""
        ...

    async def barrier(self, timeout: float) -> int:
        """Returns once everything committed before the call is applied; raises NotFresh."""
        ...


class Commands(Protocol):
    """Takes commands to the writer, where this instance leads."""

    async def submit(self, command: Command, timeout: float) -> Receipt:
        """Commits what the command decides, within `timeout` seconds; see `Writer.submit`."""
        ...
