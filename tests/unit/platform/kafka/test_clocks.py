"""A writer with a wrong clock gives up leading, and nobody is blamed for another's clock."""

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas_platform.errors import CommandExpired, InvalidArgument, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.writing.clock_watch import ClockWatch
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.ledger import Add, Claim, command
from kanvas_platform.testing.virtual_time import LoopClock

DAY = 24 * 3600.0


class SetClock(LoopClock):
    """A clock that somebody has set wrong."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def now(self) -> float:
        return super().now() + self.ahead


def claim(world: Any, name: str) -> Command:
    """Return a command of a client whose clock is right."""
    return command(Claim(name), now=world.clock.now())


def ahead() -> float | None:
    return REGISTRY.get_sample_value("kanvas_writer_clock_ahead_seconds", {"service": "ledger"})


@pytest.mark.parametrize("wrong", [-70.0, 2 * DAY, -2 * DAY, 6.0])
async def test_one_whose_clock_is_wrong_lets_another_lead(world: Any, wrong: float) -> None:
    clock = SetClock(wrong)
    first = world.start(clock=clock)
    await first.replica.until_ready()
    second = world.start()
    assert (await world.acknowledged([first, second], claim(world, "x"))).position == 1
    assert second.writer.leads
    await asyncio.sleep(120)
    assert second.leadership == [True]
    # As long as it is wrong it does not lead beside one that is only gone for a moment.
    assert first.leadership == []


@pytest.mark.parametrize("wrong", [-70.0, 2 * DAY])
async def test_a_clock_that_is_set_wrong_while_leading_refuses_nobody(
    world: Any, wrong: float
) -> None:
    clock = SetClock()
    first = await world.start(clock=clock).leading()
    second = world.start()
    await world.acknowledged([first], claim(world, "x"))
    clock.ahead = wrong
    for number in range(5):
        await world.acknowledged([first, second], claim(world, f"n{number}"))
    assert second.writer.leads
    clock.ahead = 0.0
    await asyncio.sleep(20)
    await second.end()
    world.instances.remove(second)
    await first.leading()
    assert (await world.acknowledged([first], claim(world, "y"))).position == 7


@pytest.mark.parametrize("wrong", [-2 * DAY, 2 * DAY])
async def test_a_clock_that_is_set_wrong_during_a_commit_refuses_nobody(
    world: Any, wrong: float
) -> None:
    clock = SetClock()
    first = await world.start(clock=clock).leading()
    second = world.start()
    await second.replica.until_ready()

    async def set_it(step: str) -> None:
        if step == "commit: answer":
            clock.ahead = wrong

    first.broker.on_step = set_it
    await world.acknowledged([first], claim(world, "x"))
    assert clock.ahead == wrong
    for number in range(5):
        await world.acknowledged([first, second], claim(world, f"n{number}"))
    assert second.writer.leads


async def test_an_idle_one_with_a_wrong_clock_gives_up_too(world: Any) -> None:
    clock = SetClock()
    first = await world.start(clock=clock).leading()
    second = world.start()
    await second.replica.until_ready()
    clock.ahead = 3600.0
    await second.leading()
    assert not first.writer.leads


async def test_a_wrong_clock_of_the_broker_leaves_nobody_without_a_leader(world: Any) -> None:
    pair = [await world.start().leading(), world.start()]
    world.cluster.clock = SetClock(-300.0)
    await world.acknowledged(pair, claim(world, "x"))
    began = world.clock.monotonic()
    for number in range(10):
        await world.acknowledged(pair, claim(world, f"n{number}"))
    assert world.clock.monotonic() - began < 20
    assert ahead() == pytest.approx(300, abs=1)
    await asyncio.sleep(120)
    terms = sum(len(instance.leadership) for instance in pair)
    await world.acknowledged(pair, claim(world, "y"))
    world.cluster.clock = world.clock
    await world.acknowledged(pair, claim(world, "z"))
    await world.acknowledged(pair, claim(world, "zz"))
    await asyncio.sleep(120)
    assert sum(len(instance.leadership) for instance in pair) <= terms + 4
    assert any(instance.writer.leads for instance in pair)


async def test_one_alone_says_whose_clock_it_is(world: Any) -> None:
    clock = SetClock(-70.0)
    instance = world.start("only:1", clock=clock)
    await asyncio.sleep(3)
    outcome = await instance.outcome(claim(world, "x"))
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "CLOCK_DIFFERS"
    assert outcome.metadata == {"instance": "only:1", "ahead_seconds": "-70.0"}
    assert "only:1 is 70.0 s behind" in outcome.message
    assert ahead() == pytest.approx(-70, abs=0.1)
    clock.ahead = 0.0
    assert (await world.acknowledged([instance], claim(world, "x"))).position == 1


async def test_a_few_seconds_are_nothing(world: Any) -> None:
    clock = SetClock(4.0)
    first = await world.start(clock=clock).leading()
    world.start()
    await world.acknowledged([first], claim(world, "x"))
    clock.ahead = -0.5
    await world.acknowledged([first], claim(world, "y"))
    assert first.leadership == [True]


async def test_an_announcement_with_an_impossible_time_is_no_peer(world: Any) -> None:
    for time in (b"never", b"0001-01-01T00:00:00+23:59", b"\xff"):
        world.cluster.put("kanvas.leaders.v1", b"ledger", b"", (("ce_time", time),))
    instance = await world.start().leading()
    assert isinstance(await instance.outcome(claim(world, "x")), Receipt)


async def test_a_client_is_told_both_times(world: Any) -> None:
    instance = await world.start().leading()
    now = world.clock.now()
    old = Command(new_id(now - 2 * DAY), "ann", Add("x", 1), b"1")
    early = Command(new_id(now + 3600), "ann", Add("x", 1), b"1")
    expired, ahead_of_us = await instance.outcome(old), await instance.outcome(early)
    assert isinstance(expired, CommandExpired)
    assert "it says 2027-01-13T" in expired.message
    assert "the server's clock 2027-01-15T08:00:0" in expired.message
    assert isinstance(ahead_of_us, InvalidArgument)
    (violation,) = ahead_of_us.violations
    assert "it says 2027-01-15T09:00:0" in violation.message
    assert "the server's clock 2027-01-15T08:00:0" in violation.message


async def test_the_last_time_that_an_id_can_name_is_in_the_future(world: Any) -> None:
    instance = await world.start().leading()
    last = Command("ffffffff-ffff-7fff-bfff-ffffffffffff", "ann", Add("x", 1), b"1")
    assert isinstance(await instance.outcome(last), InvalidArgument)


# What is measured.


def test_a_commit_that_takes_long_is_no_difference() -> None:
    clock = ManualClock(1000.0)
    watch = ClockWatch(clock=clock, service="slow")
    since = clock.monotonic()
    clock.advance(8.0)
    watch.measure(since, appended=1000.1)
    assert watch.ahead == 0.0
    watch.measure(since, appended=1007.9)
    assert watch.ahead == 0.0
    watch.measure(since, appended=1009.0)
    assert watch.ahead == -1.0
    watch.measure(since, appended=998.5)
    assert watch.ahead == 1.5


def test_peers_that_agree_show_that_it_is_the_broker() -> None:
    clock = ManualClock(1000.0)
    watch = ClockWatch(clock=clock, service="peers")
    watch.measure(clock.monotonic(), appended=900.0)
    assert not watch.judge([])
    assert not watch.judge([0.0, -100.0, 94.9])
    assert watch.judge([0.0, 96.0])
    assert not watch.agrees


async def test_a_clock_that_is_set_right_is_told_before_the_next_commit() -> None:
    clock = SetClock(7.0)
    watch = ClockWatch(clock=clock, service="ledger")
    watch.measure(clock.monotonic(), clock.now() - 7.0)
    with watch.shown():
        assert ahead() == pytest.approx(7, abs=0.1)
        clock.ahead = 0.0
        assert ahead() == pytest.approx(0, abs=0.1)
    assert ahead() is None
