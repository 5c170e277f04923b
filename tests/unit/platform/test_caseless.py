"""Spellings that people take for the same have one form."""

import sys
import unicodedata

import pytest

from kanvas_platform.caseless import caseless


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Seni", "sENI"),
        ("Straße", "STRASSE"),
        ("ｓｅｎｉ", "seni"),
        ("ｶﾞ", "ガ"),
        ("ΟΔΟΣ", "οδός".replace("ό", "ο")),
        ("caf\u0065\u0301", "CAFÉ"),
        ("می\u200cخواهم", "میخواهم"),
        ("sky\ufe0f", "sky"),
        ("\u3164a\u115f", "a"),
    ],
)
def test_one_form_for_both(one: str, other: str) -> None:
    assert caseless(one) == caseless(other)


@pytest.mark.parametrize(("one", "other"), [("cafe", "café"), ("हिंदी", "हद"), ("l", "ł")])
def test_two_words_stay_two(one: str, other: str) -> None:
    assert caseless(one) != caseless(other)


def test_the_form_of_a_form_is_itself() -> None:
    characters = (chr(point) for point in range(sys.maxunicode + 1))
    assigned = [
        character for character in characters if unicodedata.category(character) not in ("Cs", "Cn")
    ]

    unstable = [
        character for character in assigned if caseless(caseless(character)) != caseless(character)
    ]

    assert unstable == []
