"""Prometheus' own tool finds the rules right, and each alert fires and stays quiet as it should.

Where promtool is missing this fails, since a check that is skipped in silence is none:
`make system` installs it.
"""

import subprocess
from pathlib import Path

import pytest

from kanvas_observability.rule_files import files_of_tests, rule_files


def promtool(*arguments: str | Path) -> None:
    try:
        done = subprocess.run(
            ["promtool", *arguments], capture_output=True, text=True, check=False, timeout=300
        )
    except FileNotFoundError:
        pytest.fail("promtool is missing: `make system` installs it")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: path.stem)
def test_rules_are_of_the_form_that_prometheus_loads(path: Path) -> None:
    promtool("check", "rules", "--lint=all", "--lint-fatal", path)


@pytest.mark.parametrize("path", files_of_tests(), ids=lambda path: path.stem)
def test_alerts_fire_and_stay_quiet_as_told(path: Path) -> None:
    promtool("test", "rules", path)
