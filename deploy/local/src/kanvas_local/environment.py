"""Makes the virtual environment: `PYTHONPATH=deploy/local/src python3 -m kanvas_local.environment`.

Runs on a bare Python, before anything is installed, so it uses the standard
library only. Every package comes by the hashes in constraints.txt, uv included;
our own members are linked in, so that edits count at once. When nothing has
changed since the last time, it returns within a tenth of a second.

On a Python that Kanvas does not run on, it fetches one and hands over to it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from kanvas_local.downloads import download_environment
from kanvas_local.errors import StackError, sentence_of
from kanvas_local.layout import REPOSITORY, cache_folder
from kanvas_local.locks import requirement_of
from kanvas_local.machine import check_disk, check_place, check_python, check_system, is_supported
from kanvas_local.pythons import fetched_python

LOCK = REPOSITORY / "constraints.txt"


def main() -> int:
    """Exit with 1, and one sentence, when the environment cannot be made."""
    parser = argparse.ArgumentParser(prog="kanvas_local.environment", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(".venv"), help="where it lies")
    folder = REPOSITORY / parser.parse_args().folder
    try:
        check_system()
        if not is_supported(sys.version_info[:2]):
            _hand_over(fetched_python(), folder)
        ensure_environment(folder)
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{sentence_of(error)}", file=sys.stderr)
        return 1
    return 0


def _hand_over(python: Path, folder: Path) -> NoReturn:
    """Go on as that Python. It finds this package as we did, through PYTHONPATH."""
    sys.stdout.flush()
    os.execv(python, [str(python), "-m", "kanvas_local.environment", str(folder)])  # noqa: S606


def ensure_environment(venv: Path) -> None:
    """Bring `venv` in line with constraints.txt and the members' pyproject.toml."""
    written = venv / ".kanvas-stamp"
    members = _members()
    stamp = _digest([LOCK, *(member / "pyproject.toml" for member in members)])
    if written.exists() and written.read_text() == stamp and _version_of(venv) == _version():
        return
    check_python()
    check_place(REPOSITORY)
    check_place(cache_folder())
    check_disk(REPOSITORY)
    check_disk(cache_folder())
    _ensure_uv(venv)
    print("installing the locked Python packages", flush=True)
    _uv_pip(venv, "sync", "--require-hashes", str(LOCK), what="The Python packages")
    editables = [argument for member in members for argument in ("-e", str(member))]
    linked = ("--no-deps", "--no-build-isolation", *editables)
    _uv_pip(venv, "install", *linked, what="Kanvas's packages")
    _check_lock(venv)
    written.write_text(stamp)


def _check_lock(venv: Path) -> None:
    """Check that the locked packages are those that the members ask for.

    Raises:
        StackError: They are not.
    """
    command = [str(venv / "bin/uv"), "pip", "check", "--python", str(venv / "bin/python")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise StackError(
            "constraints.txt does not hold what the members' pyproject.toml ask for: renew it with "
            f"`make lock`. uv said:\n{result.stderr.strip()}"
        )


def _ensure_uv(venv: Path) -> None:
    """Return a virtual environment of this Python's version with uv in it."""
    if (venv / "bin/uv").exists() and _version_of(venv) == _version():
        return
    print("making the virtual environment", flush=True)
    run_or_explain([sys.executable, "-m", "venv", "--clear", str(venv)], "The virtual environment")
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(requirement_of(LOCK.read_text(), "uv"))
        pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        run_or_explain(
            [*pip, "--require-hashes", "-r", str(wanted)], "uv, which installs the rest,"
        )


def _uv_pip(venv: Path, command: str, *arguments: str, what: str) -> None:
    # Named, because uv would prefer an environment that the caller has activated.
    target = ("--python", str(venv / "bin/python"))
    quiet = () if sys.stderr.isatty() else ("--quiet",)
    run_or_explain([str(venv / "bin/uv"), "pip", command, *target, *quiet, *arguments], what)


def run_or_explain(command: Sequence[str], what: str) -> None:
    """Run an installer, by the user's own settings for downloads.

    Args:
        command: The program and its arguments.
        what: What it installs, as the error names it.

    Raises:
        StackError: It failed; it has said why.
    """
    # pip's settings are asked of the pip beside the program that runs.
    environment = download_environment(Path(command[0]).with_name("python"))
    result = subprocess.run(
        command, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    if result.returncode != 0:
        raise StackError(
            f"{what} could not be installed (see above): the first run needs the Python package "
            "registry. Check the network (docs/local-stack.md says how proxies and mirrors are "
            "named) and run it again; what has arrived is kept."
        )


def _members() -> list[Path]:
    import tomllib  # noqa: PLC0415 (older Pythons, which get a sentence, have none)

    workspace = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    return [REPOSITORY / member for member in workspace["tool"]["uv"]["workspace"]["members"]]


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256(str(REPOSITORY).encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _version() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _version_of(venv: Path) -> str:
    """Return the Python of a virtual environment, such as python3.11; empty where it is broken."""
    found = next((venv / "lib").glob("python3.*"), None) if (venv / "lib").exists() else None
    return found.name if found and (venv / "bin/python").exists() else ""


if __name__ == "__main__":
    sys.exit(main())
