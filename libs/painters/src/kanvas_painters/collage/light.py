"""Times of day and weather: the sky's colors and the light that falls on things."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .canvas import Color
from .library import rgb
from .sprites import Light

Stops = tuple[tuple[float, Color], ...]


@dataclass(frozen=True)
class Hour:
    """A time of day: its sky from the top to the horizon, its light, and what it does to colors."""

    sky: Stops
    light: Light
    tint: Color  # multiplies the colors of the land
    cloud: Color
    glow: Color  # around the sun or the moon
    stars: float = 0.0
    body: str = ""  # the drawing of what stands in the sky, if it is no plain sun
    lamp: bool = True  # whether the sun or the moon is to be seen


def _stops(*pairs: tuple[float, str]) -> Stops:
    return tuple((at, rgb(text)) for at, text in pairs)


HOURS = {
    "day": Hour(
        sky=_stops((0, "#3b8de4"), (0.55, "#86c4f6"), (1, "#e2f3fe")),
        light=Light(haze=rgb("#cfe6f8")),
        tint=(1, 1, 1),
        cloud=rgb("#ffffff"),
        glow=rgb("#fff6d8"),
    ),
    "dawn": Hour(
        sky=_stops((0, "#6d94dc"), (0.45, "#cfb4e2"), (0.8, "#ffc9b8"), (1, "#ffe9c6")),
        light=Light(
            ambient=(1.0, 0.95, 0.95),
            key=(1.0, 0.82, 0.66),
            rim=0.5,
            dark=rgb("#4a3b78"),
            haze=rgb("#f6cfc8"),
        ),
        tint=(1.0, 0.93, 0.95),
        cloud=rgb("#fff0ea"),
        glow=rgb("#ffe7b0"),
    ),
    "sunset": Hour(
        sky=_stops(
            (0, "#33286b"), (0.32, "#7b3f8f"), (0.6, "#df5f6b"), (0.82, "#ff9a5c"), (1, "#ffd58c")
        ),
        light=Light(
            ambient=(1.0, 0.87, 0.83),
            key=(1.0, 0.66, 0.36),
            rim=0.75,
            dark=rgb("#32164f"),
            shadow=0.5,
            haze=rgb("#ee9f80"),
        ),
        tint=(0.93, 0.7, 0.72),
        cloud=rgb("#ffb08d"),
        glow=rgb("#ffdf9a"),
    ),
    "night": Hour(
        sky=_stops((0, "#080d30"), (0.5, "#17296b"), (1, "#3f63ad")),
        light=Light(
            ambient=(0.66, 0.74, 0.98),
            key=(0.72, 0.84, 1.0),
            rim=0.6,
            dark=rgb("#050a26"),
            shadow=0.5,
            haze=rgb("#2f4d94"),
        ),
        tint=(0.36, 0.45, 0.72),
        cloud=rgb("#5470b4"),
        glow=rgb("#d9e6ff"),
        stars=1.0,
        body="full-moon",
    ),
}

GREY = {"rain": 0.6, "storm": 0.8, "fog": 0.55, "snowfall": 0.3}


def hour(time: str, weather: str) -> Hour:
    """Return the light of a time of day under a weather."""
    clear = HOURS[time]
    share = GREY.get(weather, 0.0)
    if not share:
        return clear
    dim = {"storm": 0.62, "rain": 0.85}.get(weather, 1.0)

    def grey(value: Color) -> Color:
        luma = 0.3 * value[0] + 0.59 * value[1] + 0.11 * value[2]
        target = (luma * 0.92, luma * 0.97, luma * 1.06)
        mixed = (v + (t - v) * share for v, t in zip(value, target, strict=True))
        red, green, blue = (min(1.0, channel * dim) for channel in mixed)
        return red, green, blue

    return replace(
        clear,
        sky=tuple((at, grey(tone)) for at, tone in clear.sky),
        tint=grey(clear.tint),
        cloud=grey(clear.cloud),
        glow=grey(clear.glow),
        stars=0.0,
        lamp=weather == "snowfall",
        light=replace(
            clear.light,
            ambient=grey(clear.light.ambient),
            haze=grey(clear.light.haze),
            rim=clear.light.rim * 0.6,
            shadow=clear.light.shadow * 0.6,
        ),
    )
