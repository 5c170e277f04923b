"""Doubles what is behind a generated stub: calls go to a servicer of this process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar, cast

import grpc

from kanvas_platform.errors import DeadlineExceeded
from kanvas_platform.rpc.client import IDENTITY, Metadata
from kanvas_platform.rpc.context import bind_caller, bind_deadline

Stub = TypeVar("Stub")


def local_stub(kind: Callable[[grpc.aio.Channel], Stub], servicer: object) -> Stub:
    """Return a generated stub as `RpcClient.stub` does, without servers and without repeats.

    A method of the servicer has the caller's identity and deadline, and what it raises is raised.
    """
    return kind(cast(grpc.aio.Channel, _LocalCalls(servicer)))


class _LocalStream:
    def __init__(self, own: Any, account_id: str | None, timeout: float) -> None:
        self._own = own
        self._account_id = account_id
        self._timeout = timeout
        self._closing: asyncio.Future[None] | None = None

    async def __aiter__(self) -> AsyncIterator[Any]:
        end = asyncio.get_running_loop().time() + self._timeout
        while True:
            try:
                with bind_caller(self._account_id), bind_deadline(self._timeout):
                    async with asyncio.timeout_at(end):
                        response = await anext(self._own)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise _late() from None
            yield response

    def cancel(self) -> None:
        self._closing = asyncio.ensure_future(self._own.aclose())


class _LocalCalls:
    def __init__(self, servicer: object) -> None:
        self._servicer = servicer

    def unary_unary(self, path: str, **_: Any) -> Callable[..., Awaitable[Any]]:
        async def call(request: Any, *, timeout: float = 5.0, metadata: Metadata = ()) -> Any:
            method = getattr(self._servicer, path.rpartition("/")[2])
            try:
                with bind_caller(dict(metadata).get(IDENTITY)), bind_deadline(timeout):
                    async with asyncio.timeout(timeout):
                        return await method(request, None)
            except TimeoutError:
                raise _late() from None

        return call

    def unary_stream(self, path: str, **_: Any) -> Callable[..., _LocalStream]:
        def watch(request: Any, *, timeout: float, metadata: Metadata = ()) -> _LocalStream:
            method = getattr(self._servicer, path.rpartition("/")[2])
            return _LocalStream(method(request, None), dict(metadata).get(IDENTITY), timeout)

        return watch


def _late() -> DeadlineExceeded:
    return DeadlineExceeded("The time of the call is over.")
