"""Pauses that grow, and what makes them short again."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas_platform.backoff import Backoff, doubling
from kanvas_platform.testing.clock import ManualClock


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 0.5), (1, 1.0), (2, 2.0), (6, 30.0), (10**9, 30.0)]
)
def test_it_doubles_up_to_the_longest(tries: int, seconds: float) -> None:
    assert doubling(tries, first=0.5, longest=30.0) == seconds


@given(st.integers(1, 40))
def test_each_pause_lies_in_the_upper_half_of_what_doubling_gives(tries: int) -> None:
    backoff = Backoff(ManualClock(), first=0.1, longest=5.0)
    pauses = [backoff.next() for _ in range(tries)]
    for count, pause in enumerate(pauses):
        longest = doubling(count, first=0.1, longest=5.0)
        assert longest / 2 <= pause <= longest


def test_success_makes_pauses_short_again() -> None:
    backoff = Backoff(ManualClock(), first=0.1, longest=5.0)
    for _ in range(10):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 0.1


def test_instances_that_failed_together_do_not_try_again_together() -> None:
    pauses = {Backoff(ManualClock(), first=1.0).next() for _ in range(20)}
    assert len(pauses) > 1


async def test_a_pause_is_slept_by_the_clock() -> None:
    clock = ManualClock()
    pause = asyncio.create_task(Backoff(clock, first=1.0).pause())
    await asyncio.sleep(0)
    clock.advance(0.4)
    await asyncio.sleep(0)
    assert not pause.done()
    clock.advance(0.6)
    await pause
