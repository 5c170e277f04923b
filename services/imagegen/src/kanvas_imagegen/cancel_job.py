"""End a job that its owner no longer wants."""

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.commands import Cancel
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.get_job import find_own
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.validation import Violations


async def cancel_job(
    command_id: str,
    job_id: str,
    owner_id: str,
    *,
    replica: FoldedLog[Jobs],
    commands: Commands,
    timeout: float,
) -> tuple[Job, int]:
    """End the job; return it as it ended, which may have been earlier, with the position.

    Raises:
        InvalidArgument: An id is not well formed.
        JobUnknown: There is no such job, or it is somebody else's.
        KanvasError: As `Writer.submit` raises it.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    job_id = violations.identifier("job_id", job_id)
    violations.raise_if_any()
    command = Command(
        id=command_id,
        actor=owner_id,
        body=Cancel(job_id, owner_id),
        content=f"cancel-job\0{job_id}".encode(),
    )
    receipt = await commands.submit(command, timeout)
    return find_own(job_id, owner_id, replica.state), receipt.position
