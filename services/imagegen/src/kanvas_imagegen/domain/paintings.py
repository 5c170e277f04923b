"""Who has painted which pictures. A part of the state that the log folds into.

Two people who ask for the same words and seed have the same picture, and one person may have it by
several jobs. It is theirs as long as one of these jobs names it, and its file is needed as long as
a job of anybody does.
"""

from typing import TypeVar

from kanvas.images.v1.records_pb2 import Job
from kanvas_platform.kafka.store.codecs import NAME, NAME_PAIR, NUMBER
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Map

K = TypeVar("K")


class Paintings:
    """How many jobs name each picture, of each owner and of all."""

    def __init__(self, space: Space) -> None:
        self._counts: Map[tuple[str, str], int] = Map(space, b"p", NAME_PAIR, NUMBER)
        self._uses: Map[str, int] = Map(space, b"u", NAME, NUMBER)

    def replace(self, before: Job | None, after: Job | None) -> None:
        """Fold the new state of a job, after the one before; None for one that is not there."""
        old, new = _painting(before), _painting(after)
        if old == new:
            return
        if old is not None:
            self._count(old, -1)
        if new is not None:
            self._count(new, 1)

    def has(self, owner_id: str, sha256: str) -> bool:
        """Say whether a job of the owner names the picture."""
        return (owner_id, sha256) in self._counts

    def is_anybodys(self, sha256: str) -> bool:
        """Say whether a job of anybody names the picture."""
        return sha256 in self._uses

    def _count(self, painting: tuple[str, str], step: int) -> None:
        _, sha256 = painting
        _add(self._counts, painting, step)
        _add(self._uses, sha256, step)


def _add(counts: Map[K, int], key: K, step: int) -> None:
    """Count up or down; what is counted down to 0 is not there any more."""
    count = counts.get(key, 0) + step
    if count:
        counts[key] = count
    else:
        counts.discard(key)


def _painting(job: Job | None) -> tuple[str, str] | None:
    """Return owner and picture of a job; None where it has no picture."""
    if job is None or not job.HasField("picture"):
        return None
    return job.owner_id, job.picture.sha256
