"""Stopping clients of aiokafka, which may hang, raise, or cancel the task that stops them."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from aiokafka.errors import KafkaError

from kanvas_platform import cancellation
from kanvas_platform.observability import get_logger

_log = get_logger(__name__)


async def stop_client(client: Any, within: float = 1.0) -> None:
    """Stop a client, without waiting long for what it has in flight.

    Its connections are closed in any case; what is still in flight then fails by itself.
    """
    failure = await _failure_of(client.stop(), within)
    if failure is not None:
        _log.info("client stopped with something in flight", error=repr(failure))
        connections = getattr(client, "client", None) or client._client  # noqa: SLF001
        await _failure_of(connections.close(), within)  # which may say that they are gone anyway


async def _failure_of(ending: Awaitable[object], within: float) -> BaseException | None:
    """Await an ending, and return what it raised or that it took too long.

    That includes a cancellation that nobody asked for: aiokafka cancels its own tasks and futures,
    awaits them, and lets through what those raise that had not begun, or were cancelled before. It
    would end the caller's task in silence.
    """
    try:
        async with asyncio.timeout(within):
            await ending
    except (KafkaError, TimeoutError, OSError, asyncio.CancelledError) as failure:
        if isinstance(failure, asyncio.CancelledError) and cancellation.is_asked_for():
            raise
        return failure
    return None
