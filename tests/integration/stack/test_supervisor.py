"""The supervisor on small programs: what dies comes back, what is stopped stays gone."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from kanvas_local.errors import StackError, UnitDied
from kanvas_local.ports import HOST
from kanvas_local.processes import ProcessId
from kanvas_local.stack import Stack
from kanvas_local.units import Unit
from tests.patience import PATIENCE_SECONDS
from tests.ports import FirstPort

_BASE_PORT = FirstPort.SUPERVISOR

_SERVER = """
import sys
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer((sys.argv[1], int(sys.argv[2])), SimpleHTTPRequestHandler).serve_forever()
"""


class ToyStack(Stack):
    """A stack whose units the test chooses."""

    units: Sequence[Unit] = ()

    def _units(self) -> Sequence[Unit]:
        return self.units


def _server(name: str = "web", port: int = _BASE_PORT, **fields: object) -> Unit:
    return Unit(
        name=name,
        argv=(sys.executable, "-c", _SERVER, HOST, str(port)),
        probe=f"http:{HOST}:{port}/",
        ports=(port,),
        **fields,  # type: ignore[arg-type]
    )


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[ToyStack]:
    stack = ToyStack(tmp_path / "stack", _BASE_PORT)
    yield stack
    stack.stop()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _pid(stack: Stack, name: str = "web") -> ProcessId:
    process = stack.state.units[name].process
    assert process is not None
    return process


def test_a_killed_server_comes_back(stack: ToyStack) -> None:
    stack.units = [_server()]
    stack.start(["web"])
    first = _pid(stack)
    stack.kill("web")
    _until(lambda: stack.state.units["web"].process not in (None, first))
    _until(lambda: stack.state.units["web"].phase == "ready")
    assert stack.state.units["web"].restarts == 1


def test_a_paused_server_is_left_alone(stack: ToyStack) -> None:
    stack.units = [_server()]
    stack.start(["web"])
    first = _pid(stack)
    stack.kill("web", signal.SIGSTOP)
    _until(lambda: stack.state.units["web"].phase == "paused")
    stack.kill("web", signal.SIGCONT)
    _until(lambda: stack.state.units["web"].phase == "ready")
    assert _pid(stack) == first


def test_a_paused_server_is_stopped_all_the_same(stack: ToyStack) -> None:
    stack.units = [_server()]
    stack.start(["web"])
    first = _pid(stack)
    stack.kill("web", signal.SIGSTOP)
    assert stack.stop()
    assert first.find() is None


def test_stop_ends_the_children_of_a_server_too(stack: ToyStack, tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/child; wait"
    stack.units = [Unit(name="parent", argv=("/bin/sh", "-c", script))]
    stack.start(["parent"])
    _until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text() != "")
    child = ProcessId.of(int((tmp_path / "child").read_text()))
    assert child.find() is not None
    stack.stop()
    assert child.find() is None
    assert not stack.layout.state.exists()
    assert not stack.stop()


def test_a_lost_worker_restarts_its_server(stack: ToyStack, tmp_path: Path) -> None:
    with_worker = f"import subprocess\nsubprocess.Popen(['sleep', '600'])\n{_SERVER}"
    unit = Unit(
        name="web",
        argv=(sys.executable, "-c", with_worker, HOST, str(_BASE_PORT)),
        probe=f"http:{HOST}:{_BASE_PORT}/",
        workers=True,
    )
    stack.units = [unit]
    stack.start(["web"])
    first = _pid(stack)
    process = first.find()
    assert process is not None
    process.children()[0].kill()
    _until(lambda: stack.state.units["web"].process not in (None, first))


def test_units_wait_for_what_they_need(stack: ToyStack, tmp_path: Path) -> None:
    made = tmp_path / "made"
    needing = f"test -e {made} || exit 1; exec sleep 600"
    stack.units = [
        Unit(name="needing", argv=("/bin/sh", "-c", needing), needs=("making",)),
        Unit(name="making", kind="task", argv=("/bin/sh", "-c", f"sleep 0.3; touch {made}")),
    ]
    stack.start(["needing"])
    assert stack.state.units["making"].phase == "done"
    assert stack.state.units["needing"].restarts == 0


def test_a_server_that_dies_at_start_shows_the_end_of_its_log(stack: ToyStack) -> None:
    argv = ("/bin/sh", "-c", "echo the reason; exit 3")
    stack.units = [_server(), Unit(name="bad", argv=argv, probe=f"http:{HOST}:1/")]
    with pytest.raises(UnitDied, match=r"bad died as it started.*(?s:.*)the reason"):
        stack.start(["web", "bad"])
    assert not stack.state.running


def test_a_failed_addition_leaves_what_ran_before(stack: ToyStack) -> None:
    bad = Unit(name="bad", argv=("/bin/false",), probe=f"http:{HOST}:1/")
    stack.units = [_server(), bad]
    stack.start(["web"])
    first = _pid(stack)
    with pytest.raises(UnitDied):
        stack.start(["bad"])
    assert _pid(stack) == first
    assert set(stack.state.units) == {"web"}


def test_a_program_that_is_missing_is_told(stack: ToyStack) -> None:
    stack.units = [Unit(name="bad", argv=("/no/such/program",))]
    with pytest.raises(UnitDied, match="cannot be started"):
        stack.start(["bad"])


def test_a_second_start_changes_only_what_changed(stack: ToyStack) -> None:
    stack.units = [_server(), _server("other", _BASE_PORT + 1, version="1")]
    stack.start(["web", "other"])
    web, other = _pid(stack), _pid(stack, "other")
    stack.units = [_server(), _server("other", _BASE_PORT + 1, version="2")]
    stack.start(["web", "other"])
    assert _pid(stack) == web
    assert _pid(stack, "other") != other


def test_a_killed_supervisor_leaves_nothing_to_the_next(stack: ToyStack) -> None:
    stack.units = [_server()]
    stack.start(["web"])
    orphan = _pid(stack)
    supervisor = stack.state.supervisor
    assert supervisor is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    _until(lambda: supervisor.find() is None)
    assert orphan.find() is not None
    stack.start(["web"])
    assert orphan.find() is None
    assert _pid(stack) != orphan


def test_a_port_that_is_taken_stops_the_start(stack: ToyStack) -> None:
    other = ToyStack(stack.layout.root.with_name("other"), _BASE_PORT)
    other.units = stack.units = [_server()]
    other.start(["web"])
    try:
        with pytest.raises(StackError, match=rf"Port {_BASE_PORT} \(for web\) is in use"):
            stack.start(["web"])
    finally:
        other.stop()
    assert not [p for p in psutil.process_iter() if str(_BASE_PORT) in _arguments(p)]


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
