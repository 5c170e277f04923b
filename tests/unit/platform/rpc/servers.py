"""Real servers and clients on loopback, in this process, around a servicer that tests script."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from kanvas.imagegen.v1 import service_pb2
from kanvas.rpc.v1 import access_pb2
from kanvas_platform.rpc.client import RpcClient, connect
from kanvas_platform.rpc.server import Registration, RpcServer

ON_THE_WIRE = 1.01
"""How much longer a timeout may be at the server: gRPC sends three digits, rounded up."""

Get = Callable[[service_pb2.GetJobRequest], Awaitable[service_pb2.GetJobResponse]]
Watch = Callable[[], AsyncGenerator[service_pb2.WatchJobResponse, None]]


class Jobs:
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


def contract(
    name: str,
    *,
    kind: access_pb2.Kind.ValueType = access_pb2.KIND_READ,
    identity: access_pb2.Identity.ValueType = access_pb2.IDENTITY_OPTIONAL,
    attempt_seconds: float = 0,
) -> ServiceDescriptor:
    """Return a contract with GetJob and WatchJob, both of that access."""
    file = FileDescriptorProto(
        name=f"tests/{name}.proto",
        package="kanvas.tests.v1",
        syntax="proto3",
        dependency=[service_pb2.DESCRIPTOR.name, access_pb2.DESCRIPTOR.name],
    )
    service = file.service.add(name=name)
    for method in ("GetJob", "WatchJob"):
        options = service.method.add(
            name=method,
            input_type=f".kanvas.imagegen.v1.{method}Request",
            output_type=f".kanvas.imagegen.v1.{method}Response",
            server_streaming=method == "WatchJob",
        ).options
        access = options.Extensions[access_pb2.access]
        access.kind, access.identity = kind, identity
        access.attempt_seconds = attempt_seconds
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName(f"kanvas.tests.v1.{name}")


OPEN = contract("Open")
LED = contract("Led", kind=access_pb2.KIND_LEADER)
WRITTEN = contract("Written", kind=access_pb2.KIND_WRITE)
ACTING = contract("Acting", identity=access_pb2.IDENTITY_REQUIRED)
PATIENT = contract("Patient", attempt_seconds=20)
SILENT = contract("Silent", identity=access_pb2.IDENTITY_UNSPECIFIED)


class JobsStub:
    """Calls the methods of such a contract."""

    def __init__(self, channel: grpc.aio.Channel, service: str) -> None:
        self.GetJob: grpc.aio.UnaryUnaryMultiCallable[
            service_pb2.GetJobRequest, service_pb2.GetJobResponse
        ] = channel.unary_unary(
            f"/{service}/GetJob",
            request_serializer=service_pb2.GetJobRequest.SerializeToString,
            response_deserializer=service_pb2.GetJobResponse.FromString,
        )
        self.WatchJob: grpc.aio.UnaryStreamMultiCallable[
            service_pb2.WatchJobRequest, service_pb2.WatchJobResponse
        ] = channel.unary_stream(
            f"/{service}/WatchJob",
            request_serializer=service_pb2.WatchJobRequest.SerializeToString,
            response_deserializer=service_pb2.WatchJobResponse.FromString,
        )


@dataclass
class Running:
    """A server that runs, its address, and a client of it."""

    server: RpcServer
    address: str
    client: RpcClient
    task: asyncio.Task[None]
    stub: JobsStub


class Serve(Protocol):
    async def __call__(
        self,
        get: Get | None = None,
        watch: Watch | None = None,
        contract: ServiceDescriptor = OPEN,
        **options: Any,
    ) -> Running: ...


@asynccontextmanager
async def running(
    servicer: Jobs, contract: ServiceDescriptor, options: dict[str, Any]
) -> AsyncIterator[Running]:
    services = [Registration(contract, servicer)]
    server = RpcServer(listen="127.0.0.1:0", services=services, **options)
    task = asyncio.create_task(server.run())
    address = f"127.0.0.1:{await server.port()}"
    client = connect(address)
    try:
        yield Running(server, address, client, task, JobsStub(client.channel, contract.full_name))
    finally:
        await client.close()
        task.cancel()
        await asyncio.wait((task,))
