"""`kanvas.gateway.v1.GatewayService`, for operators."""

from typing import Any

from kanvas.gateway.v1.service_pb2 import (
    DESCRIPTOR,
    GetStreamStatusRequest,
    GetStreamStatusResponse,
)
from kanvas_gateway.entrypoints.stream.listener import StreamListener
from kanvas_gateway.stream.fan_out import FanOut

CONTRACT = DESCRIPTOR.services_by_name["GatewayService"]


class Gateway:
    """Implements the service.

    Args:
        fan_out: Knows how far the stream is.
        listener: Knows who is connected.
    """

    def __init__(self, *, fan_out: FanOut, listener: StreamListener) -> None:
        self._fan_out = fan_out
        self._listener = listener

    async def GetStreamStatus(  # noqa: N802 - its name in the contract
        self, _request: GetStreamStatusRequest, _context: Any
    ) -> GetStreamStatusResponse:
        """Return what this instance holds."""
        return GetStreamStatusResponse(
            position=self._fan_out.served,
            oldest_position=self._fan_out.oldest,
            connections=self._listener.connections,
            subscriptions=self._listener.subscriptions,
            ring_bytes=self._fan_out.ring_bytes,
        )
