"""One mishap from beginning to end: people act, it happens, all is whole again, and is counted."""

from __future__ import annotations

import asyncio
import time

from kanvas_local.chaos.acting import Acting, count, count_feeds, follow
from kanvas_local.chaos.deeds import INSTANCES, Scene
from kanvas_local.chaos.mishaps import Mishap
from kanvas_local.chaos.model import FRESH_SECONDS, Fault, Promise, PromiseModel
from kanvas_local.chaos.report import Outcome
from kanvas_local.chaos.world import AUTHORS, World
from kanvas_local.demo.client import GaveUp, Refused
from kanvas_local.errors import StackError
from kanvas_local.ports import address
from kanvas_local.probes import answers
from kanvas_local.stack import Stack
from kanvas_local.state import SETTLED
from kanvas_local.units import Plan

# Spans that promises allow, on a quiet machine with two cores; times `slow` on others.
LIMIT_SECONDS = 420.0
"""Of one mishap with all that belongs to it."""
PATIENCE_SECONDS = 30.0
"""A call is repeated for so much longer than writes may stand still."""
BEFORE_SECONDS = 4.0
AFTER_SECONDS = 4.0
WHOLE_SECONDS = 120.0
_NOTICED_SECONDS = 3.0
_LOOK_SECONDS = 1.0
_LOOKS = 3
_AT_ONCE = 4


def play(scene: Scene, mishap: Mishap, slow: float) -> tuple[Outcome, World]:
    """Return what a mishap shows, and its world, for `look_again`.

    Args:
        scene: The running stack, with what the mishap needs.
        mishap: What happens.
        slow: Every span that a promise allows is so many times longer.
    """
    gateways = [f"http://{address(scene.stack.ports.http(number))}" for number in INSTANCES]
    world = World(
        gateways,
        slow * (mishap.pause + PATIENCE_SECONDS),
        PromiseModel(slow * FRESH_SECONDS),
    )
    began = time.monotonic()
    asyncio.run(_play(scene, mishap, world, slow))
    return Outcome(
        name=mishap.name,
        posts=sum(1 for post in world.model.posts.values() if post.position),
        longest_pause=world.longest_pause,
        seconds=time.monotonic() - began,
        refusals=world.refusals,
        faults=world.faults,
    ), world


def look_again(worlds: list[World]) -> list[Fault]:
    """Return what is wrong now with the feeds of worlds that were whole once."""
    return asyncio.run(_look_again(worlds))


async def whole(stack: Stack, seconds: float) -> str:
    """Wait until everything is ready, for so many seconds; return what is not."""
    give_up_at = time.monotonic() + seconds
    await asyncio.sleep(_NOTICED_SECONDS)
    looks = 0
    while True:
        missing = await _missing(stack)
        looks = 0 if missing else looks + 1
        if looks == _LOOKS:
            return ""
        if time.monotonic() > give_up_at:
            return ", ".join(missing)
        await asyncio.sleep(_LOOK_SECONDS)


async def _missing(stack: Stack) -> list[str]:
    state = stack.state
    phases = {name: unit.phase for name, unit in state.units.items() if unit.phase not in SETTLED}
    units = [unit for unit in Plan.read(stack.layout.plan).units.values() if unit.probe]
    ready = await asyncio.gather(*(answers(unit.probe) for unit in units))
    silent = [unit.name for unit, up in zip(units, ready, strict=True) if not up]
    told = [f"{name} ({phase})" for name, phase in phases.items()]
    return told + [f"{name} (does not answer)" for name in silent if name not in phases]


async def _play(scene: Scene, mishap: Mishap, world: World, slow: float) -> None:
    limit, allowed = slow * LIMIT_SECONDS, slow * mishap.pause
    try:
        async with asyncio.timeout(limit):
            await world.settle()
            await _act(scene, mishap, world, slow * WHOLE_SECONDS)
    except* (TimeoutError, OSError, GaveUp, Refused, RuntimeError, StackError) as group:
        for error in group.exceptions:
            within = f" within {limit:.0f} s" if isinstance(error, TimeoutError) else ""
            world.fault(Promise.HEALED, f"it did not come to an end{within}: {error!r}")
    finally:
        await world.close()
    if world.longest_pause > allowed:
        told = f"{world.longest_pause:.1f} s between two posts, {allowed:.0f} s are allowed"
        world.fault(Promise.IN_TIME, told)


async def _posts_before(world: World, posts: int) -> None:
    async def hand(share: range) -> None:
        for number in share:
            await world.post(AUTHORS[number % 2], public=True)

    await asyncio.gather(*(hand(range(start, posts, _AT_ONCE)) for start in range(_AT_ONCE)))


async def _act(scene: Scene, mishap: Mishap, world: World, whole_seconds: float) -> None:
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        streams = [group.create_task(follow(world, follower)) for follower in world.followers]
        await asyncio.gather(*(follower.live.wait() for follower in world.followers))
        await _posts_before(world, mishap.posts)
        acting = group.create_task(Acting(world, enough).run())
        await asyncio.sleep(BEFORE_SECONDS)
        await mishap.deed(scene)
        missing = await whole(scene.stack, whole_seconds)
        if missing:
            world.fault(Promise.HEALED, f"after {whole_seconds:.0f} s still not ready: {missing}")
            world.lose_patience()
        await asyncio.sleep(AFTER_SECONDS)
        world.end_clock()
        enough.set()
        await acting
        await count(world)
        for stream in streams:
            stream.cancel()


async def _look_again(worlds: list[World]) -> list[Fault]:
    faults: list[Fault] = []
    for before in worlds:
        again = World(before.gateways, before.patience, before.model)
        try:
            await again.return_to(before)
            await count_feeds(again, [(name, name) for name in AUTHORS])
        except (GaveUp, Refused) as error:
            again.fault(Promise.HEALED, f"{error!r}")
        finally:
            await again.close()
        faults += again.faults
    return faults
