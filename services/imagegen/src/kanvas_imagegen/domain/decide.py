"""What each command leads to. Pure: the state, the command and the time give the records.

A job has one final state, ever. A report counts only for the attempt that holds the job; a repeat
of a report that was already followed is answered as the first time. What comes after the end of a
job (it is published, it is forgotten) leaves its state as it is.
"""

from collections.abc import Sequence
from typing import TypeGuard

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_CANCELED,
    JOB_STATE_FAILED,
    JOB_STATE_QUEUED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    Job,
    JobFailure,
    JobSpec,
    JobState,
)
from kanvas_imagegen.domain.commands import (
    Cancel,
    Complete,
    EraseJobs,
    Expire,
    Fail,
    Forget,
    Lapse,
    Lease,
    MarkPublished,
    Submit,
)
from kanvas_imagegen.domain.faults import Reason, is_exhausted
from kanvas_imagegen.domain.logs import job_draft
from kanvas_imagegen.domain.state import FINAL_STATES, Jobs, is_kept
from kanvas_imagegen.errors import JobExists, JobUnknown, LeaseLost, QueueFull
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.records.logs import Draft
from kanvas_platform.timestamps import to_timestamp

MOST_WAITING = 1100
"""Jobs that may wait, of all owners."""

OWNERS_SHARE = 10
"""One owner's jobs may be as many as a tenth of the places that are free: 100 where nobody else
waits, 50 where ten owners take as they come.
"""

KEPT_FOR_NEWCOMERS = 100
"""The last places are for owners who have no job waiting."""

_SECONDS_PER_WAITING_JOB = 1.0
_LONGEST_RETRY_AFTER = 60.0


def decide(state: Jobs, command: Command, now: float) -> Sequence[Draft]:
    """Return the records that the command leads to; none where nothing changes.

    Args:
        state: What all earlier commands led to, those of the open batch included.
        command: One whose body is of `domain.commands`.
        now: Unix time in seconds.

    Raises:
        JobExists, JobUnknown, QueueFull, LeaseLost: The command is refused.
    """
    changed: Sequence[Job]
    match command.body:
        case Submit() as body:
            changed = _submit(state, body, now)
        case Cancel() as body:
            changed = _cancel(state, body, now)
        case MarkPublished() as body:
            changed = _mark_published(state, body)
        case Forget() | Lapse() | EraseJobs():
            changed = _without_words(_to_be_forgotten(state, command.body, now), now)
        case Lease() as body:
            changed = _lease(state, body, now)
        case Complete() as body:
            changed = _complete(state, body, now)
        case Fail() as body:
            changed = _fail(state, body, now)
        case Expire() as body:
            changed = _expire(state, body, now)
        case body:
            raise TypeError(f"not a command of this service: {type(body).__name__}")
    return [job_draft(job) for job in changed]


def _submit(state: Jobs, body: Submit, now: float) -> Sequence[Job]:
    known = state.find(body.job.id)
    if known is not None:
        if _asks_for(body, known):
            return []  # asked again, under another command id
        raise JobExists("The job id is taken.")
    waiting, own = state.waiting(), state.waiting_of(body.job.owner_id)
    free = MOST_WAITING - waiting
    if own * OWNERS_SHARE >= free or (own and free <= KEPT_FOR_NEWCOMERS):
        ahead = own or waiting
        raise QueueFull(
            "Too many jobs are waiting.",
            retry_after=min(_LONGEST_RETRY_AFTER, ahead * _SECONDS_PER_WAITING_JOB),
        )
    job = _copy(body.job)
    job.state = JOB_STATE_QUEUED
    job.attempt = 0
    job.created_at.CopyFrom(to_timestamp(now))
    return [job]


def _asks_for(body: Submit, known: Job) -> bool:
    """Say whether a command asks for what a job is, by the same owner."""
    asked, spec = body.job.spec, known.spec
    if body.seed_drawn:
        asked = JobSpec()
        asked.CopyFrom(body.job.spec)
        asked.seed = spec.seed
    return body.job.owner_id == known.owner_id and asked == spec


def _cancel(state: Jobs, body: Cancel, now: float) -> Sequence[Job]:
    job = _own(state, body)
    if job.state in FINAL_STATES:
        return []
    return [_ended(job, JOB_STATE_CANCELED, now)]


def _to_be_forgotten(state: Jobs, body: Forget | Lapse | EraseJobs, now: float) -> Sequence[Job]:
    match body:
        case Forget():
            return [_own(state, body)]
        case Lapse():
            job, lapses_at = state.find(body.job_id), state.lapses_at(body.job_id)
            return [] if job is None or lapses_at is None or lapses_at > now else [job]
        case EraseJobs():
            jobs = [job for job in map(state.find, body.job_ids) if job is not None]
            return [job for job in jobs if job.owner_id == body.owner_id]


