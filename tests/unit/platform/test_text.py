"""What a text for people is: by the published cases, and by properties that hold for any text."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas_platform.text import has_forbidden, is_unicode, is_visible, normalized, tidy

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "docs" / "api" / "text-cases.json").read_text()
)
ANY_TEXT = st.text(st.characters(codec=None)) | st.text(
    st.sampled_from("a \n\t\r\u0301\u200b\u202e")
)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "kept" in case], ids=lambda case: str(case["why"])
)
def test_a_text_is_kept_as_the_published_cases_say(case: dict[str, Any]) -> None:
    kept = tidy(case["text"], lines=case["lines"])
    assert (kept, len(kept)) == (case["kept"], case["characters"])
    assert not has_forbidden(kept)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "kept" not in case], ids=lambda case: str(case["why"])
)
def test_the_published_cases_say_what_no_text_may_have(case: dict[str, Any]) -> None:
    assert has_forbidden(tidy(case["text"], lines=case["lines"]))


@given(ANY_TEXT, st.booleans())
def test_a_tidy_text_stays_as_it_is(text: str, lines: bool) -> None:
    once = tidy(text, lines=lines)
    assert tidy(once, lines=lines) == once == normalized("NFC", once).strip()


@given(ANY_TEXT)
def test_a_text_of_one_line_has_one(text: str) -> None:
    assert len(tidy(text, lines=False).splitlines()) <= 1 or has_forbidden(text)


@given(ANY_TEXT, st.booleans())
def test_what_is_kept_can_be_seen(text: str, lines: bool) -> None:
    kept = tidy(text, lines=lines)
    assert not kept or has_forbidden(kept) or any(map(is_visible, kept))


def test_only_whole_characters_can_be_sent() -> None:
    assert is_unicode("fox 🦊")
    assert not is_unicode("fox \ud83e")
