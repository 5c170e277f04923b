"""What the network is shown: the drawings at their spots, without light and without a ground.

Training composes its examples with the same function, with drawings of other hands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from ..collage.brief import Brief
from ..collage.canvas import Array, Color, multiplied, straight, to_bytes, turned
from ..collage.figures import Spot
from ..collage.library import library
from ..collage.sprites import near, recolored

LEAST = 3  # pixels: a drawing is never smaller
ALIKE = 0.3  # logarithm of aspects: drawings that differ more are of another pose
# A spot's drawing, this many pixels wide and high: float32 (height, width, 4), color not
# multiplied by alpha, all from 0 to 1. None leaves the spot empty.
Fetch = Callable[[Spot, int, int], Array | None]


def canvas_of(spots: Sequence[Spot], brief: Brief, side: int, fetch: Fetch) -> Array:
    """Return the drawings pasted at their spots, the first spot farthest back.

    The spots are those of a picture `side` pixels square. The result is float32
    (side, side, 4), color multiplied by alpha, all from 0 to 1; empty is 0.
    """
    picture = np.zeros((side, side, 4), dtype=np.float32)
    layers = {id(spot): _layer(spot, brief.things[spot.thing].color, fetch) for spot in spots}
    for spot in spots:
        _lay(picture, layers[id(spot)], spot)
        if spot.within is not None:
            _lay(picture, layers.get(id(spot.within)), spot.within, spot.brim)
    return picture


def enlarged(spots: Sequence[Spot], factor: float) -> list[Spot]:
    """Return the same spots in a picture whose sides are `factor` times as long."""
    copies = {
        id(spot): replace(
            spot,
            x=spot.x * factor,
            base=spot.base * factor,
            height=spot.height * factor,
            width=spot.width * factor,
        )
        for spot in spots
    }
    for copy in copies.values():
        if copy.within is not None:
            copy.within = copies[id(copy.within)]
    return list(copies.values())


def shipped(spot: Spot, width: int, height: int) -> Array:
    """Return the flat drawing of the library: what easel is shown.

    It is stretched to the spot, which has the proportions of the style's own drawing, so that
    both agree on where the edges are; one of another pose keeps its own proportions.
    """
    layer = library().pixels(spot.drawing.key, "flat", height)
    if not alike(layer.shape[1] / layer.shape[0], spot):
        return layer
    return stretched(multiplied(layer), width, height)


def alike(aspect: float, spot: Spot) -> bool:
    """Return whether a drawing of this aspect may be stretched to the spot."""
    return abs(math.log(aspect * spot.height / spot.width)) <= ALIKE


def stretched(layer: Array, width: int, height: int) -> Array:
    """Return a multiplied layer stretched to a size, its color no longer multiplied."""
    if layer.shape[:2] == (height, width):
        return straight(layer)
    square = Image.fromarray(to_bytes(layer), mode="RGBa")
    sized = square.resize((width, height), Image.Resampling.BICUBIC)
    return straight(np.asarray(sized, dtype=np.float32) / np.float32(255))


def main_color(layer: Array) -> Color:
    """Return the color that most of a drawing has; black where nothing of it is solid."""
    solid = layer[..., :3][layer[..., 3] > 0.78]
    if not len(solid):
        return 0.0, 0.0, 0.0
    bins = np.minimum(solid * 8, 7).astype(np.int64) @ np.array([64, 8, 1])
    weight = 1 + 4 * (solid.max(1) - solid.min(1))
    red, green, blue = solid[bins == np.bincount(bins, weights=weight).argmax()].mean(0)
    return float(red), float(green), float(blue)


def _layer(spot: Spot, wanted: Color | None, fetch: Fetch) -> Array | None:
    """Return the spot's drawing as it stands there, its color multiplied by alpha."""
    layer = fetch(spot, max(LEAST, round(spot.width)), max(LEAST, round(spot.height)))
    if layer is None:
        return None
    if wanted is not None:
        main = main_color(layer)
        if not near(main, wanted):
            layer = recolored(layer, main, wanted)
    if spot.flip:
        layer = layer[:, ::-1]
    layer = multiplied(layer)
    return turned(layer, spot.angle) if abs(spot.angle) > 0.5 else layer


def _lay(picture: Array, layer: Array | None, spot: Spot, skipped: float = 0.0) -> None:
    """Lay a spot's drawing over the picture in place, less a share of it from the top."""
    if layer is None:
        return
    height, width = layer.shape[:2]
    left = round(spot.x - width / 2)
    top = round(spot.base - (spot.height + height) / 2)
    x0, x1 = max(0, left), min(picture.shape[1], left + width)
    y0, y1 = max(0, top + round(height * skipped)), min(picture.shape[0], top + height)
    if x0 >= x1 or y0 >= y1:
        return
    part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    below = picture[y0:y1, x0:x1]
    below *= 1 - part[..., 3:]
    below += part
