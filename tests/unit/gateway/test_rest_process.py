"""Two processes that are one gateway: they know of each other, and end together."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable

import pytest
from prometheus_client import REGISTRY, generate_latest

from kanvas_gateway import rest_process
from kanvas_gateway.rest_process import BothMetrics, ParentLink, RestEndedError, RestProcess
from kanvas_platform.lifecycle import Readiness
from tests.unit.gateway.rest_child import PROGRAM, no_blocks

Rest = tuple[RestProcess, "asyncio.Task[None]"]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)


@pytest.fixture
async def rest(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rest]:
    monkeypatch.setattr(rest_process, "PROGRAM", PROGRAM)
    rest = RestProcess(no_blocks())
    task = asyncio.create_task(rest.run())
    await _until(lambda: rest.ready)
    yield rest, task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _pid(rest: RestProcess) -> int:
    assert rest.process is not None
    return rest.process.pid


async def test_it_is_ready_once_its_process_says_so(rest: Rest) -> None:
    os.kill(_pid(rest[0]), signal.SIGSTOP)
    await _until(lambda: not rest[0].ready)
    os.kill(_pid(rest[0]), signal.SIGCONT)
    await _until(lambda: rest[0].ready)


async def test_what_both_measure_stands_together(rest: Rest) -> None:
    both = BothMetrics(rest[0])
    text = (await asyncio.to_thread(generate_latest, both)).decode()
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    values = [line for line in text.splitlines() if line.startswith("process_resident_memory")]
    assert [' process="rest"' in one or '{process="rest"}' in one for one in values] == [
        False, True]  # fmt: skip
    assert {family.name for family in REGISTRY.collect()} <= {
        family.name for family in await asyncio.to_thread(lambda: list(both.collect()))
    }


async def test_without_an_answer_there_are_the_own_metrics() -> None:
    rest = RestProcess(no_blocks())
    assert b"process_resident_memory" in generate_latest(BothMetrics(rest))


async def test_it_dies_with_its_process(rest: Rest) -> None:
    os.kill(_pid(rest[0]), signal.SIGKILL)
    with pytest.raises(RestEndedError):
        await rest[1]
    assert not rest[0].ready


@pytest.mark.parametrize("failure", [ZeroDivisionError, None])
async def test_it_ends_where_blocks_are_heard_of_no_more(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception] | None
) -> None:
    rest = RestProcess(no_blocks())

    async def hear(_end: object, _blocks: object) -> None:
        await _until(lambda: rest.ready)
        if failure is not None:
            raise failure

    monkeypatch.setattr(rest_process, "PROGRAM", PROGRAM)
    monkeypatch.setattr(rest_process, "hear_blocks", hear)
    monkeypatch.setattr(rest_process, "_HANG_UP_SECONDS", 0.1)
    async with asyncio.timeout(30):
        with pytest.raises(failure or RestEndedError):
            await rest.run()
    assert rest.process is not None
    assert rest.process.returncode == -signal.SIGKILL


@pytest.fixture
async def stopped() -> AsyncIterator[asyncio.Event]:
    """Set once this process is told to stop."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    yield stopped
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


async def test_its_process_ends_where_it_cannot_answer() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        number = theirs.fileno()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROGRAM, str(number), pass_fds=[number]
        )
        ours.sendall(b"nonsense\n")
        async with asyncio.timeout(60):
            assert await process.wait() == 1


async def test_a_loop_that_answers_too_late_is_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rest_process, "_LOOP_SECONDS", 0.05)

    def slow() -> bool:
        time.sleep(0.3)
        return True

    ours, theirs = socket.socketpair()
    readiness = Readiness()
    readiness.require("slow", slow)
    with ours, theirs:
        link, loop = ParentLink(theirs, readiness), asyncio.get_running_loop()
        assert await asyncio.to_thread(link.missing, loop) == ["event-loop"]


async def test_its_process_is_drained_before_it_ends(rest: Rest, stopped: asyncio.Event) -> None:
    process = rest[0].process
    await rest[0].drain()
    assert process is not None
    assert process.returncode == 0
    # That the process ended in good order means that all of the gateway is to end.
    async with asyncio.timeout(10):
        await stopped.wait()


async def test_its_process_may_be_stopped_before_it_heeds_signals(
    monkeypatch: pytest.MonkeyPatch, stopped: asyncio.Event
) -> None:
    monkeypatch.setattr(rest_process, "PROGRAM", PROGRAM)
    rest = RestProcess(no_blocks())
    task = asyncio.create_task(rest.run())
    await _until(lambda: rest.process is not None)
    await rest.drain()
    await asyncio.wait([task, asyncio.create_task(stopped.wait())], return_when="FIRST_COMPLETED")
    assert stopped.is_set()
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_its_process_dies_when_it_is_canceled(rest: Rest) -> None:
    process = rest[0].process
    rest[1].cancel()
    await asyncio.gather(rest[1], return_exceptions=True)
    assert process is not None
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_the_process_ends_with_its_parent(number: signal.Signals) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", PROGRAM, "parent", stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(60):
        while b"ready" not in await parent.stdout.readline():
            continue
        parent.send_signal(number)
        # Both write to it, so it ends when both have ended.
        await parent.stdout.read()
        await parent.wait()
    assert parent.returncode == (0 if number == signal.SIGTERM else -number)
