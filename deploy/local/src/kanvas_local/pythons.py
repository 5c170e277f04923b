"""A Python for machines that have none that Kanvas runs on. Standard library only, any Python 3.9+.

The builds are those of python-build-standalone, which uv knows by their digests.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from kanvas_local.downloads import download_environment
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY, cache_folder
from kanvas_local.locks import requirement_of
from kanvas_local.machine import check_venv

_FETCHED = "3.13"


def fetched_python() -> Path:
    """Return a Python that Kanvas runs on, in the user's cache; fetch it where it is missing.

    Raises:
        StackError: This Python cannot run uv, or the network does not give a build.
    """
    folder = cache_folder() / "pythons"
    return _found(folder) or _fetch(folder)


def _found(folder: Path) -> Path | None:
    return next(folder.glob(f"cpython-{_FETCHED}.*/bin/python{_FETCHED}"), None)


def _fetch(folder: Path) -> Path:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    print(
        f"This machine's Python is {version}, and Kanvas runs on 3.11 to 3.13: "
        f"uv fetches a build of {_FETCHED} of its own into {folder}.",
        flush=True,
    )
    check_venv()
    with tempfile.TemporaryDirectory() as part:
        uv = _uv(Path(part))
        command = [uv, "python", "install", "--install-dir", str(folder), "--no-bin", _FETCHED]
        environment = download_environment(Path(uv).with_name("python"))
        result = subprocess.run(command, env=environment, check=False)
    found = _found(folder)
    if result.returncode != 0 or found is None:
        raise StackError(
            f"uv could not fetch Python {_FETCHED} (see above), whose builds come from GitHub: "
            "without that network, install Python 3.11, 3.12 or 3.13 from your system's packages "
            "or with pyenv and name it (`make run PYTHON=/path/to/python3.13`), or name a mirror "
            "of python-build-standalone in UV_PYTHON_INSTALL_MIRROR."
        )
    return found


def _uv(folder: Path) -> str:
    """Return the locked uv, by its hash, in an environment of its own in `folder`."""
    venv, wanted = folder / "venv", folder / "uv.txt"
    wanted.write_text(requirement_of((REPOSITORY / "constraints.txt").read_text(), "uv"))
    made = [sys.executable, "-m", "venv", str(venv)]
    pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps"]
    for command in (made, [*pip, "--require-hashes", "-r", str(wanted)]):
        environment = download_environment(Path(command[0]))
        result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
        if result.returncode != 0:
            raise StackError(
                "uv, which fetches Python, could not be installed (see above): the first run needs "
                "the Python package registry. Check the network and run it again."
            )
    return str(venv / "bin/uv")