def _without_words(jobs: Sequence[Job], now: float) -> Sequence[Job]:
    """End the jobs that have not ended, and forget those that are not forgotten."""
    changed: list[Job] = []
    for job in jobs:
        if job.HasField("forgotten_at"):
            continue
        if job.state in FINAL_STATES:
            changed.append(_forgotten(job, now))
        else:
            canceled = _ended(job, JOB_STATE_CANCELED, now)
            changed += [canceled, _forgotten(canceled, now)]
    return changed


def _mark_published(state: Jobs, body: MarkPublished) -> Sequence[Job]:
    job = _own(state, body)
    if job.state != JOB_STATE_SUCCEEDED or not is_kept(job):
        return []
    published = _copy(job)
    published.post_id = body.post_id
    return [published]


def _lease(state: Jobs, body: Lease, now: float) -> Sequence[Job]:
    # A worker that asks again did not get the answer: it holds the job without knowing.
    if state.held_by(body.worker_id) is not None:
        return []
    waiting = state.next_due(now)
    if waiting is None:
        return []
    job = _copy(waiting)
    job.state = JOB_STATE_RUNNING
    job.attempt += 1
    job.worker_id = body.worker_id
    return [job]


def _complete(state: Jobs, body: Complete, now: float) -> Sequence[Job]:
    job = state.find(body.job_id)
    if _is(job, JOB_STATE_SUCCEEDED, body.attempt) and job.picture.sha256 == body.picture.sha256:
        return []
    ended = _ended(_held(job, body.attempt), JOB_STATE_SUCCEEDED, now)
    ended.picture.CopyFrom(body.picture)
    ended.compute_seconds += body.compute_seconds
    return _kept(state, ended, body.keep_seconds, now)


def _fail(state: Jobs, body: Fail, now: float) -> Sequence[Job]:
    job = state.find(body.job_id)
    if _is(job, JOB_STATE_QUEUED, body.attempt) or _is(job, JOB_STATE_FAILED, body.attempt):
        return []
    held = _held(job, body.attempt)
    failure = JobFailure(reason=body.reason, message=body.message)
    return _given_up_or_queued(state, held, failure, body, now)


def _expire(state: Jobs, body: Expire, now: float) -> Sequence[Job]:
    job = state.find(body.job_id)
    if not _is(job, JOB_STATE_RUNNING, body.attempt):
        return []
    message = "The worker was not heard of any more."
    failure = JobFailure(reason=Reason.LEASE_EXPIRED, message=message)
    return _given_up_or_queued(state, job, failure, body, now)


def _own(state: Jobs, body: Cancel | Forget | MarkPublished) -> Job:
    job = state.find(body.job_id)
    if job is None or job.owner_id != body.owner_id:
        raise JobUnknown("There is no such job.")
    return job


def _given_up_or_queued(
    state: Jobs, job: Job, failure: JobFailure, body: Fail | Expire, now: float
) -> Sequence[Job]:
    reason = Reason(failure.reason)
    if not is_exhausted(reason, body.count):
        queued = _copy(job)
        queued.state = JOB_STATE_QUEUED
        queued.ClearField("worker_id")
        return [queued]
    ended = _ended(job, JOB_STATE_FAILED, now)
    final = reason if reason is Reason.MODEL_REJECTED else Reason.ATTEMPTS_EXHAUSTED
    ended.failure.CopyFrom(JobFailure(reason=final, message=failure.message))
    return _kept(state, ended, body.keep_seconds, now)


def _kept(state: Jobs, ended: Job, keep_seconds: float, now: float) -> Sequence[Job]:
    """Keep a job that ends here for its owner; where the shelf is full, the oldest one goes."""
    ended.kept_until.CopyFrom(to_timestamp(now + keep_seconds))
    crowded_out = state.crowded_out(ended.owner_id)
    return [ended] if crowded_out is None else [ended, _forgotten(crowded_out, now)]


def _held(job: Job | None, attempt: int) -> Job:
    if not _is(job, JOB_STATE_RUNNING, attempt):
        raise LeaseLost("Another attempt or an end has overtaken this one.")
    return job


def _is(job: Job | None, state: "JobState.ValueType", attempt: int) -> TypeGuard[Job]:
    return job is not None and job.state == state and job.attempt == attempt


def _ended(job: Job, state: "JobState.ValueType", now: float) -> Job:
    ended = _copy(job)
    ended.state = state
    ended.ClearField("worker_id")
    ended.ended_at.CopyFrom(to_timestamp(now))
    return ended


def _forgotten(job: Job, now: float) -> Job:
    forgotten = _copy(job)
    for field in ("spec", "picture", "failure", "kept_until"):
        forgotten.ClearField(field)
    forgotten.forgotten_at.CopyFrom(to_timestamp(now))
    return forgotten


def _copy(job: Job) -> Job:
    copy = Job()
    copy.CopyFrom(job)
    return copy
