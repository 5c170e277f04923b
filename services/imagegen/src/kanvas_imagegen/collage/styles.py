"""The last touch: grading, and the surface of a style."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from . import canvas
from .canvas import Array, Random
from .library import rgb
from .sprites import LUMA


def grade(picture: Array) -> Array:
    """A breath of bloom and a soft vignette."""
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


def stylized(picture: Array, style: str, random: Random) -> Array:
    """The surface of a style, laid over the finished picture."""
    if style == "pixel":
        return _pixels(picture)
    if style == "watercolor":
        return _watercolor(picture, random)
    if style == "ink":
        return _ink(picture, random)
    if style == "paper":
        return _paper(picture, random)
    return picture


def _image(picture: Array) -> Image.Image:
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))


def _array(image: Image.Image) -> Array:
    return np.asarray(image, dtype=np.float32) / 255


def _pixels(picture: Array) -> Array:
    high, wide = picture.shape[:2]
    cell = max(2, round(min(high, wide) / 96))
    small = _image(picture).resize((wide // cell, high // cell), Image.Resampling.BOX)
    few = small.quantize(32, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert(
        "RGB"
    )
    return _array(few.resize((wide, high), Image.Resampling.NEAREST))


def _watercolor(picture: Array, random: Random) -> Array:
    high, wide = picture.shape[:2]
    unit = min(high, wide)
    soft = _array(
        _image(picture).filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.MedianFilter(5))
    )
    luma = soft @ LUMA
    edges = np.abs(luma - canvas.blurred(luma, unit * 0.006))
    grain = canvas.noise(random, wide, high, unit * 0.012, 2)
    blooms = canvas.noise(random, wide, high, unit * 0.25, 4)
    out = 1 - (1 - soft) * (0.86 + 0.14 * blooms + 0.05 * grain)[..., None]
    out = out * (1 - np.clip(edges * 2.2, 0, 0.35))[..., None]
    dx = np.minimum(np.arange(wide), np.arange(wide)[::-1])[None, :] / unit
    dy = np.minimum(np.arange(high), np.arange(high)[::-1])[:, None] / unit
    away = np.minimum(dx, dy).astype(np.float32) + 0.022 * canvas.noise(
        random, wide, high, unit * 0.1, 3
    )
    paint = canvas.smooth(0.012, 0.03, away)
    sheet = canvas.color(rgb("#fbf8f1")) * (1 + 0.012 * grain[..., None])
    return np.clip(canvas.mix(sheet, out, paint[..., None]), 0, 1)


def _ink(picture: Array, random: Random) -> Array:
    high, wide = picture.shape[:2]
    unit = min(high, wide)
    luma = picture @ LUMA
    line = canvas.blurred(luma, unit * 0.0016) - canvas.blurred(luma, unit * 0.004)
    pen = canvas.smooth(0.006, 0.035, -line)
    rows = np.arange(high, dtype=np.float32)[:, None]
    columns = np.arange(wide, dtype=np.float32)[None, :]
    wobble = canvas.noise(random, wide, high, unit * 0.1, 2) * unit * 0.004
    ink = pen
    for angle, level in ((0.7, 0.55), (-0.7, 0.36), (0.0, 0.2)):
        phase = (columns * np.cos(angle) + rows * np.sin(angle) + wobble) / (unit * 0.0115)
        stroke = canvas.smooth(0.35, 0.75, np.abs((phase % 1) * 2 - 1))
        ink = np.maximum(ink, stroke * canvas.smooth(0, 0.1, level - luma) * 0.85)
    sheet = canvas.color(rgb("#faf6ec"))
    return canvas.mix(
        np.broadcast_to(sheet, picture.shape), canvas.color(rgb("#23222b")), ink[..., None]
    )


def _paper(picture: Array, random: Random) -> Array:
    high, wide = picture.shape[:2]
    unit = min(high, wide)
    few = (
        _image(picture)
        .filter(ImageFilter.MedianFilter(5))
        .quantize(18, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    )
    flat = _array(few.convert("RGB"))
    luma = flat @ LUMA
    raised = canvas.blurred(luma, unit * 0.004)
    relief = np.roll(raised, (2, 2), (0, 1)) - raised
    fibre = canvas.noise(random, wide, high, unit * 0.008, 2)
    shade = 1 + 0.03 * fibre - 0.9 * np.clip(relief, -0.15, 0.15)
    out: Array = np.clip(flat * shade[..., None], 0, 1)
    return out
