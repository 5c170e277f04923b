"""The process that keeps the stack running after `make run` has returned.

It follows the plan file: SIGHUP makes it read the plan again (units that are
new or changed are started, those that left are stopped), SIGTERM stops all.
What it does is written to the state file, which everybody else only reads.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
from collections.abc import Coroutine, Iterable
from pathlib import Path

from kanvas_local.layout import Layout
from kanvas_local.processes import ProcessId
from kanvas_local.runner import Runner
from kanvas_local.state import StackState
from kanvas_local.units import Plan, Unit

_ROTATE_SECONDS = 20.0
_LOG_BYTES = 16 * 1024 * 1024


class Supervisor:
    """Runs the units of one stack's plan."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._state = StackState(supervisor=ProcessId.of(os.getpid()))
        self._runners: dict[str, Runner] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()

    async def run(self) -> None:
        """Run until SIGTERM; then stop every unit, in order, and return."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload.set)
        rotation = asyncio.create_task(self._rotate())
        self._reload.set()
        while not self._stop.is_set():
            if self._reload.is_set():
                self._reload.clear()
                await self._follow_plan()
            await _first(self._stop.wait(), self._reload.wait())
        rotation.cancel()
        await self._halt(list(self._runners))
        self._layout.state.unlink(missing_ok=True)

    async def _follow_plan(self) -> None:
        plan = Plan.read(self._layout.plan)
        self._state.base_port, self._state.instances = plan.base_port, plan.instances
        units = plan.units
        gone = [name for name, runner in self._runners.items() if units.get(name) != runner.unit]
        await self._halt(gone)
        for name, unit in units.items():
            if name not in self._runners:
                self._runners[name] = self._runner(unit)
        for name, runner in self._runners.items():
            if name not in self._tasks:
                task = asyncio.create_task(runner.run(), name=name)
                task.add_done_callback(_report)
                self._tasks[name] = task
        self._changed()

    def _runner(self, unit: Unit) -> Runner:
        async def needs() -> None:
            for need in unit.needs:
                await self._settled(need)

        return Runner(
            unit, log=self._layout.log / f"{unit.name}.log", needs=needs, changed=self._changed
        )

    async def _settled(self, name: str) -> None:
        """Return once the unit `name` is ready or done; at once where the plan has none."""
        runner = self._runners.get(name)
        if runner is None:
            return
        if runner.unit.kind == "task":
            await asyncio.wait({self._tasks[name]})
        else:
            await runner.ready.wait()

    async def _halt(self, names: Iterable[str]) -> None:
        """Stop units: each rank together, lower ranks first."""
        runners = [self._runners[name] for name in names]
        tasks = [self._tasks.pop(runner.unit.name) for runner in runners]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for rank in sorted({runner.unit.stop_rank for runner in runners}):
            await asyncio.gather(*(r.stop() for r in runners if r.unit.stop_rank == rank))
        for runner in runners:
            del self._runners[runner.unit.name]

    def _changed(self) -> None:
        self._state.units = {name: runner.state for name, runner in self._runners.items()}
        self._state.write(self._layout.state)

    async def _rotate(self) -> None:
        while True:
            for log in self._layout.log.glob("*.log"):
                await asyncio.to_thread(rotate, log)
            await asyncio.sleep(_ROTATE_SECONDS)


def _report(task: asyncio.Task[None]) -> None:
    """Put a bug into the supervisor's own log; the other units go on."""
    if not task.cancelled() and task.exception() is not None:
        task.print_stack()


async def _first(*waits: Coroutine[object, object, object]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def rotate(log: Path, limit: int = _LOG_BYTES) -> None:
    """Move what `log` holds to NAME.log.1 when it is longer than `limit` bytes.

    Processes hold the file open for appending, so it is copied and cut, not
    renamed; a few lines written in between may be lost.
    """
    if log.stat().st_size > limit:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def supervise(root: Path) -> None:
    """Become the supervisor of the stack at `root`, in the background.

    Returns at once in the caller's process. A second supervisor for the same
    root ends with an error in its log.
    """
    if os.fork():
        return
    layout = Layout(root)
    with (layout.run / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        asyncio.run(Supervisor(layout).run())
