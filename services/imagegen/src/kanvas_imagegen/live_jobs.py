"""What only the leader knows: how far each picture is, and who is watching.

None of it is in the log. A new leader starts with no memory of them: leases get their full
length, progress is told again with the next step, and watchers come again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from google.protobuf.message import Message

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_CANCELED,
    JOB_STATE_FAILED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    ImageRecord,
    Job,
)
from kanvas_imagegen import metrics
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.leases import LeaseBook
from kanvas_imagegen.domain.state import FINAL_STATES
from kanvas_platform.clock import Clock

LOOK_SECONDS = 0.5
"""How often the leader looks for silent workers."""

_OUTCOMES = {
    JOB_STATE_SUCCEEDED: "succeeded",
    JOB_STATE_FAILED: "failed",
    JOB_STATE_CANCELED: "canceled",
}


@dataclass(frozen=True, slots=True)
class AttemptProgress:
    """How far an attempt is.

    Attributes:
        preview: What had formed by `preview_step`; empty while there is none.
    """

    attempt: int
    step: int
    of: int
    preview: bytes = b""
    preview_step: int = 0


class LiveJobs:
    """The memory of the leader. Use from the event loop only."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._occupied = False
        self._progress: dict[str, AttemptProgress] = {}
        self._faults: dict[str, dict[int, Reason]] = {}
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._arrivals = asyncio.Event()
        self._closing = False
        # A leader that looks this late was asleep itself.
        self.leases = LeaseBook(tolerance=4 * LOOK_SECONDS)

    def on_leadership(self, taken: bool) -> None:
        """Forget everything: leadership was taken, or lost. Everybody who waits looks again."""
        self._occupied = taken
        self._progress.clear()
        self._faults.clear()
        self.leases.clear()
        for job_id in self._bells:
            self._ring(job_id)
        self._announce_arrival()

    def on_applied(self, _topic: str, record: Message) -> None:
        """Follow what the log says about a job. A hook of the replica, on every instance."""
        assert isinstance(record, ImageRecord)  # noqa: S101 - the log has one type
        job = record.job
        if job.state != JOB_STATE_RUNNING:
            self._progress.pop(job.id, None)
        if job.state in FINAL_STATES:
            self._faults.pop(job.id, None)
        if self._occupied:
            _count(record)
        self._ring(job.id)
        if job.state not in FINAL_STATES and job.state != JOB_STATE_RUNNING:
            self._announce_arrival()

    def report(self, job: Job, step: int, of: int, preview: bytes) -> None:
        """Note how far the attempt that holds the job is. What is older than known is dropped."""
        self.leases.heard(job.id, job.attempt, self._clock.monotonic())
        known = self._progress.get(job.id)
        if known is None or known.attempt != job.attempt:
            known = AttemptProgress(job.attempt, 0, of)
        elif step < known.step:
            return
        if preview:
            metrics.previews.inc()
            known = AttemptProgress(job.attempt, step, of, preview, step)
        self._progress[job.id] = replace(known, step=step, of=of)
        self._ring(job.id)

    def progress(self, job: Job) -> AttemptProgress:
        """Return how far the job's present attempt is."""
        known = self._progress.get(job.id)
        if known is None or known.attempt != job.attempt:
            return AttemptProgress(job.attempt, 0, job.spec.steps)
        return known

    def count_fault(self, job_id: str, attempt: int, reason: Reason) -> int:
        """Note why an attempt ended; returns how many attempts at the job ended for that reason.

        To note the same attempt again changes nothing.
        """
        reasons = self._faults.setdefault(job_id, {})
        if attempt not in reasons:
            metrics.attempts_failed.labels(reason).inc()
            reasons[attempt] = reason
        return sum(noted is reason for noted in reasons.values())

    @contextmanager
    def bell(self, job_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set whenever there may be news of the job.

        How many there are is bounded where streams come in.
        """
        bell = asyncio.Event()
        self._bells.setdefault(job_id, set()).add(bell)
        metrics.watchers.inc()
        try:
            yield bell
        finally:
            metrics.watchers.dec()
            self._bells[job_id].discard(bell)
            if not self._bells[job_id]:
                del self._bells[job_id]

    @property
    def closing(self) -> bool:
        """Whether this process is about to end, so that nobody should begin to wait here."""
        return self._closing

    def close(self) -> None:
        """Send home the workers that wait for a job."""
        self._closing = True
        self._announce_arrival()

    def arrival(self) -> asyncio.Event:
        """Return an event that is set when next a job begins to wait. Take it, then look."""
        return self._arrivals

    def _ring(self, job_id: str) -> None:
        for bell in self._bells.get(job_id, ()):
            bell.set()

    def _announce_arrival(self) -> None:
        # A new event for the next arrival: a worker that holds the old event sees it set for good.
        self._arrivals.set()
        self._arrivals = asyncio.Event()


def _count(record: ImageRecord) -> None:
    job = record.job
    model = job.spec.model
    age = max(0.0, (record.meta.decided_at.ToNanoseconds() - job.created_at.ToNanoseconds()) / 1e9)
    if job.state == JOB_STATE_RUNNING and job.attempt == 1:
        metrics.wait_seconds.labels(model).observe(age)
    if job.post_id or job.HasField("forgotten_at"):
        return  # it ended with an earlier record
    if job.state in FINAL_STATES:
        metrics.job_seconds.labels(model, _OUTCOMES[job.state]).observe(age)
    if job.state == JOB_STATE_SUCCEEDED:
        metrics.paint_seconds.labels(model).observe(job.compute_seconds)
