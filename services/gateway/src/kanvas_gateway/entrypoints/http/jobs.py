"""Generation jobs."""

from typing import Any

from fastapi import APIRouter, Response

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.images.v1.records_pb2 import JobSpec
from kanvas_gateway.entrypoints.http.counted import counted
from kanvas_gateway.entrypoints.http.headers import refer
from kanvas_gateway.entrypoints.http.identity import (
    Anyone,
    CommandId,
    OwnCall,
    identify_command,
)
from kanvas_gateway.entrypoints.http.models.jobs import (
    CanceledJob,
    JobPage,
    Models,
    NewJob,
    QueuedJob,
)
from kanvas_gateway.entrypoints.http.parameters import Cursor, JobId, Limit
from kanvas_gateway.entrypoints.http.refusals import refuses
from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.presentation import present_job, present_model
from kanvas_gateway.write_limits import Write
from kanvas_platform.errors import InvalidArgument, Violation
from kanvas_platform.ids import new_id

router = APIRouter(tags=["painting"])


@router.get("/v1/models", response_model=Models)
async def list_models(services: Services, caller: Anyone) -> dict[str, Any]:
    """Return what can paint."""
    found = await services.images.ListModels(imagegen.ListModelsRequest(), **caller.call())
    return {"models": [present_model(model) for model in found.models]}


@router.post(
    "/v1/jobs",
    status_code=202,
    response_model=QueuedJob,
    responses={202: {"headers": refer("Location")}},
    dependencies=counted(Write.JOB),
    openapi_extra=refuses("JOB_EXISTS", "JOB_UNKNOWN", "QUEUE_FULL"),
)
async def submit_job(
    body: NewJob, response: Response, services: Services, call: OwnCall, *, key: CommandId
) -> dict[str, Any]:
    """Have a picture painted. Watch it on the live stream, as `job:<id>`."""
    command_id, job_id = identify_command(key, body.id)
    request = imagegen.SubmitJobRequest(
        command_id=command_id,
        job_id=job_id,
        draw_seed=body.seed is None,
        spec=JobSpec(
            prompt=body.prompt,
            negative_prompt=body.negative_prompt,
            model=body.model,
            width=body.width,
            height=body.height,
            steps=body.steps,
            seed=body.seed or 0,
            style=body.style,
            guidance=body.guidance,
        ),
    )
    try:
        accepted = await services.images.SubmitJob(request, **call)
    except InvalidArgument as error:
        raise _in_words_of_the_body(error) from error
    response.headers["Location"] = f"/v1/jobs/{job_id}"
    return {"job": present_job(accepted.job), "queue_position": accepted.queue_position}


@router.get("/v1/jobs", response_model=JobPage)
async def list_jobs(
    services: Services, call: OwnCall, cursor: Cursor = "", limit: Limit = 30
) -> dict[str, Any]:
    """Return what of your work is not published: what forms, is finished or failed."""
    request = imagegen.ListJobsRequest(page_size=limit, cursor=cursor)
    page = await services.images.ListJobs(request, **call)
    return {
        "items": [present_job(job) for job in page.jobs],
        "next_cursor": page.next_cursor or None,
    }


@router.get("/v1/jobs/{job_id}", response_model=QueuedJob, openapi_extra=refuses("JOB_UNKNOWN"))
async def get_job(job_id: JobId, services: Services, call: OwnCall) -> dict[str, Any]:
    """Return a job of yours."""
    found = await services.images.GetJob(imagegen.GetJobRequest(job_id=job_id), **call)
    return {"job": present_job(found.job), "queue_position": found.queue_position}


@router.delete(
    "/v1/jobs/{job_id}", response_model=CanceledJob, openapi_extra=refuses("JOB_UNKNOWN")
)
async def cancel_job(
    job_id: JobId, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Cancel a job of yours; one that has ended stays as it ended."""
    request = imagegen.CancelJobRequest(command_id=key or new_id(), job_id=job_id)
    canceled = await services.images.CancelJob(request, **call)
    return {"job": present_job(canceled.job)}


@router.delete("/v1/jobs/{job_id}/picture", status_code=204, openapi_extra=refuses("JOB_UNKNOWN"))
async def forget_job(job_id: JobId, services: Services, call: OwnCall, key: CommandId) -> None:
    """Delete a job of yours with its picture and its words; one that forms is canceled.

    A post that shows the picture stays as it is.
    """
    request = imagegen.ForgetJobRequest(command_id=key or new_id(), job_id=job_id)
    await services.images.ForgetJob(request, **call)


def _in_words_of_the_body(error: InvalidArgument) -> InvalidArgument:
    """Name the fields as the body of the request does: it has no `spec` around them."""
    violations = [
        Violation(field=violation.field.removeprefix("spec."), message=violation.message)
        for violation in error.violations
    ]
    return InvalidArgument(
        error.message, violations=violations, reason=error.reason, metadata=error.metadata
    )
