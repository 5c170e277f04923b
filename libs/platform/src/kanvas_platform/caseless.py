"""One spelling for texts that people take for the same: Unicode's NFKC_Casefold."""

import unicodedata
from functools import cache

import unicodedata2

from kanvas_platform.text import INVISIBLE, category, normalized

_INVISIBLE = dict.fromkeys(INVISIBLE)

_IN_WORDS = frozenset("LMN_")
"""Unicode's classes of letters, marks and numbers, and the low line."""


def caseless(text: str) -> str:
    """Return the one form of all texts that differ in case, width or invisible characters only.

    So `Seni`, `SENI` and full-width `ｓｅｎｉ` are one, and so are `Straße` and `STRASSE`. The form
    of a form is itself. It is for comparing and for keys; show people what they have written.
    """
    folded = text.translate(_INVISIBLE)
    while True:
        # Folding can take a text out of the normal form, and the normal form bring a capital back.
        again = normalized("NFKC", _folded(normalized("NFKC", folded)))
        again = again.translate(_INVISIBLE)
        if again == folded:
            return folded
        folded = again


def caseless_word(text: str, *, longest: int) -> str | None:
    """Return the one form of a word, as `caseless` has it; None where the text is no word.

    A word has letters, digits and marks of any script and low lines, at least one letter: digits
    alone are a number, marks alone are nothing that people read.

    Args:
        text: A possible word.
        longest: Most characters (code points) of the form.
    """
    word = caseless(text)
    kinds = {"_" if character == "_" else category(character)[0] for character in word}
    return word if len(word) <= longest and "L" in kinds and kinds <= _IN_WORDS else None


def _folded(text: str) -> str:
    """Return a text without capitals, those included that are younger than this Python."""
    folded = text.casefold()
    return folded if folded.isascii() else "".join(map(_small, folded))


@cache
def _small(character: str) -> str:
    """Return the small letter of a capital that `casefold` left as it is.

    The package of tables has no table of cases. Letters that came after Python's own tables have
    their small letter by name.
    """
    if category(character) != "Lu" or unicodedata.category(character) != "Cn":
        return character
    name = unicodedata2.name(character)
    try:
        small: str = unicodedata2.lookup(name.replace(" CAPITAL ", " SMALL "))
    except KeyError:
        return character
    return small
