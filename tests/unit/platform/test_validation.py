"""Every violation of a request is named at once."""

import pytest

from kanvas_platform.cursor import encode_cursor
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import new_id
from kanvas_platform.validation import Violations


def found(violations: Violations) -> list[tuple[str, str]]:
    try:
        violations.raise_if_any()
    except InvalidArgument as error:
        return [(violation.field, violation.message) for violation in error.violations]
    return []


def test_a_good_text_is_trimmed_and_composed() -> None:
    violations = Violations()
    assert violations.text("name", "  Zoe\u0308 ", most=4) == "Zoë"
    assert found(violations) == []


def test_all_violations_are_raised_together() -> None:
    violations = Violations()
    violations.text("a", "", least=1, most=5)
    violations.text("b", "123456", most=5)
    violations.identifier("c", "nonsense")
    assert [field for field, _ in found(violations)] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\ufffeb"])
def test_control_characters_and_what_is_no_character_are_refused(text: str) -> None:
    violations = Violations()
    violations.text("name", text, most=10)
    assert found(violations) == [("name", "Contains control characters.")]


def test_lines_are_fine_where_they_may_be() -> None:
    violations = Violations()
    assert violations.text("bio", "one\r\ntwo\tthree", most=20, multiline=True) == "one\ntwo\tthree"
    assert found(violations) == []


def test_a_line_end_is_a_blank_where_there_is_one_line() -> None:
    violations = Violations()
    assert violations.text("prompt", "a red fox\nin the snow", most=40) == "a red fox in the snow"
    assert found(violations) == []


@pytest.mark.parametrize("text", ["狐 🦊 رسم", "🩷 🫩", "\U0001faff"])
def test_emoji_scripts_and_what_comes_tomorrow_are_fine(text: str) -> None:
    violations = Violations()
    assert violations.text("name", text, most=20) == text
    assert found(violations) == []


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800\u00ad", "\ufe0f", "\U000e0041"])
def test_a_text_that_nobody_sees_is_empty(blank: str) -> None:
    violations = Violations()
    assert violations.text("bio", blank, most=20) == ""
    violations.text("name", blank, least=1, most=20)
    assert found(violations) == [("name", "Must not be empty.")]


def test_identifiers_come_back_canonical() -> None:
    violations = Violations()
    identifier = new_id()
    assert violations.identifier("id", identifier.upper()) == identifier
    assert found(violations) == []


@pytest.mark.parametrize(("asked", "answered"), [(0, 30), (1, 1), (100, 100)])
def test_a_page_size_of_zero_is_the_default(asked: int, answered: int) -> None:
    violations = Violations()
    assert violations.page_size(asked, default=30, most=100) == answered
    assert found(violations) == []


def test_a_cursor_comes_back_as_its_position() -> None:
    violations = Violations()
    assert violations.cursor(encode_cursor(7, kind="home"), kind="home") == 7
    assert violations.cursor(encode_cursor(0, kind="home"), kind="home") == 0
    assert violations.cursor("", kind="home") is None
    assert found(violations) == []


@pytest.mark.parametrize("size", [-1, 101])
def test_a_bad_page_is_told_as_a_whole(size: int) -> None:
    violations = Violations()
    violations.page_size(size, default=30, most=100)
    assert violations.cursor("nonsense", kind="home") is None
    assert [field for field, _ in found(violations)] == ["page_size", "cursor"]


def test_a_hash_is_64_lower_case_hexadecimal_digits() -> None:
    violations = Violations()
    assert violations.sha256("good", "0123456789abcdef" * 4) == "0123456789abcdef" * 4
    for name, text in {"short": "ab" * 31, "upper": "AB" * 32, "line": f"{'ab' * 32}\n"}.items():
        violations.sha256(name, text)
    assert [field for field, _ in found(violations)] == ["short", "upper", "line"]
