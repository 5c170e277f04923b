"""What the stages of a Dockerfile would build, built without a container engine.

A stage is played in a folder: the tracked files that its COPY instructions name, and then its RUN
instructions, with that folder in place of the root of the image. What an image has of its own (its
Python) is that of this machine. ENV is left out: it says how, not what.
"""

import os
import re
import subprocess
from pathlib import Path

from kanvas_local.downloads import download_environment
from kanvas_local.layout import REPOSITORY


def instructions(dockerfile: str, stage: str) -> list[str]:
    """Return the instructions of a stage, each on one line."""
    text = re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE).replace("\\\n", "")
    _, _, rest = re.split(rf"^(FROM \S+ AS {stage})$", text, maxsplit=1, flags=re.MULTILINE)
    return [line for line in rest.partition("\nFROM ")[0].splitlines() if line]


def play(dockerfile: Path, stage: str, root: Path, python: Path) -> None:
    """Build in `root` what a stage builds in its image.

    Args:
        dockerfile: Where the stage stands.
        stage: Its name.
        root: In place of the root of the image.
        python: In place of the Python of the image.
    """
    source = root / "source"
    source.mkdir(parents=True, exist_ok=True)
    for line in instructions(dockerfile.read_text(), stage):
        kind, _, rest = line.partition(" ")
        if kind == "COPY" and not rest.startswith("--from="):
            _copy(rest.split()[0], source)
        elif kind == "RUN":
            _run(_moved(rest, root, python), source)


def _copy(path: str, source: Path) -> None:
    """Copy what git tracks below a path: a build must need nothing else."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", path], cwd=REPOSITORY, capture_output=True, check=True
    )
    for name in listed.stdout.decode().split("\0"):
        file = REPOSITORY / name
        if name and file.exists():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())


def _moved(command: str, root: Path, python: Path) -> str:
    moved = re.sub(r"(?<![\w/.])/(tools|opt)\b", rf"{root}/\1", command)
    return re.sub(r"(?<!\S)(/usr/bin/python3|python)(?!\S)", str(python), moved)


def _run(command: str, folder: Path) -> None:
    shell = ["/bin/bash", "-euo", "pipefail", "-c", command]
    environment = {**download_environment(), "PATH": os.environ["PATH"]}
    subprocess.run(shell, cwd=folder, env=environment, check=True)
