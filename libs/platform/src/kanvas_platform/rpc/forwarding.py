"""Passing calls on, bytes as they are, to the leader.

Once only: a call that arrives by this way and finds no leader here either is refused, and its
caller repeats it. So calls cannot go in circles while leadership changes hands.
"""

from collections import OrderedDict
from collections.abc import AsyncGenerator
from typing import Protocol

import grpc

from kanvas_platform.errors import KanvasError, NotLeader
from kanvas_platform.rpc import metrics
from kanvas_platform.rpc.client import RpcClient, connect, outgoing_metadata
from kanvas_platform.rpc.context import remaining
from kanvas_platform.rpc.errors import from_rpc_error

HOP = "kanvas-hop"

_RETRY_AFTER = 0.1
# The present one and those it may have taken over from; older ones are closed.
_MAX_CONNECTIONS = 4


class LeaderFinder(Protocol):
    """Which instance leads, as far as this one knows. `Writer` implements it."""

    @property
    def leads(self) -> bool:
        """Whether this instance leads."""

    @property
    def leader_address(self) -> str | None:
        """`host:port` of the leader as last announced, if another instance is known to lead."""

    def refusal(self) -> KanvasError:
        """Return what a call for the leader is answered with where none is known."""


class Forwarder:
    """The connections to the present leader and to a few former leaders."""

    def __init__(self, leader: LeaderFinder) -> None:
        self._leader = leader
        self._connections: OrderedDict[str, RpcClient] = OrderedDict()

    @property
    def needed(self) -> bool:
        """Whether calls for the leader must be answered elsewhere, as of now."""
        return not self._leader.leads

    async def unary(self, method: str, request: bytes, hops: str | None) -> bytes:
        """Pass a unary call on.

        Raises:
            NotLeader: No leader is known, or the call was passed on before.
            KanvasError: What the leader raised.
        """
        client = await self._connect(method, hops)
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = client.channel.unary_unary(method)
        try:
            response = await call(request, timeout=remaining(0.0), metadata=_metadata())
        except grpc.aio.AioRpcError as failure:
            raise from_rpc_error(failure) from failure
        return response

    async def stream(
        self, method: str, request: bytes, hops: str | None
    ) -> AsyncGenerator[bytes, None]:
        """Pass a server-streaming call on.

        Raises:
            KanvasError: What `unary` raises.
        """
        client = await self._connect(method, hops)
        watch: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = client.channel.unary_stream(method)
        call = watch(request, timeout=remaining(0.0), metadata=_metadata())
        try:
            async for response in call:
                yield response
        except grpc.aio.AioRpcError as failure:
            raise from_rpc_error(failure) from failure
        finally:
            call.cancel()

    async def close(self) -> None:
        """Close all connections."""
        while self._connections:
            _, client = self._connections.popitem()
            await client.close()

    async def _connect(self, method: str, hops: str | None) -> RpcClient:
        if hops is not None:
            raise NotLeader("Leadership has changed hands.", retry_after=_RETRY_AFTER)
        address = self._leader.leader_address
        if address is None:
            raise self._leader.refusal()
        metrics.forwarded.labels(method).inc()
        client = self._connections.get(address)
        if client is None:
            client = self._connections[address] = connect(address)
        self._connections.move_to_end(address)
        if len(self._connections) > _MAX_CONNECTIONS:
            _, oldest = self._connections.popitem(last=False)
            await oldest.close()
        return client


def _metadata() -> grpc.aio.Metadata:
    return grpc.aio.Metadata(*outgoing_metadata(), (HOP, "1"))
