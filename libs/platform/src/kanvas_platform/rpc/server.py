"""The server of a process: its services, health and reflection, behind one pipeline."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection

from kanvas_platform.observability import get_logger
from kanvas_platform.rpc import health
from kanvas_platform.rpc.forwarding import Forwarder, Forwarding
from kanvas_platform.rpc.pipeline import Limits, Method, Pipeline

__all__ = ["Forwarding", "Limits", "Registration", "RpcServer"]

_log = get_logger(__name__)

_READINESS_SECONDS = 0.1
# Whoever drains sets the true bound, by canceling.
_DRAIN_AT_MOST = 3600.0


@dataclass(frozen=True)
class Registration:
    """A service to serve.

    Attributes:
        add: The generated `add_…Servicer_to_server`.
        servicer: Implements it with coroutines and async generators that raise `KanvasError`.
        full_name: Such as `kanvas.graph.v1.SocialGraphService`.
    """

    add: Callable[[Any, Any], None]
    servicer: object
    full_name: str


class RpcServer:
    """Component that serves gRPC, with health that follows readiness, and reflection.

    Args:
        listen: `host:port`.
        services: What is served. Client-streaming methods are not supported.
        identity_required: Full names of the methods that act for an account, such as
            `/kanvas.graph.v1.SocialGraphService/Follow`; without one they are refused.
        forward: Which calls are for the leader alone.
        ready: Whether traffic may come; cheap, never raises.
        limits: Time and room for calls.
        max_request_bytes: Larger requests are refused unread.

    Raises:
        ValueError: A name in `identity_required` or `forward` is not a method of `services`.
    """

    name = "rpc"

    def __init__(
        self,
        *,
        listen: str,
        services: Sequence[Registration],
        identity_required: Collection[str] = (),
        forward: Forwarding | None = None,
        ready: Callable[[], bool] = lambda: True,
        limits: Limits | None = None,
        max_request_bytes: int = 1 << 20,
    ) -> None:
        self._listen = listen
        self._names = [service.full_name for service in services]
        self._ready = ready
        self._max_request_bytes = max_request_bytes
        self._health = health.Health(self._names)
        self._forwarder = None if forward is None else Forwarder(forward)
        self._pipeline = Pipeline(limits or Limits(), self._forwarder)
        self._methods = {
            service.full_name: _methods(service, identity_required) for service in services
        }
        known = {method.name for methods in self._methods.values() for method in methods.values()}
        forwarded = () if forward is None else forward.methods
        if unknown := {*identity_required, *forwarded} - known:
            raise ValueError(f"no such methods: {', '.join(sorted(unknown))}")
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


class _Recorder:
    """Stands where generated code expects a server, and keeps what it registers."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, handlers: Iterable[object]) -> None:
        """Ignore the opaque form of the same handlers."""

    def add_registered_method_handlers(self, _: str, handlers: Mapping[str, Any]) -> None:
        """Keep the handlers by name."""
        self.handlers.update(handlers)


def _methods(service: Registration, identity_required: Collection[str]) -> dict[str, Method]:
    recorder = _Recorder()
    service.add(service.servicer, recorder)
    if any(handler.request_streaming for handler in recorder.handlers.values()):
        raise ValueError(f"{service.full_name} has a client-streaming method")
    return {
        name: Method(
            name=full,
            run=handler.unary_stream if handler.response_streaming else handler.unary_unary,
            decode=handler.request_deserializer,
            encode=handler.response_serializer,
            streaming=handler.response_streaming,
            identity_required=full in identity_required,
        )
        for name, handler in recorder.handlers.items()
        for full in (f"/{service.full_name}/{name}",)
    }
