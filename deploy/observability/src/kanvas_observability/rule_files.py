"""The files of rules and of their tests, as operators load them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from kanvas_observability.layout import FOLDER

RULES = FOLDER / "rules"
TESTS = RULES / "tests"

Rule = Mapping[str, Any]


def rule_files() -> list[Path]:
    """Return every file of rules."""
    return sorted(RULES.glob("*.yaml"))


def files_of_tests() -> list[Path]:
    """Return every file of tests, as `promtool test rules` takes them."""
    return sorted(TESTS.glob("*.yaml"))


def rules() -> Iterator[Rule]:
    """Yield every rule of every file: those that record, and alerts."""
    for path in rule_files():
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]
