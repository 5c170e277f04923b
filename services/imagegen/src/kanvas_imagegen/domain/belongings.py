"""What belongs to an account: its jobs, with their words and pictures."""

from itertools import islice

from kanvas_imagegen.domain.commands import EraseJobs
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.eraser import KEYS_AT_ONCE


def belongings(state: Jobs, account_id: str) -> EraseJobs | None:
    """Return the command that erases some of an account's jobs; None where none has words."""
    jobs = (job for _, job in state.of_owner(account_id) if not job.HasField("forgotten_at"))
    # A job that forms takes two records: one that ends it, one without its words.
    job_ids = tuple(job.id for job in islice(jobs, KEYS_AT_ONCE // 2))
    return EraseJobs(account_id, job_ids) if job_ids else None
