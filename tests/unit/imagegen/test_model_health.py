"""When the model is trusted, and when it is asked."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from kanvas_imagegen.model_health import ModelHealth
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.doubles import FakePainter


class CountingPainter(FakePainter):
    probes = 0

    async def probe(self, timeout: float) -> None:
        self.probes += 1
        await super().probe(timeout)


class Ward:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.painter = CountingPainter()
        self.health = ModelHealth(painter=self.painter, clock=self.clock)
        self.running = asyncio.create_task(self.health.run())

    async def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.1)):
            self.clock.advance(0.1)
            for _ in range(5):
                await asyncio.sleep(0)


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    made = Ward()
    yield made
    made.running.cancel()
    await asyncio.gather(made.running, return_exceptions=True)


async def test_it_asks_before_it_trusts(ward: Ward) -> None:
    assert not ModelHealth(painter=ward.painter, clock=ward.clock).well
    await ward.health.wait_until_well()
    assert ward.painter.probes == 1


async def test_it_asks_again_after_a_silence(ward: Ward) -> None:
    await ward.health.wait_until_well()
    await ward.pass_time(20)
    assert 3 <= ward.painter.probes <= 5


async def test_a_model_that_paints_is_not_asked(ward: Ward) -> None:
    await ward.health.wait_until_well()
    for _ in range(20):
        ward.health.beat()
        await ward.pass_time(1)
    assert ward.painter.probes == 1


async def test_a_doubt_is_followed_by_a_probe_at_once(ward: Ward) -> None:
    await ward.health.wait_until_well()
    ward.painter.down = True
    ward.health.doubt()
    await ward.pass_time(0.2)
    assert ward.painter.probes == 2
    assert not ward.health.well
    ward.painter.down = False
    await ward.pass_time(6)
    assert ward.health.well


async def test_a_model_that_stays_down_is_asked_less_and_less_often(ward: Ward) -> None:
    ward.painter.down = True
    await ward.pass_time(60)
    # Jitter may halve every pause: 27 probes at most; without growth there were 120 at least.
    assert 10 <= ward.painter.probes <= 30
