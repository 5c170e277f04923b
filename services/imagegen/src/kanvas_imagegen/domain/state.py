"""The state that `kanvas.images.v1` folds into: all jobs, who waits, and who holds a lease."""

from collections.abc import Iterator
from typing import Self

from google.protobuf.message import Message

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_CANCELED,
    JOB_STATE_FAILED,
    JOB_STATE_QUEUED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    ImageRecord,
    Job,
    JobSpec,
)
from kanvas_imagegen.domain.fair_queue import FairQueue, Ticket
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.paintings import Paintings
from kanvas_platform.backoff import doubling
from kanvas_platform.kafka.table import Table
from kanvas_platform.timestamps import to_seconds

FINAL_STATES = frozenset({JOB_STATE_SUCCEEDED, JOB_STATE_FAILED, JOB_STATE_CANCELED})

_FIRST_BACKOFF = 0.5
_LONGEST_BACKOFF = 30.0


def cost(spec: JobSpec) -> int:
    """Return what a job uses of the machine, in steps times pixels."""
    return spec.steps * spec.width * spec.height


def backoff(attempt: int) -> float:
    """Return how many seconds a job waits after that many attempts; none before the first."""
    if attempt == 0:
        return 0.0
    return doubling(attempt - 1, first=_FIRST_BACKOFF, longest=_LONGEST_BACKOFF)


class Jobs:
    """All jobs of the log. The messages inside are shared: never change one, copy it."""

    def __init__(self) -> None:
        self._jobs: Table[str, Job] = Table()
        self._holders: Table[str, str] = Table()
        self._queue = FairQueue()
        self._paintings = Paintings()
        self._changes = 0
        self._positions: tuple[int, dict[str, int]] = (0, {})

    def overlay(self) -> Self:
        """Return a layer over this state that never touches it."""
        layer = type(self)()
        layer._jobs = self._jobs.overlay()  # noqa: SLF001 (another of our own class)
        layer._holders = self._holders.overlay()  # noqa: SLF001
        layer._queue = self._queue.overlay()  # noqa: SLF001
        layer._paintings = self._paintings.overlay()  # noqa: SLF001
        return layer

    def apply(self, topic: str, record: Message) -> None:
        """Fold one record: it carries the whole new state of its job."""
        if topic != IMAGES.topic or not isinstance(record, ImageRecord):
            raise TypeError(f"not a record of {IMAGES.topic}: {topic}")
        job = record.job
        before = self._jobs.get(job.id)
        if before is not None:
            self._forget(before, taken=job.state == JOB_STATE_RUNNING)
        self._jobs[job.id] = job
        self._paintings.replace(before, job)
        if job.state == JOB_STATE_QUEUED:
            self._queue.join(_ticket(record))
        elif job.state == JOB_STATE_RUNNING:
            self._holders[job.worker_id] = job.id
        self._changes += 1

    def find(self, job_id: str) -> Job | None:
        """Return the job, or None. It may be anybody's."""
        return self._jobs.get(job_id)

    def has_painted(self, owner_id: str, sha256: str) -> bool:
        """Say whether a job of the owner has the picture."""
        return self._paintings.has(owner_id, sha256)

    def held_by(self, worker_id: str) -> Job | None:
        """Return the job whose lease the worker holds, or None."""
        job_id = self._holders.get(worker_id)
        return None if job_id is None else self._jobs[job_id]

    def running(self) -> Iterator[Job]:
        """Iterate over the jobs that some worker holds."""
        for job_id in self._holders.values():
            yield self._jobs[job_id]

    def waiting(self) -> int:
        """Return how many jobs wait."""
        return len(self._queue)

    def waiting_of(self, owner_id: str) -> int:
        """Return how many jobs of an owner wait."""
        return self._queue.waiting_of(owner_id)

    def next_due(self, now: float) -> Job | None:
        """Return the job to be leased next at that Unix time, or None."""
        ticket = self._queue.next_due(now)
        return None if ticket is None else self._jobs[ticket.job_id]

    def next_due_at(self) -> float | None:
        """Return the Unix time at which some job may be leased; None where none waits."""
        return self._queue.next_due_at()

    def oldest_waiting_since(self) -> float | None:
        """Return the Unix time at which the longest waiting job was accepted; None without one."""
        accepted = (self._jobs[ticket.job_id].created_at for ticket in self._queue)
        return min((to_seconds(at) for at in accepted), default=None)

    def queue_position(self, job_id: str) -> int:
        """Return how many jobs stand before this one; 0 where it does not wait."""
        if self._positions[0] != self._changes:
            self._positions = (self._changes, self._queue.positions())
        return self._positions[1].get(job_id, 0)

    def _forget(self, job: Job, *, taken: bool) -> None:
        if job.state == JOB_STATE_QUEUED and taken:
            self._queue.take(job.owner_id, job.id)
        elif job.state == JOB_STATE_QUEUED:
            self._queue.leave(job.owner_id, job.id)
        elif job.state == JOB_STATE_RUNNING and self._holders.get(job.worker_id) == job.id:
            del self._holders[job.worker_id]


def _ticket(record: ImageRecord) -> Ticket:
    wait = backoff(record.job.attempt)
    return Ticket(
        job_id=record.job.id,
        owner_id=record.job.owner_id,
        order=record.meta.created_position,
        cost=cost(record.job.spec),
        not_before=to_seconds(record.meta.decided_at) + wait if wait else 0.0,
    )
