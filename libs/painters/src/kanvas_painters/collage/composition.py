"""The picture itself, in stages that can be looked at: layout, colors, light, finish."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..painting.files import Bytes
from . import canvas
from .brief import Brief
from .canvas import Array, Color
from .figures import Figures, Spot
from .foreground import Foreground
from .layout import arrange
from .library import Library, Pixels, library, rgb
from .manner import MANNERS, Manner, cut_out, set_off
from .places import Place, snow_lies
from .reading.reader import read_prompt
from .scenery import Stage, refused
from .setting import hour_of, indoors, place, place_name
from .sprites import Light, cast, foot, frosted, lit, near, recolored
from .styles import grade, stylized
from .weather import atmosphere

STAGES = 8  # what `paint` has to show between nothing and the picture
# How light differs where the sun does not shine, and what the air between trees looks like.
LOCAL: dict[str, dict[str, Any]] = {
    "underwater": {
        "ambient": (0.72, 0.95, 1.0),
        "key": (0.8, 1.0, 1.0),
        "rim": 0.5,
        "haze": rgb("#2f8fb5"),
    },
    "space": {
        "ambient": (0.95, 0.92, 1.0),
        "key": (0.8, 0.75, 1.0),
        "rim": 0.7,
        "haze": rgb("#2b1c5a"),
    },
}
LOCAL["moon_ground"] = LOCAL["space"]
WINTERED = ("place", "transport-ground", "plant", "household", "food")  # kinds that snow lies on
AIR = {"forest": "#cfe9bf", "autumn": "#ffe6b8"}


@dataclass
class Composition:
    """One picture being composed. The same words, seed and size give the same bytes."""

    prompt: str
    negative: str
    style: str
    seed: int
    width: int
    height: int

    def __post_init__(self) -> None:
        self.drawings: Library = library()
        self.brief: Brief = read_prompt(self.prompt, self.negative, self.style)
        self.manner: Manner = MANNERS[self.brief.style]
        self.art = self.manner.art
        words = hashlib.sha256(self.prompt.encode()).digest()[:8]
        self._entropy = [self.seed & (2**64 - 1), int.from_bytes(words, "big")]
        things = [self.drawings.drawings[thing.key] for thing in self.brief.things]
        self.place_name = place_name(self.brief, things)
        self.place: Place = place(self.place_name, self.brief.backdrop, self._random(9))
        self.hour = hour_of(self.brief, things)
        if self.place_name == "indoors":
            self.hour = indoors(self.hour)
        self.snowy = self.brief.weather == "snowfall" and snow_lies(self.place_name)
        if self.snowy:
            self.place = replace(self.place, surface="snow", near=rgb("#eef3fb"))
        self.light = self._lighted()

    def _random(self, purpose: int) -> np.random.Generator:
        """Return a source of chance for one purpose, so that no purpose disturbs another."""
        return np.random.Generator(np.random.PCG64([*self._entropy, purpose]))

    def spots(self, art: str) -> list[Spot]:
        """Return where the drawings of a set stand in this picture, the farthest first."""
        return arrange(
            Figures(
                brief=self.brief,
                library=self.drawings,
                art=art,
                place=self.place,
                width=self.width,
                height=self.height,
                random=self._random(1),
            )
        )

    def stages(self) -> Iterator[Array]:
        """Yield the canvas after each of the `STAGES` stages."""
        spots = self.spots(self.art)
        raw = [self._sprite(spot) for spot in spots]
        wash = self._wash()
        yield self._sketched(wash, spots, raw)
        colored = wash.copy()
        self._lay(colored, spots, raw)
        yield colored
        scenery = self._scenery()
        picture = scenery.copy()
        self._lay(picture, spots, raw)
        yield picture
        grounded = self._shadowed(scenery, spots, raw)
        picture = grounded.copy()
        self._lay(picture, spots, raw)
        yield picture
        shone = [self._lit(spot, layer) for spot, layer in zip(spots, raw, strict=True)]
        picture = grounded
        if not self.manner.sheets:
            for spot, layer in zip(spots, shone, strict=True):
                set_off(picture, layer, *self._corner(spot, layer), self.manner)
        self._lay(picture, spots, self._cut(shone))
        yield picture
        Foreground(picture, self.place.surface, self._near(), self._random(3), self.manner).paint(
            spots, shone, wet=self.brief.weather in ("rain", "storm")
        )
        self._fringe(picture)
        yield picture
        atmosphere(picture, self.place_name, self.brief.weather, self.hour, self._random(4))
        yield picture
        if self.manner.graded:
            picture = grade(picture)
        yield stylized(picture, self._shape(spots, shone), self.brief.style, self._random(5))

    def paint(self, steps: int) -> Iterator[Bytes]:
        """Yield the work (height, width, 3) after each step; the last is the picture.

        With fewer steps than stages, each does several; with more, a stage comes in gradually.
        """
        done = 0
        before = after = np.ones((self.height, self.width, 3), dtype=np.float32)  # bare paper
        stages = self.stages()
        for step in range(1, steps + 1):
            reached = STAGES * step / steps
            whole, part = int(reached), reached - int(reached)
            while done < whole + (part > 1e-9):
                before, after = after, next(stages).copy()
                done += 1
            mixed = after if part <= 1e-9 or before is after else canvas.mix(before, after, part)
            yield canvas.to_bytes(mixed)

    def _lighted(self) -> Light:
        """Return the hour's light as it falls in this place, from a side left to chance."""
        side = -0.75 if self._random(7).random() < 0.5 else 0.75
        light = replace(
            self.hour.light, side=side, bounce=self._near(), **LOCAL.get(self.place_name, {})
        )
        if self.place_name in AIR and self.hour.tint[2] > 0.8 and not self.snowy:
            light = replace(light, haze=rgb(AIR[self.place_name]))
        return replace(light, modeled=self.manner.modeled)

    def _near(self) -> Color:
        """Return the ground's color close by, at this hour."""
        red, green, blue = (a * b for a, b in zip(self.place.near, self.hour.tint, strict=True))
        return red, green, blue

    def _fetch(self, key: str, height: int) -> Pixels:
        return self.drawings.pixels(key, self.art, height)

    def _wash(self) -> Array:
        """Return sky and ground as flat color."""
        edge = self.place.horizon if self.place.horizon < 1 else 0.72
        stops = self.hour.sky
        if self.place_name in ("space", "moon_ground"):
            stops = ((0, rgb("#0a0824")), (1, rgb("#2a1350")))
        elif self.place_name == "underwater":
            stops = ((0, (0.45, 0.86, 0.93)), (1, (0.03, 0.26, 0.5)))
        elif self.place_name == "studio":
            stops = ((0, self.place.near), (1, self.place.near))
        rows = max(2, round(self.height * edge))
        picture = np.empty((self.height, self.width, 3), dtype=np.float32)
        colors = canvas.ramp(rows, list(stops))
        picture[:rows] = colors[:, None]
        picture[rows:] = canvas.color(self._near())
        return picture

    def _scenery(self) -> Array:
        stage = Stage(
            picture=np.zeros((self.height, self.width, 3), dtype=np.float32),
            random=self._random(2),
            hour=self.hour,
            light=self.light,
            fetch=self._fetch,
            excluded=refused(self.brief.excluded),
            horizon=self.place.horizon,
            manner=self.manner,
            snowy=self.snowy,
        )
        self.place.paint(stage)
        return stage.picture

    def _fringe(self, picture: Array) -> None:
        """Paint what grows in the lower corners, out of focus and in the shade."""
        random = self._random(8)
        unit = min(self.width, self.height)
        for side in (-1, 1) if self.place.fringe else ():
            key = str(random.choice(list(self.place.fringe)))
            if key in refused(self.brief.excluded):
                continue
            layer = self._fetch(key, round(unit * random.uniform(0.19, 0.26)))
            if self.snowy or self.place.surface == "snow":
                layer = frosted(layer, random, 0.1, self._near())
            layer = lit(layer, self.light)
            layer[..., :3] *= 0.72
            if self.manner.sheets:
                layer = cut_out(layer, unit, lift=1.5)
            elif not self.manner.banded:
                layer = canvas.softened(layer, unit * 0.006)
            middle = self.width / 2 + side * (0.5 * self.width - 0.01 * unit)
            left = round(middle - layer.shape[1] / 2)
            canvas.lay(picture, layer, left, round(self.height + 0.07 * unit - layer.shape[0]))

    def _sprite(self, spot: Spot) -> Array:
        layer = self._fetch(spot.drawing.key, max(8, round(spot.height)))
        wanted = self.brief.things[spot.thing].color
        if wanted is not None and not near(spot.drawing.color, wanted):
            layer = recolored(layer, spot.drawing.color, wanted)
        if spot.flip:
            layer = np.ascontiguousarray(layer[:, ::-1])
        if abs(spot.angle) > 0.5:
            layer = canvas.straight(canvas.turned(canvas.multiplied(layer), spot.angle))
        return layer

    def _lit(self, spot: Spot, layer: Array) -> Array:
        """Return a thing in the light of the place, under a cap of snow if it stands out in it."""
        if self.place.surface == "snow" and spot.drawing.kind.startswith(WINTERED):
            layer = frosted(layer, self._random(10), 0.045, self._near())
        return lit(layer, self.light, spot.depth)

    def _cut(self, layers: list[Array]) -> list[Array]:
        """Return the layers as they are laid: in a picture of paper, each as a sheet of its own."""
        if not self.manner.sheets:
            return layers
        unit = min(self.width, self.height)
        return [cut_out(layer, unit, lift=1.3) for layer in layers]

    def _shape(self, spots: list[Spot], layers: list[Array]) -> Array:
        """Return where the things are, as one plane."""
        plane = np.zeros((self.height, self.width, 3), dtype=np.float32)
        for spot, layer in zip(spots, layers, strict=True):
            left, top = self._corner(spot, layer)
            canvas.shade(plane, layer[..., 3], (1, 1, 1), left, top)
        return plane[..., 0]

    def _corner(self, spot: Spot, layer: Array) -> tuple[int, int]:
        left = round(spot.x - layer.shape[1] / 2)
        return left, round(spot.base - (spot.height + layer.shape[0]) / 2)

    def _sketched(self, wash: Array, spots: list[Spot], layers: list[Array]) -> Array:
        """Return the layout: pale ground, and every thing as a shape in a tint of its color."""
        picture = canvas.mix(wash, np.ones_like(wash), 0.45)
        for spot, layer in zip(spots, layers, strict=True):
            alpha = layer[..., 3]
            inner = canvas.blurred(alpha, 1.2)
            line = np.clip(4 * inner * (1 - inner), 0, 1)
            left, top = self._corner(spot, layer)
            tone = self.brief.things[spot.thing].color or spot.drawing.color
            canvas.shade(picture, alpha * 0.45, tone, left, top)
            canvas.shade(picture, line * 0.55, (0.25, 0.24, 0.32), left, top)
        return picture

    def _lay(self, picture: Array, spots: list[Spot], layers: list[Array]) -> None:
        """Lay the things from the back to the front; a box's front covers what is in it."""
        for spot, layer in zip(spots, layers, strict=True):
            left, top = self._corner(spot, layer)
            canvas.lay(picture, layer, left, top)
            if spot.within is not None:
                host, cover = spot.within, layers[spots.index(spot.within)]
                lid = round(cover.shape[0] * spot.brim)
                left, top = self._corner(host, cover)
                canvas.lay(picture, cover[lid:], left, top + lid)

    def _shadowed(self, scenery: Array, spots: list[Spot], layers: list[Array]) -> Array:
        picture = scenery.copy()
        if not self.place.shadows or self.manner.sheets:
            return picture
        for spot, layer in zip(spots, layers, strict=True):
            if spot.aloft or self.place.surface == "water":
                continue
            left, top = self._corner(spot, layer)
            ground = top + layer.shape[0]
            if self.manner.banded:
                self._pool(picture, left, ground, layer.shape[1])
                continue
            plane, right, down = cast(layer[..., 3], self.light)
            strength = np.float32(self.light.shadow * 0.75)
            canvas.shade(picture, plane * strength, self.light.dark, left + right, ground + down)
            middle, breadth = foot(layer[..., 3])
            reach = max(4.0, layer.shape[1] * breadth * 0.58)
            x = left + middle * layer.shape[1]
            self._contact(picture, x - self.light.side * reach * 0.25, ground, reach * 1.5, 0.6)
            self._contact(picture, x, ground - 0.012 * spot.height, reach, 1.5)
        return picture

    def _pool(self, picture: Array, left: int, ground: int, wide: int) -> None:
        """Lay a plain ellipse of shade."""
        high = max(3, round(wide * 0.13))
        dx = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
        dy = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
        away = np.sqrt(dx * dx + dy * dy)
        plane = np.clip((1 - away) * np.float32(high * 0.5), 0, 1) * np.float32(0.22)
        canvas.shade(picture, plane, self.light.dark, left, ground - round(high * 0.6))

    def _contact(self, picture: Array, x: float, y: float, reach: float, strength: float) -> None:
        """Lay a soft pool of shade on the ground."""
        wide, high = round(reach * 2.2), max(6, round(reach * 0.5))
        dx = np.linspace(-1.1, 1.1, wide, dtype=np.float32)[None, :]
        dy = np.linspace(-1.1, 1.1, high, dtype=np.float32)[:, None]
        plane = canvas.smooth(0, 1, np.clip(1 - np.sqrt(dx * dx + dy * dy), 0, 1))
        canvas.shade(
            picture,
            plane * np.float32(min(0.8, self.light.shadow * strength)),
            self.light.dark,
            round(x - wide / 2),
            round(y - high / 2),
        )
