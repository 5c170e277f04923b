"""How words are spelled before they are looked up: case, signs, emoji, doubled words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from unicodedata import name

STOPS = frozenset(",.;:!?")
SENTENCE_ENDS = frozenset(".!?")
GAP = "\u2063"
"""A word of its own at both ends of an emoji: it makes no one thing with its neighbours."""
# Signs that are pictures: emoji, and what was drawn before there were any.
_PICTURES = "\u2300-\u27bf\u2b00-\u2bff\u3297\u3299\U0001f000-\U0001faff"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
# One picture: its sign, with what tells its skin, its gender, and who else is on it.
_SIGN = re.compile(
    f"{_FLAG}|[{_PICTURES}](?:[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[{_PICTURES}]?)*"
)
HYPHEN = "-"
JOINT = "\u2060"
"""Between two words that were typed as one."""
_WORD = re.compile(rf"[^\W_]+(?:'[^\W_]+)*|[,.;:!?{GAP}]|{_FLAG}|[{_PICTURES}]")
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_OWNER = re.compile(r"(?<=\w)'s(?!\w)")  # grandma's
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
        typed: In lower case, with its apostrophes, and after what ties it to the word before, a
            hyphen or `JOINT`: people read their words as they wrote them.
    """

    text: str
    capital: bool = False
    typed: str = ""


def words_of(text: str) -> list[str]:
    """Return the words of a prompt in lower case; commas and stops are words of their own."""
    return [word.text for word in written(text)]


def written(text: str) -> tuple[Word, ...]:
    """Return the words and stops of a text, and which of them had a capital."""
    plain = _OWNER.sub("", text.replace("’", "'"))
    return tuple(_word(found) for found in _WORD.finditer(plain))


def _word(found: re.Match[str]) -> Word:
    typed = found[0].lower()
    before = found.string[: found.start()][-1:]
    tie = before if before in (HYPHEN, JOINT) and found.start() > 1 else ""
    return Word(typed.replace("'", ""), found[0][0].isupper(), tie + typed)


def as_typed(several: Iterable[str]) -> str:
    """Return words as one text; what was tied to the word before is so again."""
    text = " ".join(filter(None, several)).lstrip(HYPHEN + JOINT)
    return text.replace(f" {HYPHEN}", HYPHEN).replace(f" {JOINT}", "").replace(JOINT, "")


def normal(text: str) -> str:
    """Return a phrase as it is looked up."""
    # Most of the tables' phrases are normal already, and all are read at each start.
    if _PLAIN.fullmatch(text):
        return text
    return " ".join(word for word in words_of(text) if word not in STOPS and word != GAP)


def is_sign(word: str) -> bool:
    """Return whether a word is an emoji or the like."""
    return _SIGN.fullmatch(word) is not None


def spelled(text: str, is_name: Callable[[str], bool], some: str, signs: Mapping[str, str]) -> str:
    """Return a text with its emoji in words, and with what else parts words as stops.

    Args:
        text: As a person wrote it.
        is_name: Whether a phrase names something that can be drawn.
        some: What "some" is in the language that doubles a word for its plural.
        signs: Names for signs that have another one in Unicode.
    """

    def plural(doubled: re.Match[str]) -> str:
        """Return "some" of a doubled word; "kupu-kupu" is one butterfly."""
        word = doubled[1].lower()
        return f"{word} {word}" if is_name(f"{word} {word}") else f"{some} {word}"

    def again(pair: re.Match[str]) -> str:
        """Return the first of two words that end alike: "melompat-lompat" is "melompat"."""
        first, second = pair[1], pair[2]
        return first if len(first) > len(second) and first.endswith(second) else pair[0]

    def said(found: re.Match[str]) -> str:
        """Return the words of an emoji, a whole creature rather than its face; or itself."""
        sign = found[0] if re.fullmatch(_FLAG, found[0]) else found[0][0]
        words = name(sign[0], "").lower().split()
        plain = " ".join(word for word in words if word not in _EMOJI_WORDS)
        phrases = (signs.get(sign, ""), plain, " ".join(words))
        known = next((phrase for phrase in phrases if phrase and is_name(phrase)), sign)
        return f" {GAP} {known} {GAP} "

    text = _WITH.sub(lambda sign: "without " if sign[1] else "with ", text)
    text = _AGAIN.sub(again, _TWICE.sub(r"\1-\1", text))
    text = _DOUBLED.sub(plural, _TAGGED.sub(rf"\1{JOINT}\2", text))
    return _SIGN.sub(said, text).translate(_PARTING)
