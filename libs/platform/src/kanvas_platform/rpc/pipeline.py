"""What surrounds every call that is served.

From the outside in:

    trace → metrics → errors → room → deadline → identity → forwarding or the method itself

The first steps see what the later ones raise: a call refused for want of an identity is counted,
traced and answered like any other.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import grpc
from google.protobuf.message import DecodeError

from kanvas_platform.errors import (
    DeadlineExceeded,
    IdentityRequired,
    Internal,
    InvalidArgument,
    KanvasError,
    Overloaded,
    Unavailable,
)
from kanvas_platform.ids import parse_id
from kanvas_platform.observability import bind_traceparent, current_trace_id, get_logger
from kanvas_platform.rpc import metrics
from kanvas_platform.rpc.client import IDENTITY, TRACEPARENT
from kanvas_platform.rpc.context import bind_caller, bind_deadline
from kanvas_platform.rpc.errors import STATUS_DETAILS, to_code, to_details, to_message
from kanvas_platform.rpc.forwarding import HOP, Forwarder
from kanvas_platform.rpc.outcome import observed

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Context = grpc.aio.ServicerContext

_log = get_logger(__name__)

_RETRY_AFTER_OVERLOAD = 0.5


@dataclass(frozen=True)
class Limits:
    """Bounds of the calls of one server; times in seconds.

    Attributes:
        default_timeout: For unary calls that came without a deadline.
        longest_unary: What a unary call gets at most, whatever its deadline.
        longest_stream: What a streaming call gets at most; its client then calls again.
        unary: Unary calls in progress at one time; more are refused as `Overloaded`.
        streams: Streaming calls in progress at one time.
    """

    default_timeout: float = 5.0
    longest_unary: float = 30.0
    longest_stream: float = 600.0
    unary: int = 512
    streams: int = 2048


@dataclass(frozen=True)
class Method:
    """One method of a registered service.

    Attributes:
        name: Full, such as `/kanvas.graph.v1.SocialGraphService/Follow`.
        run: The servicer's coroutine function or, of a stream, async generator function.
        decode: Makes the request message from its bytes.
        encode: Makes bytes of a response message.
        streaming: Whether it answers with a stream.
        for_leader: Whether only the leader may answer.
        identity_required: Whether a call must name the account it acts for.
    """

    name: str
    run: Callable[[Any, Any], Any]
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    streaming: bool
    for_leader: bool
    identity_required: bool

    @property
    def kind(self) -> str:
        """`stream` or `unary`: the label of its metrics."""
        return "stream" if self.streaming else "unary"


class Pipeline:
    """What serves calls, each surrounded by the steps above."""

    def __init__(self, limits: Limits, forwarder: Forwarder | None) -> None:
        self._limits = limits
        self._forwarder = forwarder
        self._in_progress: Counter[str] = Counter()
        self._streams: set[asyncio.Timeout] = set()
        self._draining = False

    def handler(self, method: Method) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """Return the handler for a method, from request bytes to response bytes."""
        if method.streaming:

            async def stream(request: bytes, context: "Context[bytes, bytes]") -> None:
                await self._serve(method, context, self._stream, request)

            return grpc.unary_stream_rpc_method_handler(stream)

        async def unary(request: bytes, context: "Context[bytes, bytes]") -> bytes:
            return await self._serve(method, context, self._unary, request)

        return grpc.unary_unary_rpc_method_handler(unary)

    def end_streams(self) -> None:
        """Take no streaming call any more, and end those in progress as `Unavailable`."""
        self._draining = True
        now = asyncio.get_running_loop().time()
        for scope in self._streams:
            scope.reschedule(now)

    async def _serve(
        self, method: Method, context: "Context[bytes, bytes]", answer: "Handler[T]", request: bytes
    ) -> T:
        metadata = _text_metadata(context)
        with (
            bind_traceparent(metadata.get(TRACEPARENT)),
            observed(partial(_record, method)) as outcome,
        ):
            try:
                with self._room(method):
                    async with self._deadline(method, context):
                        with bind_caller(_identity(method, metadata)):
                            result = await answer(method, context, request, metadata)
            except KanvasError as error:
                failure = error
            except Exception:  # noqa: BLE001 - the edge: logged in full, answered without a word
                _log.exception("call failed", method=method.name)
                failure = _internal()
            else:
                outcome.status = "OK"
                return result
            outcome.status = failure.status
            return await context.abort(
                to_code(failure), to_message(failure), ((STATUS_DETAILS, to_details(failure)),)
            )

    async def _unary(
        self,
        method: Method,
        context: "Context[bytes, bytes]",
        request: bytes,
        metadata: Mapping[str, str],
    ) -> bytes:
        if method.for_leader and self._forwarder is not None and self._forwarder.needed:
            return await self._forwarder.unary(method.name, request, metadata.get(HOP))
        return method.encode(await method.run(_decoded(method, request), context))

    async def _stream(
        self,
        method: Method,
        context: "Context[bytes, bytes]",
        request: bytes,
        metadata: Mapping[str, str],
    ) -> None:
        if method.for_leader and self._forwarder is not None and self._forwarder.needed:
            passed_on = self._forwarder.stream(method.name, request, metadata.get(HOP))
            async with contextlib.aclosing(passed_on) as parts:
                async for part in parts:
                    await context.write(part)
            return
        own = method.run(_decoded(method, request), context)
        async with contextlib.aclosing(own) as responses:
            async for response in responses:
                await context.write(method.encode(response))

    @contextlib.contextmanager
    def _room(self, method: Method) -> Iterator[None]:
        kind = method.kind
        if method.streaming and self._draining:
            raise _going_away()
        room = self._limits.streams if method.streaming else self._limits.unary
        if self._in_progress[kind] >= room:
            raise Overloaded("Too many calls at once.", retry_after=_RETRY_AFTER_OVERLOAD)
        self._in_progress[kind] += 1
        gauge = metrics.in_progress.labels(kind)
        gauge.inc()
        try:
            yield
        finally:
            self._in_progress[kind] -= 1
            gauge.dec()

    @contextlib.asynccontextmanager
    async def _deadline(
        self, method: Method, context: "Context[bytes, bytes]"
    ) -> AsyncIterator[None]:
        seconds = self._seconds(method, context)
        scope = asyncio.timeout(seconds)
        try:
            with bind_deadline(seconds):
                async with scope:
                    if method.streaming:
                        self._streams.add(scope)
                    yield
        except TimeoutError:
            if not scope.expired():
                raise
            if self._draining and method.streaming:
                raise _going_away() from None
            raise DeadlineExceeded("The time of the call is over.") from None
        finally:
            self._streams.discard(scope)

    def _seconds(self, method: Method, context: "Context[bytes, bytes]") -> float:
        limits = self._limits
        # None without a deadline, which the type stubs do not say.
        asked: float | None = context.time_remaining()
        if method.streaming:
            return limits.longest_stream if asked is None else min(asked, limits.longest_stream)
        return min(limits.default_timeout if asked is None else asked, limits.longest_unary)


class Handler(Protocol[T_co]):
    """What runs a method itself, or passes the call on."""

    async def __call__(
        self,
        method: Method,
        context: "Context[bytes, bytes]",
        request: bytes,
        metadata: Mapping[str, str],
        /,
    ) -> T_co:
        """Return the response; streams write theirs to the context."""


def _record(method: Method, status: str, seconds: float) -> None:
    if method.streaming:
        metrics.streams_ended.labels(method.name, status).inc()
    else:
        metrics.served_seconds.labels(method.name, status).observe(seconds)


def _decoded(method: Method, request: bytes) -> Any:
    try:
        return method.decode(request)
    except DecodeError:
        raise InvalidArgument("The request is not a message of its type.") from None


def _text_metadata(context: "Context[bytes, bytes]") -> dict[str, str]:
    # Keys that end in -bin have bytes as values; Kanvas has none.
    pairs = context.invocation_metadata() or ()
    return {key: value for key, value in pairs if isinstance(value, str)}


def _identity(method: Method, metadata: Mapping[str, str]) -> str | None:
    account_id = metadata.get(IDENTITY)
    if account_id is not None:
        return parse_id(account_id, IDENTITY)
    if method.identity_required:
        raise IdentityRequired("This call must name the account it acts for.")
    return None


def _internal() -> Internal:
    trace = current_trace_id() or ""
    return Internal(f"Something went wrong here; trace {trace}.", metadata={"trace_id": trace})


def _going_away() -> Unavailable:
    return Unavailable("This instance is going away.")
