"""docs/errors.md and the code know the same reasons."""

import re
from pathlib import Path

import pytest

from kanvas_gateway.stream.protocol import Reason

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "errors.md").read_text()
_REASON = re.compile(r"\breason(?:: [\w\[\], ]+)? ?= ?\"([A-Z][A-Z_]+)\"")
_MEMBER = re.compile(r"^    ([A-Z_]+) = \"\1\"", re.MULTILINE)


def _sources() -> list[Path]:
    folders = [_ROOT / "libs/platform/src", *(_ROOT / "services").glob("*/src")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return [path for path in files if "testing" not in path.parts]


def _in_code() -> set[str]:
    found: set[str] = set()
    for path in _sources():
        text = path.read_text()
        found.update(_REASON.findall(text))
        if path.name == "faults.py":
            found.update(_MEMBER.findall(text))
    return found


def _section(title: str) -> str:
    return _PAGE.partition(f"\n## {title}")[2].partition("\n## ")[0]


def _named(text: str) -> set[str]:
    return set(re.findall(r"`([A-Z][A-Z]+(?:_[A-Z]+)*)`", text))


def test_every_reason_in_the_code_is_explained() -> None:
    assert _in_code() <= _named(_PAGE)


def test_every_reason_that_is_explained_is_in_the_code() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", _PAGE, re.MULTILINE)
    assert set(rows) <= _in_code() | {reason.value for reason in Reason}


def test_the_streams_reasons_are_those_of_its_section() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", _section("The live stream"), re.MULTILINE)
    assert set(rows) == {reason.value for reason in Reason}
    assert {reason.value for reason in Reason} <= _named((_ROOT / "docs/api/stream.md").read_text())


@pytest.mark.parametrize("reason", ["POSITION_TOO_OLD", "POSITION_UNKNOWN", "LAGGED",
                                    "POSITIONS_LOST"])  # fmt: skip
def test_reasons_to_fetch_again_are_explained(reason: str) -> None:
    assert reason in _named(_section("The live stream"))
