"""Note that a post shows the picture of a job."""

from kanvas_imagegen.domain.commands import MarkPublished
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations


async def mark_published(
    command_id: str,
    job_id: str,
    post_id: str,
    owner_id: str,
    *,
    commands: Commands,
    timeout: float,
) -> int:
    """Note the post, unless another one was noted; return the position.

    Raises:
        InvalidArgument: An id is not well formed.
        JobUnknown: There is no such job, or it is somebody else's.
        KanvasError: As `Writer.submit` raises it.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    job_id = violations.identifier("job_id", job_id)
    post_id = violations.identifier("post_id", post_id)
    violations.raise_if_any()
    command = Command(
        id=command_id,
        actor=owner_id,
        body=MarkPublished(job_id, owner_id, post_id),
        content=f"mark-published\0{job_id}\0{post_id}".encode(),
    )
    return (await commands.submit(command, timeout)).position
