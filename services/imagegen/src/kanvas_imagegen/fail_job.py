"""Take in that an attempt ended without a picture."""

from kanvas_imagegen.domain.commands import Fail
from kanvas_imagegen.domain.faults import TRANSIENT, Reason
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations

_REPORTED = frozenset(Reason) - {Reason.LEASE_EXPIRED, Reason.ATTEMPTS_EXHAUSTED}
_LONGEST_MESSAGE = 300


async def fail_job(
    job_id: str,
    attempt: int,
    reason: str,
    message: str,
    *,
    transient: bool,
    keep_seconds: float,
    live: LiveJobs,
    jobs: Jobs,
    commands: Commands,
    timeout: float,
) -> None:
    """Put the job back into the queue, or end it where its faults have reached their limit.

    A job that ends so is kept for its owner for that long.

    Raises:
        InvalidArgument: The report is not well formed.
        LeaseLost: The attempt no longer holds the job.
        KanvasError: As `Writer.submit` raises it.
    """
    violations = Violations()
    job_id = violations.identifier("job_id", job_id)
    if reason not in _REPORTED:
        violations.add("failure.reason", f"One of {', '.join(sorted(_REPORTED))}.")
    elif transient != (Reason(reason) in TRANSIENT):
        violations.add("transient", "Does not go with the reason.")
    violations.raise_if_any()
    known = Reason(reason)
    count = _count(job_id, attempt, known, live, jobs)
    body = Fail(job_id, attempt, known, message[:_LONGEST_MESSAGE], count, keep_seconds)
    # No id: the attempt makes it safe to repeat.
    await commands.submit(Command.of_writer(body), timeout)


def _count(job_id: str, attempt: int, reason: Reason, live: LiveJobs, jobs: Jobs) -> int:
    # Only for the attempt that holds the job: LiveJobs forgets a job that has ended, and must not
    # learn of it again from a late report.
    job = jobs.find(job_id)
    if job is None or job.attempt != attempt or not job.worker_id:
        return 0
    return live.count_fault(job_id, attempt, reason)
