"""A package that would have to be built is found before a user meets it."""

from __future__ import annotations

import subprocess

import pytest

from kanvas_local import wheels


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer as a registry that has no wheels for Python 3.13 on Arm."""

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        missing = "3.13" in command and "aarch64-manylinux_2_35" in command
        return subprocess.CompletedProcess(command, missing, "", "no wheel for alpha\n")

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.usefixtures("unbuilt")
def test_what_is_missing_is_named_with_its_python_and_processor(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert wheels.main() == 1
    rows = capsys.readouterr().out.splitlines()
    missing = [row for row in rows if not row.endswith("all there")]
    assert len(missing) == len(rows) / 6
    assert all(row.startswith("3.13  aarch64") for row in missing)
    assert all(row.endswith("no wheel for alpha") for row in missing)
