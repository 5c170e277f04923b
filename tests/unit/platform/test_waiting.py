"""Waiting for an event by a clock that tests move."""

import asyncio

from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.waiting import set_within


async def test_an_event_that_is_set_is_not_waited_for() -> None:
    event = asyncio.Event()
    event.set()
    clock = ManualClock()
    assert await set_within(event, 5.0, clock)
    assert clock.sleepers == 0


async def test_the_event_ends_the_waiting() -> None:
    event, clock = asyncio.Event(), ManualClock()
    waiting = asyncio.create_task(set_within(event, 5.0, clock))
    await asyncio.sleep(0)
    event.set()
    assert await waiting


async def test_the_time_ends_the_waiting() -> None:
    event, clock = asyncio.Event(), ManualClock()
    waiting = asyncio.create_task(set_within(event, 5.0, clock))
    await asyncio.sleep(0)  # it begins
    await asyncio.sleep(0)  # and so do the two things that it waits for
    assert clock.sleepers == 1
    clock.advance(5.0)
    assert not await waiting


async def test_a_cancellation_leaves_no_sleeper_behind() -> None:
    event, clock = asyncio.Event(), ManualClock()
    waiting = asyncio.create_task(set_within(event, 5.0, clock))
    await asyncio.sleep(0)  # it begins
    await asyncio.sleep(0)  # and so do the two things that it waits for
    assert clock.sleepers == 1
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.sleep(0)
    assert waiting.cancelled()
    assert clock.sleepers == 0
