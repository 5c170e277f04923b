"""One unit's life: wait for what it needs, start, become ready, die, start again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from pathlib import Path

from kanvas_local.probes import answers
from kanvas_local.processes import (
    ProcessId,
    group_members,
    is_paused,
    living_children,
    signal_group,
)
from kanvas_local.state import Phase, UnitState
from kanvas_local.units import Unit

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (where Linux keeps it, not a folder to write to)
_STARTING_POLL_SECONDS = 0.2
_WATCH_SECONDS = 2.0
BACKOFF_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
_STABLE_SECONDS = 30.0
"""A unit that was ready this long starts again with the shortest back-off."""
_STRIKES = 2
"""Deaths before it was ever ready after which a unit counts as failed (and is still tried)."""
_STILLBORN = 4
"""Deaths in a row, each before it was ready again, after which what it keeps is set aside."""
_ROOM_BYTES = 32 * 1024 * 1024
"""With less room on its disk, a unit may die of that, and what it keeps may be sound."""


class Runner:
    """Runs one unit until it is told to stop.

    `ready` is set while dependents may start: once set it stays set, since they
    must survive the death of what they need anyway. `changed` is called after
    each change of `state`, `began` each time that a server is ready for the first
    time since it was started; neither may raise. A disk without room stops nothing
    here: what cannot be written is left out, and tried again with the next line.
    """

    def __init__(
        self,
        unit: Unit,
        *,
        log: Path,
        needs: Callable[[], Awaitable[None]],
        changed: Callable[[], None],
        began: Callable[[], None] = lambda: None,
    ) -> None:
        self.unit = unit
        self.state = UnitState(digest=unit.digest)
        self.ready = asyncio.Event()
        self._log = log
        self._needs = needs
        self._changed = changed
        self._began = began
        self._deaths = 0
        self._stillborn = 0
        self._answered = False
        self._process: Process | None = None
        self._workers = 0

    async def run(self) -> None:
        """Run the unit for ever (a server) or until it succeeded (a task)."""
        await self._needs()
        while True:
            started = time.monotonic()
            code = await self._live()
            if self.unit.kind == "task" and code == 0:
                self.ready.set()
                self._become("done")
                return
            if time.monotonic() - started > _STABLE_SECONDS:
                self._deaths = 0
            delay = BACKOFF_SECONDS[min(self._deaths, len(BACKOFF_SECONDS) - 1)]
            self._deaths += 1
            self.state.restarts += 1
            self._note(f"ended with code {code}; started again in {delay} s")
            never = not self.ready.is_set() and self._deaths >= _STRIKES
            if self._give_up_folder(code):
                never, self._deaths = False, 0
            self._become("failed" if never else "restarting")
            await asyncio.sleep(delay)

    async def stop(self) -> None:
        """Ask the process to end, insist after `stop_seconds`, and leave none of its children.

        Call it only once `run` is cancelled: nothing starts the unit again then.
        """
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it ended this very moment
                process.terminate()
            # A paused process would never see the request.
            signal_group(process.pid, signal.SIGCONT)
            with contextlib.suppress(TimeoutError):  # the sweep below insists
                async with asyncio.timeout(self.unit.stop_seconds):
                    await process.wait()
        self._sweep(process.pid)
        await process.wait()
        self.state.process = None
        self._changed()

    async def _live(self) -> int:
        """Start the process, follow it to its end, and return its exit code."""
        try:
            process = await self._spawn()
        except OSError as error:
            self._note(f"cannot be started: {error}")
            return 127
        code = await self._watch(process)
        self._sweep(process.pid)
        return code

    def _give_up_folder(self, code: int) -> bool:
        """Set aside what a server keeps that always ends as it starts; return whether it was.

        Only what can be made again, and once until the server has been ready: an
        empty folder that does not help either is not the fault.
        """
        folder = Path(self.unit.rebuildable)
        if not self.unit.rebuildable or code <= 0 or not folder.exists():
            return False
        if shutil.disk_usage(folder).free < _ROOM_BYTES:
            self._stillborn = 0
            return False
        self._stillborn += 1
        if self._stillborn != (_STILLBORN if self.ready.is_set() else _STRIKES):
            return False
        try:
            self.state.set_aside = str(set_aside(folder))
        except OSError as error:
            self._note(f"cannot start with {folder}, which cannot be set aside: {error}")
            return False
        self._note(
            f"could not start with what it kept, which is now {self.state.set_aside}; "
            "it starts with nothing, and what it kept is made again"
        )
        return True

    async def _spawn(self) -> Process:
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.unit.argv,
                env={**os.environ, **self.unit.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.state.process = ProcessId.of(self._process.pid)
        self._workers = 0
        self._answered = False
        self._become("starting")
        return self._process

    async def _watch(self, process: Process) -> int:
        """Follow the process until it ends, and return its exit code."""
        ended = asyncio.ensure_future(process.wait())
        try:
            while not ended.done():
                await self._look(process.pid)
                pause = _WATCH_SECONDS if self.state.phase != "starting" else _STARTING_POLL_SECONDS
                await asyncio.wait({ended}, timeout=pause)
            return ended.result()
        finally:
            ended.cancel()

    async def _look(self, pid: int) -> None:
        """Ask once how the process is."""
        if self.unit.kind == "task":
            return
        if not self.unit.probe or await answers(self.unit.probe):
            self.ready.set()
            self._stillborn = 0
            self._become("ready")
            if not self._answered:
                self._answered = True
                self._began()
            self._check_workers(pid)
            return
        if is_paused(pid):
            self._become("paused")
        elif self.state.phase != "starting":
            self._become("unready")

    def _check_workers(self, pid: int) -> None:
        """End a server that lost a worker which it cannot replace."""
        found = ProcessId.of(pid).find() if self.unit.workers else None
        if found is None:
            return
        workers = living_children(found)
        if workers < self._workers:
            self._note("lost a worker process; started again")
            signal_group(pid, signal.SIGKILL)
        self._workers = max(workers, self._workers)

    def _sweep(self, pid: int) -> None:
        """Kill what is left of the group that the process led, and free its shared memory."""
        if group_members(pid):
            signal_group(pid, signal.SIGKILL)
        if self.unit.shared_memory:
            for region in _SHARED_MEMORY.glob(f"{self.unit.shared_memory}*"):
                with contextlib.suppress(PermissionError):  # another user's, of the same name
                    region.unlink(missing_ok=True)
        self.state.process = None

    def _become(self, phase: Phase) -> None:
        if self.state.phase != phase:
            self.state.phase = phase
            self._changed()

    def _note(self, text: str) -> None:
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        # A disk without room takes no notes; the unit is started again all the same.
        with contextlib.suppress(OSError), self._log.open("a") as log:
            log.write(f"--- {now} supervisor: {self.unit.name} {text}\n")


def set_aside(folder: Path) -> Path:
    """Rename `folder` out of the way and return its new name; remove what was set aside before.

    Raises:
        OSError: It cannot be renamed.
    """
    before = list(folder.parent.glob(f"{folder.name}.set-aside-*"))
    moved = folder.with_name(f"{folder.name}.set-aside-{time.strftime('%Y%m%d-%H%M%S')}")
    folder.rename(moved)
    for older in before:
        shutil.rmtree(older, ignore_errors=True)
    return moved
