"""Pictures to train on: what the collage composer makes of a caption, and its references.

Every example is a caption, the composer's picture of it, and two reference canvases of the same
layout: one with the flat drawings that easel is given when it paints, one with the drawings of a
family chosen by chance, so that the network learns to repaint and not to copy.

    python -m kanvas_training.composites --examples 20000
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from kanvas_imagegen.collage.canvas import Array, straight
from kanvas_imagegen.collage.figures import Spot
from kanvas_imagegen.collage.painter import Painting
from kanvas_imagegen.collage.prompt import STYLES
from kanvas_imagegen.easel.references import Fetch, canvas_of, shipped

from .captions import Random, caption
from .network import SIDE
from .places import WORK
from .sprites import FAMILIES, HELD_OUT, sprites

SHARD = 500  # examples
VALIDATION = 99_999  # the shard that is never trained on
FLAT, OTHER = 0, 1  # the two reference canvases
_OTHERS = tuple(name for name in FAMILIES if name not in ("fluent-flat", HELD_OUT))
_ALIKE = 0.3  # logarithm of aspects: drawings that differ more are of another pose


@dataclass(frozen=True)
class Shard:
    """Examples.

    Attributes:
        captions: str (n,).
        styles: int64 (n,), 1 for the first of `STYLES`.
        pictures: uint8 (n, SIDE, SIDE, 3).
        references: uint8 (n, 2, SIDE, SIDE, 4), color multiplied by alpha; `FLAT` and `OTHER`.
    """

    captions: npt.NDArray[np.str_]
    styles: npt.NDArray[np.int64]
    pictures: npt.NDArray[np.uint8]
    references: npt.NDArray[np.uint8]

    @classmethod
    def read(cls, path: Path) -> Shard:
        """Return the shard in a file."""
        with np.load(path) as held:
            return cls(held["captions"], held["styles"], held["pictures"], held["references"])


def folder() -> Path:
    """Return where shards lie."""
    return WORK / "composites"


def of_family(family: str) -> Fetch:
    """Return a way to fetch drawings of a family, and flat ones where it has none that fit."""
    have = sprites()

    def fetch(spot: Spot, width: int, height: int) -> Array:
        at = have.index.get((family, spot.drawing.key))
        own = spot.drawing.aspects["3d"]
        if at is None or abs(np.log(have.aspects[at] / own)) > _ALIKE:
            return shipped(spot, width, height)
        square = Image.fromarray(have.pixels[at], mode="RGBa")
        sized = np.asarray(square.resize((max(2, width), max(2, height)), Image.Resampling.BOX))
        return straight(sized.astype(np.float32) / 255)

    return fetch


def example(random: Random) -> tuple[str, int, npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return a caption, its style, the picture and the two reference canvases."""
    words = caption(random)
    painting = Painting(words, "", "", int(random.integers(2**31)), SIDE, SIDE)
    picture = list(painting.paint(1))[-1].pixels
    spots = painting.spots(painting.art)
    family = _OTHERS[int(random.integers(len(_OTHERS)))]
    canvases = [
        canvas_of(spots, painting.brief, SIDE, fetch) for fetch in (shipped, of_family(family))
    ]
    references = (np.clip(np.stack(canvases), 0, 1) * 255 + 0.5).astype(np.uint8)
    return words, 1 + STYLES.index(painting.brief.style), picture, references


def make(number: int) -> Path:
    """Make one shard; the same number makes the same examples. Return its file."""
    random = np.random.default_rng(number)
    made = [example(random) for _ in range(SHARD)]
    path = folder() / f"{number:05}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        captions=np.array([words for words, *_ in made]),
        styles=np.array([style for _, style, *_ in made]),
        pictures=np.stack([picture for _, _, picture, _ in made]),
        references=np.stack([reference for *_, reference in made]),
    )
    os.replace(part, path)
    return path


def main() -> int:
    """Make the shards that are not there yet, and the one that validates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20_000, help="about 0.06 s of a core each")
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
