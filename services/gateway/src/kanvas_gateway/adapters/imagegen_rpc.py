"""imagegen over gRPC."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas_gateway.ports import Call
from kanvas_platform.rpc.client import RpcClient


class RpcImages:
    """Implements `Images`."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self._stub = ImageGenerationServiceStub(client.channel)

    async def submit_job(
        self, request: imagegen.SubmitJobRequest, call: Call
    ) -> imagegen.SubmitJobResponse:
        """See `Images`."""
        return await self._client.call(
            self._stub.SubmitJob, request, timeout=call.timeout, identity=call.account_id
        )

    async def get_job(self, request: imagegen.GetJobRequest, call: Call) -> imagegen.GetJobResponse:
        """See `Images`."""
        return await self._client.call(
            self._stub.GetJob, request, timeout=call.timeout, identity=call.account_id
        )

    async def cancel_job(
        self, request: imagegen.CancelJobRequest, call: Call
    ) -> imagegen.CancelJobResponse:
        """See `Images`."""
        return await self._client.call(
            self._stub.CancelJob, request, timeout=call.timeout, identity=call.account_id
        )

    async def list_models(
        self, request: imagegen.ListModelsRequest, call: Call
    ) -> imagegen.ListModelsResponse:
        """See `Images`."""
        return await self._client.call(
            self._stub.ListModels, request, timeout=call.timeout, identity=call.account_id
        )

    async def watch_job(
        self, request: imagegen.WatchJobRequest, call: Call
    ) -> AsyncIterator[imagegen.WatchJobResponse]:
        """See `Images`."""
        news = self._client.stream(
            self._stub.WatchJob, request, timeout=call.timeout, identity=call.account_id
        )
        async with aclosing(news):
            async for one in news:
                yield one
