"""One stack: its folder, its ports, and how to start, see and stop it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from kanvas_local import preflight
from kanvas_local.carriers import fetch_carrier
from kanvas_local.cassandra import Cassandra
from kanvas_local.errors import StackError, UnitDied
from kanvas_local.jars import fetch_jars
from kanvas_local.java import java_program
from kanvas_local.kafka import Kafka
from kanvas_local.layout import Layout
from kanvas_local.ports import HOST, Ports, address
from kanvas_local.processes import ProcessId, group_members, signal_group
from kanvas_local.progress import Progress
from kanvas_local.state import SETTLED, StackState
from kanvas_local.triton import Triton, shared_python
from kanvas_local.units import Unit, read_plan, write_plan

SERVERS = ("kafka", "cassandra", "triton")
_START_SECONDS = 240.0
_STOP_SECONDS = 90.0
_POLL_SECONDS = 0.1
_LOG_LINES = 12


class Stack:
    """The stack whose files lie at `root` and whose ports begin at `base_port`.

    Any number of stacks run side by side, on ranges of 40 ports that do not
    overlap. All methods block; none needs the object that started the stack.
    """

    def __init__(
        self, root: Path, base_port: int, *, instances: int = 1, progress: Progress | None = None
    ) -> None:
        self.layout = Layout(root.resolve())
        self.ports = Ports(base_port)
        self.instances = instances
        self._progress = progress or Progress(quiet=True)

    @property
    def base(self) -> int:
        """The first port."""
        return self.ports.base

    @property
    def kafka(self) -> str:
        """Kafka's bootstrap address, host:port."""
        return address(self.ports.kafka)

    @property
    def cassandra(self) -> tuple[str, int]:
        """Cassandra's contact point."""
        return (HOST, self.ports.cassandra)

    @property
    def triton_grpc(self) -> str:
        """Triton's gRPC address, host:port."""
        return address(self.ports.triton_grpc)

    @property
    def triton_http(self) -> str:
        """Triton's HTTP address, host:port."""
        return address(self.ports.triton_http)

    @property
    def state(self) -> StackState:
        """What runs now."""
        return StackState.read(self.layout.state)

    def start(self, only: Collection[str] = SERVERS) -> None:
        """Start what is in `only` and does not run yet; return when all of it is ready.

        What runs already keeps running, unless what it runs has changed since.

        Raises:
            StackError: Something is missing, in use or died; nothing that this
                call started is left running.
        """
        self.layout.make()
        with self._exclusive():
            self._remove_orphans()
            running = self.state.running
            before = read_plan(self.layout.plan) if running else {}
            wanted = {unit.name: unit for unit in self._units(only)}
            if not running:
                preflight.check_memory()
                preflight.check_disk(self.layout.root)
            preflight.check_ports(u for u in wanted.values() if u.name not in before)
            write_plan(self.layout.plan, (before | wanted).values())
            try:
                self._nudge() if running else self._launch()
                self._wait(wanted)
            except BaseException:
                if running:
                    write_plan(self.layout.plan, before.values())
                    self._nudge()
                else:
                    self._stop()
                raise

    def stop(self) -> bool:
        """Stop all that this stack runs and nothing else; whether there was anything."""
        if not self.layout.state.exists():
            return False
        with self._exclusive():
            return self._stop()

    def kill(self, unit: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal the main process of `unit`, as a mishap would; its pid."""
        process = self.state.units[unit].process
        found = process.find() if process else None
        if found is None:
            raise StackError(f"{unit} does not run now.")
        found.send_signal(number)
        return int(found.pid)

    def tail(self, unit: str, lines: int = _LOG_LINES) -> str:
        """The last lines of the log of `unit`."""
        log = self.layout.log / f"{unit}.log"
        if not log.exists():
            return ""
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])

    def _units(self, only: Collection[str]) -> Sequence[Unit]:
        shared_python()
        with ThreadPoolExecutor() as pool:
            triton = pool.submit(fetch_carrier, "nvidia-pytriton", self._progress)
            jars = pool.submit(fetch_jars, self._progress)
            java = java_program(self._progress)
        return [
            *Kafka(self.layout, self.ports, java, jars.result()["kafka"]).units(),
            *Cassandra(self.layout, self.ports, java, jars.result()["cassandra"]).units(),
            *Triton(self.layout, self.ports, triton.result()).units(),
        ]

    def _launch(self) -> None:
        command = [sys.executable, "-m", "kanvas_local"]
        command += ["--root", str(self.layout.root), "--base", str(self.base)]
        command += ["--instances", str(self.instances), "supervise"]
        self.layout.state.unlink(missing_ok=True)
        with (self.layout.log / "supervisor.log").open("ab") as log:
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.layout.root,
            )

    def _nudge(self) -> None:
        supervisor = self.state.supervisor
        process = supervisor.find() if supervisor else None
        if process is None:
            raise StackError("The supervisor has ended; `make run` starts it again.")
        process.send_signal(signal.SIGHUP)

    def _wait(self, wanted: dict[str, Unit]) -> None:
        """Return when every wanted unit is ready or done."""
        began = time.monotonic()
        told: set[str] = set()
        while True:
            waiting = []
            for name, unit in wanted.items():
                seen = self.state.units.get(name)
                if seen is not None and seen.phase == "failed":
                    raise UnitDied(
                        f"{name} died as it started; the end of its log, "
                        f"{self.layout.log / name}.log:\n{self.tail(name)}"
                    )
                current = seen is not None and seen.version == unit.version
                if not current or seen is None or seen.phase not in SETTLED:
                    waiting.append(name)
                elif name not in told:
                    told.add(name)
                    self._progress.say(f"{name} is ready ({time.monotonic() - began:.1f} s)")
            if not waiting:
                return
            if time.monotonic() - began > _START_SECONDS:
                raise StackError(
                    f"{', '.join(waiting)} not ready after {_START_SECONDS:.0f} s; the end of the log "
                    f"of {waiting[0]}:\n{self.tail(waiting[0])}"
                )
            self._progress.update(
                f"waiting for {', '.join(waiting)} ({time.monotonic() - began:.0f} s)"
            )
            time.sleep(_POLL_SECONDS)

    def _stop(self) -> bool:
        state = self.state
        supervisor = state.supervisor.find() if state.supervisor else None
        if supervisor is not None:
            supervisor.send_signal(signal.SIGCONT)
            supervisor.send_signal(signal.SIGTERM)
            supervisor.wait(_STOP_SECONDS)
        else:
            self._remove_orphans()
        return supervisor is not None or bool(state.processes())

    def _remove_orphans(self) -> None:
        """End what a supervisor that was killed has left running."""
        state = self.state
        if state.running:
            return
        for process in state.processes().values():
            self._end(process)
        self.layout.state.unlink(missing_ok=True)

    def _end(self, process: ProcessId) -> None:
        if process.find() is None:
            return
        signal_group(process.pid, signal.SIGTERM)
        signal_group(process.pid, signal.SIGCONT)
        deadline = time.monotonic() + 20
        while group_members(process.pid):
            if time.monotonic() > deadline:
                signal_group(process.pid, signal.SIGKILL)
            time.sleep(_POLL_SECONDS)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Hold the stack for this process: two starts at once run one after the other."""
        with (self.layout.run / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
