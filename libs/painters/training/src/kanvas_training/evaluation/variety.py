"""How much words, seeds and styles change, and how near the drawings are (d)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from kanvas_paint_contract.cards import STYLES

from .bench import Bench, portraits
from .judge import SEEN
from .rows import Row, shown

Floats = npt.NDArray[np.float32]
DRAWINGS = 8  # of each concept, by chance from all hands that a judge knows
SMALL = 32  # pixels: what distances in pixels are measured at
STYLED = (
    "a fox", "a castle", "a teapot", "a sailboat at sunset", "an owl at night", "a red car",
    "a cat and a dog", "a rocket in space", "a house in the snow", "a rose",
)  # fmt: skip
STYLE_SIDE = 256  # pixels: squares and grain are gone at what a judge sees
STYLES_APART = 0.5  # three times chance: what "visibly different" is held to


def variety(bench: Bench) -> list[Row]:
    """Return how far pictures lie apart when only the words or only the seed differ."""
    features = np.stack([_unit(reading.features) for reading in bench.readings])
    pixels = np.stack([_small(pictures) for pictures in bench.portraits])
    rows = []
    for unit, what in (("features", features), ("pixels", pixels)):
        words = float(np.mean([_apart(each) for each in what]))
        seeds = float(np.mean(np.linalg.norm(what[0] - what[1], axis=-1)))
        rows += [
            Row("d", f"other words, same seed: distance in {unit}", words, ""),
            Row("d", f"same words, other seed: distance in {unit}", seeds, "",
                reference=f"{seeds / words:.2f} of the distance by words"),
        ]  # fmt: skip
    return [*rows, *_nearest(bench, features[0], pixels[0])]


def _nearest(bench: Bench, features: Floats, pixels: Floats) -> list[Row]:
    """Return how near the nearest real drawing is, and whether it is one of what was asked for."""
    drawings = portraits(bench.concepts, SEEN, DRAWINGS, bench.random, plain=True)
    theirs = _unit(bench.main.read_small(drawings.pictures).features)
    shapes = (drawings.pictures.permute(0, 2, 3, 1).numpy() * 255).astype(np.uint8)
    small = _small(shapes)
    truth = drawings.things[:, 0].numpy()
    distances = _distances(features, theirs)
    among = _distances(theirs, theirs)
    among[truth[:, None] == truth[None]] = np.inf
    right = truth[distances.argmin(1)] == np.array(bench.asked)
    in_pixels = _distances(pixels, small).min(1)
    return [
        Row("d", "nearest drawing: distance in features", float(distances.min(1).mean()), "",
            reference=f"from a drawing to the nearest of another thing {among.min(1).mean():.2f}"),
        Row("d", "nearest drawing shows what was asked for", float(right.mean()),
            reference=f"chance {shown(1 / len(bench.concepts), '%')}"),
        Row("d", "nearest drawing: distance in pixels", float(in_pixels.mean()), "",
            reference="on plain ground, so the ground counts too"),
    ]  # fmt: skip


def styles(bench: Bench) -> list[Row]:
    """Return how often a style is told by what it did to other words' pictures."""
    prompts = STYLED[:: max(1, bench.every // 4)]
    textures = []
    for style in STYLES:
        pictures = [bench.painter.paint(prompt, 0, style) for prompt in prompts]
        textures.append(bench.main.texture(pictures, grid=1, side=STYLE_SIDE))
    seen = np.stack(textures)  # (styles, prompts, numbers)
    seen = seen - seen.mean(0)  # what all styles of the same words share is no style
    seen = seen / (seen.std((0, 1)) + 1e-6)
    right = []
    for at in range(len(prompts)):
        means = np.delete(seen, at, axis=1).mean(1)
        guessed = np.linalg.norm(seen[:, at, None] - means[None], axis=2).argmin(1)
        right.append(guessed == np.arange(len(STYLES)))
    return [
        Row("d", f"style told by its texture, {len(STYLES)} styles", float(np.mean(right)),
            bar=STYLES_APART, reference=f"chance {shown(1 / len(STYLES), '%')}"),
    ]  # fmt: skip


def _unit(features: Floats) -> Floats:
    made: Floats = features / np.linalg.norm(features, axis=-1, keepdims=True)
    return made


def _small(pictures: npt.NDArray[np.uint8]) -> Floats:
    """Return pictures as rows whose distance is the root mean square of the difference."""
    shrunk = [
        Image.fromarray(each).resize((SMALL, SMALL), Image.Resampling.BOX) for each in pictures
    ]
    rows = np.stack([np.asarray(each, dtype=np.float32).ravel() / 255 for each in shrunk])
    return rows / np.float32(np.sqrt(rows.shape[1]))


def _distances(rows: Floats, others: Floats) -> Floats:
    """Return the distance of each row to each of the others."""
    squares = (rows**2).sum(1)[:, None] + (others**2).sum(1)[None] - 2 * rows @ others.T
    return np.sqrt(np.maximum(squares, 0))


def _apart(rows: Floats) -> float:
    """Return the mean distance of two different rows."""
    number = len(rows)
    return float(_distances(rows, rows).sum() / (number * (number - 1)))
