"""What is done to a stack, and undone: each deed returns once it is over."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import httpx

from kanvas_local.chaos import rubbish
from kanvas_local.chaos.clock import RIGHT, Clocks
from kanvas_local.errors import StackError
from kanvas_local.ports import address
from kanvas_local.processes import send
from kanvas_local.small_disk import SmallDisk
from kanvas_local.stack import SERVERS, SERVICES, Stack

FULL_SECONDS = 30.0
WRONG_SECONDS = 20.0
INSTANCES = (1, 2)
_TOP_UP_SECONDS = 0.5
_WITHOUT_LEADER = ("gateway",)
_LEADER_SECONDS = 30.0
_FOREIGN_RECORDS = 20


@dataclass(frozen=True)
class Scene:
    """Where a mishap happens: a running stack, its small disks by name, and its clocks."""

    stack: Stack
    disks: Mapping[str, SmallDisk]
    clocks: Clocks


Deed = Callable[[Scene], Awaitable[None]]


def kill(*victims: str) -> Deed:
    """Kill units, or the leader of a service, with SIGKILL; all within moments."""

    async def deed(scene: Scene) -> None:
        units = [await _unit(scene.stack, victim) for victim in victims]
        for unit in units:
            scene.stack.kill(unit, signal.SIGKILL)

    return deed


async def kill_all(scene: Scene) -> None:
    """Kill every process but the supervisor, which starts them again."""
    for process in scene.stack.state.processes().values():
        if found := process.find():
            send(found, signal.SIGKILL)


async def kill_all_and_supervisor(scene: Scene) -> None:
    """Kill every process, the supervisor first; then start as `make run` does."""
    supervisor = scene.stack.state.supervisor
    found = supervisor.find() if supervisor else None
    if found is not None:
        send(found, signal.SIGKILL)
    await kill_all(scene)
    await asyncio.sleep(1.0)
    await start_again(scene)


def pause(victim: str, seconds: float) -> Deed:
    """Stop processes with SIGSTOP, and let them go on after so many seconds."""

    async def deed(scene: Scene) -> None:
        unit = await _unit(scene.stack, victim)
        await asyncio.to_thread(scene.stack.kill, unit, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            scene.stack.kill(unit, signal.SIGCONT)

    return deed


def fill(disk: str, *, killing: tuple[str, ...] = ()) -> Deed:
    """Leave no room on a disk for half a minute; kill the units `killing` meanwhile."""

    async def deed(scene: Scene) -> None:
        small = scene.disks[disk]
        units = [await _unit(scene.stack, victim) for victim in killing]
        until = time.monotonic() + FULL_SECONDS
        try:
            small.fill()
            await asyncio.sleep(FULL_SECONDS / 6)
            for unit in units:
                scene.stack.kill(unit, signal.SIGKILL)
            while time.monotonic() < until:
                small.fill()
                await asyncio.sleep(_TOP_UP_SECONDS)
        finally:
            small.free()

    return deed


async def lose_cassandra(scene: Scene) -> None:
    """Remove Cassandra's folder and kill it; a while later, start as `make run` does."""
    stack = scene.stack
    folder = stack.layout.data / "cassandra"
    folder.rename(folder.with_name("cassandra-lost"))  # nothing is written to it any more
    stack.kill("cassandra", signal.SIGKILL)
    await asyncio.to_thread(shutil.rmtree, folder.with_name("cassandra-lost"))
    await asyncio.sleep(WRONG_SECONDS)
    await start_again(scene)


def lose_state(service: str) -> Deed:
    """Remove the folder in which the leader keeps its state, and kill it."""

    async def deed(scene: Scene) -> None:
        unit = await _unit(scene.stack, service)
        await asyncio.to_thread(shutil.rmtree, scene.stack.layout.data / unit)
        scene.stack.kill(unit, signal.SIGKILL)

    return deed


def put_clock_wrong(service: str, offset: str) -> Deed:
    """Set the clock of the leader wrong for a while."""

    async def deed(scene: Scene) -> None:
        unit = await _unit(scene.stack, service)
        scene.clocks.put(unit, offset)
        try:
            await asyncio.sleep(WRONG_SECONDS)
        finally:
            scene.clocks.put(unit, RIGHT)

    return deed


def litter(topic: str) -> Deed:
    """Append records that cannot be read, or contradict themselves, to a topic."""

    async def deed(scene: Scene) -> None:
        last = await rubbish.last_record(scene.stack.kafka, topic)
        await rubbish.send(scene.stack.kafka, topic, rubbish.unreadable(last))

    return deed


def number_wrongly(topic: str) -> Deed:
    """Append records with impossible numbers to a topic."""

    async def deed(scene: Scene) -> None:
        kafka = scene.stack.kafka
        if topic == rubbish.LEADERS:
            await rubbish.send(kafka, topic, rubbish.impossible_leaders())
            return
        last = await rubbish.last_record(kafka, topic)
        # A topic of operators may have none yet.
        await rubbish.send(kafka, topic, rubbish.impossible(last or rubbish.BARE))

    return deed


def intrude(topic: str) -> Deed:
    """Take the writer's next position from outside, again and again."""

    async def deed(scene: Scene) -> None:
        for _ in range(_FOREIGN_RECORDS):
            last = await rubbish.last_record(scene.stack.kafka, topic)
            if last is not None:
                await rubbish.send(scene.stack.kafka, topic, [rubbish.foreign(topic, last)])
            await asyncio.sleep(_TOP_UP_SECONDS)

    return deed


async def start_again(scene: Scene) -> None:
    """Do what `make run` does, beside a stack that runs or does not."""
    await asyncio.to_thread(scene.stack.start, (*SERVERS, *SERVICES))


async def leader(stack: Stack, service: str) -> str:
    """Return the unit of a service's leader, or the first unit where none leads.

    Raises:
        StackError: Nobody leads for half a minute.
    """
    if service in _WITHOUT_LEADER:
        return f"{service}-1"
    give_up_at = time.monotonic() + _LEADER_SECONDS
    async with httpx.AsyncClient(timeout=2.0) as http:
        while time.monotonic() < give_up_at:
            for instance in INSTANCES:
                url = f"http://{address(stack.ports.ops(service, instance))}/metrics"
                with contextlib.suppress(httpx.HTTPError):
                    if _leads((await http.get(url)).text):
                        return f"{service}-{instance}"
            await asyncio.sleep(0.2)
    raise StackError(f"nobody leads for {service}")


def _leads(metrics: str) -> bool:
    return any(
        line.startswith("kanvas_writer_leads") and line.endswith(" 1.0")
        for line in metrics.splitlines()
    )


async def _unit(stack: Stack, victim: str) -> str:
    return await leader(stack, victim) if victim in SERVICES else victim
