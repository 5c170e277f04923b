"""Who has painted which pictures. A part of the state that the log folds into.

Two people who ask for the same words and seed have the same picture, and one person may have it by
several jobs. It is theirs as long as one of these jobs names it.
"""

from typing import Self

from kanvas.images.v1.records_pb2 import Job
from kanvas_platform.kafka.table import Table


class Paintings:
    """How many jobs of each owner name each picture."""

    def __init__(self) -> None:
        self._counts: Table[tuple[str, str], int] = Table()

    def overlay(self) -> Self:
        """Return a layer over these that never touches them."""
        layer = type(self)()
        layer._counts = self._counts.overlay()  # noqa: SLF001 (another of our own class)
        return layer

    def replace(self, before: Job | None, after: Job) -> None:
        """Fold the new state of a job; `before` is the one that it had, None for a new job."""
        if before is not None:
            self._count(before, -1)
        self._count(after, 1)

    def has(self, owner_id: str, sha256: str) -> bool:
        """Say whether a job of the owner names the picture."""
        return (owner_id, sha256) in self._counts

    def _count(self, job: Job, step: int) -> None:
        if not job.HasField("picture"):
            return
        painting = (job.owner_id, job.picture.sha256)
        count = self._counts.get(painting, 0) + step
        if count:
            self._counts[painting] = count
        else:
            del self._counts[painting]
