"""Stopping clients of aiokafka, which may hang, raise, or cancel the task that stops them."""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka.errors import KafkaError

from kanvas_platform import cancellation
from kanvas_platform.observability import get_logger

_log = get_logger(__name__)


async def stop_client(client: Any, within: float = 1.0) -> None:
    """Stop a client, without waiting long for what it has in flight.

    Its connections are closed in any case; what is still in flight then fails by itself.
    """
    try:
        async with asyncio.timeout(within):
            await client.stop()
    except (KafkaError, TimeoutError, OSError, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and cancellation.is_asked_for():
            raise
        # A cancellation that nobody asked for: aiokafka cancels its own tasks, awaits them, and
        # lets through what those raise that had not begun. It would end the caller's task in
        # silence.
        _log.info("client stopped with something in flight", error=repr(error))
        connections = getattr(client, "client", None) or client._client  # noqa: SLF001
        with suppress(KafkaError, OSError):  # gone anyway
            await connections.close()
