"""What every command that make starts finds in its environment."""

from __future__ import annotations

import os
import subprocess

import pytest

from kanvas_local.layout import REPOSITORY


def _seen(name: str, environment: dict[str, str]) -> str:
    """Return the value of a variable in a command of the Makefile."""
    rule = f"show: ; @echo $${name}"
    own = {key: value for key, value in os.environ.items() if key.lower() != "no_proxy"}
    return subprocess.run(
        ["make", "-s", f"--eval={rule}", "show"],
        cwd=REPOSITORY,
        env=own | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
@pytest.mark.parametrize("of_user", ["no_proxy", "NO_PROXY"])
def test_loopback_asks_no_proxy(name: str, of_user: str) -> None:
    assert _seen(name, {}) == "127.0.0.1,localhost"
    assert _seen(name, {of_user: "in.house"}) == "127.0.0.1,localhost,in.house"


def test_file_names_are_unicode_in_every_locale() -> None:
    assert _seen("PYTHONUTF8", {"LC_ALL": "C"}) == "1"


def test_compiled_code_is_kept_where_that_is_off() -> None:
    assert _seen("PYTHONDONTWRITEBYTECODE", {"PYTHONDONTWRITEBYTECODE": "1"}) == ""
