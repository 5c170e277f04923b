"""Look a job up, for its owner."""

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.errors import JobUnknown
from kanvas_platform.ids import parse_id
from kanvas_platform.kafka.service_log import FoldedLog


def find_own(job_id: str, owner_id: str, jobs: Jobs) -> Job:
    """Return the job with that canonical id.

    Raises:
        JobUnknown: There is no such job, it is somebody else's, or it was forgotten.
    """
    job = jobs.find(job_id)
    if job is None or job.owner_id != owner_id or job.HasField("forgotten_at"):
        raise JobUnknown("There is no such job.")
    return job


async def get_job(
    job_id: str, owner_id: str, *, at_least: int, replica: FoldedLog[Jobs], timeout: float
) -> Job:
    """Return the job as of `at_least` or later; a job that was accepted before the call is found.

    Raises:
        InvalidArgument: The id is not well formed.
        JobUnknown: There is no such job, it is somebody else's, or it was forgotten.
        PositionUnknown, PositionNotReached, NotFresh: As the replica raises them.
    """
    job_id = parse_id(job_id, "job_id")
    await replica.include(at_least, timeout)
    if replica.state.find(job_id) is None:
        # A miss is only believed at the end of the log: another instance may be ahead.
        await replica.barrier(timeout)
    return find_own(job_id, owner_id, replica.state)
