"""Generations of the views in memory, for tests of what builds them and follows them."""

import asyncio

from kanvas_timeline.domain.generations import FIRST, Generations
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.testing.memory_store import MemoryFeedStore, Rows


class MemoryTables:
    """Implements `Tables`.

    Attributes:
        rows: What a database would keep of each generation, by its number.
        told: The row of generations; None where it was lost.
        down: While true, nothing answers.
    """

    def __init__(self) -> None:
        self.rows: dict[int, Rows] = {FIRST: Rows()}
        self.told: Generations | None = None
        self.down = False

    def open(self, generation: int) -> "MemoryGeneration":
        """See the port."""
        return MemoryGeneration(self, generation)

    async def make(self, generation: int) -> list[str]:
        """See the port."""
        self.answer()
        if generation in self.rows:
            return []
        self.rows[generation] = Rows()
        return ["made"]

    async def take_away(self, generation: int) -> None:
        """See the port."""
        self.answer()
        if generation == FIRST:
            self.rows[FIRST] = Rows()
        else:
            self.rows.pop(generation, None)

    def answer(self) -> None:
        """Raise HistoryUnavailable while it is down."""
        if self.down:
            raise HistoryUnavailable("The database is down.")

    def lose(self, generation: int) -> None:
        """Lose a keyspace with all that lies there."""
        del self.rows[generation]
        if generation == FIRST:
            self.told = None


class MemoryGeneration(MemoryFeedStore):
    """Implements `GenerationStore`: answers while it runs and its tables are there."""

    name = "feed-store"

    def __init__(self, tables: MemoryTables, number: int) -> None:
        super().__init__()
        self._tables = tables
        self._number = number
        self._runs = False

    async def run(self) -> None:
        """See the port."""
        self._runs = True
        try:
            await asyncio.Event().wait()
        finally:
            self._runs = False

    async def generations(self, *, timeout: float) -> Generations | None:
        """See the port."""
        self._answer()
        return self._tables.told

    async def note(self, generations: Generations, *, timeout: float) -> None:
        """See the port."""
        self._answer()
        self._tables.told = self._tables.told or generations

    async def change(self, known: Generations, becomes: Generations, *, timeout: float) -> bool:
        """See the port."""
        self._answer()
        if self._tables.told != known:
            return False
        self._tables.told = becomes
        return True

    def _answer(self) -> None:
        super()._answer()
        self._tables.answer()
        rows = self._tables.rows.get(self._number)
        if rows is None or not self._runs:
            raise HistoryUnavailable("The tables are missing, or nothing is connected.")
        self.rows = rows
