"""The foreground: snow and grass about the feet of things, water that mirrors them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import canvas
from .canvas import Array, Color, Random
from .figures import Spot
from .manner import RIM, SHADE, Manner

GRASSY = ("grass", "dry")
SOFT = {"snow": 0.04, "sand": 0.025, "dust": 0.025, "bed": 0.025}  # how deep a foot sinks in


@dataclass(frozen=True)
class Foreground:
    """Ties things to a ground of the color `near`, on the canvas itself."""

    picture: Array
    surface: str
    near: Color
    random: Random
    manner: Manner

    @property
    def unit(self) -> float:
        """Pixels of a length of 1."""
        return float(min(self.picture.shape[:2]))

    def paint(self, spots: list[Spot], layers: list[Array], *, wet: bool = False) -> None:
        """Paint over the feet of what stands, and along the lower edge."""
        if self.manner.sheets:
            self._edge()
            return
        for at, (spot, layer) in enumerate(zip(spots, layers, strict=True)):
            if spot.aloft:
                continue
            if self.surface == "water":
                self._mirror(spot, layer)
            elif self.surface in SOFT:
                self._drift(spot, layer)
            elif self.surface == "road" and wet:
                self._gloss(spot, layer)
            elif self.surface in GRASSY:
                self._blades(spot.x, spot.base, layer.shape[1] * 0.62, 0.04)
            self._nearer(spot, spots[at + 1 :], layers[at + 1 :])
        if self.surface in GRASSY:
            height, width = self.picture.shape[:2]
            self._blades(width / 2, height, width * 0.6, 0.06)

    def _nearer(self, spot: Spot, spots: list[Spot], layers: list[Array]) -> None:
        """Lay what stands before a thing over the grass about the thing's feet once more."""
        for other, layer in zip(spots, layers, strict=True):
            apart = abs(other.x - spot.x) > 0.62 * (other.width + spot.width)
            if apart or other.base <= spot.base or any(one.within for one in spots):
                continue
            left = round(other.x - layer.shape[1] / 2)
            top = round(other.base - (other.height + layer.shape[0]) / 2)
            canvas.lay(self.picture, layer, left, top)

    def _edge(self) -> None:
        """Lay one more sheet along the lower edge of a picture of paper, cut as its surface is."""
        if self.surface in ("none", "floor", "road", "cloud"):
            return
        height, width = self.picture.shape[:2]
        x = np.arange(width, dtype=np.float32)
        tall = 0.045 * self.unit
        wave = canvas.profile(self.random, width, 0.5 * self.unit, 1) * 0.012 * self.unit
        if self.surface in GRASSY:
            step = 0.042 * self.unit
            teeth = np.abs((x / step + self.random.uniform(0, 1)) % 1 - 0.5) * 2
            wave = wave + teeth * 0.035 * self.unit
        crest = height - tall - wave
        mask = np.clip(np.arange(height, dtype=np.float32)[:, None] - crest[None, :] + 0.5, 0, 1)
        soft = 0.01 * self.unit
        canvas.shade(self.picture, canvas.blurred(mask, soft) * np.float32(0.4), SHADE)
        rim = max(1, round(0.005 * self.unit))
        canvas.shade(self.picture, mask, RIM)
        tone = [part * 0.86 for part in self.near]
        canvas.shade(self.picture[rim:], mask[:-rim], (tone[0], tone[1], tone[2]))

    def _drift(self, spot: Spot, layer: Array) -> None:
        """Lay a low mound in front of a thing's foot."""
        wide = round(layer.shape[1] * 1.3)
        high = max(4, round(layer.shape[0] * SOFT[self.surface] * 2.2))
        x = np.linspace(-1, 1, wide, dtype=np.float32)
        rough = canvas.profile(self.random, wide, wide * 0.4, 3) * 0.2
        crest = high * (0.45 - 0.22 * np.cos(np.pi * x) + rough * (1 - x**2) + 0.35 * x**4)
        rows = np.arange(high * 2, dtype=np.float32)[:, None]
        depth = rows - crest[None, :]
        ends = np.clip(1.15 - np.abs(x) ** 4 * 1.15, 0, 1)
        fade = 1 - canvas.smooth(0.55 * high, 1.7 * high, rows)
        alpha = np.clip(depth + 0.5, 0, 1) * fade * ends
        shine = 1.04 - 0.1 * np.clip(depth / high, 0, 1)
        body = np.clip(canvas.color(self.near) * shine[..., None], 0, 1)
        mound = np.concatenate([body, alpha[..., None]], axis=2).astype(np.float32)
        left, top = round(spot.x - wide / 2), round(spot.base - high * 0.75)
        canvas.lay(self.picture, mound, left, top)

    def _blades(self, x: float, base: float, reach: float, tall: float) -> None:
        """Paint grass along a line, each blade bent its own way and lighter at its tip."""
        number = max(10, int(reach * 2 / self.unit * 150))
        for at in np.sort(self.random.uniform(-1, 1, number)):
            size = tall * self.unit * self.random.uniform(0.4, 1.2) * (1 - 0.45 * at * at)
            blade = self._blade(max(4, round(size)))
            lift = self.random.uniform(-0.004, 0.014) * self.unit
            left = round(x + at * reach - blade.shape[1] / 2)
            canvas.lay(self.picture, blade, left, round(base - blade.shape[0] + lift))

    def _blade(self, high: int) -> Array:
        wide = max(4, round(high * 0.9))
        lean = self.random.uniform(-0.45, 0.45)
        rows = np.linspace(0, 1, high, dtype=np.float32)[:, None]
        columns = np.arange(wide, dtype=np.float32)[None, :] + 0.5
        middle = wide / 2 + lean * wide * (1 - rows) ** 1.7
        breadth = max(0.8, self.unit * 0.0055) * rows**0.6
        alpha = np.clip(breadth - np.abs(columns - middle) + 0.4, 0, 1)
        alpha = alpha * np.clip((1 - rows) * 6, 0, 1)
        tone = canvas.color(self.near) * self.random.uniform(0.85, 1.2)
        if self.manner.banded:
            tone = canvas.color(self.near) * np.float32(0.86)
            body = tone * np.ones((high, wide, 1))
        else:
            body = tone * (1.35 - 0.35 * rows[..., None]) * np.ones((1, wide, 1))
        blade = np.concatenate([np.clip(body, 0, 1), alpha[..., None]], axis=2)
        return np.asarray(blade, dtype=np.float32)

    def _gloss(self, spot: Spot, layer: Array) -> None:
        """Paint a thing's image in a wet street."""
        image = layer[::-1][: round(layer.shape[0] * 0.45)].copy()
        image[..., 3] *= np.linspace(0.42, 0, len(image), dtype=np.float32)[:, None]
        left = round(spot.x - layer.shape[1] / 2)
        canvas.lay(self.picture, canvas.softened(image, self.unit * 0.003), left, round(spot.base))

    def _mirror(self, spot: Spot, layer: Array) -> None:
        """Paint a thing in the water: its lowest part under it, its image broken by ripples."""
        height, width = layer.shape[:2]
        sunk = round(height * (0.1 if spot.drawing.habitat == "water" else 0.3))
        line, left = round(spot.base) - sunk, round(spot.x - width / 2)
        if sunk:
            canvas.shade(self.picture, layer[-sunk:, :, 3] * 0.86, self.near, left, line)
        image = layer[: height - sunk][::-1][: round(height * 0.6)].copy()
        rows = len(image)
        waves = np.sin(np.arange(rows) * 0.55 + self.random.uniform(0, 6))
        shifts = np.round(waves * np.linspace(0.5, 4, rows) * width / 260).astype(int)
        for row, shift in enumerate(shifts):
            image[row] = np.roll(image[row], shift, axis=0)
        image[..., 3] *= np.linspace(0.5, 0.05, rows, dtype=np.float32)[:, None]
        canvas.lay(self.picture, image, left, line)
        for number in range(3):
            self._ripple(spot.x, line, width * 0.55, number)

    def _ripple(self, x: float, line: int, reach: float, number: int) -> None:
        wide = round(reach * (1.5 + 0.5 * number))
        high = max(2, round(reach * 0.035))
        xs = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
        ys = np.linspace(-1, 1, high * 3, dtype=np.float32)[:, None]
        wave = 0.35 * np.sin(xs * 9 + self.random.uniform(0, 6))
        plane = np.exp(-(((ys + wave) * 2.2) ** 2)) * np.clip(1 - xs**2, 0, 1)
        strength = np.float32(0.5 - 0.13 * number)
        top = line - high + number * high * 3
        canvas.shade(self.picture, plane * strength, (0.93, 0.98, 1), round(x - wide / 2), top)
