"""Waiting for news, but not for ever, by a clock that tests can move."""

import asyncio

from kanvas_platform.clock import Clock


async def set_within(event: asyncio.Event, seconds: float, clock: Clock) -> bool:
    """Return as soon as the event is set, or after that time; whether it is set by then."""
    if event.is_set():
        return True
    setting = asyncio.ensure_future(event.wait())
    sleeping = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({setting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        setting.cancel()
        sleeping.cancel()
    return event.is_set()
