"""Take in how far a picture is. The report also keeps the lease."""

from kanvas.images.v1.records_pb2 import JOB_STATE_RUNNING, Job
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.errors import LeaseLost
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_platform.errors import NotLeader
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations

MOST_PREVIEW_BYTES = 256 * 1024


def report_progress(
    job_id: str,
    attempt: int,
    *,
    step: int,
    of: int,
    preview: bytes,
    live: LiveJobs,
    jobs: Jobs,
    commands: Commands,
) -> None:
    """Note the progress of an attempt, in memory only.

    Raises:
        InvalidArgument: The report is not well formed.
        NotLeader: Another instance leads.
        LeaseLost: The attempt no longer holds the job.
    """
    violations = Violations()
    job_id = violations.identifier("job_id", job_id)
    if not 0 <= step <= of:
        violations.add("step", "Between 0 and `of`.")
    if len(preview) > MOST_PREVIEW_BYTES:
        violations.add("preview", f"At most {MOST_PREVIEW_BYTES} bytes.")
    violations.raise_if_any()
    if not commands.leads:
        raise NotLeader("Progress is kept by the leader.")
    live.report(_held(job_id, attempt, jobs), step, of, preview)


def _held(job_id: str, attempt: int, jobs: Jobs) -> Job:
    job = jobs.find(job_id)
    if job is None or job.state != JOB_STATE_RUNNING or job.attempt != attempt:
        raise LeaseLost("Another attempt or an end has overtaken this one.")
    return job
