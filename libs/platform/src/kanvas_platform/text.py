"""What a text for people is: one definition for every field of every contract.

The tables of Unicode are those of one pinned package (`unicodedata2`), so that two processes on
different Pythons judge alike. `docs/api/text-cases.json` has examples of every rule; the page and
other clients hold themselves to the same file.
"""

import re
from typing import Literal

import unicodedata2

INVISIBLE = frozenset(
    (
        0x00AD,  # soft hyphen
        0x034F,  # combining grapheme joiner
        0x061C,  # Arabic letter mark
        *range(0x115F, 0x1161),  # Hangul fillers
        *range(0x17B4, 0x17B6),  # Khmer inherent vowels
        *range(0x180B, 0x1810),  # Mongolian variation selectors and vowel separator
        *range(0x200B, 0x2010),  # zero width space, joiner and non-joiner, direction marks
        *range(0x202A, 0x202F),  # embeddings and overrides of direction
        *range(0x2060, 0x2070),  # word joiner, invisible operators, isolates
        0x3164,  # Hangul filler
        *range(0xFE00, 0xFE10),  # variation selectors
        0xFEFF,  # byte order mark
        0xFFA0,  # half-width Hangul filler
        *range(0xE0000, 0xE1000),  # tags and further variation selectors
    )
)
"""Characters that nobody sees (Unicode's Default_Ignorable_Code_Point, less musical notation)."""

_NON_CHARACTERS = "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
_FORBIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f" + "\\ud800-\\udfff\\ufdd0-\\ufdef" + _NON_CHARACTERS + "]"
)
_LINE_ENDS = dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n")
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_IN_ONE_LINE = {**_DIRECTIONS, ord("\n"): " ", ord("\t"): " "}
_BLANKS = frozenset((0x2800,))  # Braille without a dot: a symbol by its category, white by its look
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp", "Zs"))


def category(character: str) -> str:
    """Return the general category of a character in Unicode, such as "Lu"; "Cn" if unassigned."""
    found: str = unicodedata2.category(character)
    return found


def normalized(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return a text in one of Unicode's normalization forms."""
    normal: str = unicodedata2.normalize(form, text)
    return normal


def tidy(text: str, *, lines: bool) -> str:
    """Return a text as it is kept: in NFC, and without white space around it.

    Every way to end a line is a line feed. In a text that may have several lines, at most one of
    them in a row is blank. In a text of one line, line ends and tabs are blanks, and characters
    that embed or override a direction of writing are left out: what people paste has them, and in
    a name they would turn the words around it. A text in which nothing can be seen is "", unless
    it has what no text may have: that is left for `has_forbidden` to find.
    """
    ended = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_ENDS)
    if lines:
        kept: list[str] = []
        for line in ended.split("\n"):
            if line.strip() or (kept and kept[-1].strip()):
                kept.append(line)
        ended = "\n".join(kept)
    else:
        ended = ended.translate(_IN_ONE_LINE)
    tidied = normalized("NFC", ended).strip()
    return tidied if has_forbidden(tidied) or any(map(is_visible, tidied)) else ""


def is_visible(character: str) -> bool:
    """Return whether a character leaves a mark on a screen. One not yet assigned may."""
    point = ord(character)
    if point in INVISIBLE or point in _BLANKS:
        return False
    return category(character) not in _UNSEEN


def has_forbidden(text: str) -> bool:
    """Return whether a tidied text has what no text may have: a control, a half, a non-character.

    Characters that are not assigned yet are let through: tomorrow's emoji are among them.
    """
    return _FORBIDDEN.search(text) is not None


def is_unicode(text: str) -> bool:
    """Return whether a text can be sent: no half of a surrogate pair stands alone in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
