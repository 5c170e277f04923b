"""What every `Clock` keeps: the one of the machine and the one of tests."""

import asyncio
from collections.abc import Callable

import pytest

from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.testing.clock import ManualClock

# How to let a short time pass for a clock that somebody sleeps on.
Pass = Callable[[Clock, float], None]


def manually(clock: Clock, seconds: float) -> None:
    assert isinstance(clock, ManualClock)
    clock.advance(seconds)


def by_itself(_: Clock, __: float) -> None:
    """Do nothing: the machine's clock needs no help."""


@pytest.fixture(
    params=[(SystemClock, by_itself), (ManualClock, manually)], ids=["system", "manual"]
)
def clock_and_pass(request: pytest.FixtureRequest) -> tuple[Clock, Pass]:
    make, let_pass = request.param
    return make(), let_pass


async def test_a_sleeper_wakes_when_its_time_has_passed(
    clock_and_pass: tuple[Clock, Pass],
) -> None:
    clock, let_pass = clock_and_pass
    monotonic, wall = clock.monotonic(), clock.now()
    sleeping = asyncio.create_task(clock.sleep(0.02))
    await asyncio.sleep(0)
    assert not sleeping.done()

    let_pass(clock, 0.02)
    await sleeping

    # The loop may wake a sleeper early by the resolution of its clock.
    assert clock.monotonic() - monotonic >= 0.019
    assert clock.now() > wall


async def test_sleepers_wake_in_the_order_of_their_times(
    clock_and_pass: tuple[Clock, Pass],
) -> None:
    clock, let_pass = clock_and_pass
    woken: list[float] = []

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (0.03, 0.01, 0.02):
            group.create_task(sleep(seconds))
        await asyncio.sleep(0)
        let_pass(clock, 0.03)

    assert woken == [0.01, 0.02, 0.03]


@pytest.mark.parametrize("seconds", [0, -1])
async def test_no_time_takes_no_time_but_yields(
    clock_and_pass: tuple[Clock, Pass], seconds: float
) -> None:
    clock, _ = clock_and_pass
    ran: list[str] = []
    other = asyncio.create_task(clock.sleep(0))
    other.add_done_callback(lambda _: ran.append("other"))
    await clock.sleep(seconds)
    await other
    await asyncio.sleep(0)
    assert ran == ["other"]


async def test_a_canceled_sleeper_disturbs_nobody(clock_and_pass: tuple[Clock, Pass]) -> None:
    clock, let_pass = clock_and_pass
    canceled, other = (asyncio.create_task(clock.sleep(0.01)) for _ in range(2))
    await asyncio.sleep(0)
    canceled.cancel()
    await asyncio.sleep(0)

    let_pass(clock, 0.01)
    await other
    assert canceled.cancelled()


async def test_a_manual_clock_counts_sleepers_and_never_goes_back() -> None:
    clock = ManualClock()
    sleeping = asyncio.create_task(clock.sleep(5))
    await asyncio.sleep(0)
    assert clock.sleepers == 1
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)
    clock.advance(5)
    await sleeping
    assert clock.sleepers == 0
