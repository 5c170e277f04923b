"""What each owner has not published yet, newest first. A part of the state that the log folds into.

On an owner's shelf stand the jobs that still form, the finished pictures that are kept, and the
jobs that failed, so that somebody who looked away learns of it. A job takes its place when it is
accepted. It leaves when it is canceled, when a post shows its picture, or when it is forgotten.
Each of these is a record, so every instance that has applied the same position shows the same
shelf, whatever its clock says.

An owner's shelf holds `MOST_UNPUBLISHED` jobs. As another job is finished or fails beyond that, the
oldest one that is kept is forgotten, by a record too. Jobs that form are never forgotten for
that; how many they are is bounded by the queue (`decide.MOST_WAITING`).
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Self

from kanvas_platform.kafka.table import Table

MOST_UNPUBLISHED = 1000
"""Jobs on the shelf of one owner."""

Place = tuple[int, str]
"""Position at which a job was accepted, and its id."""


class Shelves:
    """The shelves of all owners. To put a job on a shelf costs time linear in what stands there."""

    def __init__(self) -> None:
        self._shelves: Table[str, tuple[Place, ...]] = Table()

    def overlay(self) -> Self:
        """Return a layer over these shelves that never touches them."""
        layer = type(self)()
        layer._shelves = self._shelves.overlay()  # noqa: SLF001 (another of our own class)
        return layer

    def put(self, owner_id: str, place: Place) -> None:
        """Let a job stand on the shelf of its owner."""
        places = list(self._of(owner_id))
        insort(places, place)
        self._shelves[owner_id] = tuple(places)

    def remove(self, owner_id: str, job_id: str) -> None:
        """Take a job, which stands there, from the shelf of its owner."""
        rest = tuple(place for place in self._of(owner_id) if place[1] != job_id)
        if rest:
            self._shelves[owner_id] = rest
        else:
            del self._shelves[owner_id]

    def count(self, owner_id: str) -> int:
        """Return how many jobs stand on an owner's shelf."""
        return len(self._of(owner_id))

    def newest_first(self, owner_id: str, before: int | None = None) -> Iterator[Place]:
        """Iterate over an owner's shelf, from the newest job or from those before a position."""
        places = self._of(owner_id)
        end = len(places) if before is None else bisect_left(places, (before, ""))
        return reversed(places[:end])

    def oldest_first(self, owner_id: str) -> Iterator[Place]:
        """Iterate over an owner's shelf, from the oldest job."""
        return iter(self._of(owner_id))

    def _of(self, owner_id: str) -> tuple[Place, ...]:
        return self._shelves.get(owner_id, ())
