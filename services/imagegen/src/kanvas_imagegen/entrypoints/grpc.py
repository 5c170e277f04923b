"""`kanvas.imagegen.v1`: requests in, use cases, responses out."""

from collections.abc import AsyncIterator
from typing import Any

from kanvas.imagegen.v1 import service_pb2 as pb
from kanvas.imagegen.v1.service_pb2_grpc import (
    ImageGenerationServiceServicer,
    WorkerServiceServicer,
)
from kanvas_imagegen.cancel_job import cancel_job
from kanvas_imagegen.check_picture import check_picture
from kanvas_imagegen.complete_job import complete_job
from kanvas_imagegen.domain.catalogue import Catalogue
from kanvas_imagegen.domain.leases import LEASE_SECONDS
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.fail_job import fail_job
from kanvas_imagegen.forget_job import forget_job
from kanvas_imagegen.get_job import get_job
from kanvas_imagegen.lease_job import lease_job
from kanvas_imagegen.list_jobs import list_jobs
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_imagegen.mark_published import mark_published
from kanvas_imagegen.report_progress import report_progress
from kanvas_imagegen.submit_job import JobRequest, submit_job
from kanvas_imagegen.watch_job import watch_job
from kanvas_platform.clock import Clock
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.rpc.context import remaining, require_caller

IMAGE_GENERATION = pb.DESCRIPTOR.services_by_name["ImageGenerationService"]
WORKER = pb.DESCRIPTOR.services_by_name["WorkerService"]

_DEFAULT_SECONDS = 5.0
_LEASE_MARGIN = 1.0

Context = Any  # grpc.aio.ServicerContext of each method's own types; nothing here uses it


