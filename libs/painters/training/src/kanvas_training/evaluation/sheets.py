"""Contact sheets: many pictures with their numbers or words, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]
MARGIN = 8  # pixels
LINE = 16


@dataclass(frozen=True)
class Shown:
    """A picture and the words below it."""

    picture: Pixels
    words: str


def sheet(shown: Sequence[Shown], columns: int, side: int) -> Image.Image:
    """Return the pictures in rows, `side` pixels each, their words below them."""
    rows = -(-len(shown) // columns)
    wide, high = side + MARGIN, side + LINE + MARGIN
    page = Image.new("RGB", (columns * wide + MARGIN, rows * high + MARGIN), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(12)
    for at, item in enumerate(shown):
        left, top = MARGIN + at % columns * wide, MARGIN + at // columns * high
        picture = Image.fromarray(item.picture).resize((side, side), Image.Resampling.LANCZOS)
        page.paste(picture, (left, top))
        draw.text((left, top + side + 1), fitting(item.words, font, side), "#333333", font)
    return page


def fitting(words: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: int) -> str:
    """Return the words, cut with an ellipsis where they are wider than the room, in pixels."""
    if font.getlength(words) <= room:
        return words
    kept = words
    while kept and font.getlength(f"{kept}…") > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
