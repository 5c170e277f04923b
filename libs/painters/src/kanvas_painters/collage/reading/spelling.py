"""How words are spelled before they are looked up: case, signs, emoji, doubled words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import category, name

STOPS = frozenset(",.;:!?")
SENTENCE_ENDS = frozenset(".!?")
GAP = "\u2063"
"""A word of its own at both ends of an emoji: it makes no one thing with its neighbours."""
_WORD = re.compile(rf"[^\W_]+|[,.;:!?{GAP}]")
_TAGGED = re.compile(r"\b(\d+)([a-z]{3,})")  # 1girl
_TWICE = re.compile(r"\b([^\W\d_]{3,})2(?=nya\b|\b)")  # anak2
_WITH = re.compile(r"\bw/(o\b)?", re.IGNORECASE)  # w/ a hat, w/o shoes
_DOUBLED = re.compile(r"\b([^\W_]{3,})-\1(?:nya)?\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b([^\W_]+)-([^\W_]{4,})\b")
_PARTING = {**{ord(sign): "," for sign in "()[]{}/|\u2013\u2014\n。，、！？"}, ord("&"): " and "}
# What Unicode says of how a sign looks.
_EMOJI_WORDS = frozenset(
    ("face", "heavy", "black", "white", "medium", "building", "sign", "symbol")
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a prompt, or a stop.

    Attributes:
        text: In lower case, without apostrophes.
        capital: Whether it was written with a capital.
    """

    text: str
    capital: bool = False


def words_of(text: str) -> list[str]:
    """Return the words of a prompt in lower case; commas and stops are words of their own."""
    return [word.text for word in written(text)]


def written(text: str) -> tuple[Word, ...]:
    """Return the words and stops of a text, and which of them had a capital."""
    plain = text.replace("’", "'").replace("'s ", " ").replace("'", "")
    return tuple(Word(word.lower(), word[0].isupper()) for word in _WORD.findall(plain))


def normal(text: str) -> str:
    """Return a phrase as it is looked up."""
    return " ".join(word for word in words_of(text) if word not in STOPS and word != GAP)


def spelled(text: str, is_name: Callable[[str], bool], some: str) -> str:
    """Return a text with its emoji in words, and with what else parts words as stops.

    Args:
        text: As a person wrote it.
        is_name: Whether a phrase names something that can be drawn.
        some: What "some" is in the language that doubles a word for its plural.
    """

    def plural(doubled: re.Match[str]) -> str:
        """Return "some" of a doubled word; "kupu-kupu" is one butterfly."""
        word = doubled[1].lower()
        return f"{word} {word}" if is_name(f"{word} {word}") else f"{some} {word}"

    def again(pair: re.Match[str]) -> str:
        """Return the first of two words that end alike: "melompat-lompat" is "melompat"."""
        first, second = pair[1], pair[2]
        return first if len(first) > len(second) and first.endswith(second) else pair[0]

    def said(sign: str) -> str:
        """Return the words of an emoji, a whole creature rather than its face; or a blank."""
        words = name(sign, "").lower().split()
        plain = " ".join(word for word in words if word not in _EMOJI_WORDS)
        known = next((phrase for phrase in (plain, " ".join(words)) if is_name(phrase)), "")
        return f" {GAP} {known} {GAP} " if known else " "

    text = _WITH.sub(lambda sign: "without " if sign[1] else "with ", text)
    text = _AGAIN.sub(again, _TWICE.sub(r"\1-\1", text))
    text = _DOUBLED.sub(plural, _TAGGED.sub(r"\1 \2", text))
    read = "".join(said(sign) if category(sign) == "So" else sign for sign in text)
    return read.translate(_PARTING)
