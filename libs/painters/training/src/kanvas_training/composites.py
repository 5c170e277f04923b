"""Pictures to train on: what the collage composer makes of a caption, and its references.

Every example is a caption, its words encoded, the composer's picture of it, and a reference canvas
of the same layout: often with the flat drawings that easel is given when it paints, else with
those of a family chosen by chance, so that the network learns to repaint and not to copy.

    python -m kanvas_training.composites --examples 20000
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kanvas_paint_contract.cards import STYLES
from kanvas_painters.collage.canvas import Array, to_bytes
from kanvas_painters.collage.composition import Composition
from kanvas_painters.collage.figures import Spot
from kanvas_painters.easel.references import Fetch, alike, canvas_of, shipped, stretched
from kanvas_painters.language.encoder import text_encoder

from .captions import Random, caption
from .evaluation.concepts import read_concepts
from .evaluation.prompts import pairs
from .network import SIDE
from .places import SHIPPED, WORK, edition
from .sprites import FAMILIES, HELD_OUT, sprites

SHARD = 200  # examples
VALIDATION = 99_999  # the shard that is never trained on
FLAT_SHARE = 0.6  # how often the reference canvas has the flat drawings that easel paints from
ENCODER = SHIPPED / "language" / "encoder.onnx.gz"
_OTHERS = tuple(name for name in FAMILIES if name not in ("fluent-flat", HELD_OUT))


@dataclass(frozen=True)
class Shard:
    """Examples.

    Attributes:
        captions: str (n,).
        styles: int64 (n,), 1 for the first of `STYLES`.
        pictures: uint8 (n, SIDE, SIDE, 3).
        references: uint8 (n, SIDE, SIDE, 4), color multiplied by alpha.
        tokens: float16 (n, 24, 384), `mask` bool (n, 24) and `pooled` float16 (n, 384) are the
            captions as the shipped encoder turns them into vectors.
    """

    captions: npt.NDArray[np.str_]
    styles: npt.NDArray[np.int64]
    pictures: npt.NDArray[np.uint8]
    references: npt.NDArray[np.uint8]
    tokens: npt.NDArray[np.float16]
    mask: npt.NDArray[np.bool_]
    pooled: npt.NDArray[np.float16]

    @classmethod
    def read(cls, path: Path) -> Shard:
        """Return the shard in a file."""
        with np.load(path) as held:
            return cls(**{field.name: held[field.name] for field in fields(cls)})

    def write(self, path: Path) -> None:
        """Write the shard to a file, whole or not at all."""
        part = path.with_suffix(".part.npz")
        np.savez(part, **vars(self))
        os.replace(part, path)


@cache
def folder() -> Path:
    """Return where shards lie: those of another encoder or another size lie elsewhere."""
    return WORK / f"composites-{SIDE}-{edition(ENCODER)}"


def of_family(family: str) -> Fetch:
    """Return a way to fetch drawings of a family, and flat ones where it has none that fit."""
    have = sprites()

    def fetch(spot: Spot, width: int, height: int) -> Array:
        at = have.index.get((family, spot.drawing.key))
        if at is None or not alike(float(have.aspects[at]), spot):
            return shipped(spot, width, height)
        return stretched(have.pixels[at].astype(np.float32) / 255, width, height)

    return fetch


@cache
def _withheld() -> frozenset[frozenset[str]]:
    """Return drawings that no example shows together: the pairs that painters are judged by."""
    known = read_concepts()
    return frozenset(
        frozenset((first, second))
        for pair in pairs(known)
        for first in known[pair.first].keys
        for second in known[pair.second].keys
    )


def permitted(random: Random, side: int) -> Composition:
    """Return a painting of a caption by chance that shows no pair which is withheld."""
    while True:
        painting = Composition(caption(random), "", "", int(random.integers(2**31)), side, side)
        shown = {thing.key for thing in painting.brief.things}
        if not any(pair <= shown for pair in _withheld()):
            return painting


def example(
    random: Random, *, flat: bool
) -> tuple[str, int, npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return a caption, its style, the picture and the reference canvas."""
    painting = permitted(random, SIDE)
    *_, picture = painting.paint(1)
    other = of_family(_OTHERS[int(random.integers(len(_OTHERS)))])
    fetch = shipped if flat or random.random() < FLAT_SHARE else other
    canvas = canvas_of(painting.spots(painting.art), painting.brief, SIDE, fetch)
    style = 1 + STYLES.index(painting.brief.style)
    return painting.prompt, style, picture, to_bytes(canvas)


def encoded(texts: list[str]) -> dict[str, npt.NDArray[Any]]:
    """Return what texts mean, as a shard keeps it."""
    words = text_encoder().encode(texts)
    return {
        "tokens": words.tokens.astype(np.float16),
        "mask": words.mask,
        "pooled": words.pooled.astype(np.float16),
    }


def make(number: int) -> Path:
    """Make one shard; the same number makes the same examples. Return its file."""
    random = np.random.default_rng(number)
    made = [example(random, flat=number == VALIDATION) for _ in range(SHARD)]
    captions, styles, pictures, references = zip(*made, strict=True)
    path = folder() / f"{number:05}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    Shard(
        captions=np.array(captions),
        styles=np.array(styles),
        pictures=np.stack(pictures),
        references=np.stack(references),
        **encoded(list(captions)),
    ).write(path)
    return path


def main() -> int:
    """Make the shards that are not there yet, and the one that validates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20_000, help="about 0.1 s of a core each")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    chosen = parser.parse_args()
    sprites()  # drawn once, before there are several processes
    numbers = [VALIDATION, *range(-(-chosen.examples // SHARD))]
    missing = [number for number in numbers if not (folder() / f"{number:05}.npz").exists()]
    with multiprocessing.get_context("spawn").Pool(chosen.jobs) as workers:
        for path in workers.imap_unordered(make, missing):
            sys.stdout.write(f"{path}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
