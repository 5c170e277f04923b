"""Cutting text into the word pieces that the encoder was taught with.

Our own, because the library that does this (`tokenizers`) insists on a client for
downloading models and nine packages beneath it, none of which Kanvas would ever call.
The tests hold it to answers recorded from that library.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from kanvas_painters.painting.packed import read_packed

LENGTH = 24  # pieces of a text, with the marks at its ends; what is longer is cut
LONGEST_WORD = 100  # letters
CONTROL = ("Cc", "Cf", "Co", "Cs")
UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
# Scripts that write without spaces: each character is a word.
IDEOGRAPHS = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)

Ids = npt.NDArray[np.int64]


class WordPieces:
    """The vocabulary of BERT, in lower case and without accents. Safe to share between threads."""

    def __init__(self) -> None:
        text = read_packed(__package__, "vocabulary.txt.gz").decode()
        self._ids = {piece: number for number, piece in enumerate(text.splitlines())}

    def encode(self, texts: Sequence[str]) -> tuple[Ids, Ids]:
        """Return the ids of each text's pieces, and which places hold one (1) or are padding (0).

        Both have the shape (texts, LENGTH).
        """
        ids = np.zeros((len(texts), LENGTH), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, text in enumerate(texts):
            pieces = [START, *self._pieces(text)[: LENGTH - 2], END]
            ids[row, : len(pieces)] = [self._ids[piece] for piece in pieces]
            mask[row, : len(pieces)] = 1
        return ids, mask

    def _pieces(self, text: str) -> list[str]:
        return [piece for word in _words(text) for piece in self._split(word)]

    def _split(self, word: str) -> list[str]:
        """Return the longest known piece, then the longest that follows, to the end of the word."""
        if len(word) > LONGEST_WORD:
            return [UNKNOWN]
        pieces: list[str] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                if (piece := mark + word[start:end]) in self._ids:
                    break
            else:
                return [UNKNOWN]
            pieces.append(piece)
            start = end
        return pieces


def _words(text: str) -> Iterator[str]:
    """Yield words and marks of punctuation, folded as the vocabulary is."""
    word = ""
    for letter in unicodedata.normalize("NFD", _cleaned(text)):
        if unicodedata.category(letter) == "Mn":  # an accent
            continue
        alone = _is_punctuation(letter) or _is_ideograph(letter)
        if word and (alone or letter.isspace()):
            yield word.lower()
            word = ""
        if alone:
            yield letter
        elif not letter.isspace():
            word += letter
    if word:
        yield word.lower()


def _cleaned(text: str) -> str:
    """Return the text with line ends and tabs as spaces, and without other control characters."""
    return "".join(
        " " if letter in "\t\n\r" else letter
        for letter in text
        if letter in "\t\n\r"
        or (letter != "\ufffd" and unicodedata.category(letter) not in CONTROL)
    )


def _is_punctuation(letter: str) -> bool:
    symbol = letter.isascii() and letter.isprintable() and not letter.isalnum() and letter != " "
    return symbol or unicodedata.category(letter).startswith("P")


def _is_ideograph(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in IDEOGRAPHS)
