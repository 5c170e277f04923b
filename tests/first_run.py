"""The first run where people are: `make first-run`, some minutes, and the package registries.

An ordinary user without any setting, whose locale is C, clones the repository
into a folder with a blank and letters of two scripts, and types the two
commands of the README. It has a cache of its own, so everything is downloaded.
Run by root, as CI is, it makes that user and removes it again; run by somebody
else, it is that user. Not part of `make test`: its name keeps pytest from it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kanvas_local.layout import REPOSITORY
from kanvas_local.ports import HOST
from tests.ports import FirstPort

_BASE_PORT = FirstPort.FIRST_RUN
_NAME = "My Kanvas 图 é"
_USER = "kanvas-first-run"
_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Newcomer:
    """A user who has nothing yet but a clone."""

    home: Path
    as_user: tuple[str, ...]

    @property
    def clone(self) -> Path:
        """Where the repository lies."""
        return self.home / _NAME

    def types(self, *command: str) -> str:
        """Run a command in the clone; what it said. Fails with that when the command fails."""
        environment = {"HOME": str(self.home), "PATH": _PATH, "LANG": "C"}
        # What stands between this machine and the registries is the machine's, not the user's.
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
            if name in os.environ:
                environment[name] = os.environ[name]
        sys.stdout.write(f"\n$ {' '.join(command)}\n")
        result = subprocess.run(
            [*self.as_user, *command],
            cwd=self.clone,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        sys.stdout.write(result.stdout)
        sys.stdout.flush()
        assert result.returncode == 0, result.stdout
        return result.stdout


@pytest.fixture
def newcomer() -> Iterator[Newcomer]:
    # Not below root's own folders, which others may not enter.
    home = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="kanvas-first-"))
    as_user: tuple[str, ...] = ()
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", REPOSITORY, home / _NAME], check=True)
    try:
        if os.getuid() == 0:
            subprocess.run(["useradd", "--system", "--home-dir", home, _USER], check=True)
            subprocess.run(["chown", "-R", f"{_USER}:", home], check=True)
            as_user = ("setpriv", "--reuid", _USER, "--regid", _USER, "--clear-groups", "--")
        user = Newcomer(home, as_user)
        try:
            yield user
        finally:
            user.types("make", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if os.getuid() == 0:
            subprocess.run(["userdel", _USER], check=False)


@pytest.mark.timeout(1500)
def test_two_commands_of_the_readme(newcomer: Newcomer) -> None:
    said = newcomer.types("make", "run", f"BASE={_BASE_PORT}")
    assert f"Kanvas is at http://{HOST}:{_BASE_PORT}" in said
    with urllib.request.urlopen(f"http://{HOST}:{_BASE_PORT}/", timeout=30) as page:
        assert b"<script" in page.read()
    newcomer.types("make", "demo", f"BASE={_BASE_PORT}")
    assert "imagegen-1" in newcomer.types("make", "status")
    newcomer.types("make", "stop")

    # Everything lies where it was told to: Java once made a second folder, with a garbled name.
    assert {path.name for path in newcomer.home.iterdir() if path.name[0] != "."} == {_NAME}
    assert (newcomer.clone / ".local/data/kafka/kanvas.feed.v1-0").is_dir()

    # A cache that is whole is only read, so it may be read-only.
    cache = newcomer.home / ".cache/kanvas"
    subprocess.run(["chmod", "-R", "a-w", cache], check=True)
    newcomer.types("make", "run", f"BASE={_BASE_PORT}")
    newcomer.types("make", "clean")
    subprocess.run(["chmod", "-R", "u+w", cache], check=True)
    assert not (newcomer.clone / ".local").exists()
