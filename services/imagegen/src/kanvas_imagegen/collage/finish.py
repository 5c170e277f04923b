"""What comes last: foreground, weather in the air, grading and the style's surface."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from . import canvas
from .canvas import Array, Random
from .layout import Spot
from .library import rgb
from .light import Hour
from .places import Place
from .sprites import LUMA, Light


def foreground(
    picture: Array,
    place: Place,
    hour: Hour,
    light: Light,
    spots: list[Spot],
    layers: list[Array],
    random: Random,
) -> None:
    """Ties things to the ground: snow and grass about their feet, water that mirrors them."""
    tone = tuple(a * b for a, b in zip(place.near, hour.tint, strict=True))
    near = (tone[0], tone[1], tone[2])
    if place.surface == "water":
        _mirrored(picture, spots, layers, random, near)
        return
    for spot, layer in zip(spots, layers, strict=True):
        if not spot.wades or spot.aloft:
            continue
        if place.surface in ("snow", "sand", "dust", "bed"):
            _drift(picture, spot, layer, near, random, 0.04 if place.surface == "snow" else 0.025)
        elif place.surface in ("grass", "dry"):
            _blades(picture, spot.x, spot.base, layer.shape[1] * 0.62, near, random)
    if place.surface in ("grass", "dry"):
        height, width = picture.shape[:2]
        _blades(picture, width / 2, height * 1.0, width * 0.6, near, random, tall=0.06)


def _drift(
    picture: Array, spot: Spot, layer: Array, near: canvas.Color, random: Random, deep: float
) -> None:
    """A low mound in front of a thing's foot."""
    wide = round(layer.shape[1] * 1.3)
    high = max(4, round(layer.shape[0] * deep * 2.2))
    line = canvas.profile(random, wide, wide * 0.4, 3) * 0.2
    x = np.linspace(-1, 1, wide, dtype=np.float32)
    crest = high * (0.45 - 0.22 * np.cos(np.pi * x) + line * (1 - x**2) + 0.35 * x**4)
    rows = np.arange(high * 2, dtype=np.float32)[:, None]
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1)
    fade = 1 - canvas.smooth(0.55 * high, 1.7 * high, np.broadcast_to(rows, mask.shape).copy())
    edge = np.clip(1.15 - np.abs(x) ** 4 * 1.15, 0, 1)
    lit = (
        canvas.color(near) * (1.04 - 0.1 * np.clip((rows - crest[None, :]) / high, 0, 1))[..., None]
    )
    layer_ = np.concatenate([np.clip(lit, 0, 1), (mask * fade * edge)[..., None]], axis=2)
    canvas.lay(
        picture, layer_.astype(np.float32), round(spot.x - wide / 2), round(spot.base - high * 0.75)
    )


def _blades(
    picture: Array,
    x: float,
    base: float,
    reach: float,
    near: canvas.Color,
    random: Random,
    tall: float = 0.04,
) -> None:
    """Tufts of grass along a line, each blade bent its own way and lighter at its tip."""
    unit = min(picture.shape[:2])
    number = max(10, int(reach * 2 / unit * 150))
    for at in np.sort(random.uniform(-1, 1, number)):
        high = max(4, round(tall * unit * random.uniform(0.4, 1.2) * (1 - 0.45 * abs(at) ** 2)))
        wide = max(4, round(high * 0.9))
        lean = random.uniform(-0.45, 0.45)
        rows = np.linspace(0, 1, high, dtype=np.float32)[:, None]
        middle = wide / 2 + lean * wide * (1 - rows) ** 1.7
        breadth = max(0.8, unit * 0.0055) * rows**0.6
        columns = np.arange(wide, dtype=np.float32)[None, :] + 0.5
        mask = np.clip(breadth - np.abs(columns - middle) + 0.4, 0, 1)
        mask = mask * np.clip((1 - rows) * 6, 0, 1)
        tone = np.clip(canvas.color(near) * random.uniform(0.85, 1.2), 0, 1)
        body = tone * (1.35 - 0.35 * rows[..., None]) * np.ones((1, wide, 1), dtype=np.float32)
        blade = np.concatenate([np.clip(body, 0, 1), mask[..., None]], axis=2).astype(np.float32)
        lift = random.uniform(-0.004, 0.014) * unit
        canvas.lay(picture, blade, round(x + at * reach - wide / 2), round(base - high + lift))


def _mirrored(
    picture: Array, spots: list[Spot], layers: list[Array], random: Random, near: canvas.Color
) -> None:
    """Things in the water: the lowest part under it, and their image broken by ripples."""
    for spot, layer in zip(spots, layers, strict=True):
        if spot.aloft:
            continue
        height, width = layer.shape[:2]
        sunk = round(height * (0.1 if spot.drawing.habitat == "water" else 0.3))
        line = round(spot.base) - sunk
        left = round(spot.x - width / 2)
        below = layer[-sunk:] if sunk else layer[:0]
        canvas.shade(picture, below[..., 3] * 0.86, near, left, line)
        image = layer[: height - sunk][::-1][: round(height * 0.6)].copy()
        rows = len(image)
        shifts = np.round(
            np.sin(np.arange(rows) * 0.55 + random.uniform(0, 6))
            * np.linspace(0.5, 4, rows)
            * width
            / 260
        )
        for row, shift in enumerate(shifts.astype(int)):
            image[row] = np.roll(image[row], shift, axis=0)
        image[..., 3] *= np.linspace(0.5, 0.05, rows, dtype=np.float32)[:, None]
        canvas.lay(picture, image, left, line)
        _ripples(picture, spot.x, line, width * 0.55, random)


