"""The state that `kanvas.images.v1` folds into: all jobs, who waits, and who holds a lease.

A job takes about 1.3 KB. It stays while it forms and while it is kept; of both, `shelves` bounds
the number. One that is published or canceled is forgotten after a day, by a record, so that its
words leave the log. One that is forgotten leaves the state after a day more. Whoever asks once more
finds it until then.
"""

from collections.abc import Iterator
from itertools import islice, takewhile
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
from kanvas_imagegen.domain.shelves import MOST_UNPUBLISHED, PLACE, Place, Shelves
from kanvas_platform.backoff import doubling
from kanvas_platform.kafka.store.codecs import NAME, NOTHING, NUMBER, NUMBER_BYTES, TEXT, Codec
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Index, Order, Table
from kanvas_platform.timestamps import to_seconds

FINAL_STATES = frozenset({JOB_STATE_SUCCEEDED, JOB_STATE_FAILED, JOB_STATE_CANCELED})

FORMAT: Final = 3
"""Version of what records fold into. A store of another version is folded anew."""

STAYS_SECONDS: Final = 24 * 3600.0
"""How long a job that is published or canceled keeps its words, and how long one that is forgotten
stays in the state."""

_LEAVE_AT_ONCE: Final = 8
"""How many jobs a record drops. A job has several records, so those that wait get fewer."""

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
    """A job, the position at which it was accepted, and the Unix time of its newest record."""

    position: int
    changed_at: float
    job: Job

    @property
    def place(self) -> Place:
        return self.position, self.job.id


_LAST_MICROSECOND: Final = 1 << 62


def _encode_time(seconds: float) -> bytes:
    microseconds = min(max(round(seconds * 1e6), 0), _LAST_MICROSECOND)
    return NUMBER.encode(_LAST_MICROSECOND - microseconds)


def _decode_time(data: bytes) -> float:
    return (_LAST_MICROSECOND - NUMBER.decode(data)) / 1e6


_TIME: Final[Codec[float]] = Codec(_encode_time, _decode_time)
"""The microseconds from a Unix time up to a time far away: the earliest sorts highest."""


def _encode_placed(placed: _Placed) -> bytes:
    head = NUMBER.encode(placed.position) + _TIME.encode(placed.changed_at)
    return head + placed.job.SerializeToString(deterministic=True)


def _decode_placed(data: bytes) -> _Placed:
    time_at, job_at = NUMBER_BYTES, 2 * NUMBER_BYTES
    return _Placed(
        NUMBER.decode(data[:time_at]),
        _TIME.decode(data[time_at:job_at]),
        Job.FromString(data[job_at:]),
    )


_PLACED: Final[Codec[_Placed]] = Codec(_encode_placed, _decode_placed)
"""A number, a time, then a protobuf message."""

_Moment = tuple[float, str]
"""A Unix time that counts for a job, and its id."""


def _encode_moment(moment: _Moment) -> bytes:
    seconds, job_id = moment
    return _TIME.encode(seconds) + TEXT.encode(job_id)


def _decode_moment(data: bytes) -> _Moment:
    return _TIME.decode(data[:NUMBER_BYTES]), TEXT.decode(data[NUMBER_BYTES:])


_MOMENT: Final[Codec[_Moment]] = Codec(_encode_moment, _decode_moment)
"""A time, then a text: what comes first sorts highest."""


