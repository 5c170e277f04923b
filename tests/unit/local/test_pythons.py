"""A machine without a Python that Kanvas runs on gets one, or a sentence that says what to do."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

from kanvas_local import pythons
from kanvas_local.errors import StackError


class Registries:
    """The two networks that are asked, and all commands that ask them."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.packages = True
        self.builds = True

    def run(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        if "pip" in command:
            return subprocess.CompletedProcess(command, not self.packages)
        if "install" in command and self.builds:
            folder = Path(command[command.index("--install-dir") + 1])
            program = folder / "cpython-3.13.18-linux-x86_64-gnu/bin/python3.13"
            program.parent.mkdir(parents=True)
            program.touch()
        return subprocess.CompletedProcess(command, "install" in command and not self.builds)


@pytest.fixture
def registries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registries:
    registries = Registries()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", registries.run)
    monkeypatch.setattr(pythons, "download_environment", lambda _: {})
    return registries


def test_a_build_is_fetched_once_by_the_locked_uv_and_that_is_told(
    registries: Registries, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    python = pythons.fetched_python()
    assert python.is_relative_to(tmp_path / "kanvas/pythons")
    venv, pip, fetch = registries.commands
    assert "venv" in venv
    assert "--require-hashes" in pip
    assert fetch[1:3] == ["python", "install"]
    assert "Kanvas runs on 3.11 to 3.13: uv fetches a build of 3.13" in capsys.readouterr().out
    registries.commands.clear()
    assert pythons.fetched_python() == python
    assert registries.commands == []
    assert capsys.readouterr().out == ""


def test_without_the_network_of_the_builds_it_says_what_to_do(registries: Registries) -> None:
    registries.builds = False
    with pytest.raises(StackError, match=r"install Python 3\.11, .* UV_PYTHON_INSTALL_MIRROR"):
        pythons.fetched_python()


def test_without_the_package_registry_it_says_so(registries: Registries) -> None:
    registries.packages = False
    with pytest.raises(StackError, match="needs the Python package registry"):
        pythons.fetched_python()


def test_a_python_that_cannot_run_uv_names_its_package(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StackError, match=r"apt-get install python3\.\d+-venv"):
        pythons.fetched_python()
    assert registries.commands == []
