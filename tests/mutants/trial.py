"""A copy of the repository in which mutants are tried, one after the other.

The developer's own tree is never changed: an interruption leaves nothing to put right.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, Self

import pytest

from tests.mutants.catalogue import REPOSITORY, Mutant, one_file

SECONDS_MAX: Final = 180.0
"""How long tests may take; a mutant that keeps them longer has made something endless."""
ALL_SECONDS_MAX: Final = 1_200.0
"""The same for the tests of all mutants together, without one."""
_FORK = multiprocessing.get_context("fork")
_WARM = (
    "aiokafka", "fastapi", "google.protobuf.message", "grpc.aio", "hypothesis", "joserfc.jwt",
    "prometheus_client", "pydantic_settings", "pytest_asyncio.plugin", "structlog",
)  # fmt: skip
"""Libraries that tests import: loaded once, since that takes longer than most tests."""


class Outcome(Enum):
    """What tests did about a mutant; the value says it in a row of the report."""

    NOTICED = "noticed"
    SURVIVED = "SURVIVED"
    COULD_NOT_RUN = "COULD NOT RUN"


class NotGreen(Exception):
    """The tests fail, or cannot run, without any mutant."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        outcome: Whether a test failed, none did, or the tests could not be run.
        told: The first test that failed, or why there is none.
        seconds: How long its tests ran.
    """

    outcome: Outcome
    told: str
    seconds: float


def outcome_of(code: int) -> Outcome:
    """Say what pytest's exit code tells about a mutant.

    Only tests that failed have noticed it, and only tests that all passed have let it survive.
    Everything else says nothing about it: interrupted or not collected (2), a fault of pytest's
    (3), called wrongly (4), no test found (5), or ended by a signal (below 0).
    """
    if code == pytest.ExitCode.TESTS_FAILED:
        return Outcome.NOTICED
    return Outcome.SURVIVED if code == pytest.ExitCode.OK else Outcome.COULD_NOT_RUN


class Trial:
    """Runs tests in a copy of the repository."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changes = 0
        for library in _WARM:
            importlib.import_module(library)

    @classmethod
    @contextmanager
    def begin(cls) -> Iterator[Self]:
        """Copy the tree as it is now, with what is not committed; remove the copy afterwards."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=REPOSITORY,
            check=True,
            capture_output=True,
            text=True,
        )
        with tempfile.TemporaryDirectory(prefix="kanvas-mutants-") as folder:
            for name in listed.stdout.split("\0"):
                if name and (REPOSITORY / name).is_file():  # else deleted and not yet committed
                    target = Path(folder) / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(REPOSITORY / name, target)
            yield cls(Path(folder))

    def check(self, tests: Iterable[str]) -> None:
        """Run tests without a mutant.

        Raises:
            NotGreen: One of them fails: they could not show anything.
        """
        code, said = self._run(sorted(set(tests)), ALL_SECONDS_MAX)
        if code != pytest.ExitCode.OK:
            raise NotGreen(said)

    def judge(self, mutant: Mutant) -> Verdict:
        """Run the tests of a mutant with it, and take it out again.

        Raises:
            NotThere: Its line, its file or one of its tests is gone.
        """
        path = one_file(self._folder, mutant.file)
        good = path.read_text()
        self._write(path, mutant.applied_to(good))
        began = time.monotonic()
        try:
            code, said = self._run(mutant.tests, SECONDS_MAX)
        finally:
            self._write(path, good)
        first = re.search(r"^(?:FAILED|ERROR) (.*?)(?: - .*)?$", said, re.MULTILINE)
        told = first[1] if first else said.strip().rpartition("\n")[2]
        return Verdict(outcome_of(code), told, time.monotonic() - began)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        # Python tells by size and time, in seconds, whether compiled code is that of the source.
        self._changes += 1
        os.utime(path, times=(self._changes, self._changes))

    def _found(self, test: str) -> str:
        pattern, *names = test.split("::")
        path = one_file(self._folder, pattern)
        return "::".join([str(path.relative_to(self._folder)), *names])

    def _run(self, tests: Iterable[str], limit: float) -> tuple[int, str]:
        """Return what pytest exits with, and what it says."""
        arguments = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider"]
        # What was loaded before cannot be rewritten; it is the library's, and holds no assertion.
        arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        arguments += [self._found(test) for test in tests]
        with tempfile.TemporaryFile("w+") as said:
            child = _FORK.Process(target=_test, args=(self._folder, arguments, said.fileno()))
            child.start()
            child.join(limit)
            if child.exitcode is None:
                child.kill()
                child.join()
                return pytest.ExitCode.TESTS_FAILED, f"FAILED (no end within {limit:.0f} s)"
            said.seek(0)
            return child.exitcode, said.read()


def _test(folder: Path, arguments: Sequence[str], said: int) -> None:
    """Run pytest on the copy, in a process of its own; never returns."""
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.chdir(folder)
    # In front of the installed sources, which are those of the developer's tree.
    sys.path[:] = [str(folder), *map(str, folder.glob("*/*/src")), *sys.path[1:]]
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    code = pytest.main([*arguments])
    sys.stdout.flush()
    os._exit(code)
