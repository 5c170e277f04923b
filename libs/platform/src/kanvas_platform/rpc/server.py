"""The server of a process: its services, health and reflection, behind one pipeline."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha import reflection

from kanvas_platform.observability import get_logger
from kanvas_platform.rpc import health
from kanvas_platform.rpc.access import for_leader, identity_required
from kanvas_platform.rpc.forwarding import Forwarder, LeaderFinder
from kanvas_platform.rpc.pipeline import Limits, Method, Pipeline

__all__ = ["Limits", "Registration", "RpcServer"]

_log = get_logger(__name__)

_READINESS_SECONDS = 0.1
# The caller of a drain sets the true bound, by canceling.
_DRAIN_AT_MOST = 3600.0


@dataclass(frozen=True)
class Registration:
    """A service to serve.

    Attributes:
        contract: Its descriptor: `service_pb2.DESCRIPTOR.services_by_name["…Service"]`.
        servicer: Implements it with coroutines and async generators that raise `KanvasError`.
    """

    contract: ServiceDescriptor
    servicer: object


class RpcServer:
    """Component that serves gRPC, with health that follows readiness, and reflection.

    What a call of a method needs stands in the contract; see `kanvas_platform.rpc.access`.

    Args:
        listen: `host:port`.
        services: What is served. Client-streaming methods are not supported.
        leader: Says which instance leads; the calls for the leader go there.
        ready: Whether traffic may come; cheap, never raises.
        limits: Time and room for calls.
        max_request_bytes: Larger requests are refused unread.

    Raises:
        ValueError: A contract has a method that streams requests, that does not say its access,
            or that is for the leader where there is no `leader`.
        AttributeError: A servicer lacks a method of its contract.
    """

    name = "rpc"

    def __init__(
        self,
        *,
        listen: str,
        services: Sequence[Registration],
        leader: LeaderFinder | None = None,
        ready: Callable[[], bool] = lambda: True,
        limits: Limits | None = None,
        max_request_bytes: int = 1 << 20,
    ) -> None:
        self._listen = listen
        self._names = [service.contract.full_name for service in services]
        self._ready = ready
        self._max_request_bytes = max_request_bytes
        self._health = health.Health(self._names)
        self._forwarder = None if leader is None else Forwarder(leader)
        self._pipeline = Pipeline(limits or Limits(), self._forwarder)
        self._methods = {service.contract.full_name: _methods(service) for service in services}
        if leader is None:
            _refuse_led(chain.from_iterable(service.values() for service in self._methods.values()))
        self._server: grpc.aio.Server | None = None
        self._started = asyncio.Event()
        self._port = 0

    async def port(self) -> int:
        """Return the port that was bound, once it is; useful where port 0 was asked for."""
        await self._started.wait()
        return self._port

    async def run(self) -> None:
        """Serve until canceled.

        Raises:
            RuntimeError: The address cannot be bound.
        """
        server = self._server = self._build()
        self._port = server.add_insecure_port(self._listen)
        await server.start()
        self._started.set()
        _log.info("serving", port=self._port, services=self._names)
        try:
            while True:
                self._health.set(self._ready())
                await asyncio.sleep(_READINESS_SECONDS)
        finally:
            self._health.close()
            await server.stop(None)
            if self._forwarder is not None:
                await self._forwarder.close()

    async def drain(self) -> None:
        """Take no more calls, send watchers elsewhere, return when the last call is answered."""
        self._health.close()
        self._pipeline.end_streams()
        if self._server is not None:
            await self._server.stop(_DRAIN_AT_MOST)

    def _build(self) -> grpc.aio.Server:
        server = grpc.aio.server(
            options=(
                ("grpc.max_receive_message_length", self._max_request_bytes),
                # Two processes on one port would share its calls unnoticed.
                ("grpc.so_reuseport", 0),
                # Our clients ping every second, also without calls.
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_ping_interval_without_data_ms", 500),
                ("grpc.http2.max_ping_strikes", 0),
                # A client that vanished is noticed too; its streams hold room.
                ("grpc.keepalive_time_ms", 10_000),
                ("grpc.keepalive_timeout_ms", 5_000),
                ("grpc.http2.ping_timeout_ms", 5_000),
            )
        )
        server.add_generic_rpc_handlers((self._health.handler(),))
        for full_name, methods in self._methods.items():
            handlers = {name: self._pipeline.handler(method) for name, method in methods.items()}
            server.add_generic_rpc_handlers(
                (grpc.method_handlers_generic_handler(full_name, handlers),)
            )
        names = (*self._names, health.SERVICE, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
        return server


def _refuse_led(methods: Iterable[Method]) -> None:
    led = [method.name for method in methods if method.for_leader]
    if led:
        raise ValueError(f"for the leader, of which this server knows nothing: {', '.join(led)}")


def _methods(service: Registration) -> dict[str, Method]:
    return {
        method.name: _method(method, getattr(service.servicer, method.name))
        for method in service.contract.methods
    }


def _method(method: MethodDescriptor, run: Callable[[Any, Any], Any]) -> Method:
    if method.client_streaming:
        raise ValueError(f"{method.full_name} streams requests")
    return Method(
        name=f"/{method.containing_service.full_name}/{method.name}",
        run=run,
        decode=GetMessageClass(method.input_type).FromString,
        encode=GetMessageClass(method.output_type).SerializeToString,
        streaming=method.server_streaming,
        for_leader=for_leader(method),
        identity_required=identity_required(method),
    )
