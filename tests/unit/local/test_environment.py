"""The virtual environment is made once, and made again when its lock changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kanvas_local import environment
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY
from kanvas_local.supervisor import rotate

_PYPROJECT = '[tool.uv.workspace]\nmembers = ["libs/one"]\n'


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Make an empty repository whose installers only note what they were asked for."""
    (tmp_path / "libs/one").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(_PYPROJECT)
    (tmp_path / "libs/one/pyproject.toml").write_text("")
    (tmp_path / "constraints.txt").write_text("uv==0.1 \\\n    --hash=sha256:aa\n")
    monkeypatch.setattr(environment, "REPOSITORY", tmp_path)
    monkeypatch.setattr(environment, "LOCK", tmp_path / "constraints.txt")
    monkeypatch.setattr(environment, "check_disk", lambda folder: None)
    monkeypatch.setattr(environment, "download_environment", lambda python: {})
    seen: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(command)
        if "venv" in command:
            venv = Path(command[-1])
            version = f"python{sys.version_info.major}.{sys.version_info.minor}"
            (venv / "lib" / version).mkdir(parents=True, exist_ok=True)
            (venv / "bin").mkdir(exist_ok=True)
            (venv / "bin/python").touch()
        if "pip" in command and "-m" in command:
            (Path(command[0]).parent / "uv").touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return seen


def test_a_bare_machine_gets_everything_by_hash(calls: list[list[str]], tmp_path: Path) -> None:
    environment.ensure_environment(tmp_path / ".venv")
    made, pip, sync, members, check = calls
    assert made[1:4] == ["-m", "venv", "--clear"]
    assert "--require-hashes" in pip
    assert "sync" in sync
    assert "--require-hashes" in sync
    assert {"--no-deps", "--no-build-isolation"} <= set(members)
    assert members[-1].endswith("libs/one")
    assert check[1:3] == ["pip", "check"]


def test_two_environments_stand_side_by_side(calls: list[list[str]], tmp_path: Path) -> None:
    environment.ensure_environment(tmp_path / ".venv")
    environment.ensure_environment(tmp_path / ".local/other")
    calls.clear()
    environment.ensure_environment(tmp_path / ".venv")
    assert calls == []


def test_a_python_that_nothing_runs_on_hands_over_to_one_that_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed: list[tuple[Path, list[str]]] = []

    def handing_over(python: Path, arguments: list[str]) -> None:
        handed.append((python, arguments))
        raise SystemExit

    fetched = Path("/cache/python3.13")
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(sys, "argv", ["environment", "other"])
    monkeypatch.setattr(environment, "fetched_python", lambda: fetched)
    monkeypatch.setattr(os, "execv", handing_over)
    with pytest.raises(SystemExit):
        environment.main()
    folder = str(REPOSITORY / "other")
    assert handed == [(fetched, [str(fetched), "-m", "kanvas_local.environment", folder])]


def test_nothing_is_done_when_nothing_changed(calls: list[list[str]], tmp_path: Path) -> None:
    environment.ensure_environment(tmp_path / ".venv")
    calls.clear()
    environment.ensure_environment(tmp_path / ".venv")
    assert calls == []


def test_a_changed_lock_is_installed_into_the_same_environment(
    calls: list[list[str]], tmp_path: Path
) -> None:
    environment.ensure_environment(tmp_path / ".venv")
    calls.clear()
    (tmp_path / "constraints.txt").write_text("uv==0.2 \\\n    --hash=sha256:bb\n")
    environment.ensure_environment(tmp_path / ".venv")
    assert [call[1:3] for call in calls] == [["pip", "sync"], ["pip", "install"], ["pip", "check"]]


def test_a_lock_that_is_behind_is_told(
    calls: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installers = subprocess.run

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        installers(command, check=False)
        return subprocess.CompletedProcess(command, "check" in command, "", "numpy 2")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(StackError, match=r"renew it with `make lock`. uv said:\nnumpy 2"):
        environment.ensure_environment(tmp_path / ".venv")


def test_without_network_it_says_so_and_is_tried_again(
    calls: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = tmp_path / ".venv/.kanvas-stamp"
    environment.ensure_environment(tmp_path / ".venv")
    stamp.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess([], 1))
        with pytest.raises(StackError, match=r"needs the Python package registry. Check the netw"):
            environment.ensure_environment(tmp_path / ".venv")
    assert not stamp.exists()
    environment.ensure_environment(tmp_path / ".venv")
    assert stamp.exists()


def test_a_long_log_is_moved_and_goes_on_in_the_same_file(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    with log.open("ab", buffering=0) as process:
        process.write(b"old\n" * 10)
        rotate(log, limit=100)
        assert log.stat().st_size == 40
        process.write(b"old\n" * 20)
        rotate(log, limit=100)
        process.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    assert (tmp_path / "kafka.log.1").read_bytes() == b"old\n" * 30
