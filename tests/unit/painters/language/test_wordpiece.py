"""Text is cut as the encoder was taught: answers recorded from the library `tokenizers` 0.23.3."""

from __future__ import annotations

import pytest

from kanvas_painters.language.wordpiece import LENGTH, WordPieces

RECORDED = {
    "": [101, 102],
    "a red fox in the snow": [101, 1037, 2417, 4419, 1999, 1996, 4586, 102],
    # Accents, marks, capitals, tabs and doubled spaces.
    "  A  Café's\tcrème-brûlée, naïve! ": [
        *(101, 1037, 7668, 1005, 1055, 13675, 21382, 1011),
        *(7987, 9307, 2063, 1010, 15743, 999, 102),
    ],
    # Other languages and scripts without spaces.
    "kucing oranye 猫が3匹": [101, 13970, 6129, 2030, 19092, 2063, 100, 1651, 2509, 100, 102],
    # Characters that no one sees.
    "unbelievably fluffy axolotls\u200b\x00 don't": [
        *(101, 4895, 8671, 2666, 3567, 6321, 27036, 22260, 12898, 19646, 2015),
        *(2123, 1005, 1056, 102),
    ],
    "Ünïcödé ½ ™ £5 _snake_case": [
        *(101, 27260, 1092, 1580, 27813, 1035, 7488, 1035, 2553, 102),
    ],
    "x" * 101: [101, 100, 102],
    "very " * 40: [101, *[2200] * (LENGTH - 2), 102],
}


@pytest.mark.parametrize("text", RECORDED)
def test_pieces_are_those_of_the_original(text: str) -> None:
    ids, mask = WordPieces().encode([text])
    wanted = RECORDED[text]
    assert ids[0].tolist() == wanted + [0] * (LENGTH - len(wanted))
    assert mask[0].tolist() == [1] * len(wanted) + [0] * (LENGTH - len(wanted))
