"""The state that `kanvas.images.v1` folds into: all jobs, who waits, and who holds a lease.

Every job stays in memory: about 1.3 KB, and less once it is forgotten, when its id, its owner and
its times are left, so that a repeated command finds them. Of what an owner has not published,
`shelves` bounds the number.
"""

import heapq
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
from kanvas_imagegen.domain.shelves import MOST_UNPUBLISHED, Shelves
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


def is_kept(job: Job) -> bool:
    """Say whether a job is kept for its owner: it has a picture, not published, or has failed."""
    return job.HasField("kept_until") and not job.post_id


def _is_unpublished(job: Job) -> bool:
    return job.state not in FINAL_STATES or is_kept(job)


class Jobs:
    """All jobs of the log. The messages inside are shared: never change one, copy it."""

    def __init__(self) -> None:
        self._jobs: Table[str, Job] = Table()
        self._holders: Table[str, str] = Table()
        self._queue = FairQueue()
        self._paintings = Paintings()
        self._shelves = Shelves()
        # By the time until which each job is kept. Whatever stands first is kept still; behind
        # it may stand some that are not.
        self._keeping: list[tuple[float, str]] = []
        self._changes = 0
        self._positions: tuple[int, dict[str, int]] = (0, {})

    def overlay(self) -> Self:
        """Return a layer over this state that never touches it."""
        layer = type(self)()
        layer._jobs = self._jobs.overlay()  # noqa: SLF001 (another of our own class)
        layer._holders = self._holders.overlay()  # noqa: SLF001
        layer._queue = self._queue.overlay()  # noqa: SLF001
        layer._paintings = self._paintings.overlay()  # noqa: SLF001
        layer._shelves = self._shelves.overlay()  # noqa: SLF001
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
        self._shelve(before, record)
        self._changes += 1

    def find(self, job_id: str) -> Job | None:
        """Return the job, or None. It may be anybody's."""
        return self._jobs.get(job_id)

    def has_painted(self, owner_id: str, sha256: str) -> bool:
        """Say whether a job of the owner has the picture."""
        return self._paintings.has(owner_id, sha256)

    def unpublished_of(self, owner_id: str, before: int | None = None) -> Iterator[tuple[int, Job]]:
        """Iterate over an owner's jobs that form and those that are kept, the newest first.

        Each comes with the position at which it was accepted.

        Args:
            owner_id: The owner.
            before: Position before which they were accepted; None for all.
        """
        for position, job_id in self._shelves.newest_first(owner_id, before):
            yield position, self._jobs[job_id]

    def crowded_out(self, owner_id: str) -> Job | None:
        """Return the job that goes as one more of the owner is kept; None while none has to."""
        if self._shelves.count(owner_id) <= MOST_UNPUBLISHED:
            return None
        jobs = (self._jobs[job_id] for _, job_id in self._shelves.oldest_first(owner_id))
        return next(filter(is_kept, jobs), None)

    def first_to_lapse(self) -> Job | None:
        """Return the job that is to be forgotten next; None where none is kept."""
        return self._jobs[self._keeping[0][1]] if self._keeping else None

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

    def _shelve(self, before: Job | None, record: ImageRecord) -> None:
        job = record.job
        if before is not None and _is_unpublished(before):
            self._shelves.remove(before.owner_id, job.id)
        if _is_unpublished(job):
            self._shelves.put(job.owner_id, (record.meta.created_position, job.id))
        if is_kept(job):
            heapq.heappush(self._keeping, (to_seconds(job.kept_until), job.id))
        while self._keeping and not is_kept(self._jobs[self._keeping[0][1]]):
            heapq.heappop(self._keeping)

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
