"""What a bare machine may lack is told before anything is installed."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest

from kanvas_local import machine
from kanvas_local.errors import StackError

_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


class Machine:
    """What Python says of the machine."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.is_now("Linux", "x86_64", ("glibc", "2.36"))

    def is_now(self, system: str, processor: str, library: tuple[str, str]) -> None:
        self._patch.setattr(platform, "system", lambda: system)
        self._patch.setattr(platform, "machine", lambda: processor)
        self._patch.setattr(platform, "libc_ver", lambda: library)


@pytest.fixture
def this_machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.mark.parametrize("processor", ["x86_64", "aarch64"])
@pytest.mark.parametrize("glibc", ["2.35", "2.41", "3.0"])
def test_linux_of_today_will_do(this_machine: Machine, processor: str, glibc: str) -> None:
    this_machine.is_now("Linux", processor, ("glibc", glibc))
    machine.check_system()


@pytest.mark.parametrize(
    ("system", "processor", "library", "found"),
    [
        ("Darwin", "arm64", ("", ""), "this is Darwin"),
        ("Windows", "AMD64", ("", ""), "this is Windows"),
        ("Linux", "armv7l", ("glibc", "2.36"), "this is a Python for armv7l of 64 bits"),
        ("Linux", "x86_64", ("", ""), r"the C library here is another \(musl, as on Alpine\?\)"),
        ("Linux", "x86_64", ("musl", "1.2.5"), "the C library here is musl"),
        ("Linux", "x86_64", ("glibc", "2.31"), r"the glibc here is 2\.31"),
    ],
)
def test_another_system_is_told_what_is_needed_and_what_to_do_instead(
    this_machine: Machine, system: str, processor: str, library: tuple[str, str], found: str
) -> None:
    this_machine.is_now(system, processor, library)
    with pytest.raises(StackError, match=rf"Linux with glibc .*, and {found}: run it in a contain"):
        machine.check_system()


@pytest.mark.parametrize(
    ("version", "supported"),
    [((3, 10), False), ((3, 11), True), ((3, 12), True), ((3, 13), True), ((3, 14), False)],
)
def test_three_pythons_will_do(version: tuple[int, int], *, supported: bool) -> None:
    assert machine.is_supported(version) is supported


def test_this_python_will_do() -> None:
    machine.check_system()
    assert machine.is_supported(sys.version_info[:2])
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
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
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


def test_the_shared_library_of_a_python_that_was_moved_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "lib" / f"libpython{_VERSION}.so.1.0"
    library.parent.mkdir()
    library.touch()
    monkeypatch.setattr(
        sysconfig, "get_config_var", {"LIBDIR": "/install/lib", "MULTIARCH": "no-such"}.get
    )
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    assert machine.shared_python() == library


def test_little_disk_names_both_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=700_000_000))
    with pytest.raises(StackError, match=r"Only 0\.7 GB .* needs 2 GB: free some"):
        machine.check_disk(tmp_path / "not" / "yet")
