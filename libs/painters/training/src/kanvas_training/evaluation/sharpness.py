"""How sharp collage's pictures are: the edges of things, and flat drawings beside their vectors."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
from PIL import Image

from kanvas_painters.collage.canvas import multiplied, straight, to_bytes
from kanvas_painters.collage.composition import Composition
from kanvas_painters.collage.library import Library, Pixels, library
from kanvas_training.likeness import decibels
from kanvas_training.sprites import drawn, solid

from .concepts import Concept
from .edges import widths
from .rows import Row

SIDES = (512, 1024)  # pixels of a picture
DRAWN = 512  # pixels of a drawing's square before it was trimmed
STYLES = ("3d", "flat")  # the two sets of drawings; other styles paint over them
BARS = {512: 2.0, 1024: 3.0}  # pixels from 10 to 90 % of an edge
THINGS = 20  # how many are looked at
TRUTH = 4  # times as many, at which its vectors are the truth
TALL = 0.62  # of the picture: the tallest thing alone


class Former(Library):
    """The same drawings with half the pixels, enlarged where those are not enough."""

    def pixels(self, key: str, art: str, height: int) -> Pixels:
        """See `Library`."""
        _, high = self.drawings[key].sizes[art]
        layer = super().pixels(key, art, min(height, high // 2))
        if height <= high // 2:
            return layer
        picture = Image.fromarray(to_bytes(multiplied(layer)), mode="RGBa")
        width = round(layer.shape[1] * height / layer.shape[0])
        large = picture.resize((width, height), Image.Resampling.LANCZOS)
        return straight(np.asarray(large, dtype=np.float32) / 255)


def edge(key: str, phrase: str, style: str, side: int, drawings: Library) -> list[float]:
    """Return the edge widths of one thing alone in its picture."""
    work = Composition(f"{phrase} on a white background", "", style, 0, side, side)
    work.drawings = drawings
    (spot, *others) = work.spots(work.art)
    if others or spot.drawing.key != key or abs(spot.angle) > 0.5:
        return []
    *_, last = work.paint(1)
    alpha = drawings.pixels(key, work.art, max(8, round(spot.height)))[..., 3]
    alpha = alpha[:, ::-1] if spot.flip else alpha
    left = round(spot.x - alpha.shape[1] / 2)
    top = round(spot.base - (spot.height + alpha.shape[0]) / 2)
    shape = np.zeros((side, side), dtype=np.float32)
    if min(left, top) < 0 or max(left + alpha.shape[1], top + alpha.shape[0]) > side:
        return []
    shape[top : top + alpha.shape[0], left : left + alpha.shape[1]] = alpha
    return widths(last.astype(np.float32) / 255, shape)


def edge_rows(concepts: Sequence[Concept]) -> list[Row]:
    """Return how wide the edges of things alone are, by style and side of the picture."""
    former, rows = Former(), []
    for style in STYLES:
        for side in SIDES:
            ours: list[float] = []
            theirs: list[float] = []
            for concept in concepts:
                key = concept.keys[0]
                ours += edge(key, concept.phrase, style, side, library())
                theirs += edge(key, concept.phrase, style, side, former)
            widest = statistics.quantiles(ours, n=10)[-1]
            reference = (
                f"nine in ten at most {widest:.2f} px; with half the pixels "
                f"{statistics.median(theirs):.2f} px"
            )
            what = f"edge of a thing alone, {style}, {side} × {side}, median"
            rows.append(Row("f", what, statistics.median(ours), "px", BARS[side], reference))
    return rows


def likeness_rows(concepts: Sequence[Concept]) -> list[Row]:
    """Return how near flat drawings come to their vectors at the size of the tallest things."""
    keys = [concept.keys[0] for concept in concepts]
    truths = dict(drawn("fluent-flat", TRUTH * DRAWN, keys))
    plain = {key: solid(picture) for key, picture in drawn("fluent-flat", DRAWN, keys)}
    former, rows = Former(), []
    for side in SIDES:
        height = round(TALL * side)
        ours: list[float] = []
        theirs: list[float] = []
        for key, (left, top, right, bottom) in plain.items():
            if library().drawings[key].sizes["flat"] != (right - left, bottom - top):
                continue  # it has a body of ours
            edges = (TRUTH * left, TRUTH * top, TRUTH * right, TRUTH * bottom)
            truth = truths[key].crop(edges)
            for scores, drawings in ((ours, library()), (theirs, former)):
                made = drawings.pixels(key, "flat", height)
                size = (made.shape[1], made.shape[0])
                wanted = truth.convert("RGBa").resize(size, Image.Resampling.BOX)
                likely = np.asarray(wanted, dtype=np.float32) / 255
                scores.append(decibels(2 * multiplied(made) - 1, 2 * likely - 1))
        reference = f"with half the pixels {statistics.mean(theirs):.1f} dB"
        what = f"flat drawings beside their vectors, {height} pixels tall, mean"
        rows.append(Row("f", what, statistics.mean(ours), "dB", reference=reference))
    return rows


def sharpness(concepts: Sequence[Concept], every: int) -> list[Row]:
    """Return how sharp things alone are: those of the things that are looked at, or one in some."""
    alone = [concept for concept in concepts if len(concept.keys) == 1]
    chosen = alone[:: max(1, len(alone) // THINGS)][::every]
    return [*edge_rows(chosen), *likeness_rows(chosen)]
