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

from collections.abc import Iterator
from typing import Final

from kanvas_platform.kafka.store.codecs import NAME, NOTHING, NUMBER, NUMBER_BYTES, TEXT, Codec
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Index

MOST_UNPUBLISHED = 1000
"""Jobs on the shelf of one owner."""

Place = tuple[int, str]
"""Position at which a job was accepted, and its id."""


def _encode_place(place: Place) -> bytes:
    position, job_id = place
    return NUMBER.encode(position) + TEXT.encode(job_id)


def _decode_place(data: bytes) -> Place:
    return NUMBER.decode(data[:NUMBER_BYTES]), TEXT.decode(data[NUMBER_BYTES:])


PLACE: Final[Codec[Place]] = Codec(_encode_place, _decode_place)
"""A number, then a text. No position stands twice, unless a stranger has written a record."""


class Shelves:
    """The shelves of all owners."""

    def __init__(self, space: Space) -> None:
        self._shelves: Index[str, Place, None] = Index(space, b"s", NAME, PLACE, NOTHING)

    def put(self, owner_id: str, place: Place) -> None:
        """Let a job stand on the shelf of its owner."""
        self._shelves.add(owner_id, place, None)

    def remove(self, owner_id: str, place: Place) -> None:
        """Take a job from the shelf of its owner, if it stands there."""
        self._shelves.remove(owner_id, place)

    def count(self, owner_id: str) -> int:
        """Return how many jobs stand on an owner's shelf."""
        return self._shelves.count(owner_id)

    def newest_first(self, owner_id: str, before: int | None = None) -> Iterator[Place]:
        """Iterate over an owner's shelf, from the newest job or from those before a position."""
        below = None if before is None else (before, "")
        return (place for place, _ in self._shelves.descending(owner_id, below))

    def oldest_first(self, owner_id: str) -> Iterator[Place]:
        """Iterate over an owner's shelf, from the oldest job. Reads all of it first."""
        return reversed(list(self.newest_first(owner_id)))
