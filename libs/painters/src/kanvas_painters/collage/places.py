"""The places that a picture can be set in, painted from the brushes of `scenery`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import canvas
from .canvas import Color
from .library import rgb
from .light import HOURS
from .manner import cut_out
from .scenery import Stage

Paint = Callable[[Stage], None]


@dataclass(frozen=True)
class Place:
    """A setting. `back` and `front` bound the heights at which things stand.

    `surface` says what their feet are in; `drift` that things hang in the middle of
    it (space, water); `near` is the ground's color close by.
    """

    paint: Paint
    horizon: float
    back: float
    front: float
    surface: str
    near: Color
    drift: bool = False
    fringe: tuple[str, ...] = ()  # what grows in the corners, nearer than all else
    shadows: bool = True


def _snow(stage: Stage) -> None:
    stage.sky()
    stage.stars(140, 0.45)
    stage.sun(0.5 + 0.3 * stage.light.side, 0.2)
    stage.clouds(3, 0.34, 0.08)
    stage.ridge(0.5, 0.2, 0.7, (rgb("#dbe7f6"), rgb("#b3c8e4")), sharp=True, haze=0.4)
    stage.ridge(0.55, 0.06, 0.5, (rgb("#e6effa"), rgb("#cfdff2")), haze=0.3)
    stage.row(["evergreen-tree"], 9, (0.55, 0.6), (0.1, 0.15), far=0.75, snow=0.1)
    stage.ridge(0.62, 0.05, 0.7, (rgb("#f6faff"), rgb("#d8e5f5")), haze=0.08)
    stage.row(["evergreen-tree"], 7, (0.62, 0.7), (0.2, 0.34), far=0.45, gap=0.5, snow=0.1)
    stage.ridge(0.72, 0.03, 0.9, (rgb("#ffffff"), rgb("#dfeaf8")), thickness=0.4)


def _meadow(stage: Stage) -> None:
    _hills(stage)
    stage.row(["deciduous-tree"], 5, (0.6, 0.66), (0.16, 0.26), far=0.5, gap=0.45)
    stage.ridge(0.67, 0.03, 0.8, (rgb("#93d05f"), rgb("#4fa03d")), thickness=0.4)


def _hills(stage: Stage) -> None:
    stage.sky()
    stage.stars(140, 0.5)
    stage.sun(0.5 + 0.3 * stage.light.side, 0.18)
    stage.clouds(4, 0.42, 0.07)
    stage.ridge(0.5, 0.08, 0.5, (rgb("#8fbf9a"), rgb("#9ccc8e")), haze=0.55)
    stage.ridge(0.56, 0.05, 0.5, (rgb("#8cc971"), rgb("#6db457")), haze=0.25)
    stage.row(["deciduous-tree", "evergreen-tree"], 8, (0.56, 0.6), (0.07, 0.12), far=0.7)
    stage.ridge(0.61, 0.04, 0.6, (rgb("#97d365"), rgb("#62b04a")), haze=0.08)


def _garden(stage: Stage) -> None:
    _hills(stage)
    stage.row(["deciduous-tree"], 3, (0.6, 0.64), (0.16, 0.22), far=0.5, gap=0.5)
    stage.ridge(0.66, 0.03, 0.8, (rgb("#8fd05c"), rgb("#4a9c3c")), thickness=0.4)
    flowers = ["blossom", "tulip", "hyacinth", "rose", "hibiscus"]
    stage.row(flowers, 22, (0.69, 0.84), (0.05, 0.11), far=0.15, gap=0.1)
    stage.row(flowers, 8, (0.88, 0.98), (0.13, 0.17), far=0.0, gap=0.7)


def _forest(stage: Stage) -> None:
    _woods(stage, ("#bfe3b4", "#e9f6d2"), ("evergreen-tree", "deciduous-tree"), ())
    stage.row(["mushroom", "herb", "seedling"], 7, (0.76, 0.9), (0.05, 0.08), far=0.05, gap=0.55)


def _autumn(stage: Stage) -> None:
    tints = tuple(rgb(text) for text in ("#e2762b", "#d9a02c", "#c2402e", "#e8b93a"))
    _woods(stage, ("#ffe0a8", "#fff3d6"), ("deciduous-tree",), tints, ("#d8a04c", "#8f5c2c"))
    stage.row(["fallen-leaf", "maple-leaf"], 12, (0.76, 0.95), (0.04, 0.07), far=0.0, gap=0.3)


def _woods(
    stage: Stage,
    air: tuple[str, str],
    trees: tuple[str, ...],
    tints: tuple[Color, ...],
    floor: tuple[str, str] = ("#6fae55", "#2f6a35"),
) -> None:
    top, low = (stage.tinted(rgb(text)) for text in air)
    if stage.hour.tint[2] < 0.9 or stage.snowy:  # a low sun or snow colors the air between trees
        top, low = stage.hour.sky[len(stage.hour.sky) // 2][1], stage.hour.sky[-1][1]
    night = stage.hour.stars > 0
    stage.sky(None if night else [(0, top), (1, low)])
    stage.stars(60, 0.3)
    if night:
        stage.sun(0.5 + 0.25 * stage.light.side, 0.16)
    for base, tall, far, number in (
        (0.6, 0.42, 0.95, 12),
        (0.64, 0.5, 0.7, 9),
        (0.69, 0.6, 0.4, 8),
    ):
        stage.row(
            list(trees),
            number,
            (base - 0.02, base),
            (tall * 0.8, tall),
            far=far,
            tint=tints,
            gap=0.0 if far > 0.9 else 0.3,
        )
        stage.ridge(
            base, 0.02, 0.5, (rgb(floor[0]), rgb(floor[1])), haze=far * 0.45, thickness=0.35
        )
    stage.row(list(trees), 4, (0.74, 0.8), (0.66, 0.85), far=0.12, gap=0.85, tint=tints)


def _savanna(stage: Stage) -> None:
    stage.sky()
    stage.stars(140, 0.5)
    stage.sun(0.5 + 0.28 * stage.light.side, 0.32, 0.075)
    stage.ridge(0.54, 0.06, 0.6, (rgb("#c9a765"), rgb("#d9b86c")), haze=0.5)
    stage.ridge(0.6, 0.02, 0.8, (rgb("#e0bb62"), rgb("#d3a548")), haze=0.15)
    green = (rgb("#8c9a3c"), rgb("#6f8a3a"))
    stage.row(["deciduous-tree"], 6, (0.6, 0.64), (0.1, 0.24), far=0.45, gap=0.4, tint=green)
    stage.ridge(0.68, 0.02, 0.9, (rgb("#e6c46c"), rgb("#b9873a")), thickness=0.4)


def _desert(stage: Stage) -> None:
    stage.sky()
    stage.stars(160, 0.5)
    stage.sun(0.5 + 0.28 * stage.light.side, 0.2, 0.065)
    stage.ridge(0.52, 0.1, 0.5, (rgb("#e3a567"), rgb("#edbb7f")), haze=0.45)
    stage.ridge(0.59, 0.06, 0.6, (rgb("#f0bd74"), rgb("#dd9a52")), haze=0.15)
    stage.row(["cactus"], 4, (0.62, 0.7), (0.1, 0.2), far=0.35, gap=0.5)
    stage.ridge(0.69, 0.05, 0.8, (rgb("#f8d08c"), rgb("#d99750")), thickness=0.35)


def _mountains(stage: Stage) -> None:
    stage.sky()
    stage.stars(160, 0.45)
    stage.sun(0.5 + 0.3 * stage.light.side, 0.16)
    stage.clouds(3, 0.3, 0.06)
    stage.ridge(
        0.42, 0.3, 0.45, (rgb("#f2f6fc"), rgb("#7d8fae")), sharp=True, haze=0.35, thickness=0.16
    )
    stage.ridge(
        0.53, 0.2, 0.35, (rgb("#cfd9e6"), rgb("#5f7a86")), sharp=True, haze=0.2, thickness=0.1
    )
    stage.ridge(0.6, 0.05, 0.5, (rgb("#6fae6a"), rgb("#4c8f52")), haze=0.15)
    stage.row(["evergreen-tree"], 16, (0.6, 0.68), (0.1, 0.22), far=0.45, gap=0.35)
    stage.ridge(0.69, 0.03, 0.8, (rgb("#8ecb62"), rgb("#4f9a42")), thickness=0.4)


def _water(stage: Stage, top: float, low: float, far: Color, near: Color) -> None:
    """Paint a band of water that mirrors the sky, with ripples that grow towards the viewer."""
    first, last = round(top * stage.height), round(low * stage.height)
    rows = max(2, last - first)
    band = canvas.ramp(rows, [(0, stage.tinted(far)), (1, stage.tinted(near))])
    mirror = stage.picture[:first][::-1].mean(axis=1, keepdims=True)
    warm = 0.66 if stage.hour.tint[2] < 0.9 else 0.42
    mirror = mirror[np.linspace(0, len(mirror) - 1, rows).astype(np.int64)]
    body = canvas.mix(np.repeat(band[:, None], stage.width, axis=1), mirror, warm)
    depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    # Ripples: noise squeezed flat, its scale shrinking towards the horizon.
    tall = canvas.noise(stage.random, stage.width, rows * 3, 0.05 * stage.unit, 2)
    wide = canvas.resized(tall[:, : max(2, stage.width // 4)], stage.width, rows * 3)
    at = (depth[:, 0] ** 0.5 * (rows * 3 - 1)).astype(np.int64)
    ripple = wide[at]
    crest = canvas.smooth(0.35, 0.8, ripple) * (0.2 + 0.6 * depth)
    trough = canvas.smooth(0.1, 0.9, -ripple) * (0.15 + 0.35 * depth)
    if stage.manner.banded:
        body = body[np.minimum(np.arange(rows) // max(1, rows // 4) * (rows // 4), rows - 1)]
        crest, trough = (ripple > 0.62) * np.float32(0.8), np.zeros_like(trough)
    light = np.clip(canvas.color(stage.hour.sky[-1][1]) + 0.12, 0, 1)
    body = canvas.mix(body, light, np.float32(0.42) * crest[..., None])
    body = body * (1 - np.float32(0.22) * trough[..., None])
    # The path of light under the sun or the moon.
    across = np.linspace(0, 1, stage.width, dtype=np.float32)[None, :]
    path = np.exp(-(((across - (0.5 + 0.25 * stage.light.side)) / (0.035 + 0.11 * depth)) ** 2))
    glitter = path * canvas.smooth(-0.1, 0.5, ripple) * (0.75 - 0.4 * depth)
    if stage.manner.banded:
        glitter = (glitter > 0.3) * np.float32(0.7)
    body = canvas.mix(body, canvas.color(stage.hour.glow), 0.75 * glitter[..., None])
    stage.cover(np.ones((rows, stage.width), dtype=np.float32), body, first)


def _sea(stage: Stage) -> None:
    stage.sky()
    stage.stars(160, 0.5)
    stage.sun(0.5 + 0.25 * stage.light.side, 0.36 if stage.hour.sky[0][1][2] < 0.5 else 0.18, 0.06)
    stage.clouds(5, 0.46, 0.08)
    _water(stage, 0.54, 1.0, rgb("#5bb7e0"), rgb("#136f9f"))


def _beach(stage: Stage) -> None:
    stage.sky()
    stage.stars(160, 0.45)
    stage.sun(0.5 + 0.25 * stage.light.side, 0.32 if stage.hour.sky[0][1][2] < 0.5 else 0.16, 0.06)
    stage.clouds(4, 0.4, 0.08)
    _water(stage, 0.48, 0.74, rgb("#3fb3dc"), rgb("#55cfd4"))
    stage.ridge(0.68, 0.012, 0.5, (rgb("#ffffff"), rgb("#ffffff")))
    stage.ridge(0.69, 0.012, 0.5, (rgb("#d9b982"), rgb("#f6dfae")), thickness=0.06)
    stage.ridge(0.72, 0.015, 0.6, (rgb("#fbe7bb"), rgb("#e8c084")), thickness=0.4)
    side = -1 if stage.random.random() < 0.5 else 1
    stage.stand("palm-tree", 0.5 + side * 0.42, 0.8, 0.58, far=0.08)
    stage.row(["spiral-shell"], 3, (0.85, 0.95), (0.035, 0.05), far=0.0, gap=0.5)


def _lake(stage: Stage) -> None:
    stage.sky()
    stage.stars(160, 0.45)
    stage.sun(0.5 + 0.25 * stage.light.side, 0.17)
    stage.clouds(4, 0.34, 0.07)
    stage.ridge(0.45, 0.16, 0.45, (rgb("#aab9cf"), rgb("#8aa2b8")), sharp=True, haze=0.45)
    stage.ridge(0.5, 0.04, 0.5, (rgb("#7fbf6a"), rgb("#57a051")), haze=0.2)
    stage.row(["evergreen-tree", "deciduous-tree"], 14, (0.52, 0.55), (0.08, 0.15), far=0.5)
    _water(stage, 0.55, 1.0, rgb("#7cc0dc"), rgb("#2a7fa6"))


def _lakeside(stage: Stage) -> None:
    _lake(stage)
    stage.ridge(0.75, 0.015, 0.6, (rgb("#93d05f"), rgb("#4fa03d")), thickness=0.3)


def _underwater(stage: Stage) -> None:
    deep = [(0, (0.45, 0.86, 0.93)), (0.35, (0.13, 0.6, 0.8)), (1, (0.03, 0.26, 0.5))]
    stage.horizon, shore = 1.0, stage.horizon
    stage.sky([(at, stage.tinted(tone)) for at, tone in deep])
    stage.horizon = shore
    _shafts(stage)
    stage.ridge(0.78, 0.08, 0.4, (rgb("#3f8fb0"), rgb("#2a7399")), haze=0.25)
    stage.row(["coral"], 5, (0.8, 0.85), (0.1, 0.18), far=0.6, gap=0.2)
    stage.row(["fish", "tropical-fish"], 5, (0.2, 0.62), (0.03, 0.06), far=0.75, gap=0.3)
    stage.ridge(0.86, 0.04, 0.6, (rgb("#e8d9a6"), rgb("#9fb59c")), thickness=0.25)
    stage.row(["coral", "herb", "spiral-shell"], 7, (0.89, 0.99), (0.08, 0.2), far=0.1, gap=0.45)


def _shafts(stage: Stage) -> None:
    """Paint slanting beams of light from above."""
    wide, high = stage.width, stage.height
    rows = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    across = np.linspace(0, 1, wide, dtype=np.float32)[None, :] + 0.35 * stage.light.side * rows
    plane = np.zeros((high, wide), dtype=np.float32)
    for _ in range(6):
        where, breadth = stage.random.uniform(-0.2, 1.2), stage.random.uniform(0.02, 0.07)
        spread = breadth * (0.6 + 1.2 * rows)
        plane += np.exp(-(((across - where) / spread) ** 2)) * stage.random.uniform(0.12, 0.32)
    beams = np.clip(plane * (1 - rows) ** 1.2, 0, 0.6)
    canvas.shade(stage.picture, stage.plain(beams, 6), (0.85, 1, 1))


def _city(stage: Stage) -> None:
    stage.sky()
    stage.stars(120, 0.4)
    stage.sun(0.5 + 0.25 * stage.light.side, 0.15)
    stage.clouds(3, 0.3, 0.06)
    for base, tall, haze, number in (
        (0.66, 0.42, 0.62, 13),
        (0.68, 0.34, 0.38, 10),
        (0.7, 0.26, 0.14, 8),
    ):
        _skyline(stage, base, tall, haze, number)
    stage.row(["deciduous-tree"], 6, (0.705, 0.715), (0.1, 0.14), far=0.25, gap=0.3)
    edge = stage.horizon
    stage.horizon = 0.7
    stage.ground((rgb("#c9c6cc"), rgb("#a9a7b2")), texture=0.015)
    stage.horizon = 0.765
    stage.ground((rgb("#6d6f80"), rgb("#4b4d5e")), texture=0.02)
    stage.horizon = edge


def _skyline(stage: Stage, base: float, tall: float, haze: float, number: int) -> None:
    """Paint a row of houses with lit windows by night."""
    wide, high = stage.width, stage.height
    tones = [
        rgb(text) for text in ("#e9a58a", "#8fb0cf", "#d9c3a0", "#a89fc9", "#c98f8f", "#9cc0b2")
    ]
    night = stage.hour.tint[0] < 0.8
    foot = round(base * high)
    step = wide / number
    for index in range(number):
        breadth = round(step * stage.random.uniform(0.85, 1.25))
        rise = round(tall * stage.random.uniform(0.45, 1.0) * high)
        left = round(index * step + stage.random.uniform(-0.15, 0.15) * step)
        wall = canvas.color(stage.tinted(tones[int(stage.random.integers(len(tones)))]))
        house = np.ones((rise, breadth, 4), dtype=np.float32)
        fade = 0.0 if stage.manner.banded else 0.08
        shade = np.linspace(1 + fade, 1 - fade, rise, dtype=np.float32)
        house[..., :3] = wall * shade[:, None, None]
        house[:, : max(1, breadth // 6), :3] *= 1.06 if stage.light.side < 0 else 0.92
        pane = max(3, round(0.021 * stage.unit))
        if stage.snowy:
            house[: max(2, round(0.012 * stage.unit)), :, :3] = stage.land((1, 1, 1))
        for y in range(pane, rise - pane, 2 * pane):
            for x in range(pane, breadth - pane, 2 * pane):
                shining = stage.random.random() < (0.55 if night else 0.0)
                tone = (1.0, 0.86, 0.5) if shining else tuple(wall * 0.72 + 0.05)
                house[y : y + pane, x : x + round(pane * 0.8), :3] = tone
        house[..., :3] = canvas.mix(house[..., :3], canvas.color(stage.light.haze), haze)
        house = np.clip(house, 0, 1)
        if stage.manner.sheets:
            house = cut_out(house, stage.unit, rim=0.003, lift=0.7)
        grown = (house.shape[1] - breadth) // 2
        canvas.lay(stage.picture, house, left - grown, foot - rise - grown)


def _space(stage: Stage) -> None:
    stage.horizon = 1.0
    stage.sky(((0, rgb("#0a0824")), (0.5, rgb("#1a1247")), (1, rgb("#2a1350"))))
    wide, high = stage.width, stage.height
    for tone, strength in ((rgb("#7a3fc2"), 0.6), (rgb("#2d7fd0"), 0.5), (rgb("#e0559a"), 0.35)):
        cloud = canvas.noise(stage.random, wide, high, 0.55 * stage.unit, 5)
        band = canvas.noise(stage.random, wide, high, 0.9 * stage.unit, 1)
        plane = canvas.smooth(-0.1, 1.4, cloud) * canvas.smooth(-0.5, 0.9, band)
        canvas.shade(stage.picture, stage.plain(plane) * np.float32(strength), tone)
    stage.hour = HOURS["night"]
    stage.stars(260, 1.0)
    side = -1 if stage.random.random() < 0.5 else 1
    stage.stand(
        "ringed-planet", 0.5 + side * 0.36, stage.random.uniform(0.28, 0.36), 0.17, far=0.25
    )


def _moon_ground(stage: Stage) -> None:
    _space(stage)
    stage.ridge(0.66, 0.04, 0.5, (rgb("#b9bac8"), rgb("#8d8ea0")), haze=0.1)
    stage.ridge(0.72, 0.02, 0.8, (rgb("#d5d6e0"), rgb("#8f90a3")), thickness=0.4)


def _sky(stage: Stage) -> None:
    stage.horizon = 1.0
    stage.sky()
    stage.stars(160, 0.8)
    stage.sun(0.5 + 0.32 * stage.light.side, 0.18, 0.07)
    stage.clouds(5, 0.6, 0.12, 0.18)
    for low, size in ((0.95, 0.24), (1.02, 0.34)):
        stage.clouds(7, low, low - 0.03, size)


def _indoors(stage: Stage) -> None:
    wall = stage.tinted(
        (rgb("#f3d9c4"), rgb("#cfe0d8"), rgb("#d9d3ea"))[int(stage.random.integers(3))]
    )
    pale = tuple(min(1.0, part * 1.08) for part in wall)
    stage.sky(((0, wall), (1, (pale[0], pale[1], pale[2]))))
    stage.stand(
        "window",
        0.5 + 0.28 * (1 if stage.random.random() < 0.5 else -1),
        0.46,
        0.3,
        far=0.04,
        tint=stage.hour.sky[len(stage.hour.sky) // 2][1],
    )
    stage.stand("framed-picture", 0.5, 0.3, 0.15, far=0.04)
    edge = round(0.655 * stage.height)
    stage.picture[edge : round(0.68 * stage.height)] = canvas.color(stage.tinted(rgb("#fbf4ea")))
    stage.ground((rgb("#c58f5e"), rgb("#e0ae78")), texture=0.03, cell=0.12)
    stage.row(["potted-plant"], 2, (0.71, 0.73), (0.26, 0.3), far=0.1, gap=0.78)


def _candy(stage: Stage) -> None:
    stage.sky(_stops_candy(stage))
    stage.stars(40, 0.5)
    stage.clouds(5, 0.45, 0.08, 0.2)
    stage.ridge(0.53, 0.1, 0.4, (rgb("#c9a8ee"), rgb("#d9bdf3")), haze=0.25)
    stage.ridge(0.6, 0.06, 0.5, (rgb("#f7b3d4"), rgb("#f39ac3")), haze=0.1)
    stage.row(
        ["lollipop", "cupcake", "soft-ice-cream", "candy"],
        7,
        (0.62, 0.68),
        (0.12, 0.24),
        far=0.25,
        gap=0.5,
    )
    stage.ridge(0.69, 0.03, 0.7, (rgb("#a8ead0"), rgb("#6fcfae")), thickness=0.4)


def _stops_candy(stage: Stage) -> list[tuple[float, Color]]:
    stops = [(0.0, rgb("#8fb7f5")), (0.5, rgb("#d5b9f2")), (1.0, rgb("#ffd9e6"))]
    return [(at, stage.tinted(tone)) for at, tone in stops]


def studio(tone: Color) -> Paint:
    """Return a seamless backdrop of one color with a soft spot of light."""

    def paint(stage: Stage) -> None:
        body = canvas.color(stage.tinted(tone))
        stage.picture[:] = body * 0.97
        wide, high = stage.width, stage.height
        spot = canvas.glow(
            wide, high, wide * (0.5 + 0.12 * stage.light.side), high * 0.42, 0.55 * stage.unit
        )
        light = np.clip(body + 0.1, 0, 1)
        if stage.manner.banded:
            spot = canvas.disc((wide, high), wide / 2, high * 0.47, 0.4 * stage.unit)
            stage.cover(spot, light, 0)
            return
        canvas.shade(stage.picture, spot * np.float32(0.75), (light[0], light[1], light[2]))
        rows = np.linspace(0, 1, high, dtype=np.float32)[:, None]
        floor = canvas.smooth(0.66, 0.82, rows) * np.ones((1, wide), dtype=np.float32)
        dark = body * 0.93
        canvas.shade(stage.picture, floor * np.float32(0.6), (dark[0], dark[1], dark[2]))

    return paint


SNOWY = ("grass", "dry", "leaves", "sand", "road")  # what snow may lie on
PLACES: dict[str, Place] = {
    "snow": Place(_snow, 0.6, 0.78, 0.9, "snow", rgb("#f4f8fe"), fringe=("evergreen-tree",)),
    "meadow": Place(_meadow, 0.6, 0.76, 0.9, "grass", rgb("#5aa844")),
    "garden": Place(_garden, 0.6, 0.76, 0.9, "grass", rgb("#56a541"), fringe=("tulip", "hyacinth")),
    "forest": Place(_forest, 0.62, 0.77, 0.9, "grass", rgb("#417f3d"), fringe=("herb",)),
    "autumn": Place(_autumn, 0.62, 0.77, 0.9, "leaves", rgb("#a86c35")),
    "savanna": Place(_savanna, 0.6, 0.76, 0.9, "dry", rgb("#c89a48")),
    "desert": Place(_desert, 0.6, 0.78, 0.9, "sand", rgb("#e4ab62")),
    "mountains": Place(
        _mountains, 0.62, 0.77, 0.9, "grass", rgb("#5aa548"), fringe=("evergreen-tree",)
    ),
    "beach": Place(_beach, 0.48, 0.8, 0.91, "sand", rgb("#eccb92")),
    "sea": Place(_sea, 0.54, 0.72, 0.84, "water", rgb("#1f7fae")),
    "lake": Place(_lake, 0.55, 0.72, 0.84, "water", rgb("#3a8db2")),
    "lakeside": Place(
        _lakeside, 0.55, 0.82, 0.91, "grass", rgb("#58a745"), fringe=("sheaf-of-rice",)
    ),
    "underwater": Place(
        _underwater, 0.86, 0.88, 0.95, "bed", rgb("#b9c39c"), drift=True, fringe=("coral",)
    ),
    "city": Place(_city, 0.7, 0.79, 0.92, "road", rgb("#57596a")),
    "space": Place(_space, 1.0, 0.8, 0.9, "none", rgb("#1a1247"), drift=True, shadows=False),
    "moon_ground": Place(_moon_ground, 1.0, 0.8, 0.92, "dust", rgb("#a5a6b8")),
    "sky": Place(_sky, 1.0, 0.8, 0.88, "cloud", rgb("#e8f2fc"), drift=True, shadows=False),
    "indoors": Place(_indoors, 0.68, 0.8, 0.92, "floor", rgb("#d8a46e")),
    "candy": Place(_candy, 0.6, 0.77, 0.9, "candy", rgb("#8adfc0")),
}


def snow_lies(name: str) -> bool:
    """Return whether the place of a name has a ground that snow may lie on."""
    return name in PLACES and PLACES[name].surface in SNOWY
