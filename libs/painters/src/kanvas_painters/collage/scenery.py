"""Brushes for places: sky, clouds, hills, trees and ground, near and far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from . import canvas
from .canvas import Array, Color, Random
from .library import Pixels, library
from .light import Hour
from .manner import MANNERS, RIM, SHADE, Manner, cut_out, stepped
from .sprites import Light, frosted, lit, moved, recolored

DETAIL = 0.4  # of the picture: how tall scenery is worked out; what is larger is enlarged
COARSE = 200  # pixels that it has in small pictures, too
SUN, STAR = "sun", "star"
# What scenery adds by itself and one word means: who wants no moon wants no crescent either.
FAMILIES = (
    frozenset(("full-moon", "crescent-moon", "full-moon-face")),
    frozenset((SUN, "sun-with-face")),
    frozenset((STAR, "glowing-star")),
    frozenset(("fish", "tropical-fish")),
    frozenset(("fallen-leaf", "maple-leaf")),
)
# The same, but only where the first is refused: no tree is no pine, yet no pine may be an oak.
SORTS = (
    ("deciduous-tree", "evergreen-tree", "palm-tree", "birch-tree"),
    ("blossom", "tulip", "hibiscus", "rose", "sunflower", "hyacinth", "cherry-blossom"),
)
Fetch = Callable[[str, int], Pixels]  # a drawing of the style's set, by key and height


@dataclass
class Stage:
    """A place being painted: its canvas, its light, and where the ground begins.

    Heights and widths given to its brushes are shares of the picture's.
    """

    picture: Array
    random: Random
    hour: Hour
    light: Light
    fetch: Fetch
    excluded: frozenset[str]
    horizon: float
    manner: Manner = MANNERS["3d"]
    snowy: bool = False  # whether snow lies on everything
    lamp: float = -1.0  # where across the sun or the moon stands
    _ready: dict[tuple[object, ...], Array] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.picture.shape[0])

    @property
    def unit(self) -> float:
        """Pixels of a length of 1 that looks alike in every format."""
        return float(min(self.width, self.height))

    def tinted(self, tone: Color) -> Color:
        """Return a color of the land at this hour."""
        red, green, blue = (part * by for part, by in zip(tone, self.hour.tint, strict=True))
        return red, green, blue

    def land(self, tone: Color) -> Color:
        """Return a color of the ground at this hour, under snow if there is any."""
        if self.snowy:
            red, green, blue = (part + (1 - part) * 0.82 for part in tone)
            tone = (red * 0.97, green * 0.985, blue)
        return self.tinted(tone)

    def sky(self, stops: Sequence[tuple[float, Color]] | None = None) -> None:
        """Paint the sky down to the horizon, and its last color below it."""
        edge = max(2, round(self.height * self.horizon))
        colors = canvas.ramp(edge, list(stops or self.hour.sky))
        if self.manner.banded:
            self._bands(colors)
            return
        self.picture[:edge] = colors[:, None]
        self.picture[edge:] = colors[-1]

    def _bands(self, colors: Array) -> None:
        """Paint a sky of a few plain colors, each band with a wavy upper edge."""
        edge = len(colors)
        self.picture[:] = colors[round(edge * 0.1)]
        rows = np.arange(self.height, dtype=np.float32)[:, None]
        for at in (0.24, 0.5, 0.76):
            wave = canvas.profile(self.random, self.width, 0.7 * self.unit, 1) * 0.04 * self.unit
            mask: Array = np.clip(rows - (at * edge + wave)[None, :] + 0.5, 0, 1)
            self.cover(mask, colors[round(edge * (at + 0.13))], 0)

    def cover(self, mask: Array, body: Array, top: int) -> None:
        """Lay a color, or a part of a picture, where the plane says, from a row on."""
        part = self.picture[top : top + len(mask)]
        if self.manner.sheets:
            soft = max(1.0, 0.01 * self.unit)
            pad = round(3 * soft)
            shadow = canvas.blurred(np.pad(mask, ((pad, 0), (0, 0)), mode="edge"), soft)
            canvas.shade(self.picture, shadow * np.float32(0.4), SHADE, 0, top - pad)
        part += (body - part) * mask[..., None]
        if self.manner.sheets:
            rim = np.clip(mask - moved(mask, 0, max(1, round(0.005 * self.unit))), 0, 1)
            canvas.shade(part, rim * np.float32(0.75), RIM)

    def plain(self, plane: Array, levels: int = 3) -> Array:
        """Return the plane as this manner paints it: smooth, or in a few levels."""
        return stepped(plane, levels) if self.manner.banded else plane

    def sun(self, x: float, y: float, radius: float = 0.055) -> None:
        """Paint the sun, or the moon by night, with its glow."""
        if not self.hour.lamp or (self.hour.body or SUN) in self.excluded:
            return
        self.lamp = x
        wide, high, unit = self.width, self.height, self.unit
        at = (x * wide, y * high)
        for reach, strength in ((0.55, 0.35), (0.2, 0.45)):
            if self.manner.banded:
                size = radius * unit * (1.5 + 1.6 * (reach > 0.3))
                halo = canvas.disc((wide, high), at[0], at[1], size) * np.float32(strength * 0.6)
            else:
                halo = canvas.glow(wide, high, at[0], at[1], reach * unit) * np.float32(strength)
            canvas.shade(self.picture, halo, self.hour.glow)
        if self.hour.body:
            size = max(8, round(radius * 2.4 * unit))
            moon = self.fetch(self.hour.body, size).copy()
            moon[..., :3] = canvas.mix(moon[..., :3], canvas.color((1, 0.98, 0.9)), 0.45)
            canvas.lay(self.picture, moon, round(at[0] - size / 2), round(at[1] - size / 2))
        else:
            face = canvas.disc((wide, high), at[0], at[1], radius * unit, 2.0)
            canvas.shade(self.picture, face, (1.0, 0.98, 0.9))

    def stars(self, number: int, low: float) -> None:
        """Paint stars between the top and `low`, a few of them bright."""
        if STAR in self.excluded:
            return
        unit = self.unit / 512
        rows = self.random.uniform(0, low, number) ** 1.15 * self.height
        columns = self.random.uniform(0, self.width, number)
        bright = self.random.power(0.4, number)
        for y, x, strength in zip(rows, columns, bright, strict=True):
            radius = (0.5 + 1.3 * strength**4) * max(unit, 0.7)
            reach = max(2, round(radius * 3))
            dot = canvas.disc((2 * reach + 1, 2 * reach + 1), reach, reach, radius, 1.2)
            if strength > 0.93:
                dot = np.maximum(dot, _twinkle(reach))
            tone = (0.35 + 0.65 * strength) * self.hour.stars
            canvas.shade(
                self.picture,
                dot * np.float32(tone),
                (0.93, 0.96, 1),
                int(x) - reach,
                int(y) - reach,
            )

    def clouds(self, number: int, low: float, high: float, size: float = 0.16) -> None:
        """Paint clouds of the library between two heights, the lower the smaller."""
        if "cloud" in self.excluded:
            return
        for _ in range(number):
            y = self.random.uniform(high, low)
            x = self.random.uniform(-0.05, 1.05)
            if self.hour.stars and abs(x - self.lamp) < 0.22:
                continue  # a veiled moon looks eclipsed
            far = (y - high) / max(0.01, low - high)
            tall = size * (1.15 - 0.6 * far) * self.random.uniform(0.75, 1.25)
            cloud = self.fetch("cloud", max(6, round(tall * self.unit))).copy()
            grain = 1.0 if self.manner.banded else 0.75 + 0.25 * cloud[..., :3]
            cloud[..., :3] = canvas.mix(
                canvas.color(self.hour.cloud) * grain,
                canvas.color(self.hour.sky[-1][1]),
                0.25 + 0.3 * far,
            )
            if self.manner.sheets:
                cloud = cut_out(cloud, self.unit)
            elif not self.manner.banded:
                cloud[..., 3] *= 0.55 if self.hour.stars else 0.9
                cloud = canvas.softened(cloud, self.unit * 0.0025)
            canvas.lay(
                self.picture,
                cloud,
                round(x * self.width - cloud.shape[1] / 2),
                round(y * self.height - cloud.shape[0] / 2),
            )

    def ridge(
        self,
        y: float,
        rise: float,
        cell: float,
        tones: tuple[Color, Color],
        *,
        sharp: bool = False,
        haze: float = 0.0,
        thickness: float = 0.25,
    ) -> Array:
        """Paint a range of hills with its crest about `y`; return the crest's row by column."""
        wide, high = self.width, self.height
        line = canvas.profile(self.random, wide, cell * self.unit, 5 if sharp else 2)
        if sharp:
            line = np.float32(0.9) - np.float32(1.8) * np.abs(line)
        crest = (y * high - line * rise * min(high, self.unit)).astype(np.float32)
        top = max(0, int(crest.min()) - 1)
        depth = np.arange(top, high, dtype=np.float32)[:, None] - crest[None, :]
        upper, lower = (canvas.color(self.land(tone)) for tone in tones)
        if self.manner.banded:
            body = canvas.mix(upper, lower, 0.4)
        else:
            slope = np.gradient(crest) * np.float32(self.light.side)
            facing = np.clip(-slope * (1.2 if sharp else 2.2), -1, 1)
            fall = canvas.smooth(0, thickness * high, depth)
            body = canvas.mix(upper, lower, fall[..., None])
            body = body * (1 + 0.1 * facing[None, :, None] * (1 - fall[..., None]))
        if haze:
            body = canvas.mix(body, canvas.color(self.light.haze), haze)
        mask = np.clip(depth + 0.5, 0, 1)
        if self.manner.washes:
            # A wash is thin and gathers at its upper edge.
            thin = 0.62 + 0.3 * np.exp(-np.clip(depth, 0, None) / (0.012 * self.unit))
            body = 1 - (1 - body) * (thin + 0.12 * canvas.smooth(0, high * 0.4, depth))[..., None]
        self.cover(mask, np.clip(body, 0, 1), top)
        return crest

    def ground(
        self, tones: tuple[Color, Color], *, texture: float = 0.04, cell: float = 0.3
    ) -> None:
        """Paint level ground from the horizon (first tone) to the lower edge (second)."""
        edge = round(self.height * self.horizon)
        rows = self.height - edge
        if rows < 2:
            return
        far, near = (self.land(tone) for tone in tones)
        colors = canvas.ramp(rows, [(0, far), (1, near)])
        # Squeezing tall noise gives patches that flatten towards the horizon.
        patches = canvas.noise(self.random, self.width, rows, cell * self.unit)
        squeeze = (np.linspace(0, 1, rows) ** 0.6 * (rows - 1)).astype(np.int64)
        if self.manner.banded:
            colors, texture = np.repeat(colors[rows // 2 : rows // 2 + 1], rows, axis=0), 0.0
        body = colors[:, None] * (1 + texture * patches[squeeze][..., None])
        self.picture[edge:] = np.clip(body, 0, 1)

    def stand(
        self,
        key: str,
        x: float,
        base: float,
        height: float,
        *,
        far: float = 0.0,
        tint: Color | None = None,
        snow: float = 0.0,
    ) -> None:
        """Set a drawing of the library on the ground; `far` fades and softens it."""
        if key in self.excluded:
            return
        layer = self._dressed(key, height, far, tint, snow)
        if self.random.random() < 0.5:
            layer = layer[:, ::-1]
        left = round(x * self.width - layer.shape[1] / 2)
        top = round(base * self.height - layer.shape[0])
        if far < 0.6 and not self.manner.banded:
            self._contact(x, base, layer.shape[1] * 0.45)
        canvas.lay(self.picture, layer, left, top)

    def _dressed(
        self, key: str, height: float, far: float, tint: Color | None, snow: float
    ) -> Array:
        """Return a drawing lit for its distance; equal drawings are made once."""
        size = round(2.0 ** (round(np.log2(max(4.0, height * self.unit)) * 4) / 4))
        far = round(far * 4) / 4
        ready = self._ready.get((key, size, far, tint))
        if ready is not None:
            return ready
        detail = max(COARSE, DETAIL * self.unit)
        worked = min(size, round(detail * (1 - 0.5 * far)))
        layer = self.fetch(key, worked)
        if tint is not None:
            layer = recolored(layer, library().drawings[key].color, tint)
        snow = max(snow, 0.09 * self.snowy)
        if snow:
            layer = frosted(layer, self.random, snow, self.tinted((0.98, 0.99, 1.0)))
        layer = lit(layer, self.light, far * 0.75)
        if not self.manner.banded:
            layer = canvas.softened(layer, far * self.unit * 0.005 * worked / size)
        layer = canvas.enlarged(layer, size / worked)
        if self.manner.sheets:
            layer = cut_out(layer, self.unit, rim=0.003, lift=0.7)
        self._ready[(key, size, far, tint)] = layer
        return layer

    def row(
        self,
        keys: Sequence[str],
        number: int,
        base: tuple[float, float],
        height: tuple[float, float],
        *,
        far: float,
        gap: float = 0.0,
        tint: Sequence[Color] = (),
        snow: float = 0.0,
    ) -> None:
        """Scatter drawings from the back to the front, leaving `gap` of the middle free."""
        spots = sorted(self.random.uniform(0, 1, (number, 2)).tolist())
        for share, where in spots:
            side = -1 if where < 0.5 else 1
            away = gap / 2 + (0.55 - gap / 2) * (abs(where - 0.5) * 2)
            self.stand(
                str(self.random.choice(list(keys))),
                0.5 + side * away,
                base[0] + (base[1] - base[0]) * share,
                (height[0] + (height[1] - height[0]) * share) * self.random.uniform(0.8, 1.15),
                far=far * (1 - 0.5 * share),
                tint=tint[int(self.random.integers(len(tint)))] if tint else None,
                snow=snow,
            )

    def _contact(self, x: float, base: float, radius: float) -> None:
        wide, high = max(4, round(radius * 2)), max(3, round(radius * 0.5))
        dx = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
        dy = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
        plane = np.clip(1 - np.sqrt(dx * dx + dy * dy), 0, 1) * np.float32(self.light.shadow * 0.8)
        canvas.shade(
            self.picture,
            plane,
            self.light.dark,
            round(x * self.width - wide / 2),
            round(base * self.height - high / 2),
        )


def refused(excluded: frozenset[str]) -> frozenset[str]:
    """Return all drawings that scenery may not add, where some are refused by a word for more."""
    families = (family for family in FAMILIES if not family.isdisjoint(excluded))
    sorts = (sort for sort in SORTS if sort[0] in excluded)
    return excluded.union(*families, *sorts)


def _twinkle(reach: int) -> Array:
    line = np.clip(1 - np.abs(np.linspace(-1, 1, 2 * reach + 1, dtype=np.float32)), 0, 1) ** 2
    plane = np.zeros((2 * reach + 1, 2 * reach + 1), dtype=np.float32)
    plane[reach] = line
    plane[:, reach] = line
    return plane * np.float32(0.8)
