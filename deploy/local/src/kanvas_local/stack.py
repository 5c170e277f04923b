"""One stack: its folder, its ports, and how to start, see and stop it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from kanvas_local import preflight
from kanvas_local.carriers import fetch_carrier
from kanvas_local.cassandra import CassandraUnit
from kanvas_local.errors import StackError, UnitDied
from kanvas_local.jars import fetch_jars
from kanvas_local.java import find_javas
from kanvas_local.kafka import KafkaUnit
from kanvas_local.layout import Layout
from kanvas_local.machine import check_disk
from kanvas_local.mutex import exclusive
from kanvas_local.ports import HOST, Ports, address
from kanvas_local.processes import ProcessId, group_members, send, signal_group
from kanvas_local.progress import ProgressLines
from kanvas_local.secret_files import ensure_random_key, ensure_token_key
from kanvas_local.services import LATER, SERVICES, USABLE, Services
from kanvas_local.state import SETTLED, StackState
from kanvas_local.triton import TritonUnit
from kanvas_local.units import Plan, Unit

__all__ = ["SERVERS", "SERVICES", "Stack"]

SERVERS = ("kafka", "cassandra", "triton")
_START_SECONDS = 240.0
_STOP_SECONDS = 90.0
_LAUNCH_SECONDS = 15.0
_POLL_SECONDS = 0.1
_LOG_LINES = 12


class Stack:
    """The stack whose files lie at `root` and whose ports begin at `base_port`.

    Any number of stacks run side by side, on ranges of 40 ports that do not
    overlap. All methods block; none needs the object that started the stack.
    """

    def __init__(
        self,
        root: Path,
        base_port: int,
        *,
        instances: int = 1,
        progress: ProgressLines | None = None,
        env: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Name a stack; nothing is started yet.

        Args:
            root: Its folder.
            base_port: The first of its ports.
            instances: Of each service.
            progress: Where to say what is waited for.
            env: Further environment by unit, or by service for all its instances. A `start`
                with another one starts those units again.
        """
        self.layout = Layout(root.resolve())
        self.ports = Ports(base_port)
        self.instances = instances
        self._env = env or {}
        self._progress = progress or ProgressLines(quiet=True)

    @classmethod
    def at(cls, root: Path) -> Stack:
        """Return the stack whose folder is `root`, with the settings it runs with."""
        state = StackState.read(Layout(root.resolve()).state)
        return cls(root, state.base_port, instances=state.instances)

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

    def start(
        self, only: Collection[str] = SERVERS, usable: Callable[[], None] = lambda: None
    ) -> None:
        """Start what `only` names and does not run yet; return when all of it is ready.

        `usable` is called before, as soon as all is ready but what people can do without for some
        seconds.

        A name is a server's, a service's (all its instances) or a unit's; what it
        needs comes along. What runs already keeps running, unless its code or
        configuration has changed since: then it is started again.

        Raises:
            StackError: Something is missing, in use or died; nothing that this
                call started is left running.
        """
        self.layout.make()
        with exclusive(self.layout.run / "start.lock"):
            self._remove_orphans()
            running = self.state.running
            before = Plan.read(self.layout.plan) if running else Plan()
            known = {unit.name: unit for unit in self._units()}
            wanted = choose_units(known, only)
            if not running:
                preflight.check_memory()
                check_disk(self.layout.root)
            old = {name: unit for name, unit in before.units.items() if name in known}
            held = {port for unit in old.values() for port in unit.ports}
            aside = self._set_aside()
            preflight.check_ports(wanted.values(), held)
            Plan(self.base, self.instances, old | wanted).write(self.layout.plan)
            try:
                if running:
                    self._nudge()
                else:
                    self._launch()
                began = time.monotonic()
                self._wait({n: unit for n, unit in wanted.items() if n not in LATER}, began)
                usable()
                self._wait(wanted, began)
                for name, folder in sorted(self._set_aside() - aside):
                    self._progress.say(
                        f"{name} could not start with what it kept: that was set aside as "
                        f"{folder}, and is made again from the log"
                    )
            except BaseException:
                self._go_back(before)
                raise

    def stop(self) -> bool:
        """Stop all that this stack runs and nothing else; return whether there was anything."""
        if not self.layout.state.exists():
            return False
        with exclusive(self.layout.run / "start.lock"):
            return self._stop()

    def kill(self, unit: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal the main process of `unit`, as a mishap would; return its pid."""
        process = self.state.units[unit].process
        found = process.find() if process else None
        if found is None:
            raise StackError(f"{unit} does not run now.")
        send(found, number)
        return int(found.pid)

    def tail(self, unit: str, lines: int = _LOG_LINES) -> str:
        """Return the last lines of the log of `unit`."""
        log = self.layout.log / f"{unit}.log"
        if not log.exists():
            return ""
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])

    def _units(self) -> Sequence[Unit]:
        """Return all that this stack can run; fetch what is not in the cache yet."""
        with ThreadPoolExecutor() as pool:
            triton = pool.submit(fetch_carrier, "nvidia-pytriton", self._progress)
            jars = pool.submit(fetch_jars, self._progress)
            javas = find_javas(self._progress)
        ensure_token_key(self.layout.token_key)
        ensure_random_key(self.layout.handle_key)
        kafka, cassandra = jars.result()["kafka"], jars.result()["cassandra"]
        units = [
            *KafkaUnit(self.layout, self.ports, javas.kafka, kafka).units(),
            *CassandraUnit(self.layout, self.ports, javas.cassandra, cassandra).units(),
            *TritonUnit(self.layout, self.ports, triton.result()).units(),
            *Services(self.layout, self.ports, self.instances).units(),
        ]
        return [
            replace(
                unit,
                env={**unit.env, **self._further(unit.name)},
                after=USABLE if unit.name in LATER else (),
            )
            for unit in units
        ]

    def _further(self, unit: str) -> dict[str, str]:
        service = unit.rpartition("-")[0]
        return {**self._env.get(service, {}), **self._env.get(unit, {})}

    def _launch(self) -> None:
        """Start the supervisor; it is on its own once the command has returned."""
        command = [sys.executable, "-m", "kanvas_local", "--root", str(self.layout.root)]
        self.layout.state.unlink(missing_ok=True)
        with (self.layout.log / "supervisor.log").open("ab") as log:
            subprocess.run(
                [*command, "supervise"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.layout.root,
                check=True,
            )
        deadline = time.monotonic() + _LAUNCH_SECONDS
        while not self.state.running:
            if time.monotonic() > deadline:
                raise self._supervisor_ended()
            time.sleep(_POLL_SECONDS)

    def _nudge(self) -> None:
        supervisor = self.state.supervisor
        process = supervisor.find() if supervisor else None
        if process is None:
            raise self._supervisor_ended()
        process.send_signal(signal.SIGHUP)

    def _supervisor_ended(self) -> StackError:
        return StackError(
            "The supervisor has ended; `make run` starts it again. The end of its log, "
            f"{self.layout.log / 'supervisor.log'}:\n{self.tail('supervisor')}"
        )

    def _wait(self, wanted: Mapping[str, Unit], began: float) -> None:
        """Return when every wanted unit is ready or done; `began` is when the start began."""
        waiting: list[str] | None = None
        while waiting is None or waiting:
            state = self.state
            if not state.running:
                raise self._supervisor_ended()
            still = [name for name, unit in wanted.items() if not self._settled(state, unit)]
            elapsed = time.monotonic() - began
            for name in waiting or ():
                if name not in still:
                    self._progress.say(f"{name} {state.units[name].phase} ({elapsed:.1f} s)")
            if elapsed > _START_SECONDS:
                raise StackError(
                    f"Not ready after {_START_SECONDS:.0f} s: {', '.join(still)}. "
                    f"The end of the log of {still[0]}:\n{self.tail(still[0])}"
                )
            waiting = still
            if still:
                self._progress.update(f"waiting for {', '.join(still)} ({elapsed:.0f} s)")
                time.sleep(_POLL_SECONDS)

    def _set_aside(self) -> set[tuple[str, str]]:
        """Return what was set aside since the supervisor started: units and folders."""
        units = self.state.units.items()
        return {(name, unit.set_aside) for name, unit in units if unit.set_aside}

    def _settled(self, state: StackState, unit: Unit) -> bool:
        """Return whether `unit`, as it is wanted now, is ready or done."""
        seen = state.units.get(unit.name)
        if seen is None or seen.digest != unit.digest:
            return False
        if seen.phase == "failed":
            raise UnitDied(
                f"{unit.name} died as it started. The end of its log, "
                f"{self.layout.log / unit.name}.log:\n{self.tail(unit.name)}"
            )
        return seen.phase in SETTLED

    def _go_back(self, before: Plan) -> None:
        """Undo a start that failed: run what ran before it, if anything."""
        before.write(self.layout.plan)
        if not before.units:
            self._stop()
            return
        self._nudge()
        deadline = time.monotonic() + _STOP_SECONDS
        while set(self.state.units) != set(before.units) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def _stop(self) -> bool:
        state = self.state
        supervisor = state.supervisor.find() if state.supervisor else None
        if supervisor is None:
            self._remove_orphans()
            return bool(state.processes())
        supervisor.send_signal(signal.SIGCONT)
        supervisor.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while state.running:
            if time.monotonic() > deadline:
                raise StackError(
                    f"The supervisor (pid {supervisor.pid}) has not stopped everything within "
                    f"{_STOP_SECONDS:.0f} s; its log is {self.layout.log / 'supervisor.log'}."
                )
            time.sleep(_POLL_SECONDS)
        return True

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


def choose_units(known: Mapping[str, Unit], only: Collection[str]) -> dict[str, Unit]:
    """Return the units that `only` names, and what they need, in the order of `known`."""
    named = {name for name in known if name in only or name.rpartition("-")[0] in only}
    unknown = set(only) - named - {name.rpartition("-")[0] for name in named}
    if unknown:
        raise StackError(
            f"There is no {', '.join(sorted(unknown))} in the stack: choose among "
            f"{', '.join((*SERVERS, *SERVICES))}."
        )
    queue = list(named)
    while queue:
        unit = known[queue.pop()]
        for need in (*unit.needs, *unit.beside):
            if need not in named:
                named.add(need)
                queue.append(need)
    return {name: unit for name, unit in known.items() if name in named}
