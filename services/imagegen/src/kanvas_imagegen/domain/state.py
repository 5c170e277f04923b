"""The state that `kanvas.images.v1` folds into: all jobs, who waits, and who holds a lease.

Every job stays: about 1.3 KB, and less once it is forgotten, when its id, its owner and its times
are left, so that a repeated command finds them. Of what an owner has not published, `shelves`
bounds the number.
"""

from collections.abc import Iterator
from operator import attrgetter
from typing import Final, NamedTuple, Self

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
from kanvas_imagegen.domain.shelves import MOST_UNPUBLISHED, Place, Shelves
from kanvas_platform.backoff import doubling
from kanvas_platform.kafka.store.codecs import NAME, NOTHING, NUMBER, NUMBER_BYTES, TEXT, Codec
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Index, Table
from kanvas_platform.timestamps import to_seconds

FINAL_STATES = frozenset({JOB_STATE_SUCCEEDED, JOB_STATE_FAILED, JOB_STATE_CANCELED})

FORMAT: Final = 1
"""Version of what records fold into. A store of another version is folded anew."""

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


class _Placed(NamedTuple):
    """A job, and the position at which it was accepted."""

    position: int
    job: Job

    @property
    def place(self) -> Place:
        return self.position, self.job.id


def _encode_placed(placed: _Placed) -> bytes:
    return NUMBER.encode(placed.position) + placed.job.SerializeToString(deterministic=True)


def _decode_placed(data: bytes) -> _Placed:
    return _Placed(NUMBER.decode(data[:NUMBER_BYTES]), Job.FromString(data[NUMBER_BYTES:]))


_PLACED: Final[Codec[_Placed]] = Codec(_encode_placed, _decode_placed)
"""A number, then a protobuf message."""

_Lapse = tuple[float, str]
"""Unix time until which a job is kept, and its id."""

_LAST_MICROSECOND: Final = 1 << 62


def _encode_lapse(lapse: _Lapse) -> bytes:
    until, job_id = lapse
    microseconds = min(max(round(until * 1e6), 0), _LAST_MICROSECOND)
    return NUMBER.encode(_LAST_MICROSECOND - microseconds) + TEXT.encode(job_id)


def _decode_lapse(data: bytes) -> _Lapse:
    until = _LAST_MICROSECOND - NUMBER.decode(data[:NUMBER_BYTES])
    return until / 1e6, TEXT.decode(data[NUMBER_BYTES:])


_LAPSE: Final[Codec[_Lapse]] = Codec(_encode_lapse, _decode_lapse)
"""The microseconds up to a time far away, then a text: what lapses first sorts highest."""


