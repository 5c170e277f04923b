"""What a bare machine may lack is told before anything is installed."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest

from kanvas_local import machine
from kanvas_local.errors import StackError

_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.parametrize("version", [(3, 10), (3, 13)])
def test_a_python_out_of_range_names_the_range_and_itself(
    version: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 1))
    with pytest.raises(StackError, match=rf"3\.11 or 3\.12 .* is {version[0]}\.{version[1]}"):
        machine.check_version()


def test_this_python_will_do() -> None:
    machine.check_version()
    machine.check_python()


def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StackError, match=rf"apt-get install python{_VERSION}-venv"):
        machine.check_python()


def test_a_python_without_its_shared_library_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sysconfig, "get_config_var", {"LIBDIR": str(tmp_path), "MULTIARCH": "no-such"}.get
    )
    with pytest.raises(StackError, match=rf"apt-get install libpython{_VERSION}"):
        machine.shared_python()


def test_the_shared_library_is_found_in_the_multiarch_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "x86_64-linux-gnu" / f"libpython{_VERSION}.so.1.0"
    library.parent.mkdir()
    library.touch()
    monkeypatch.setattr(
        sysconfig, "get_config_var", {"LIBDIR": str(tmp_path), "MULTIARCH": "x86_64-linux-gnu"}.get
    )
    assert machine.shared_python() == library


def test_little_disk_names_both_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=700_000_000))
    with pytest.raises(StackError, match=r"Only 0\.7 GB .* needs 2 GB: free some"):
        machine.check_disk(tmp_path / "not" / "yet")
