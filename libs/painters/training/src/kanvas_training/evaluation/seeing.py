"""Colors and numbers, measured in the pixels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image

from .prompts import COLORS

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
COLORFUL = 0.09  # chroma in OKLab, from which on a pixel has a color of its own
SPECK = 0.3  # of the largest spot: what is smaller is part of a thing, or none
COUNTED = 128  # pixels a side: what spots are counted at
RIM = 2  # pixels
OFF = 0.12  # this far from the color of the ground, in OKLab with hue before lightness
_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(pixels: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return colors (..., 3) from 0 to 255 in OKLab, where distances are as people see them."""
    shares = np.asarray(pixels, dtype=np.float64) / 255
    light = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    colors: npt.NDArray[np.float64] = np.cbrt(light @ _LMS.T) @ _LAB.T
    return colors


def shares(pixels: Pixels, mask: Mask) -> Mapping[str, float]:
    """Return which share of the colorful pixels under the mask has each of `COLORS`."""
    colors = oklab(pixels[mask])
    colorful = colors[np.hypot(colors[:, 1], colors[:, 2]) > COLORFUL]
    if not len(colorful):
        return dict.fromkeys(COLORS, 0.0)
    # Light and shade on a thing change its lightness more than its hue.
    weights = np.array([0.4, 1.0, 1.0])
    names = np.array([oklab(value) for value in COLORS.values()])
    distances = np.linalg.norm((colorful[:, None] - names[None]) * weights, axis=2)
    counts = np.bincount(distances.argmin(1), minlength=len(COLORS))
    return dict(zip(COLORS, (counts / counts.sum()).tolist(), strict=True))


def dominant(pixels: Pixels, mask: Mask) -> str:
    """Return the color that most of the colorful pixels under the mask have; "" without any."""
    found = shares(pixels, mask)
    best = max(found, key=lambda name: found[name])
    return best if found[best] > 0 else ""


def grown(cells: Mask, side: int) -> Mask:
    """Return a map of cells at the size of the picture."""
    picture = Image.fromarray(cells.astype(np.uint8) * 255)
    return np.asarray(picture.resize((side, side), Image.Resampling.NEAREST)) > 127


def spots(mask: Mask) -> int:
    """Return how many spots that hang together there are; what is small beside the largest is none.

    Each is taken without its rim, so that things that only touch stay two.
    """
    left = _without_rim(mask)
    sizes = []
    while left.any():
        start = np.zeros_like(left)
        start[np.unravel_index(left.argmax(), left.shape)] = True
        spot = _flooded(start, left)
        left &= ~spot
        sizes.append(int(spot.sum()))
    return sum(size >= SPECK * max(sizes) for size in sizes)


def _without_rim(mask: Mask) -> Mask:
    wide = np.pad(mask, RIM)
    kept = mask.copy()
    rows, columns = mask.shape
    for down in range(2 * RIM + 1):
        for right in range(2 * RIM + 1):
            kept &= wide[down : down + rows, right : right + columns]
    return kept


def _flooded(spot: Mask, within: Mask) -> Mask:
    """Grow a spot until it fills what it hangs together with."""
    while True:
        wider = spot.copy()
        wider[1:] |= spot[:-1]
        wider[:-1] |= spot[1:]
        wider[:, 1:] |= spot[:, :-1]
        wider[:, :-1] |= spot[:, 1:]
        wider &= within
        if wider.sum() == spot.sum():
            return spot
        spot = wider


def parted(picture: Pixels) -> Mask:
    """Return where a picture on plain ground is something else than ground."""
    small = np.asarray(Image.fromarray(picture).resize((COUNTED, COUNTED), Image.Resampling.BOX))
    colors = oklab(small)
    edge = max(2, COUNTED // 16)
    ground = np.concatenate([colors[:, :edge], colors[:, -edge:]], 1).mean(1, keepdims=True)
    off = (colors - ground) * np.array([0.5, 2.0, 2.0])  # shadows differ in lightness alone
    mask: Mask = np.linalg.norm(off, axis=2) > OFF
    return mask
