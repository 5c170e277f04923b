"""Makes the virtual environment: `PYTHONPATH=deploy/local/src python3 -m kanvas_local.environment`.

Runs on a bare Python, before anything is installed, so it uses the standard
library only. Every package comes by the hashes in constraints.txt, uv included;
our own members are linked in, so that edits count at once. When nothing has
changed since the last time, it returns within a tenth of a second.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kanvas_local.downloads import download_environment
from kanvas_local.errors import StackError, sentence_of
from kanvas_local.layout import REPOSITORY, cache_folder
from kanvas_local.locks import requirement_of
from kanvas_local.machine import check_disk, check_place, check_python, check_version

_VENV = REPOSITORY / ".venv"
_LOCK = REPOSITORY / "constraints.txt"
_STAMP = _VENV / ".kanvas-stamp"


def main() -> int:
    """Exits with 1, and one sentence, when the environment cannot be made."""
    try:
        check_version()
        ensure_environment()
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{sentence_of(error)}", file=sys.stderr)
        return 1
    return 0


def ensure_environment() -> None:
    """Bring .venv in line with constraints.txt and the members' pyproject.toml."""
    members = _members()
    stamp = _digest([_LOCK, *(member / "pyproject.toml" for member in members)])
    if _STAMP.exists() and _STAMP.read_text() == stamp and _version_of(_VENV) == _version():
        return
    check_python()
    check_place(REPOSITORY)
    check_place(cache_folder())
    check_disk(REPOSITORY)
    check_disk(cache_folder())
    _ensure_uv()
    print("installing the locked Python packages", flush=True)
    _uv_pip("sync", "--require-hashes", str(_LOCK), what="The Python packages")
    editables = [argument for member in members for argument in ("-e", str(member))]
    _uv_pip("install", "--no-deps", "--no-build-isolation", *editables, what="Kanvas's packages")
    _check_lock()
    _STAMP.write_text(stamp)


def _check_lock() -> None:
    """Raise StackError when the locked packages are not those that the members ask for."""
    command = [str(_VENV / "bin/uv"), "pip", "check", "--python", str(_VENV / "bin/python")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise StackError(
            "constraints.txt does not hold what the members' pyproject.toml ask for: renew it with "
            f"`make lock`. uv said:\n{result.stderr.strip()}"
        )


def _ensure_uv() -> None:
    """A virtual environment of this Python's version with uv in it."""
    if (_VENV / "bin/uv").exists() and _version_of(_VENV) == _version():
        return
    print("making the virtual environment", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(_VENV)], "The virtual environment")
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(requirement_of(_LOCK.read_text(), "uv"))
        pip = [str(_VENV / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        _run([*pip, "--require-hashes", "-r", str(wanted)], "uv, which installs the rest,")


def _uv_pip(command: str, *arguments: str, what: str) -> None:
    # Named, because uv would prefer an environment that the caller has activated.
    target = ("--python", str(_VENV / "bin/python"))
    quiet = () if sys.stderr.isatty() else ("--quiet",)
    _run([str(_VENV / "bin/uv"), "pip", command, *target, *quiet, *arguments], what)


def _run(command: Sequence[str], what: str) -> None:
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
    """The Python of a virtual environment, such as python3.11; empty where it is broken."""
    found = next((venv / "lib").glob("python3.*"), None) if (venv / "lib").exists() else None
    return found.name if found and (venv / "bin/python").exists() else ""


if __name__ == "__main__":
    sys.exit(main())
