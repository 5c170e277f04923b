"""Who has painted which pictures. A part of the state that the log folds into.

Two people who ask for the same words and seed have the same picture, and one person may have it by
several jobs. It is theirs as long as one of these jobs names it.
"""

from kanvas.images.v1.records_pb2 import Job
from kanvas_platform.kafka.store.codecs import NAME_PAIR, NUMBER
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Table


class Paintings:
    """How many jobs of each owner name each picture."""

    def __init__(self, space: Space) -> None:
        self._counts: Table[tuple[str, str], int] = Table(space, b"p", NAME_PAIR, NUMBER)

    def replace(self, before: Job | None, after: Job) -> None:
        """Fold the new state of a job; `before` is the one that it had, None for a new job."""
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

    def _count(self, painting: tuple[str, str], step: int) -> None:
        count = self._counts.get(painting, 0) + step
        if count:
            self._counts[painting] = count
        else:
            del self._counts[painting]


def _painting(job: Job | None) -> tuple[str, str] | None:
    """Return owner and picture of a job; None where it has no picture."""
    if job is None or not job.HasField("picture"):
        return None
    return job.owner_id, job.picture.sha256
