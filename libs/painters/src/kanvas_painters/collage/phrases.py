"""The tables of words.toml as they are looked up, and texts as they are spelled for that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from unicodedata import category, name

from kanvas_paint_contract.cards import STYLES

from .canvas import Color
from .library import rgb
from .retrieval import names, normal, vocabulary

TABLES = ("styles", "places", "times", "weathers", "relations", "numbers", "sizes")
SIGNS = {**{ord(sign): "," for sign in "()[]/|\u2013\u2014"}, ord("&"): " and "}
# What Unicode says of how a sign looks.
EMOJI_WORDS = frozenset(("face", "heavy", "black", "white", "medium", "building", "sign", "symbol"))


def spelled(text: str) -> str:
    """Return a text with its emoji in words, and with what else parts words as stops."""
    text = re.sub(r"\b(\w{3,})-\1\b", _plural, text, flags=re.IGNORECASE)
    read = "".join(_emoji_name(sign) if category(sign) == "So" else sign for sign in text)
    return read.translate(SIGNS)


def _plural(doubled: re.Match[str]) -> str:
    """Return the words of a doubled word: "murid-murid" are some; "kupu-kupu" is one butterfly."""
    word = doubled[1].lower()
    return doubled[0] if names().find([word, word]) is not None else f"beberapa {word}"


def _emoji_name(sign: str) -> str:
    """Return the words of an emoji, a whole creature rather than its face; or a blank."""
    said = name(sign, "").lower().split()
    plain = [word for word in said if word not in EMOJI_WORDS]
    for phrase in (plain, said):
        if phrase and names().find(phrase) is not None:
            return f" {' '.join(phrase)} "
    return " "


def style_named(text: str) -> str:
    """Return the style that a name or synonym means; "" where none does."""
    entry = phrases().get(normal(text))
    if normal(text) in STYLES:
        return normal(text)
    return entry[1] if entry is not None and entry[0] == "styles" else ""


def is_style(text: str) -> bool:
    """Return whether a text is the name or a synonym of a style."""
    return bool(style_named(text))


def known_words() -> dict[str, str]:
    """Return every word and phrase of the tables: its drawing's key, or "" where it is no thing."""
    others = (*phrases(), *colors(), *colors_after(), *words("ignored"), *words("refusals"))
    return {**names().all(), **dict.fromkeys(others, "")}


def _entries(tables: Sequence[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    for table in tables:
        for value, listed in vocabulary()[table].items():
            for phrase in listed:
                yield normal(phrase), (table, value)


@cache
def phrases() -> dict[str, tuple[str, str]]:
    """Return phrases that are no things: what table they belong to, and what they mean there."""
    found: dict[str, tuple[str, str]] = {}
    for phrase, entry in _entries(TABLES):
        found.setdefault(phrase, entry)
    return found


@cache
def sizes_after() -> frozenset[str]:
    """Return sizes that follow their noun, in Indonesian."""
    return frozenset({"kecil", "besar", "tinggi", "mungil", "raksasa"})


@cache
def colors() -> dict[str, Color]:
    """Return colors by name."""
    return {normal(word): rgb(value) for word, value in vocabulary()["colors"].items()}


@cache
def colors_after() -> dict[str, Color]:
    """Return colors that follow their noun, in Indonesian."""
    return {normal(word): rgb(value) for word, value in vocabulary()["colors_after"].items()}


@cache
def words(table: str) -> frozenset[str]:
    """Return the words of a table that is a list: ignored, parts, refusals."""
    return frozenset(map(normal, vocabulary()[table]["words"]))


@cache
def joining() -> frozenset[str]:
    """Return words after which a noun phrase has ended."""
    relations = (phrase.split()[0] for phrase, entry in _entries(("relations",)))
    return frozenset(relations) | {"and", "dan"}
