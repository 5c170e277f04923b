"""Drawings of the same concepts by nine families of art, as arrays.

A concept is a drawing's key in collage's library; a family is one npm package, pinned in
package.json. Not every family draws every concept. `openmoji` is held out: nothing is ever
trained on it, so that a judge can be tested on art that it has never seen.

    python -m kanvas_training.sprites     draws them all (about a minute) and says how many
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

from kanvas_painters.collage.emoji_sets import names_of, raster, vector
from kanvas_painters.collage.library import library

from .places import PACKAGES, WORK

SIDE = 96  # pixels
HELD_OUT = "openmoji"
FLUENT = ("fluent-3d", "fluent-flat", "fluent-emoji")  # one hand: what collage ships
FAMILIES = (*FLUENT, "noto", "noto-v1", "twemoji", "emojione", "fxemoji", HELD_OUT)
_ICONS = {
    "fluent-flat": "fluent-emoji-flat",
    **{name: name for name in FAMILIES if name not in ("fluent-3d", "fluent-flat")},
}
_NAMED = ("noto", "twemoji", "openmoji", "fluent-flat")  # packages that list code points

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Sprites:
    """All drawings.

    Attributes:
        pixels: uint8 (n, SIDE, SIDE, 4), color multiplied by alpha; each drawing is trimmed and
            stretched to the square.
        aspects: float32 (n,), a drawing's true width for a height of 1.
        index: Where the drawing of (family, concept) lies.
    """

    pixels: Pixels
    aspects: npt.NDArray[np.float32]
    index: Mapping[tuple[str, str], int]

    def families_of(self, concept: str, families: Sequence[str] = FAMILIES) -> list[str]:
        """Return those of the families that draw the concept."""
        return [family for family in families if (family, concept) in self.index]


@cache
def _codes() -> dict[str, str]:
    """Return the code point of each concept of the library that is one of Unicode's."""
    data = json.loads((PACKAGES / "emojibase-data/en/data.json").read_text(encoding="utf-8"))
    codes = {}
    for entry in data:
        key = re.sub(r"[^a-z0-9]+", "-", str(entry["label"]).lower()).strip("-")
        if key in library().drawings:
            codes[key] = str(entry["hexcode"]).lower()
    return codes


def _read(package: str, file: str) -> Any:
    path = PACKAGES / "@iconify-json" / package / file
    return json.loads(path.read_text(encoding="utf-8"))


def _names(code: str, charts: Sequence[Mapping[str, str]]) -> list[str]:
    """Return what the icon sets may call a code point: they share their names."""
    names = names_of(code, charts)
    return names + [name.replace("-", "") for name in names]


def _vector(names: Sequence[str], icons: Mapping[str, Any], side: int) -> Image.Image | None:
    svg = vector(names, icons)
    if svg is None:
        return None
    png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def _raster(code: str) -> Image.Image | None:
    return raster(PACKAGES / "@lobehub/fluent-emoji-3d/assets", code)


def solid(picture: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of what is not empty, as the library's drawings are trimmed."""
    alpha = np.asarray(picture)[..., 3] > 8
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not rows.size:
        raise ValueError("a drawing without a solid pixel")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def squared(picture: Image.Image) -> tuple[Pixels, float]:
    """Return a drawing trimmed and stretched to the square, and its true aspect."""
    trimmed = picture.crop(solid(picture)).convert("RGBa")
    square = trimmed.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(square), trimmed.width / trimmed.height


def drawn(
    family: str, side: int, concepts: Collection[str] | None = None
) -> Iterator[tuple[str, Image.Image]]:
    """Yield a family's drawings by concept: of all concepts, or of those named.

    Vectors lie on a square of `side` pixels; the 3D drawings have the pixels that they have.
    """
    charts = [_read(_ICONS[name], "chars.json") for name in _NAMED]
    package = _ICONS.get(family, "")
    icons = _read(package, "icons.json") if package else {}
    for key, code in _codes().items():
        if concepts is not None and key not in concepts:
            continue
        found = _vector(_names(code, charts), icons, side) if package else _raster(code)
        if found is not None:
            yield key, found


def draw() -> Sprites:
    """Return every drawing there is, rasterised from the packages."""
    pixels: list[Pixels] = []
    aspects: list[float] = []
    index: dict[tuple[str, str], int] = {}
    for family in FAMILIES:
        for key, found in drawn(family, 2 * SIDE):
            square, aspect = squared(found)
            index[family, key] = len(pixels)
            pixels.append(square)
            aspects.append(aspect)
    return Sprites(np.stack(pixels), np.array(aspects, dtype=np.float32), index)


@cache
def sprites() -> Sprites:
    """Return all drawings: from the cache where it is there, else drawn and kept."""
    path: Path = WORK / f"sprites-{SIDE}.npz"
    if not path.exists():
        made = draw()
        path.parent.mkdir(parents=True, exist_ok=True)
        index = np.array([f"{family}\t{key}" for family, key in made.index])
        np.savez(path, pixels=made.pixels, aspects=made.aspects, index=index)
    with np.load(path) as held:
        pairs = [tuple(str(line).split("\t")) for line in held["index"]]
        index_ = {(family, key): at for at, (family, key) in enumerate(pairs)}
        return Sprites(held["pixels"], held["aspects"], index_)


def main() -> int:
    """Draw what is not there yet; print how many drawings each family has."""
    have = sprites()
    for family in FAMILIES:
        number = sum(1 for name, _ in have.index if name == family)
        sys.stdout.write(f"{family:14} {number}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
