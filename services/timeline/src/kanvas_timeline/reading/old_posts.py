"""The views, as one read looks at them: what they answer is believed only while they are whole."""

from kanvas_timeline.domain.marks import Marks, losses, reach
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.reading.sources import Deadline, Sources

_RETRY_SECONDS = 2.0


class OldPosts:
    """The views for one read, whose answers may be used once `confirm` has returned.

    Views may be emptied or replaced by an older copy at any moment, and then answer as if there
    were less. So their marks are read before the first question and after the last answer: both
    times they must reach the floor of the memory, and nothing may have been lost in between.

    Attributes:
        sources: Of the instance.
        deadline: Of the read.
    """

    def __init__(self, sources: Sources, deadline: Deadline) -> None:
        self.sources = sources
        self.deadline = deadline
        self._before: Marks | None = None
        self._store: FeedStore | None = None  # one set for the whole read

    async def open(self) -> FeedStore:
        """Return the views, to be asked.

        Raises:
            HistoryUnavailable: They cannot be read or are not whole.
        """
        if self._store is None:
            self._store = self.sources.store.serving
        if self._before is None:
            self._before = await self._look(self._store)
        return self._store

    async def confirm(self) -> int:
        """Prove that the views were whole all the while.

        Returns:
            The position up to which they held every record from the beginning on; 0 where they
            were not asked.

        Raises:
            HistoryUnavailable: They were not whole, or it cannot be proven.
        """
        if self._store is None or self._before is None:
            return 0
        after = await self._look(self._store)
        if losses(self._before, after):
            raise _not_whole()
        return reach(self._before)

    async def _look(self, store: FeedStore) -> Marks:
        floor = self.sources.state.recent.floor  # as of now: while the views answer, it may rise
        marks = await store.marks(timeout=self.deadline.for_waiting())
        if reach(marks) < floor or None in marks.values():
            raise _not_whole()
        return marks


def _not_whole() -> HistoryUnavailable:
    return HistoryUnavailable(
        "Older posts cannot be read yet: the views have to catch up.", retry_after=_RETRY_SECONDS
    )
