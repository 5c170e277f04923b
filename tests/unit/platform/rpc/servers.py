"""Real servers and clients on loopback, in this process, around a servicer that tests script."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from kanvas.imagegen.v1 import service_pb2, service_pb2_grpc
from kanvas_platform.rpc.client import RpcClient, connect
from kanvas_platform.rpc.server import Registration, RpcServer

SERVICE = "kanvas.imagegen.v1.ImageGenerationService"
ON_THE_WIRE = 1.01
"""How much longer a timeout may be at the server: gRPC sends three digits, rounded up."""

Get = Callable[[service_pb2.GetJobRequest], Awaitable[service_pb2.GetJobResponse]]
Watch = Callable[[], AsyncGenerator[service_pb2.WatchJobResponse, None]]


class Jobs(service_pb2_grpc.ImageGenerationServiceServicer):
    """Answers GetJob and WatchJob as the test says."""

    def __init__(self, get: Get | None = None, watch: Watch | None = None) -> None:
        self._get = get
        self._watch = watch

    async def GetJob(self, request: service_pb2.GetJobRequest, _: Any) -> Any:  # noqa: N802
        if self._get is None:
            return service_pb2.GetJobResponse(queue_position=7)
        return await self._get(request)

    async def WatchJob(self, _request: service_pb2.WatchJobRequest, _: Any) -> Any:  # noqa: N802
        assert self._watch is not None
        async for response in self._watch():
            yield response

    async def SubmitJob(self, *_: Any) -> Any:  # noqa: N802
        raise NotImplementedError

    async def CancelJob(self, *_: Any) -> Any:  # noqa: N802
        raise NotImplementedError

    async def ListModels(self, *_: Any) -> Any:  # noqa: N802
        raise NotImplementedError


@dataclass
class Running:
    """A server that runs, its address, and a client of it."""

    server: RpcServer
    address: str
    client: RpcClient
    task: asyncio.Task[None]
    stub: service_pb2_grpc.ImageGenerationServiceStub = field(init=False)

    def __post_init__(self) -> None:
        self.stub = service_pb2_grpc.ImageGenerationServiceStub(self.client.channel)


class Serve(Protocol):
    async def __call__(
        self, get: Get | None = None, watch: Watch | None = None, **options: Any
    ) -> Running: ...


@asynccontextmanager
async def running(servicer: Jobs, options: dict[str, Any]) -> AsyncIterator[Running]:
    add = service_pb2_grpc.add_ImageGenerationServiceServicer_to_server
    services = [Registration(add, servicer, SERVICE)]
    server = RpcServer(listen="127.0.0.1:0", services=services, **options)
    task = asyncio.create_task(server.run())
    address = f"127.0.0.1:{await server.port()}"
    client = connect(address)
    try:
        yield Running(server, address, client, task)
    finally:
        await client.close()
        task.cancel()
        await asyncio.wait((task,))
