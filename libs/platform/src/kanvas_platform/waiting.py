"""Waiting for news, but not for ever, by a clock that tests can move."""

import asyncio

from kanvas_platform.clock import Clock


async def set_within(event: asyncio.Event, seconds: float, clock: Clock) -> bool:
    """Return as soon as an event is set, or after some time.

    Returns:
        Whether the event is set.
    """
    if event.is_set():
        return True
    setting = asyncio.ensure_future(event.wait())
    sleeping = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({setting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Not awaited: that could not tell their cancellation from this task's own.
        setting.cancel()
        sleeping.cancel()
    return event.is_set()
