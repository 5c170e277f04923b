"""When each lease ends. Kept by the leader only; not in the log.

A lease lasts as long as its worker reports. A new leader starts with an empty book, so
every running lease gets its full length from then on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kanvas.images.v1.records_pb2 import Job

LEASE_SECONDS = 5.0
"""How long a worker may be silent."""


@dataclass(slots=True)
class _Lease:
    attempt: int
    heard_at: float

    def is_over(self, at: float) -> bool:
        return at - self.heard_at > LEASE_SECONDS


class LeaseBook:
    """The time of the last report of each lease, in monotonic seconds.

    Args:
        tolerance: Seconds between two looks at the book above which the leader itself must have
            been asleep: what it did not hear meanwhile is not held against the workers.
    """

    def __init__(self, *, tolerance: float) -> None:
        self._tolerance = tolerance
        self._leases: dict[str, _Lease] = {}
        self._looked_at: float | None = None

    def clear(self) -> None:
        """Forget everything: leadership was taken, or lost."""
        self._leases.clear()
        self._looked_at = None

    def heard(self, job_id: str, attempt: int, at: float) -> None:
        """Note that the worker of that attempt has reported."""
        self._leases[job_id] = _Lease(attempt, at)

    def overdue(self, running: Iterable[Job], at: float) -> list[Job]:
        """Return the jobs whose workers have been silent for longer than a lease.

        Jobs seen for the first time get a full lease from now; those that no longer run are
        forgotten.
        """
        slept = self._slept(at)
        self._looked_at = at
        known, self._leases = self._leases, {}
        overdue = []
        for job in running:
            lease = known.get(job.id)
            if lease is None or lease.attempt != job.attempt or slept:
                lease = _Lease(job.attempt, at)
            self._leases[job.id] = lease
            if lease.is_over(at):
                overdue.append(job)
        return overdue

    def is_overdue(self, job_id: str, attempt: int, at: float) -> bool:
        """Say whether that attempt, found overdue at the last look, still is."""
        lease = self._leases.get(job_id)
        if lease is None or lease.attempt != attempt or self._slept(at):
            return False
        return lease.is_over(at)

    def _slept(self, at: float) -> bool:
        return self._looked_at is not None and at - self._looked_at > self._tolerance