class Jobs:
    """All jobs of the log.

    Prefixes in the space: `j` jobs, `h` holders, `k` what is kept; `c`, `q`, `w` are those of the
    queue, `p` of the paintings, `s` of the shelves.

    Attributes:
        space: Where all of it stands.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self._jobs: Table[str, _Placed] = Table(space, b"j", TEXT, _PLACED)
        self._holders: Index[None, str, str] = Index(space, b"h", NOTHING, NAME, TEXT)
        self._keeping: Index[None, _Lapse, None] = Index(space, b"k", NOTHING, _LAPSE, NOTHING)
        self._queue = FairQueue(space)
        self._paintings = Paintings(space)
        self._shelves = Shelves(space)
        # How many jobs stand before each, and after how many changes that was so.
        self._changes = 0
        self._positions: tuple[int, dict[str, int]] = (-1, {})

    def overlay(self) -> Self:
        """Return a layer over this state that never touches it."""
        return type(self)(self.space.overlay())

    def apply(self, topic: str, record: Message) -> None:
        """Fold one record: it carries the whole new state of its job."""
        if topic != IMAGES.topic or not isinstance(record, ImageRecord):
            raise TypeError(f"not a record of {IMAGES.topic}: {topic}")
        job, after = record.job, _Placed(record.meta.created_position, record.job)
        before = self._jobs.get(job.id)
        if before is not None:
            self._withdraw(before.job, taken=job.state == JOB_STATE_RUNNING)
        self._jobs[job.id] = after
        self._paintings.replace(None if before is None else before.job, job)
        if job.state == JOB_STATE_QUEUED:
            self._queue.join(_ticket(record))
        elif job.state == JOB_STATE_RUNNING:
            self._holders.add(None, job.worker_id, job.id)
        self._shelve(before, after)
        self._keep(before, after)
        self._changes += 1

    def find(self, job_id: str) -> Job | None:
        """Return the job, or None. It may be anybody's."""
        placed = self._jobs.get(job_id)
        return None if placed is None else placed.job

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
            yield position, self._jobs[job_id].job

    def crowded_out(self, owner_id: str) -> Job | None:
        """Return the job that goes as one more of the owner is kept; None while none has to."""
        if self._shelves.count(owner_id) <= MOST_UNPUBLISHED:
            return None
        jobs = (self._jobs[job_id].job for _, job_id in self._shelves.oldest_first(owner_id))
        return next(filter(is_kept, jobs), None)

    def first_to_lapse(self) -> Job | None:
        """Return the job that is to be forgotten next; None where none is kept."""
        for (_, job_id), _ in self._keeping.descending(None):
            return self._jobs[job_id].job
        return None

    def held_by(self, worker_id: str) -> Job | None:
        """Return the job whose lease the worker holds, or None."""
        job_id = self._holders.get(None, worker_id)
        return None if job_id is None else self._jobs[job_id].job

    def running(self) -> Iterator[Job]:
        """Iterate over the jobs that some worker holds."""
        for _, job_id in self._holders.descending(None):
            yield self._jobs[job_id].job

    def waiting(self) -> int:
        """Return how many jobs wait."""
        return len(self._queue)

    def waiting_of(self, owner_id: str) -> int:
        """Return how many jobs of an owner wait."""
        return self._queue.waiting_of(owner_id)

    def next_due(self, now: float) -> Job | None:
        """Return the job to be leased next at that Unix time, or None."""
        ticket = self._queue.next_due(now)
        return None if ticket is None else self._jobs[ticket.job_id].job

    def next_due_at(self) -> float | None:
        """Return the Unix time at which some job may be leased; None where none waits."""
        return self._queue.next_due_at()

    def oldest_waiting_since(self) -> float | None:
        """Return the Unix time at which the longest waiting job was accepted; None without one."""
        first = min(self._queue, key=attrgetter("order"), default=None)
        return None if first is None else to_seconds(self._jobs[first.job_id].job.created_at)

    def queue_position(self, job_id: str) -> int:
        """Return how many jobs stand before this one; 0 where it does not wait."""
        if self._positions[0] != self._changes:
            self._positions = (self._changes, self._queue.positions())
        return self._positions[1].get(job_id, 0)

    def _withdraw(self, job: Job, *, taken: bool) -> None:
        """Take a job from the queue, or from its worker."""
        if job.state == JOB_STATE_QUEUED and taken:
            self._queue.take(job.owner_id, job.id)
        elif job.state == JOB_STATE_QUEUED:
            self._queue.leave(job.owner_id, job.id)
        elif job.state == JOB_STATE_RUNNING and self._holders.get(None, job.worker_id) == job.id:
            self._holders.remove(None, job.worker_id)

    def _shelve(self, before: _Placed | None, after: _Placed) -> None:
        old, new = _shelf(before), _shelf(after)
        if old == new:
            return
        if old is not None:
            self._shelves.remove(*old)
        if new is not None:
            self._shelves.put(*new)

    def _keep(self, before: _Placed | None, after: _Placed) -> None:
        old, new = _lapse(before), _lapse(after)
        if old == new:
            return
        if old is not None:
            self._keeping.remove(None, old)
        if new is not None:
            self._keeping.add(None, new, None)


def _shelf(placed: _Placed | None) -> tuple[str, Place] | None:
    """Return on whose shelf a job stands, and where; None where it stands on none."""
    if placed is None or not _is_unpublished(placed.job):
        return None
    return placed.job.owner_id, placed.place


def _lapse(placed: _Placed | None) -> _Lapse | None:
    """Return until when a job is kept; None where it is not."""
    if placed is None or not is_kept(placed.job):
        return None
    return to_seconds(placed.job.kept_until), placed.job.id


def _ticket(record: ImageRecord) -> Ticket:
    wait = backoff(record.job.attempt)
    return Ticket(
        job_id=record.job.id,
        owner_id=record.job.owner_id,
        order=record.meta.created_position,
        cost=cost(record.job.spec),
        not_before=to_seconds(record.meta.decided_at) + wait if wait else 0.0,
    )