class Jobs:
    """The jobs of the log, less those that have left.

    Prefixes in the space: `j` jobs, `h` holders, `k` what is to be forgotten, `l` what leaves, `o`
    jobs by owner; `c`, `q`, `w` are those of the queue, `p`, `u` of the paintings, `s` of the
    shelves.

    Attributes:
        space: Where all of it stands.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self._jobs: Table[str, _Placed] = Table(space, b"j", TEXT, _PLACED)
        self._holders: Index[None, str, str] = Index(space, b"h", NOTHING, NAME, TEXT)
        self._keeping: Order[None, _Moment, None] = Order(space, b"k", NOTHING, _MOMENT, NOTHING)
        self._leaving: Order[None, _Moment, None] = Order(space, b"l", NOTHING, _MOMENT, NOTHING)
        self._by_owner: Order[str, Place, None] = Order(space, b"o", NAME, PLACE, NOTHING)
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
        job, decided_at = record.job, to_seconds(record.meta.decided_at)
        after = _Placed(record.meta.created_position, decided_at, job)
        before = self._jobs.get(job.id)
        if before is not None:
            self._withdraw(before.job, taken=job.state == JOB_STATE_RUNNING)
        self._jobs[job.id] = after
        self._give(before, after)
        self._paintings.replace(None if before is None else before.job, job)
        if job.state == JOB_STATE_QUEUED:
            self._queue.join(_ticket(record))
        elif job.state == JOB_STATE_RUNNING:
            self._holders.add(None, job.worker_id, job.id)
        self._shelve(before, after)
        _move(self._keeping, _lapse(before), _lapse(after))
        _move(self._leaving, _leave(before), _leave(after))
        self._let_go(decided_at)
        self._changes += 1

    def find(self, job_id: str) -> Job | None:
        """Return the job; None where there is none, or none any more. It may be anybody's."""
        placed = self._jobs.get(job_id)
        return None if placed is None else placed.job

    def has_painted(self, owner_id: str, sha256: str) -> bool:
        """Say whether a job of the owner has the picture."""
        return self._paintings.has(owner_id, sha256)

    def is_painted(self, sha256: str) -> bool:
        """Say whether a job of anybody has the picture."""
        return self._paintings.is_anybodys(sha256)

    def of_owner(self, owner_id: str, before: int | None = None) -> Iterator[tuple[int, Job]]:
        """Iterate over all jobs of an owner, the newest first; arguments as of `unpublished_of`."""
        below = None if before is None else (before, "")
        for (position, job_id), _ in self._by_owner.descending(owner_id, below):
            yield position, self._jobs[job_id].job

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

    def first_to_lapse(self) -> tuple[float, str] | None:
        """Return from when on the next job is to be forgotten, and its id; None without one."""
        return next((moment for moment, _ in self._keeping.descending(None)), None)

    def lapses_at(self, job_id: str) -> float | None:
        """Return the Unix time from which on a job is to be forgotten; None where it is not."""
        moment = _lapse(self._jobs.get(job_id))
        return None if moment is None else moment[0]

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

    def _give(self, before: _Placed | None, after: _Placed) -> None:
        new = after.job.owner_id, after.place
        if before is not None:
            old = before.job.owner_id, before.place
            if old == new:
                return
            self._by_owner.remove(*old)
        self._by_owner.add(*new, None)

    def _shelve(self, before: _Placed | None, after: _Placed) -> None:
        old, new = _shelf(before), _shelf(after)
        if old == new:
            return
        if old is not None:
            self._shelves.remove(*old)
        if new is not None:
            self._shelves.put(*new)

    def _let_go(self, now: float) -> None:
        """Drop forgotten jobs, a day after their newest record.

        The time is that of the record that is folded, so all instances drop them at one position.
        """
        leaving = takewhile(
            lambda moment: moment[0] + STAYS_SECONDS <= now,
            (moment for moment, _ in self._leaving.descending(None)),
        )
        for moment in list(islice(leaving, _LEAVE_AT_ONCE)):
            placed = self._jobs[moment[1]]
            del self._jobs[moment[1]]
            self._leaving.remove(None, moment)
            self._by_owner.remove(placed.job.owner_id, placed.place)
            self._paintings.replace(placed.job, None)


def _shelf(placed: _Placed | None) -> tuple[str, Place] | None:
    """Return on whose shelf a job stands, and where; None where it stands on none."""
    if placed is None or not _is_unpublished(placed.job):
        return None
    return placed.job.owner_id, placed.place


def _move(order: Order[None, _Moment, None], old: _Moment | None, new: _Moment | None) -> None:
    if old == new:
        return
    if old is not None:
        order.remove(None, old)
    if new is not None:
        order.add(None, new, None)


def _leave(placed: _Placed | None) -> _Moment | None:
    """Return since when a job is forgotten; None where it is not."""
    if placed is None or not placed.job.HasField("forgotten_at"):
        return None
    return placed.changed_at, placed.job.id


def _lapse(placed: _Placed | None) -> _Moment | None:
    """Return from when on a job is to be forgotten; None while it forms, and once it is."""
    if placed is None:
        return None
    job = placed.job
    if job.state not in FINAL_STATES or job.HasField("forgotten_at"):
        return None
    until = to_seconds(job.kept_until) if is_kept(job) else placed.changed_at + STAYS_SECONDS
    return until, job.id


def _ticket(record: ImageRecord) -> Ticket:
    wait = backoff(record.job.attempt)
    return Ticket(
        job_id=record.job.id,
        owner_id=record.job.owner_id,
        order=record.meta.created_position,
        cost=cost(record.job.spec),
        not_before=to_seconds(record.meta.decided_at) + wait if wait else 0.0,
    )
