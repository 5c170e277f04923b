"""What is in the air: flakes, rain, bubbles, lightning, mist."""

from __future__ import annotations

import numpy as np

from . import canvas
from .canvas import Array, Color, Random
from .light import Hour

AIRLESS = ("indoors", "underwater", "space", "moon_ground")  # no weather falls here


def atmosphere(picture: Array, place: str, weather: str, hour: Hour, random: Random) -> None:
    """Fill the air of a place under a weather, on the canvas itself."""
    if place in AIRLESS:
        weather = ""
    if weather == "storm":
        _lightning(picture, random)
    if weather in ("rain", "storm"):
        _rain(picture, random, 260 if weather == "storm" else 170)
    if weather == "snowfall" or (place == "snow" and not weather):
        _flakes(picture, random, 220 if weather else 110)
    if weather == "petals":
        _flakes(picture, random, 70, (1.0, 0.74, 0.83))
    if weather == "fog":
        _mist(picture, random, hour.light.haze)
    if place == "underwater":
        _bubbles(picture, random, 26)


def _unit(picture: Array) -> float:
    return float(min(picture.shape[:2])) / 512


def _spot(picture: Array, random: Random) -> tuple[int, int]:
    high, wide = picture.shape[:2]
    return int(random.uniform(0, wide)), int(random.uniform(0, high))


def _dot(reach: int, radius: float, edge: float, aside: float = 0.0) -> Array:
    side = 2 * reach + 1
    return canvas.disc((side, side), reach + aside, reach + aside, radius, edge)


def _flakes(picture: Array, random: Random, number: int, tone: Color = (1, 1, 1)) -> None:
    """Paint flakes near and far: the near ones large, soft and few."""
    for near in random.power(0.35, number):
        radius = (0.8 + 5.5 * near**3) * _unit(picture)
        soft = 0.8 + radius * 0.9
        reach = int(radius + soft) + 2
        x, y = _spot(picture, random)
        strength = np.float32(0.85 - 0.45 * near)
        canvas.shade(
            picture, _dot(reach, radius, soft * 1.6) * strength, tone, x - reach, y - reach
        )


def _rain(picture: Array, random: Random, number: int) -> None:
    """Paint slanting drops, the near ones longer."""
    unit, lean = _unit(picture), 0.18
    for near in random.power(0.5, number):
        length = max(6, round((14 + 40 * near) * unit))
        columns = max(3, round(length * lean) + 3)
        rows = np.arange(length, dtype=np.float32)[:, None]
        middle = columns - 1.5 - rows * lean
        away = np.abs(np.arange(columns, dtype=np.float32)[None, :] - middle)
        plane = np.clip((0.5 + 0.7 * near) * unit + 0.4 - away, 0, 1)
        x, y = _spot(picture, random)
        strength = (rows / length) * np.float32(0.22 + 0.38 * near)
        canvas.shade(picture, plane * strength, (0.88, 0.93, 1), x - 10, y - length)


def _lightning(picture: Array, random: Random) -> None:
    """Paint one bolt from the clouds, behind the rain, and its light on everything."""
    high, wide = picture.shape[:2]
    rows = np.arange(round(high * 0.52), dtype=np.float32)
    start = wide * (0.2 if random.random() < 0.5 else 0.8)
    path = start + canvas.profile(random, len(rows), high * 0.16, 4) * wide * 0.06
    away = np.abs(np.arange(wide, dtype=np.float32)[None, :] - path[:, None])
    width = (2.2 - 1.6 * rows / len(rows))[:, None] * _unit(picture)
    part = picture[: len(rows)]
    canvas.shade(part, np.exp(-((away / (12 * width)) ** 2)) * np.float32(0.35), (0.75, 0.8, 1))
    canvas.shade(part, np.clip(width + 0.5 - away, 0, 1), (1, 1, 0.93))


def _mist(picture: Array, random: Random, tone: Color) -> None:
    """Paint banks of mist, thicker towards the ground."""
    high, wide = picture.shape[:2]
    mist = canvas.smooth(-0.9, 1.2, canvas.noise(random, wide, high, wide * 0.6, 3))
    rows = np.linspace(0.25, 0.8, high, dtype=np.float32)[:, None]
    canvas.shade(picture, mist * rows, tone)


def _bubbles(picture: Array, random: Random, number: int) -> None:
    """Paint bubbles with a bright rim and a spark."""
    for near in random.power(0.6, number):
        radius = (2 + 10 * near**2) * _unit(picture)
        reach = int(radius) + 3
        hollow = _dot(reach, radius * 0.86, 2.5, radius * 0.12)
        ring = np.clip(_dot(reach, radius, 1.4) - hollow * 0.85, 0, 1)
        spark = _dot(reach, radius * 0.2, 1.5, -radius * 0.38)
        x, y = _spot(picture, random)
        canvas.shade(picture, ring * np.float32(0.55), (0.9, 1, 1), x - reach, y - reach)
        canvas.shade(picture, spark * np.float32(0.9), (1, 1, 1), x - reach, y - reach)
