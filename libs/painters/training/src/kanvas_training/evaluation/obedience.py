"""Whether color and number are what the words say (c)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .bench import PAIR_SIDE, Bench
from .prompts import COLORS, COUNTS, colored, counted
from .rows import Row, shown
from .seeing import Mask, dominant, grown, parted, spots

Pixels = npt.NDArray[np.uint8]
HALF = 0.5  # of the surest cell: from there on a cell belongs to the thing


def obeyed_colors(bench: Bench) -> list[Row]:
    """Return how often the thing has the color that was asked for, most of all.

    Where the thing is, the judge's map says. Beside it, how often the thing has that color when
    nobody asked for one.
    """
    asked = colored()[:: bench.every]
    colors = [color for _, _, color in asked]
    things = [_concept(bench, bare) for _, bare, _ in asked]
    ours = _dominant(bench, bench.paint([prompt for prompt, _, _ in asked], 0), things)
    bare = sorted({prompt for _, prompt, _ in asked})
    plain = dict(
        zip(
            bare,
            _dominant(bench, bench.paint(bare, 0), [_concept(bench, b) for b in bare]),
            strict=True,
        )
    )
    unasked = [plain[prompt] for _, prompt, _ in asked]
    reference = (
        f"without the word {shown(_agreement(unasked, colors), '%')}, "
        f"chance {shown(1 / len(COLORS), '%')}"
    )
    return [
        Row("c", f"color asked for, {len(asked)}", _agreement(ours, colors), reference=reference)
    ]


def obeyed_counts(bench: Bench) -> list[Row]:
    """Return how often there are as many things as asked for, on plain ground."""
    asked = counted()[:: bench.every]
    pictures = bench.paint([prompt for prompt, _ in asked], 0)
    right = [
        spots(parted(picture)) == number
        for picture, (_, number) in zip(pictures, asked, strict=True)
    ]
    reference = f"chance {shown(1 / len(COUNTS), '%')}; things that touch count as one"
    return [Row("c", f"number asked for, {len(asked)}", float(np.mean(right)), reference=reference)]


def _concept(bench: Bench, phrase: str) -> int:
    return [concept.phrase for concept in bench.concepts].index(phrase)


def _agreement(found: Sequence[str], asked: Sequence[str]) -> float:
    return float(np.mean([a == b for a, b in zip(found, asked, strict=True)]))


def _dominant(bench: Bench, pictures: npt.NDArray[np.uint8], things: Sequence[int]) -> list[str]:
    where = bench.main.read(list(pictures), PAIR_SIDE).where
    side = pictures.shape[1]
    masks = [_mask(each[thing], side) for each, thing in zip(where, things, strict=True)]
    return [dominant(picture, mask) for picture, mask in zip(pictures, masks, strict=True)]


def _mask(plane: npt.NDArray[np.float32], side: int) -> Mask:
    return grown(plane >= HALF * plane.max(), side)
