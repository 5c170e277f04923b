"""The process that keeps the stack running after `make run` has returned.

It follows the plan file: SIGHUP makes it read the plan again (units that are
new or changed are started, those that left are stopped), SIGTERM stops all.
What it does is written to the state file, which everybody else only reads.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Coroutine, Iterable
from pathlib import Path

from kanvas_local.layout import Layout
from kanvas_local.processes import ProcessId
from kanvas_local.runner import Runner
from kanvas_local.state import StackState
from kanvas_local.units import Plan, Unit

_ROTATE_SECONDS = 20.0
_LOG_BYTES = 16 * 1024 * 1024
REWRITE_SECONDS = 1.0
"""Until a state that could not be written, for want of room, is tried again."""
MEND_SECONDS = 5.0
"""Until a unit is started again whose runner met a bug."""


class Supervisor:
    """Runs the units of one stack's plan."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._state = StackState(supervisor=ProcessId.of(os.getpid()))
        self._runners: dict[str, Runner] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._written = True

    async def run(self) -> None:
        """Run until SIGTERM or `stop`; then stop every unit, in order, and return."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload.set)
        background = [asyncio.create_task(work()) for work in (self._rotate, self._rewrite)]
        self._reload.set()
        while not self._stop.is_set():
            if self._reload.is_set():
                self._reload.clear()
                try:
                    await self._follow_plan()
                except Exception:  # noqa: BLE001 (what runs goes on; the next plan may be better)
                    _tell()
            await _first(self._stop.wait(), self._reload.wait())
        for task in background:
            task.cancel()
        await self._halt(list(self._runners))
        self._layout.state.unlink(missing_ok=True)

    def stop(self) -> None:
        """Let `run` stop every unit and return, as SIGTERM does."""
        self._stop.set()

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
                self._begin(runner)
        self._changed()

    def _begin(self, runner: Runner) -> None:
        name = runner.unit.name
        self._tasks[name] = asyncio.create_task(self._keep_running(runner), name=name)

    async def _keep_running(self, runner: Runner) -> None:
        """Run a unit; a bug goes to the supervisor's own log, and the unit begins again."""
        while True:
            try:
                await runner.run()
            except Exception:  # noqa: BLE001 (whatever it was: no unit stays dead for it)
                _tell()
            else:
                return
            await asyncio.sleep(MEND_SECONDS)
            # What still runs would be in the way of the next process.
            await asyncio.gather(runner.stop(), return_exceptions=True)

    def _repeat_tasks(self, server: str) -> None:
        """Do again what was done on an earlier process of `server`: it may have lost it."""
        for name, runner in self._runners.items():
            task = self._tasks.get(name)
            if server in runner.unit.needs and runner.unit.kind == "task" and task and task.done():
                self._begin(runner)

    def _runner(self, unit: Unit) -> Runner:
        async def needs() -> None:
            for first in (*unit.needs, *unit.after):
                await self._settled(first)

        return Runner(
            unit,
            log=self._layout.log / f"{unit.name}.log",
            needs=needs,
            changed=self._changed,
            began=lambda: self._repeat_tasks(unit.name),
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
            stops = [runner.stop() for runner in runners if runner.unit.stop_rank == rank]
            for error in await asyncio.gather(*stops, return_exceptions=True):
                if error is not None:
                    _tell(error)
        for runner in runners:
            del self._runners[runner.unit.name]

    def _changed(self) -> None:
        self._state.units = {name: runner.state for name, runner in self._runners.items()}
        try:
            self._state.write(self._layout.state)
        except OSError:
            self._written = False
        else:
            self._written = True

    async def _rewrite(self) -> None:
        """Write the state when there is room again."""
        while True:
            await asyncio.sleep(REWRITE_SECONDS)
            if not self._written:
                self._changed()

    async def _rotate(self) -> None:
        while True:
            for log in self._layout.log.glob("*.log"):
                with contextlib.suppress(OSError):  # the next round tries again
                    await asyncio.to_thread(rotate, log)
            await asyncio.sleep(_ROTATE_SECONDS)


def _tell(error: BaseException | None = None) -> None:
    """Put a bug into the supervisor's own log, by default the one that is being handled."""
    with contextlib.suppress(OSError):  # a log without room
        traceback.print_exception(error or sys.exception())


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
    renamed; a few lines written in between may be lost. Where a disk has no room
    for the copy, the log is cut without one: that is what makes room.
    """
    if log.stat().st_size <= limit:
        return
    older = log.with_suffix(".log.1")
    try:
        shutil.copyfile(log, older)
    except OSError:
        older.unlink(missing_ok=True)
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