class ImageGenerationService(ImageGenerationServiceServicer):
    """Jobs, as people use them."""

    def __init__(
        self,
        *,
        replica: FoldedLog[Jobs],
        commands: Commands,
        live: LiveJobs,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        self._replica = replica
        self._commands = commands
        self._live = live
        self._catalogue = catalogue
        self._clock = clock

    async def SubmitJob(  # noqa: N802 - the contract's name
        self, request: pb.SubmitJobRequest, context: Context
    ) -> pb.SubmitJobResponse:
        """See the contract."""
        wanted = JobRequest(
            command_id=request.command_id,
            job_id=request.job_id,
            owner_id=require_caller(),
            spec=request.spec,
            draw_seed=request.draw_seed,
        )
        job, position = await submit_job(
            wanted,
            catalogue=self._catalogue,
            replica=self._replica,
            commands=self._commands,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.SubmitJobResponse(
            job=job,
            queue_position=self._replica.state.queue_position(job.id),
            position=position,
        )

    async def WatchJob(  # noqa: N802
        self, request: pb.WatchJobRequest, context: Context
    ) -> AsyncIterator[pb.WatchJobResponse]:
        """See the contract."""
        updates = watch_job(
            request.job_id,
            require_caller(),
            live=self._live,
            replica=self._replica,
            commands=self._commands,
            clock=self._clock,
        )
        async for update in updates:
            yield pb.WatchJobResponse(
                job=update.job,
                queue_position=update.queue_position,
                step=update.step,
                of=update.of,
                preview=update.preview,
            )

    async def GetJob(  # noqa: N802
        self, request: pb.GetJobRequest, context: Context
    ) -> pb.GetJobResponse:
        """See the contract."""
        job = await get_job(
            request.job_id,
            require_caller(),
            at_least=request.at_least,
            replica=self._replica,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.GetJobResponse(
            job=job,
            queue_position=self._replica.state.queue_position(job.id),
            position=self._replica.position,
        )

    async def CancelJob(  # noqa: N802
        self, request: pb.CancelJobRequest, context: Context
    ) -> pb.CancelJobResponse:
        """See the contract."""
        job, position = await cancel_job(
            request.command_id,
            request.job_id,
            require_caller(),
            replica=self._replica,
            commands=self._commands,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.CancelJobResponse(job=job, position=position)

    async def CheckPicture(  # noqa: N802
        self, request: pb.CheckPictureRequest, context: Context
    ) -> pb.CheckPictureResponse:
        """See the contract."""
        visible = await check_picture(
            request.sha256,
            require_caller(),
            replica=self._replica,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.CheckPictureResponse(visible=visible)

    async def ListJobs(  # noqa: N802
        self, request: pb.ListJobsRequest, context: Context
    ) -> pb.ListJobsResponse:
        """See the contract."""
        page = await list_jobs(
            require_caller(),
            everything=request.all,
            page_size=request.page_size,
            cursor=request.cursor,
            replica=self._replica,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.ListJobsResponse(
            jobs=page.jobs, next_cursor=page.next_cursor, position=page.position
        )

    async def ForgetJob(  # noqa: N802
        self, request: pb.ForgetJobRequest, context: Context
    ) -> pb.ForgetJobResponse:
        """See the contract."""
        position = await forget_job(
            request.command_id,
            request.job_id,
            require_caller(),
            commands=self._commands,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.ForgetJobResponse(position=position)

    async def MarkPublished(  # noqa: N802
        self, request: pb.MarkPublishedRequest, context: Context
    ) -> pb.MarkPublishedResponse:
        """See the contract."""
        position = await mark_published(
            request.command_id,
            request.job_id,
            request.post_id,
            require_caller(),
            commands=self._commands,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.MarkPublishedResponse(position=position)

    async def ListModels(  # noqa: N802
        self, request: pb.ListModelsRequest, context: Context
    ) -> pb.ListModelsResponse:
        """See the contract."""
        return pb.ListModelsResponse(models=self._catalogue.described())


class WorkerService(WorkerServiceServicer):
    """Leases, as workers use them."""

    def __init__(
        self,
        *,
        replica: FoldedLog[Jobs],
        commands: Commands,
        live: LiveJobs,
        clock: Clock,
        keep_seconds: float,
    ) -> None:
        self._replica = replica
        self._commands = commands
        self._live = live
        self._clock = clock
        self._keep_seconds = keep_seconds

    async def LeaseJob(  # noqa: N802
        self, request: pb.LeaseJobRequest, context: Context
    ) -> pb.LeaseJobResponse:
        """See the contract."""
        job = await lease_job(
            request.worker_id,
            live=self._live,
            replica=self._replica,
            commands=self._commands,
            clock=self._clock,
            wait=remaining(_DEFAULT_SECONDS) - _LEASE_MARGIN,
        )
        return pb.LeaseJobResponse(job=job, lease_seconds=LEASE_SECONDS)

    async def ReportProgress(  # noqa: N802
        self, request: pb.ReportProgressRequest, context: Context
    ) -> pb.ReportProgressResponse:
        """See the contract."""
        report_progress(
            request.job_id,
            request.attempt,
            step=request.step,
            of=request.of,
            preview=request.preview,
            live=self._live,
            jobs=self._replica.state,
            commands=self._commands,
        )
        return pb.ReportProgressResponse()

    async def CompleteJob(  # noqa: N802
        self, request: pb.CompleteJobRequest, context: Context
    ) -> pb.CompleteJobResponse:
        """See the contract."""
        await complete_job(
            request.job_id,
            request.attempt,
            request.picture,
            request.compute_seconds,
            keep_seconds=self._keep_seconds,
            commands=self._commands,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.CompleteJobResponse()

    async def FailJob(  # noqa: N802
        self, request: pb.FailJobRequest, context: Context
    ) -> pb.FailJobResponse:
        """See the contract."""
        await fail_job(
            request.job_id,
            request.attempt,
            request.failure.reason,
            request.failure.message,
            transient=request.transient,
            keep_seconds=self._keep_seconds,
            live=self._live,
            jobs=self._replica.state,
            commands=self._commands,
            timeout=remaining(_DEFAULT_SECONDS),
        )
        return pb.FailJobResponse()
