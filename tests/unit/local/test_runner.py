"""A unit goes on living whatever its disk does, and loses only what can be made again."""

from __future__ import annotations

import asyncio
import errno
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kanvas_local import runner as runner_module
from kanvas_local import supervisor as supervisor_module
from kanvas_local.layout import Layout
from kanvas_local.runner import Runner, set_aside
from kanvas_local.state import StackState
from kanvas_local.supervisor import Supervisor, rotate
from kanvas_local.units import Plan, Unit

_ONLY_WITH_A_SOUND_FOLDER = """
import pathlib, sys, time
kept = pathlib.Path(sys.argv[1])
if (kept / "torn").exists(): sys.exit(100)
kept.mkdir(exist_ok=True)
(kept / "ready").touch()
time.sleep(600)
"""


async def _nothing() -> None:
    return


class _Watched(Runner):
    """A runner whose phases can be waited for."""

    def __init__(self, unit: Unit, log: Path) -> None:
        self._changes = _Changes()
        super().__init__(unit, log=log, needs=_nothing, changed=self._changes)

    async def until_phase(self, *phases: str) -> None:
        await self._changes.until(lambda: self.state.phase in phases)


def _runner(unit: Unit, tmp_path: Path, log: Path | None = None) -> _Watched:
    return _Watched(unit, log or tmp_path / "log")


def _picky(folder: Path, rebuildable: str) -> Unit:
    argv = (sys.executable, "-c", _ONLY_WITH_A_SOUND_FOLDER, str(folder))
    return Unit(name="views", argv=argv, probe=str(folder / "ready"), rebuildable=rebuildable)


@pytest.fixture
def torn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with which the unit cannot start."""

    async def is_there(probe: str) -> bool:
        return Path(probe).exists()  # noqa: ASYNC240 (a local file)

    monkeypatch.setattr(runner_module, "BACKOFF_SECONDS", (0.01,))
    monkeypatch.setattr(runner_module, "answers", is_there)
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "torn").touch()
    return folder


class _Changes:
    """What a runner or a supervisor calls after each change."""

    def __init__(self) -> None:
        self._happened = asyncio.Event()

    def __call__(self) -> None:
        self._happened.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():
                self._happened.clear()
                await self._happened.wait()


async def _end(runner: Runner, task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await runner.stop()


async def test_what_can_be_made_again_is_set_aside(torn: Path, tmp_path: Path) -> None:
    runner = _runner(_picky(torn, str(torn)), tmp_path)
    task = asyncio.create_task(runner.run())
    await runner.until_phase("ready", "failed")
    assert runner.state.phase == "ready"
    assert (Path(runner.state.set_aside) / "torn").exists()
    assert "made again" in (tmp_path / "log").read_text()
    await _end(runner, task)


async def test_what_cannot_be_made_again_is_never_touched(torn: Path, tmp_path: Path) -> None:
    runner = _runner(_picky(torn, ""), tmp_path)
    task = asyncio.create_task(runner.run())
    await runner.until_phase("ready", "failed")
    assert runner.state.phase == "failed"
    assert (torn / "torn").exists()
    await _end(runner, task)


async def test_a_full_disk_is_no_reason_to_set_anything_aside(
    torn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    runner = _runner(_picky(torn, str(torn)), tmp_path)
    task = asyncio.create_task(runner.run())
    await runner.until_phase("ready", "failed")
    assert (torn / "torn").exists()
    await _end(runner, task)


def test_one_folder_is_kept_of_those_set_aside(tmp_path: Path) -> None:
    older = tmp_path / "views.set-aside-20200101-000000"
    older.mkdir()
    (tmp_path / "views").mkdir()
    moved = set_aside(tmp_path / "views")
    assert list(tmp_path.iterdir()) == [moved]


async def test_a_log_that_cannot_be_written_stops_no_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "BACKOFF_SECONDS", (0.01,))
    log = tmp_path / "folder/log"  # there is no such folder yet
    runner = _runner(Unit(name="any", argv=("sleep", "600")), tmp_path, log)
    task = asyncio.create_task(runner.run())
    await runner.until_phase("failed")
    log.parent.mkdir()
    await runner.until_phase("ready")
    await _end(runner, task)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Of a stack whose plan has one unit."""
    layout = Layout(tmp_path)
    layout.make()
    Plan(units={"any": Unit(name="any", argv=("sleep", "600"))}).write(layout.plan)
    return layout


async def test_a_state_that_found_no_room_is_written_when_there_is(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "REWRITE_SECONDS", 0.01)
    written = StackState.write
    full = True
    seen, changes = "", _Changes()

    def write(state: StackState, path: Path) -> None:
        nonlocal seen
        seen = state.units["any"].phase
        changes()
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(state, path)

    monkeypatch.setattr(StackState, "write", write)
    supervisor = Supervisor(layout)
    task = asyncio.create_task(supervisor.run())
    await changes.until(lambda: seen == "ready")
    assert not layout.state.exists()
    full = False
    await changes.until(layout.state.exists)
    assert StackState.read(layout.state).units["any"].phase == "ready"
    supervisor.stop()
    await task


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> _Changes:
    """Return what is called after each state that is written."""
    changes = _Changes()
    written = StackState.write

    def write(state: StackState, path: Path) -> None:
        written(state, path)
        changes()

    monkeypatch.setattr(StackState, "write", write)
    return changes


def _phase(layout: Layout, name: str) -> str:
    unit = StackState.read(layout.state).units.get(name)
    return unit.phase if unit else ""


async def test_what_may_come_later_starts_after_what_people_wait_for(
    layout: Layout, changes: _Changes
) -> None:
    go = layout.root / "go"
    waits = ("sh", "-c", 'until [ -e "$0" ]; do sleep 0.01; done', str(go))
    first = Unit(name="first", kind="task", argv=waits)
    later = Unit(name="later", argv=("sleep", "600"), after=("first", "what the plan has not"))
    Plan(units={"first": first, "later": later}).write(layout.plan)
    supervisor = Supervisor(layout)
    task = asyncio.create_task(supervisor.run())
    await changes.until(lambda: _phase(layout, "first") == "starting")
    assert _phase(layout, "later") == "waiting"
    go.touch()
    await changes.until(lambda: _phase(layout, "later") == "ready")
    supervisor.stop()
    await task


async def test_a_unit_whose_runner_met_a_bug_begins_again(
    layout: Layout, changes: _Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "MEND_SECONDS", 0.01)
    run = Runner.run
    calls = 0

    async def buggy(runner: Runner) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("a bug")
        await run(runner)

    monkeypatch.setattr(Runner, "run", buggy)
    supervisor = Supervisor(layout)
    task = asyncio.create_task(supervisor.run())
    await changes.until(lambda: _phase(layout, "any") == "ready")
    assert calls == 2
    supervisor.stop()
    await task


def test_a_long_log_is_cut_where_its_copy_finds_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "any.log"
    log.write_text("many words")

    def no_room(source: Path, target: Path) -> None:
        target.write_text("many")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", no_room)
    rotate(log, limit=5)
    assert log.read_text() == ""
    assert not (tmp_path / "any.log.1").exists()


@pytest.mark.parametrize("text", ["", '{"units"', "[]", "null", '{"units": {"a": 1}}'])
def test_files_that_were_cut_short_count_as_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text(text)
    assert Plan.read(file) == Plan()
    assert StackState.read(file) == StackState()
