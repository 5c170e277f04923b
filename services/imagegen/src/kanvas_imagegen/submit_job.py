"""Accept a job: check it, fill the gaps, draw the seed, let the writer decide."""

import secrets
from dataclasses import dataclass

from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas_imagegen.domain import contents
from kanvas_imagegen.domain.catalogue import Catalogue
from kanvas_imagegen.domain.commands import Submit
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.get_job import find_own
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.validation import Violations


@dataclass(frozen=True)
class JobRequest:
    """What a person asks for, unchecked."""

    command_id: str
    job_id: str
    owner_id: str
    spec: JobSpec
    draw_seed: bool


async def submit_job(
    request: JobRequest,
    *,
    catalogue: Catalogue,
    replica: FoldedLog[Jobs],
    commands: Commands,
    timeout: float,
) -> tuple[Job, int]:
    """Make a job; return it with its position.

    Raises:
        InvalidArgument: Something that was asked for is not to be had; all of it is named.
        JobExists: Another command made a job with that id.
        QueueFull: Too many jobs are waiting.
        JobUnknown: It was asked for before, and forgotten since.
        KanvasError: As `Writer.submit` raises it.
    """
    job, command_id = _checked(request, catalogue)
    # What was asked, without what is drawn: an honest repeat has the same content, and gets the
    # job with the seed that was drawn the first time.
    content = job.SerializeToString(deterministic=True)
    if request.draw_seed:
        job.spec.seed = secrets.randbelow(contents.HIGHEST_SEED + 1)
    body = Submit(job, seed_drawn=request.draw_seed)
    command = Command(id=command_id, actor=request.owner_id, body=body, content=content)
    receipt = await commands.submit(command, timeout)
    return find_own(job.id, request.owner_id, replica.state), receipt.position


def _checked(request: JobRequest, catalogue: Catalogue) -> tuple[Job, str]:
    violations = Violations()
    asked = JobSpec()
    asked.CopyFrom(request.spec)
    if request.draw_seed:
        asked.seed = 0
    job = Job(
        id=violations.identifier("job_id", request.job_id),
        owner_id=request.owner_id,
        spec=contents.complete(asked, catalogue, violations),
    )
    command_id = violations.identifier("command_id", request.command_id)
    violations.raise_if_any()
    return job, command_id
