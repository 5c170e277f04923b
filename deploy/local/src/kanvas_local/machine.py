"""What the machine must have before anything is installed. Standard library only."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import sysconfig
from pathlib import Path

from kanvas_local.errors import StackError

_DISK_BYTES = 2 * 1024**3
_PYTHONS = ((3, 11), (3, 12))
"""The services need the first. Triton's Python backend needs NumPy 1, which ends with the last."""


def check_version() -> None:
    """Raise StackError when this Python is too old or too new."""
    version = sys.version_info[:2]
    if not _PYTHONS[0] <= version <= _PYTHONS[1]:
        raise StackError(
            f"Kanvas needs Python 3.11 or 3.12 and this is {version[0]}.{version[1]}: "
            "install one and name it (`make run PYTHON=python3.11`)."
        )


def check_python() -> None:
    """Raise StackError when this Python cannot make environments or has no shared library."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise StackError(
            "This Python cannot make virtual environments: install its venv package (on Debian and "
            f"Ubuntu: apt-get install {package})."
        )
    shared_python()


def shared_python() -> Path:
    """The shared library of the Python that runs us, which Triton's stub is linked against.

    Raises:
        StackError: This Python has none.
    """
    name = f"libpython{sys.version_info.major}.{sys.version_info.minor}.so.1.0"
    library = Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib")
    multiarch = str(sysconfig.get_config_var("MULTIARCH") or "")
    for folder in (library, library / multiarch, Path("/usr/lib") / multiarch):
        if (folder / name).exists():
            return folder / name
    package = name.partition(".so")[0]
    raise StackError(
        f"Triton needs {name} and this Python has none: install it (on Debian and Ubuntu: "
        f"apt-get install {package}), or use a Python built with --enable-shared."
    )


_UNUSABLE = {
    ":": "the PATH is parted by it",
    ",": "Kafka parts its list of folders by it",
    "=": "`env` and Java take it for a setting",
    "%": "the build of the page takes it for an escape",
    "#": "the build of the page ends names there",
    "?": "the build of the page ends names there",
    '"': "the servers' options are quoted by it",
    "\\": "the servers' options are quoted by it",
    "\n": "lists of folders are parted by it",
}


def check_place(folder: Path) -> None:
    """Raise StackError when the path of `folder` has a sign that some tool takes for its own.

    Blanks and letters of any script are fine.
    """
    for sign, reason in _UNUSABLE.items():
        if sign in str(folder):
            raise StackError(
                f"The path {str(folder)!r} has the sign {sign!r} in it, and {reason}: use another "
                "folder (for downloads: XDG_CACHE_HOME)."
            )


def check_disk(folder: Path) -> None:
    """Raise StackError with less than 2 GB of disk where `folder` lies or will lie."""
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if free < _DISK_BYTES:
        raise StackError(
            f"Only {free / 1e9:.1f} GB is free on the disk of {place} and the stack needs 2 GB: "
            "free some (`make clean` drops Kanvas's own data, `make distclean` its downloads too)."
        )
