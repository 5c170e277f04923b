"""Accepting a job: check it, fill the gaps, draw the seed, let the writer decide."""

import secrets
from dataclasses import dataclass

from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas_imagegen.domain import specification
from kanvas_imagegen.domain.catalogue import Catalogue
from kanvas_imagegen.domain.commands import Submit
from kanvas_imagegen.domain.jobs import Jobs
from kanvas_imagegen.errors import JobUnknown
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.validation import Violations


@dataclass(frozen=True)
class Order:
    """What a person asks for, unchecked."""

    command_id: str
    job_id: str
    owner_id: str
    spec: JobSpec
    draw_seed: bool


async def submit_job(
    order: Order,
    *,
    catalogue: Catalogue,
    replica: FoldedLog[Jobs],
    commands: Commands,
    timeout: float,
) -> tuple[Job, int]:
    """Makes a job; returns it with its position.

    Raises InvalidArgument, JobExists, QueueFull and whatever `Writer.submit` raises.
    """
    job, command_id = _checked(order, catalogue)
    # What was asked, without what is drawn: an honest repeat has the same content, and gets the
    # job with the seed that was drawn the first time.
    content = job.SerializeToString(deterministic=True)
    if order.draw_seed:
        job.spec.seed = secrets.randbelow(specification.HIGHEST_SEED + 1)
    body = Submit(job, seed_drawn=order.draw_seed)
    command = Command(id=command_id, actor=order.owner_id, body=body, content=content)
    receipt = await commands.submit(command, timeout)
    accepted = replica.state.find(job.id)
    if accepted is None:
        raise JobUnknown("There is no such job.")
    return accepted, receipt.position


def _checked(order: Order, catalogue: Catalogue) -> tuple[Job, str]:
    violations = Violations()
    asked = JobSpec()
    asked.CopyFrom(order.spec)
    if order.draw_seed:
        asked.seed = 0
    job = Job(
        id=violations.identifier("job_id", order.job_id),
        owner_id=order.owner_id,
        spec=specification.complete(asked, catalogue, violations),
    )
    command_id = violations.identifier("command_id", order.command_id)
    violations.raise_if_any()
    return job, command_id
