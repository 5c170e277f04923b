"""Going no faster than somebody may."""

import asyncio

import pytest

from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_timeline.pace import Pace


def test_so_much_a_second() -> None:
    async def main() -> None:
        clock = LoopClock()
        pace = Pace(clock, 100)
        began = clock.monotonic()
        for _ in range(10):
            await asyncio.sleep(0.2)  # the work itself
            await pace.keep(50)
        assert clock.monotonic() - began == pytest.approx(5.0, abs=0.31)

    run(main())


def test_lost_time_is_not_made_good() -> None:
    async def main() -> None:
        clock = LoopClock()
        pace = Pace(clock, 100)
        await asyncio.sleep(3_600)
        await pace.keep(50)
        began = clock.monotonic()
        await pace.keep(50)
        assert clock.monotonic() - began == pytest.approx(0.5, abs=0.01)

    run(main())
