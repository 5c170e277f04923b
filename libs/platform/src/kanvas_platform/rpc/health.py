"""The standard health service, `grpc.health.v1.Health`.

Written here because the one of grpcio-health-checking forgets all watchers of a service as soon
as one of them leaves, and clients choose instances by watching.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

import grpc
from grpc_health.v1 import health_pb2

SERVICE = "grpc.health.v1.Health"


class Health:
    """Whether the services of this server take calls; not before `set` says so."""

    def __init__(self, services: Collection[str]) -> None:
        self._services = {"", *services}
        self._serving = False
        self._closed = False
        self._changed = asyncio.Event()

    def set(self, serving: bool) -> None:
        """Tell all watchers, if it changes."""
        if serving != self._serving and not self._closed:
            self._serving = serving
            self._wake()

    def close(self) -> None:
        """Be not serving for good, and end the watches, which would hold up a drain."""
        self._serving = False
        self._closed = True
        self._wake()

    def handler(self) -> "grpc.GenericRpcHandler":
        """Return the handler to register at a server."""
        wire = {
            "request_deserializer": health_pb2.HealthCheckRequest.FromString,
            "response_serializer": health_pb2.HealthCheckResponse.SerializeToString,
        }
        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "Check": grpc.unary_unary_rpc_method_handler(self._check, **wire),
                "Watch": grpc.unary_stream_rpc_method_handler(self._watch, **wire),
            },
        )

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _status(self, service: str) -> "health_pb2.HealthCheckResponse":
        response = health_pb2.HealthCheckResponse
        if service not in self._services:
            return response(status=response.SERVICE_UNKNOWN)
        return response(status=response.SERVING if self._serving else response.NOT_SERVING)

    async def _check(
        self,
        request: "health_pb2.HealthCheckRequest",
        context: "grpc.aio.ServicerContext[Any, Any]",
    ) -> "health_pb2.HealthCheckResponse":
        if request.service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND, "No such service here.")
        return self._status(request.service)

    async def _watch(
        self, request: "health_pb2.HealthCheckRequest", _: "grpc.aio.ServicerContext[Any, Any]"
    ) -> "AsyncIterator[health_pb2.HealthCheckResponse]":
        while not self._closed:
            changed = self._changed
            yield self._status(request.service)
            await changed.wait()
        yield self._status(request.service)
