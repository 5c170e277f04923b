"""Calls to another service: any of its instances, within the deadline, with honest errors."""

import asyncio
import ipaddress
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar, cast

import grpc
from google.protobuf.message import Message

from kanvas_platform import errors
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import SystemClock
from kanvas_platform.observability import current_traceparent
from kanvas_platform.rpc import metrics
from kanvas_platform.rpc.access import attempt_seconds
from kanvas_platform.rpc.context import caller, remaining
from kanvas_platform.rpc.errors import from_rpc_error
from kanvas_platform.rpc.outcome import observed
from kanvas_platform.settings import parse_addresses

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response")
Stub = TypeVar("Stub")
Metadata = Sequence[tuple[str, str]]

IDENTITY = "kanvas-account-id"
TRACEPARENT = "traceparent"

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0

_OPTIONS: Sequence[tuple[str, str | int]] = (
    # A stopped or cut-off process is noticed after the interval plus the timeout, about 2 s.
    ("grpc.keepalive_time_ms", 1000),
    # gRPC waits for the longer of the two time-outs; the second is a minute unless given.
    ("grpc.keepalive_timeout_ms", 1000),
    ("grpc.http2.ping_timeout_ms", 1000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # A restarted process is found again within about 1 s.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1000),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.dns_min_time_between_resolutions_ms", 2000),
    # One layer repeats: `RpcClient.call`.
    ("grpc.enable_retries", 0),
    # A proxy of the environment is for the world outside.
    ("grpc.enable_http_proxy", 0),
    # Calls go round the instances that say they are serving.
    (
        "grpc.service_config",
        json.dumps(
            {
                "loadBalancingConfig": [{"round_robin": {}}],
                "healthCheckConfig": {"serviceName": ""},
            }
        ),
    ),
)


def outgoing_metadata(identity: str | None = None) -> list[tuple[str, str]]:
    """Return identity and trace as they travel; the caller's own where no identity is given."""
    account_id = identity or caller()
    traceparent = current_traceparent()
    metadata = []
    if account_id is not None:
        metadata.append((IDENTITY, account_id))
    if traceparent is not None:
        metadata.append((TRACEPARENT, traceparent))
    return metadata


def acting_for(account_id: str | None) -> Metadata:
    """Return the `metadata` of a call for an account, or for none."""
    return () if account_id is None else ((IDENTITY, account_id),)


class RpcClient:
    """A connection to all instances of one service. Make it with `connect`.

    Attributes:
        channel: For the generated stub: `TimelineServiceStub(client.channel)`.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.channel = channel

    def stub(self, kind: Callable[[grpc.aio.Channel], Stub]) -> Stub:
        """Return a generated stub whose methods are called as `call` and `stream` do it.

        So they raise `KanvasError`, and a unary method repeats what another instance may answer.
        An attempt gets the seconds that the contract says. A call takes a `timeout` for everything
        (5 s without one; a stream must be given one) and, as `metadata`, what `acting_for` returns.
        A stream is ended by its `cancel`.

            graph = client.stub(SocialGraphServiceStub)
            await graph.Follow(request, timeout=5.0, metadata=acting_for(account_id))
        """
        return kind(cast(grpc.aio.Channel, _Calls(self)))

    async def call(
        self,
        method: "grpc.aio.UnaryUnaryMultiCallable[Request, Response]",
        request: Request,
        *,
        timeout: float = 5.0,
        attempts: int = 16,
        attempt_timeout: float = 2.0,
        identity: str | None = None,
    ) -> Response:
        """Call a unary method, and repeat it elsewhere while that can help.

        Repeated are `Unavailable` and attempts that ran out of time, after a random pause that
        doubles from 50 ms to 1 s or what the server asked for. That is safe because commands
        carry ids and reads change nothing. All other errors are final.

        Args:
            method: Of a stub made on `channel`.
            request: Sent with every attempt.
            timeout: Seconds for everything; less where the call being served has less left.
            attempts: How often it is tried at most.
            attempt_timeout: Seconds for one attempt.
            identity: Account to act for; the one of the call being served where absent.

        Raises:
            KanvasError: What the last attempt met.
        """
        metadata = grpc.aio.Metadata(*outgoing_metadata(identity))
        deadline = time.monotonic() + min(timeout, remaining(timeout))
        error: errors.KanvasError = errors.DeadlineExceeded("No time was left for the call.")
        backoff = Backoff(SystemClock(), first=_FIRST_PAUSE, longest=_LONGEST_PAUSE)
        with observed(partial(_record, request)) as outcome:
            for _ in range(attempts):
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                try:
                    response = await method(
                        request, timeout=min(left, attempt_timeout), metadata=metadata
                    )
                except grpc.aio.AioRpcError as failure:
                    error = from_rpc_error(failure)
                else:
                    outcome.status = "OK"
                    return response
                pause = _pause(error, backoff)
                if pause is None or time.monotonic() + pause >= deadline:
                    break
                metrics.repeats.labels(request.DESCRIPTOR.full_name).inc()
                await asyncio.sleep(pause)
            outcome.status = error.status
            raise error

    async def stream(
        self,
        method: "grpc.aio.UnaryStreamMultiCallable[Request, Response]",
        request: Request,
        *,
        timeout: float,
        identity: str | None = None,
    ) -> AsyncGenerator[Response, None]:
        """Call a server-streaming method; iterate inside `contextlib.aclosing`.

        Nothing is repeated: the caller knows from where to watch on.

        Raises:
            KanvasError: The stream broke, the server ended it, or the time is over.
        """
        call = _Stream(method, request, timeout, identity)
        try:
            async for response in call:
                yield response
        finally:
            call.cancel()

    async def close(self) -> None:
        """Cancel what is in progress and close the connections."""
        await self.channel.close()


class _Stream(Generic[Request, Response]):
    """A stream in progress: what is iterated and canceled."""

    def __init__(
        self,
        method: "grpc.aio.UnaryStreamMultiCallable[Request, Response]",
        request: Request,
        timeout: float,
        identity: str | None,
    ) -> None:
        self._call = method(
            request,
            timeout=min(timeout, remaining(timeout)),
            metadata=grpc.aio.Metadata(*outgoing_metadata(identity)),
        )

    async def __aiter__(self) -> AsyncIterator[Response]:
        try:
            async for response in self._call:
                yield response
        except grpc.aio.AioRpcError as failure:
            raise from_rpc_error(failure) from failure

    def cancel(self) -> None:
        self._call.cancel()


class _Calls:
    """Stands where a generated stub expects a channel, and makes its calls by a client."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client

    def unary_unary(self, path: str, **how: Any) -> Callable[..., Awaitable[Any]]:
        method = self._client.channel.unary_unary(path, **how)
        patience = attempt_seconds(path)

        async def call(request: Any, *, timeout: float = 5.0, metadata: Metadata = ()) -> Any:
            return await self._client.call(
                method,
                request,
                timeout=timeout,
                attempt_timeout=patience,
                identity=dict(metadata).get(IDENTITY),
            )

        return call

    def unary_stream(self, path: str, **how: Any) -> Callable[..., _Stream[Any, Any]]:
        method = self._client.channel.unary_stream(path, **how)

        def watch(request: Any, *, timeout: float, metadata: Metadata = ()) -> _Stream[Any, Any]:
            return _Stream(method, request, timeout, dict(metadata).get(IDENTITY))

        return watch


def connect(targets: str) -> RpcClient:
    """Connect to the instances of a service, in the background.

    Args:
        targets: `host:port[,host:port…]`. Several must be IPv4 addresses; a single host name is
            resolved to all its addresses.

    Raises:
        ValueError: They are malformed, or several and not all IPv4 addresses.
    """
    return RpcClient(grpc.aio.insecure_channel(_target(targets), options=_OPTIONS))


def _record(request: Message, status: str, seconds: float) -> None:
    metrics.called_seconds.labels(request.DESCRIPTOR.full_name, status).observe(seconds)


def _target(targets: str) -> str:
    addresses = parse_addresses(targets)
    if all(_is_ipv4(host) for host, _ in addresses):
        return "ipv4:" + ",".join(f"{host}:{port}" for host, port in addresses)
    if len(addresses) > 1:
        raise ValueError("several targets must be IPv4 addresses")
    return f"dns:///{targets.strip()}"


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ipaddress.AddressValueError:
        return False
    return True


def _pause(error: errors.KanvasError, backoff: Backoff) -> float | None:
    """Return the seconds before the next attempt; None where another one cannot help."""
    if isinstance(error, errors.Unavailable):
        asked = error.retry_after
    elif isinstance(error, errors.DeadlineExceeded):
        asked = 0.0
    else:
        return None
    return max(asked, backoff.next())
