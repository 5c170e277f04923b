"""One spelling for texts that people take for the same: Unicode's NFKC_Casefold."""

import unicodedata

_INVISIBLE = dict.fromkeys(
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
        again = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
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
    kinds = {"_" if character == "_" else unicodedata.category(character)[0] for character in word}
    return word if len(word) <= longest and "L" in kinds and kinds <= _IN_WORDS else None
