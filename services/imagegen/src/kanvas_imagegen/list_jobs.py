"""Somebody's jobs in pages: what is not published yet, or all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.cursor import encode_cursor
from kanvas_platform.kafka.service_log import FoldedLog
from kanvas_platform.validation import Violations

PAGE_DEFAULT = 30
PAGE_MAX = 100
_UNPUBLISHED = "jobs"
_ALL = "all-jobs"


@dataclass(frozen=True, slots=True)
class JobPage:
    """Jobs, the newest first; `next_cursor` is empty on the last page.

    Attributes:
        position: Up to which the page includes everything.
    """

    jobs: Sequence[Job]
    next_cursor: str
    position: int


async def list_jobs(
    owner_id: str,
    *,
    everything: bool,
    page_size: int,
    cursor: str,
    replica: FoldedLog[Jobs],
    timeout: float,
) -> JobPage:
    """Return a page of the owner's jobs that form, and of those that are kept.

    It includes everything that was committed before the call, so that nobody finds there what they
    have just deleted or published.

    Args:
        owner_id: The owner.
        everything: Return a page of all jobs that the service knows and that were not forgotten.
        page_size: How many at most; 0 takes the default.
        cursor: `next_cursor` of the page before, of the same list; empty for the first.
        replica: Has the jobs.
        timeout: Seconds.

    Raises:
        InvalidArgument: Page size or cursor is not what it may be.
        NotFresh: The end of the log was not reached within `timeout` seconds.
    """
    violations = Violations()
    size = violations.page_size(page_size, default=PAGE_DEFAULT, most=PAGE_MAX)
    kind = _ALL if everything else _UNPUBLISHED
    before = violations.cursor(cursor, kind=kind)
    violations.raise_if_any()
    await replica.barrier(timeout)
    state = replica.state
    jobs = _known(state, owner_id, before) if everything else state.unpublished_of(owner_id, before)
    found = list(islice(jobs, size + 1))
    page = found[:size]
    return JobPage(
        jobs=[job for _, job in page],
        next_cursor=encode_cursor(page[-1][0], kind=kind) if len(found) > size else "",
        position=replica.position,
    )


def _known(state: Jobs, owner_id: str, before: int | None) -> Iterator[tuple[int, Job]]:
    """Iterate over an owner's jobs but those of which nothing is left, the newest first."""
    jobs = state.of_owner(owner_id, before)
    return ((position, job) for position, job in jobs if not job.HasField("forgotten_at"))
