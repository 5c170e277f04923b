"""What a handle, a password and a profile may be."""

import pytest

from kanvas_platform.errors import InvalidArgument
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain import contents


def fields(violations: Violations) -> list[str]:
    try:
        violations.raise_if_any()
    except InvalidArgument as error:
        return [violation.field for violation in error.violations]
    return []


@pytest.mark.parametrize("handle", ["ada", "Ada_99", "a23", "x" * 30, " ada "])
def test_good_handles_are_folded(handle: str) -> None:
    violations = Violations()
    assert contents.check_handle(violations, handle) == handle.strip().lower()
    assert fields(violations) == []


@pytest.mark.parametrize(
    "handle", ["", "ab", "9ada", "_ada", "a-b-c", "x" * 31, "adä", "admin", "Admin"]
)
def test_bad_handles_are_named(handle: str) -> None:
    violations = Violations()
    contents.check_handle(violations, handle)
    assert fields(violations) == ["handle"]


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "x" * 201,
        "password123",
        "PASSWORD123",
        "aaaaaaaaaa",
        "longhandle1",
        "ababababab",
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    violations = Violations()
    contents.check_password(violations, password, "longhandle")
    assert fields(violations) == ["password"]


@pytest.mark.parametrize("password", ["correct horse", "p4ssw0rd-with-luck", "rubah merah salju"])
def test_good_passwords_pass(password: str) -> None:
    violations = Violations()
    contents.check_password(violations, password, "ada")
    assert fields(violations) == []


@pytest.mark.parametrize(
    ("made", "typed"),
    [("caf\u00e9 au lait", "cafe\u0301 au lait"), ("rubah merah", "rubah\u3000merah")],
)
def test_a_password_is_the_same_from_any_keyboard(made: str, typed: str) -> None:
    violations = Violations()
    kept = contents.check_password(violations, made, "ada")
    assert contents.check_password(violations, typed, "ada") == kept
    assert contents.prepare_password(typed) == kept
    assert fields(violations) == []


@pytest.mark.parametrize(
    "password", ["with a \x00 in it", "with a \ud83e in it", "e\u0301" * 5, "e\u0301" * 201]
)
def test_what_is_no_password_is_refused(password: str) -> None:
    violations = Violations()
    contents.check_password(violations, password, "ada")
    assert fields(violations) == ["password"]


def test_display_names_are_trimmed_and_bounded() -> None:
    violations = Violations()
    assert contents.check_display_name(violations, "  Ada  ") == "Ada"
    contents.check_display_name(violations, "   ")
    contents.check_display_name(violations, "x" * 51)
    contents.check_display_name(violations, "Ada\x07")
    assert fields(violations) == ["display_name"] * 3


def test_a_bio_may_have_lines() -> None:
    violations = Violations()
    assert contents.check_bio(violations, "One\r\ntwo") == "One\ntwo"
    assert fields(violations) == []
