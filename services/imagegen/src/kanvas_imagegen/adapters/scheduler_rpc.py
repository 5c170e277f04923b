"""The scheduler over gRPC. A worker in the scheduler's process uses it too."""

from collections.abc import Iterator
from contextlib import contextmanager

from kanvas.imagegen.v1.service_pb2 import (
    CompleteJobRequest,
    FailJobRequest,
    LeaseJobRequest,
    ReportProgressRequest,
)
from kanvas.imagegen.v1.service_pb2_grpc import WorkerServiceStub
from kanvas.images.v1.records_pb2 import Job, JobFailure
from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.faults import TRANSIENT, Reason
from kanvas_imagegen.errors import LeaseLost
from kanvas_imagegen.ports import LeasedJob
from kanvas_platform.errors import FailedPrecondition
from kanvas_platform.rpc.client import RpcClient

_LEASE_SECONDS = 15.0
_REPORT_SECONDS = 1.0
_COMMIT_SECONDS = 6.0


class RpcScheduler:
    """Asks any instance; the leader decides."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self._stub = WorkerServiceStub(client.channel)

    async def lease(self, worker_id: str) -> LeasedJob | None:
        """See `Scheduler.lease`."""
        response = await self._client.call(
            self._stub.LeaseJob,
            LeaseJobRequest(worker_id=worker_id),
            timeout=_LEASE_SECONDS,
            attempt_timeout=_LEASE_SECONDS,
            attempts=1,
        )
        if not response.HasField("job"):
            return None
        return LeasedJob(response.job, response.lease_seconds)

    async def report(self, job: Job, step: int, of: int, preview: bytes) -> None:
        """See `Scheduler.report`."""
        request = ReportProgressRequest(
            job_id=job.id, attempt=job.attempt, step=step, of=of, preview=preview
        )
        # Tried once: by the next time there is something newer to tell.
        with _lease_lost():
            await self._client.call(
                self._stub.ReportProgress, request, timeout=_REPORT_SECONDS, attempts=1
            )

    async def complete(self, job: Job, picture: Picture, compute_seconds: float) -> None:
        """See `Scheduler.complete`."""
        request = CompleteJobRequest(
            job_id=job.id, attempt=job.attempt, picture=picture, compute_seconds=compute_seconds
        )
        with _lease_lost():
            await self._client.call(self._stub.CompleteJob, request, timeout=_COMMIT_SECONDS)

    async def fail(self, job: Job, reason: Reason, message: str) -> None:
        """See `Scheduler.fail`."""
        request = FailJobRequest(
            job_id=job.id,
            attempt=job.attempt,
            failure=JobFailure(reason=reason, message=message),
            transient=reason in TRANSIENT,
        )
        with _lease_lost():
            await self._client.call(self._stub.FailJob, request, timeout=_COMMIT_SECONDS)


@contextmanager
def _lease_lost() -> Iterator[None]:
    """Give LEASE_LOST its own class again: errors cross the wire as the class of their status."""
    try:
        yield
    except FailedPrecondition as error:
        if error.reason != LeaseLost.reason:
            raise
        raise LeaseLost(error.message) from error
