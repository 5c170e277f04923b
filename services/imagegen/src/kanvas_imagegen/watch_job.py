"""Follow a job: the present state at once, then every change, then the end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from kanvas.images.v1.records_pb2 import JOB_STATE_QUEUED, JOB_STATE_RUNNING, Job
from kanvas_imagegen.domain.state import FINAL_STATES, Jobs
from kanvas_imagegen.get_job import find_own
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_platform.clock import Clock
from kanvas_platform.errors import NotLeader
from kanvas_platform.ids import parse_id
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.waiting import set_within

_LOOK_SECONDS = 1.0
"""How often a queue position is looked at again, and whether this instance still leads."""


@dataclass(frozen=True, slots=True)
class Update:
    """Where a job stands. `preview` is empty when the watcher has had it already."""

    job: Job
    queue_position: int = 0
    step: int = 0
    of: int = 0
    preview: bytes = b""
    preview_step: int = 0


async def watch_job(
    job_id: str,
    owner_id: str,
    *,
    live: LiveJobs,
    replica: FoldedLog[Jobs],
    commands: Commands,
    clock: Clock,
) -> AsyncIterator[Update]:
    """Yield where the job stands whenever that has changed, until it has ended.

    There is no queue: a slow reader gets what is latest by then. Updates never go back in
    (attempt, state, step), where the states of an attempt are running, queued again, final: a job
    that goes back to the queue keeps its attempt, and its step begins at 0 again.

    Raises:
        InvalidArgument: The id is not well formed.
        JobUnknown: There is no such job, or it is somebody else's.
        NotLeader: Another instance leads, from now on or already: come again, there.
    """
    job_id = parse_id(job_id, "job_id")
    with live.bell(job_id) as bell:
        seen: Update | None = None
        while True:
            if not commands.leads:
                raise NotLeader("Progress is told by the leader.")
            bell.clear()
            update = _present(find_own(job_id, owner_id, replica.state), live, replica.state)
            if seen is None or update != seen:
                yield _without_seen_preview(update, seen)
                seen = update
            if update.job.state in FINAL_STATES:
                return
            await set_within(bell, _LOOK_SECONDS, clock)


def _present(job: Job, live: LiveJobs, jobs: Jobs) -> Update:
    if job.state == JOB_STATE_QUEUED:
        return Update(job, queue_position=jobs.queue_position(job.id), of=job.spec.steps)
    if job.state == JOB_STATE_RUNNING:
        now = live.progress(job)
        return Update(
            job, step=now.step, of=now.of, preview=now.preview, preview_step=now.preview_step
        )
    return Update(job, step=job.spec.steps, of=job.spec.steps)


def _without_seen_preview(update: Update, seen: Update | None) -> Update:
    if seen is None or (seen.job.attempt, seen.preview_step) != (
        update.job.attempt,
        update.preview_step,
    ):
        return update
    return Update(update.job, update.queue_position, update.step, update.of)
