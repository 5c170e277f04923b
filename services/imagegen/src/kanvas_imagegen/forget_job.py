"""Forget a job, its words and its picture, for its owner."""

from kanvas_imagegen.domain.commands import Forget
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations


async def forget_job(
    command_id: str, job_id: str, owner_id: str, *, commands: Commands, timeout: float
) -> int:
    """Forget the job; one that has not ended is canceled. Return the position.

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
        body=Forget(job_id, owner_id),
        content=f"forget-job\0{job_id}".encode(),
    )
    return (await commands.submit(command, timeout)).position
