"""A clock that jumps and comes back has not made a writer forget what it has done."""

import asyncio
from typing import Any

from kanvas_platform.testing.ledger import Claim, command


class JumpingClock:
    """The time of the test, and `ahead` seconds more by the wall clock."""

    def __init__(self, real: Any) -> None:
        self.ahead = 0.0
        self._real = real

    def now(self) -> float:
        return float(self._real.now()) + self.ahead

    def monotonic(self) -> float:
        return float(self._real.monotonic())

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds)


async def test_a_clock_that_was_a_day_ahead_for_a_second(world: Any) -> None:
    clock = JumpingClock(world.clock)
    running = await world.start(clock=clock).leading()
    given = command(Claim("x"), now=world.clock.now())
    unseen = command(Claim("z"), now=world.clock.now())
    first = await running.writer.submit(given, 5)
    clock.ahead = 25 * 3600.0
    await asyncio.sleep(1)
    clock.ahead = 0.0
    await asyncio.sleep(60)
    await running.leading()
    again = await running.writer.submit(given, 5)
    assert (again.position, again.repeated) == (first.position, True)
    assert not (await running.writer.submit(unseen, 5)).repeated
