"""The last touch: grading, and the surface of a style."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from . import canvas
from .canvas import Array, Random
from .library import rgb
from .sprites import LUMA


def grade(picture: Array) -> Array:
    """Return the picture with a breath of bloom and a soft vignette."""
    high, wide = picture.shape[:2]
    luma = np.clip(picture, 0, 1) @ LUMA
    bright = np.clip((luma - 0.75) * 3, 0, 1)
    small = canvas.resized(bright, max(2, wide // 4), max(2, high // 4))
    bloom = canvas.resized(canvas.blurred(small, min(wide, high) / 90), wide, high)
    out = picture + (1 - picture) * (bloom * np.float32(0.1))[..., None]
    dx = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    dy = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
    corner = np.clip((dx * dx + dy * dy) / 2, 0, 1) ** 1.6
    return np.clip(
        out * (1 - corner[..., None] * np.array([0.17, 0.15, 0.09], dtype=np.float32)), 0, 1
    )


def stylized(picture: Array, shape: Array, style: str, random: Random) -> Array:
    """Return the finished picture with the surface of a style; `shape` is where things are."""
    if style == "pixel":
        return _pixels(picture, shape)
    if style == "watercolor":
        return _watercolor(picture, shape, random)
    if style == "ink":
        return _ink(picture, shape, random)
    if style == "paper":
        return _paper(picture, random)
    return picture


def _image(picture: Array) -> Image.Image:
    return Image.fromarray(canvas.to_bytes(picture))


def _array(image: Image.Image) -> Array:
    return np.asarray(image, dtype=np.float32) / np.float32(255)


CELLS = 80  # of a pixel picture along its shorter side
PALETTE = 20
BAYER: Array = np.array(
    [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], dtype=np.float32
) / np.float32(16) - np.float32(0.47)


def _pixels(picture: Array, shape: Array) -> Array:
    """Return the picture in few cells of few colors: a dithered scene, outlined things."""
    high, wide = picture.shape[:2]
    cell = max(1, round(min(high, wide) / CELLS))
    size = (-(-wide // cell), -(-high // cell))
    small = _array(_image(picture).resize(size, Image.Resampling.BOX))
    inside = np.asarray(
        _image(np.repeat(shape[..., None], 3, axis=2)).resize(size, Image.Resampling.BOX)
    )[..., 0]
    solid = inside > 110
    # Livelier colors, and a grid of thresholds where one color of the scene fades into another.
    gray: Array = (small @ LUMA)[..., None]
    small = np.clip(gray + (small - gray) * np.float32(1.18), 0, 1)
    grid = np.tile(BAYER, (size[1] // 4 + 1, size[0] // 4 + 1))[: size[1], : size[0]]
    rough = small + np.float32(0.075) * (grid * ~solid)[..., None]
    few = _image(rough).quantize(
        PALETTE, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE
    )
    out = _array(few.convert("RGB")).copy()
    around = np.pad(solid, 1)
    near = around[:-2, 1:-1] | around[2:, 1:-1] | around[1:-1, :-2] | around[1:-1, 2:]
    out[near & ~solid] = rgb("#1d1830")
    big = _image(out).resize((size[0] * cell, size[1] * cell), Image.Resampling.NEAREST)
    return _array(big)[:high, :wide]


def _warped(picture: Array, right: Array, down: Array) -> Array:
    """Return the picture with every pixel taken from a little way off."""
    high, wide = picture.shape[:2]
    rows = np.clip(np.arange(high)[:, None] + down.astype(np.int32), 0, high - 1)
    columns = np.clip(np.arange(wide)[None, :] + right.astype(np.int32), 0, wide - 1)
    moved: Array = picture[rows, columns]
    return moved


def _watercolor(picture: Array, shape: Array, random: Random) -> Array:
    """Return the picture in thin washes: pigment gathers at edges and in the grain of the sheet."""
    high, wide = picture.shape[:2]
    unit = min(high, wide)
    sway = canvas.noise(random, wide, high, unit * 0.06, 3) * unit * 0.006
    other = canvas.noise(random, wide, high, unit * 0.05, 2) * unit * 0.006
    both = _warped(np.concatenate([picture, shape[..., None]], axis=2), sway, other)
    soft = _array(_image(both[..., :3]).filter(ImageFilter.MedianFilter(5)))
    figure = both[..., 3]
    grain = canvas.noise(random, wide, high, max(2.0, unit * 0.008), 2)
    bloom = canvas.noise(random, wide, high, unit * 0.22, 4)
    # Water takes color away from where it stood and leaves a line where it dried.
    pool = canvas.smooth(-0.25, 0.25, bloom)
    tide = np.clip(4 * pool * (1 - pool), 0, 1) ** 6
    ground = 1 - figure
    luma = soft @ LUMA
    # A pale thing is shown by the wash that ends at it, any other by a gap of bare paper.
    pale = figure * canvas.smooth(0.66, 0.86, luma)
    gap = canvas.blurred(figure, unit * 0.012) - 1.2 * canvas.blurred(pale, unit * 0.012)
    away = 1 - np.clip(gap, 0, 1)
    density = (0.62 + 0.2 * pool + 0.16 * tide) * ground * (0.25 + 0.75 * away)
    density += (0.82 + 0.16 * pool + 0.1 * tide) * figure
    line = np.clip(canvas.blurred(luma, unit * 0.005) - luma, 0, 0.2) * 2.2
    inner = np.clip(figure - canvas.blurred(figure, unit * 0.008), 0, 1) * 0.75
    density = density * (1 + line + inner + 0.13 * grain)
    ink = -np.log(np.clip(soft, 0.04, 1))
    ink += (pale * inner * 0.3)[..., None] * np.array([1.0, 0.8, 0.5], dtype=np.float32)
    out = np.exp(-ink * density[..., None])
    # Painted freely towards the edges of the sheet.
    dx = np.minimum(np.arange(wide), np.arange(wide)[::-1])[None, :] / unit
    dy = np.minimum(np.arange(high), np.arange(high)[::-1])[:, None] / unit
    edge = np.minimum(dx, dy).astype(np.float32)
    border = edge + 0.035 * canvas.noise(random, wide, high, unit * 0.16, 4)
    paint = np.maximum(
        canvas.smooth(0.02, 0.045, border) * canvas.smooth(0.004, 0.02, edge), figure
    )
    brim = 1 - 0.1 * np.exp(-(((border - 0.05) / 0.01) ** 2)) * (1 - figure)
    sheet = canvas.color(rgb("#fcfaf4")) * (1 + 0.014 * grain[..., None])
    return np.clip(
        sheet * canvas.mix(np.ones_like(out), out * brim[..., None], paint[..., None]), 0, 1
    )


def _ink(picture: Array, shape: Array, random: Random) -> Array:
    """Return the picture in pen and hatching; things are outlined, and lighter than the ground."""
    high, wide = picture.shape[:2]
    unit = min(high, wide)
    luma = picture @ LUMA
    luma = luma + shape * 0.45 * np.clip(0.62 - luma, 0, 1)
    line = canvas.blurred(luma, unit * 0.0016) - canvas.blurred(luma, unit * 0.004)
    pen = canvas.smooth(0.006, 0.035, -line)
    rows = np.arange(high, dtype=np.float32)[:, None]
    columns = np.arange(wide, dtype=np.float32)[None, :]
    wobble = canvas.noise(random, wide, high, unit * 0.1, 2) * unit * 0.004
    outline = canvas.blurred(shape, unit * 0.004)
    around = canvas.blurred(shape, unit * 0.014) * (1 - shape)
    luma = luma + around * 1.1
    ink = np.maximum(pen, canvas.smooth(0.55, 0.95, 4 * outline * (1 - outline)))
    for angle, level in ((0.7, 0.55), (-0.7, 0.36), (0.0, 0.2)):
        phase = (columns * math.cos(angle) + rows * math.sin(angle) + wobble) / (unit * 0.0115)
        stroke = canvas.smooth(0.35, 0.75, np.abs((phase % 1) * 2 - 1))
        ink = np.maximum(ink, stroke * canvas.smooth(0, 0.1, level - luma) * 0.85)
    sheet = canvas.color(rgb("#faf6ec"))
    return canvas.mix(
        np.broadcast_to(sheet, picture.shape), canvas.color(rgb("#23222b")), ink[..., None]
    )


def _paper(picture: Array, random: Random) -> Array:
    """Return the picture with the fibers of its sheets."""
    high, wide = picture.shape[:2]
    unit = min(high, wide)
    fiber = canvas.noise(random, wide, high, max(2.0, unit * 0.006), 2)
    felt = canvas.noise(random, wide, high, unit * 0.05, 2)
    out: Array = np.clip(picture * (1 + 0.03 * fiber + 0.015 * felt)[..., None], 0, 1)
    return out
