"""Edges of one account in the order in which they were made, for paging newest first."""

from bisect import bisect_left
from collections.abc import Iterator


class Adjacency:
    """One account's edges on one side (whom it follows, or who follows it).

    Positions only ever grow, so adding appends. Looking a page up costs O(log n), removing an
    edge O(n) moves of machine words, which at a million edges is under a millisecond.
    """

    __slots__ = ("_others", "_positions")

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._others: list[str] = []

    def __len__(self) -> int:
        return len(self._positions)

    def add(self, position: int, other: str) -> None:
        """Append an edge made at `position`, which is above every earlier one."""
        self._positions.append(position)
        self._others.append(other)

    def remove(self, position: int) -> None:
        """Remove the edge made at `position`; there must be one."""
        index = bisect_left(self._positions, position)
        del self._positions[index]
        del self._others[index]

    def newest_first(self, before: int | None) -> Iterator[tuple[int, str]]:
        """Return the edges made below position `before` (`None`: all), newest first."""
        end = len(self._positions) if before is None else bisect_left(self._positions, before)
        for index in range(end - 1, -1, -1):
            yield self._positions[index], self._others[index]