def _ripples(picture: Array, x: float, line: int, reach: float, random: Random) -> None:
    for number in range(3):
        wide = round(reach * (1.5 + 0.5 * number))
        high = max(2, round(reach * 0.035))
        xs = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
        ys = np.linspace(-1, 1, high * 3, dtype=np.float32)[:, None]
        wave = 0.35 * np.sin(xs * 9 + random.uniform(0, 6))
        plane = np.exp(-(((ys + wave) * 2.2) ** 2)) * np.clip(1 - xs**2, 0, 1)
        canvas.shade(
            picture,
            plane * np.float32(0.5 - 0.13 * number),
            (0.93, 0.98, 1),
            round(x - wide / 2),
            line - high + number * high * 3,
        )


def atmosphere(picture: Array, place: str, weather: str, hour: Hour, random: Random) -> None:
    """What is in the air: flakes, rain, bubbles, leaves, mist."""
    if weather in ("rain", "storm"):
        _rain(picture, random, 260 if weather == "storm" else 170)
    if weather == "snowfall" or (place == "snow" and weather == ""):
        _flakes(picture, random, 220 if weather else 110)
    if weather == "petals":
        _flakes(picture, random, 70, (1.0, 0.74, 0.83))
    if weather == "fog":
        high, wide = picture.shape[:2]
        mist = canvas.smooth(-0.9, 1.2, canvas.noise(random, wide, high, wide * 0.6, 3))
        rows = np.linspace(0.25, 0.8, high, dtype=np.float32)[:, None]
        canvas.shade(picture, mist * rows, hour.light.haze)
    if place == "underwater":
        _bubbles(picture, random, 26)


def _flakes(picture: Array, random: Random, number: int, tone: canvas.Color = (1, 1, 1)) -> None:
    """Flakes near and far: the near ones large, soft and few."""
    high, wide = picture.shape[:2]
    unit = min(high, wide) / 512
    for near in random.power(0.35, number):
        radius = (0.8 + 5.5 * near**3) * unit
        soft = 0.8 + radius * 0.9
        reach = int(radius + soft) + 2
        x, y = random.uniform(0, wide), random.uniform(0, high)
        dot = canvas.disc(2 * reach + 1, 2 * reach + 1, reach, reach, radius, soft * 1.6)
        canvas.shade(
            picture, dot * np.float32(0.85 - 0.45 * near), tone, int(x) - reach, int(y) - reach
        )


def _rain(picture: Array, random: Random, number: int) -> None:
    high, wide = picture.shape[:2]
    unit = min(high, wide) / 512
    for near in random.power(0.5, number):
        length = max(6, round((14 + 40 * near) * unit))
        lean = 0.18
        columns = max(3, round(length * lean) + 3)
        rows = np.arange(length, dtype=np.float32)[:, None]
        xs = np.arange(columns, dtype=np.float32)[None, :]
        middle = columns - 1.5 - rows * lean
        plane = np.clip((0.5 + 0.7 * near) * unit + 0.4 - np.abs(xs - middle), 0, 1)
        plane = plane * (rows / length) * np.float32(0.16 + 0.3 * near)
        canvas.shade(
            picture,
            plane,
            (0.88, 0.93, 1),
            int(random.uniform(-10, wide)),
            int(random.uniform(-length, high)),
        )


def _bubbles(picture: Array, random: Random, number: int) -> None:
    high, wide = picture.shape[:2]
    unit = min(high, wide) / 512
    for near in random.power(0.6, number):
        radius = (2 + 10 * near**2) * unit
        reach = int(radius) + 3
        ring = canvas.disc(2 * reach + 1, 2 * reach + 1, reach, reach, radius, 1.4)
        inner = canvas.disc(
            2 * reach + 1,
            2 * reach + 1,
            reach + radius * 0.1,
            reach + radius * 0.14,
            radius * 0.86,
            2.5,
        )
        spark = canvas.disc(
            2 * reach + 1,
            2 * reach + 1,
            reach - radius * 0.36,
            reach - radius * 0.4,
            radius * 0.2,
            1.5,
        )
        x, y = int(random.uniform(0, wide)), int(random.uniform(0, high * 0.95))
        canvas.shade(
            picture, np.clip(ring - inner * 0.85, 0, 1) * 0.55, (0.9, 1, 1), x - reach, y - reach
        )
        canvas.shade(picture, spark * 0.9, (1, 1, 1), x - reach, y - reach)


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
    return np.clip(flat * (1 + 0.03 * fibre - 0.9 * np.clip(relief, -0.15, 0.15))[..., None], 0, 1)
