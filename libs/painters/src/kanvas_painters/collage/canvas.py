"""Pictures as float arrays: noise, ramps, blurs, and how a layer is laid over a canvas.

A canvas is float32 (height, width, 3), a layer float32 (height, width, 4) with
color not multiplied by alpha unless it is called multiplied; values run from 0 to 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ..painting.files import Bytes

Array = npt.NDArray[np.float32]
Color = tuple[float, float, float]
Random = np.random.Generator
_WHITE = np.float32(255)


def color(value: Color) -> Array:
    """Return a color as an array."""
    return np.asarray(value, dtype=np.float32)


def to_bytes(picture: Array) -> Bytes:
    """Return values from 0 to 1 as bytes, rounded; what lies outside is cut off."""
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def mix(first: Array, second: Array, share: Array | float) -> Array:
    """Return the mixture from `first` (share 0) to `second` (share 1)."""
    return first + (second - first) * share


def smooth(low: float, high: float, values: Array) -> Array:
    """Return 0 below `low`, 1 above `high`, and an S-curve between."""
    t: Array = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def ramp(length: int, stops: list[tuple[float, Color]]) -> Array:
    """Return colors along a line, (length, 3), through stops at positions from 0 to 1."""
    at = np.linspace(0, 1, length)
    where = [position for position, _ in stops]
    channels = [np.interp(at, where, [stop[channel] for _, stop in stops]) for channel in range(3)]
    return np.stack(channels, axis=1).astype(np.float32)


def resized(values: Array, width: int, height: int) -> Array:
    """Return a plane stretched smoothly to another size."""
    picture = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def noise(random: Random, width: int, height: int, cell: float, octaves: int = 3) -> Array:
    """Return smooth noise around 0, about -1 to 1; its largest features are `cell` pixels wide."""
    total = np.zeros((height, width), dtype=np.float32)
    weight = 1.0
    for _ in range(octaves):
        columns = max(2, round(width / cell) + 1)
        rows = max(2, round(height / cell) + 1)
        grid = random.standard_normal((rows, columns)).astype(np.float32)
        total += weight * resized(grid, width, height)
        weight /= 2
        cell /= 2
    return total * np.float32(0.6)


def profile(random: Random, width: int, cell: float, octaves: int = 3) -> Array:
    """Return smooth noise along a line."""
    line: Array = noise(random, width, 2, cell, octaves)[0]
    return line


def blurred(values: Array, radius: float) -> Array:
    """Return a plane from 0 to 1, blurred."""
    if radius < 0.3:
        return values
    picture = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))
    soft = picture.filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(soft, dtype=np.float32) / _WHITE


def multiplied(layer: Array) -> Array:
    """Return a layer with its color multiplied by alpha, as blurring and turning need it."""
    return np.concatenate([layer[..., :3] * layer[..., 3:], layer[..., 3:]], axis=2)


def straight(layer: Array) -> Array:
    """Return a layer whose color is its own again: the inverse of `multiplied`."""
    alpha = np.maximum(layer[..., 3:], 1 / 255)
    return np.concatenate([np.clip(layer[..., :3] / alpha, 0, 1), layer[..., 3:]], axis=2)


def turned(layer: Array, angle: float) -> Array:
    """Return a multiplied layer turned counterclockwise by degrees, grown to lose nothing."""
    picture = Image.fromarray(to_bytes(layer), mode="RGBA")
    rotated = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    out = np.asarray(rotated, dtype=np.float32) / 255
    return np.minimum(out, out[..., 3:])


def softened(layer: Array, radius: float) -> Array:
    """Return a layer out of focus, grown by the blur so that nothing is cut off."""
    if radius < 0.3:
        return layer
    pad = int(radius * 2) + 1
    wide = multiplied(np.pad(layer, ((pad, pad), (pad, pad), (0, 0))))
    picture = Image.fromarray((wide * 255).astype(np.uint8), mode="RGBA")
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / _WHITE
    return straight(soft)


def enlarged(layer: Array, factor: float) -> Array:
    """Return a layer made larger, smoothly."""
    if factor <= 1:
        return layer
    picture = Image.fromarray((layer * 255).astype(np.uint8), mode="RGBA")
    size = (round(layer.shape[1] * factor), round(layer.shape[0] * factor))
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC), dtype=np.float32) / _WHITE


def lay(canvas: Array, layer: Array, left: int, top: int) -> None:
    """Lay a layer over the canvas in place, at a corner that may lie outside."""
    height, width = canvas.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + layer.shape[1]), min(height, top + layer.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    below = canvas[y0:y1, x0:x1]
    below += (part[..., :3] - below) * part[..., 3:]


def shade(canvas: Array, plane: Array, tone: Color, left: int = 0, top: int = 0) -> None:
    """Mix one color into the canvas in place, as much as the plane says."""
    height, width = canvas.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + plane.shape[1]), min(height, top + plane.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = plane[y0 - top : y1 - top, x0 - left : x1 - left, None]
    below = canvas[y0:y1, x0:x1]
    below += (color(tone) - below) * part


def glow(width: int, height: int, x: float, y: float, radius: float) -> Array:
    """Return a round light that fades with the distance from (x, y)."""
    dx = (np.arange(width, dtype=np.float32) - np.float32(x)) / np.float32(radius)
    dy = (np.arange(height, dtype=np.float32) - np.float32(y)) / np.float32(radius)
    light: Array = np.exp(-(dx * dx)[None, :] - (dy * dy)[:, None])
    return light


def disc(size: tuple[int, int], x: float, y: float, radius: float, edge: float = 1.0) -> Array:
    """Return a filled circle on a plane of a width and a height, its edge `edge` pixels wide."""
    width, height = size
    dx = np.arange(width, dtype=np.float32) - np.float32(x)
    dy = np.arange(height, dtype=np.float32) - np.float32(y)
    away = np.sqrt((dx * dx)[None, :] + (dy * dy)[:, None])
    plane: Array = np.clip((radius - away) / edge + 0.5, 0, 1)
    return plane
