"""What of somebody's work is not published yet, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.cursor import encode_cursor
from kanvas_platform.kafka.service_log import FoldedLog
from kanvas_platform.validation import Violations

PAGE_DEFAULT = 30
PAGE_MAX = 100
_KIND = "jobs"


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
    owner_id: str, *, page_size: int, cursor: str, replica: FoldedLog[Jobs], timeout: float
) -> JobPage:
    """Return a page of the owner's jobs that form, and of those that are kept.

    It includes everything that was committed before the call, so that nobody finds there what they
    have just deleted or published.

    Raises:
        InvalidArgument: Page size or cursor is not what it may be.
        NotFresh: The end of the log was not reached within `timeout` seconds.
    """
    violations = Violations()
    size = violations.page_size(page_size, default=PAGE_DEFAULT, most=PAGE_MAX)
    before = violations.cursor(cursor, kind=_KIND)
    violations.raise_if_any()
    await replica.barrier(timeout)
    found = list(islice(replica.state.unpublished_of(owner_id, before), size + 1))
    page = found[:size]
    return JobPage(
        jobs=[job for _, job in page],
        next_cursor=encode_cursor(page[-1][0], kind=_KIND) if len(found) > size else "",
        position=replica.position,
    )
