"""What the machine must have before anything is installed. Standard library only."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

from kanvas_local.errors import StackError

_DISK_BYTES = 2 * 1024**3
_PYTHONS = ((3, 11), (3, 13))
"""The first and the last that all parts run on: Triton has no stub for a later one."""
_PROCESSORS = ("x86_64", "aarch64")
_GLIBC = (2, 35)
"""Triton is built for this one or later: Debian 12, Ubuntu 22.04, Fedora 36, RHEL 10."""

_NEEDED = (
    "Kanvas runs its servers on Linux with glibc 2.35 or later (Debian 12, Ubuntu 22.04), on "
    "x86-64 or Arm of 64 bits"
)
_INSTEAD = 'run it in a container or in WSL (docs/local-stack.md, "On other systems")'


def check_system() -> None:
    """Check that the servers have binaries for this system.

    Raises:
        StackError: They have none.
    """
    system, processor = platform.system(), platform.machine()
    library, version = platform.libc_ver()
    if system != "Linux":
        found = f"this is {system or 'another system'}"
    elif processor not in _PROCESSORS or sys.maxsize < 2**32:
        found = f"this is a Python for {processor} of {sys.maxsize.bit_length() + 1} bits"
    elif library != "glibc":
        found = f"the C library here is {library or 'another (musl, as on Alpine?)'}"
    elif _pair(version) < _GLIBC:
        found = f"the glibc here is {version}"
    else:
        return
    raise StackError(f"{_NEEDED}, and {found}: {_INSTEAD}.")


def is_supported(version: tuple[int, ...]) -> bool:
    """Return whether Kanvas runs on this version of Python."""
    return _PYTHONS[0] <= version[:2] <= _PYTHONS[1]


def check_python() -> None:
    """Check that this Python can make environments and has a shared library.

    Raises:
        StackError: It cannot, or has none.
    """
    check_venv()
    shared_python()


def check_venv() -> None:
    """Check that this Python can make environments.

    Raises:
        StackError: It cannot.
    """
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise StackError(
            "This Python cannot make virtual environments: install its venv package (on Debian and "
            f"Ubuntu: apt-get install {package})."
        )


def shared_python() -> Path:
    """Return the shared library of the Python that runs us, which Triton's stub is linked against.

    Raises:
        StackError: This Python has none.
    """
    name = f"libpython{sys.version_info.major}.{sys.version_info.minor}.so.1.0"
    library = Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib")
    multiarch = str(sysconfig.get_config_var("MULTIARCH") or "")
    # Last, where a Python that was moved after it was built has it.
    moved = Path(sys.base_prefix) / "lib"
    for folder in (library, library / multiarch, Path("/usr/lib") / multiarch, moved):
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
    """Check that every tool can work in `folder`: blanks and letters of any script are fine.

    Raises:
        StackError: Its path has a sign that some tool takes for its own.
    """
    for sign, reason in _UNUSABLE.items():
        if sign in str(folder):
            raise StackError(
                f"The path {str(folder)!r} has the sign {sign!r} in it, and {reason}: use another "
                "folder (for downloads: XDG_CACHE_HOME)."
            )


def check_disk(folder: Path) -> None:
    """Check that 2 GB of disk are free where `folder` lies or will lie.

    Raises:
        StackError: There is less.
    """
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if free < _DISK_BYTES:
        raise StackError(
            f"Only {free / 1e9:.1f} GB is free on the disk of {place} and the stack needs 2 GB: "
            "free some (`make clean` drops Kanvas's own data, `make distclean` its downloads too)."
        )


def _pair(version: str) -> tuple[int, int]:
    major, minor, *_ = (*version.split("."), "0", "0")
    return int(major), int(minor)
