"""Where a brief is set: the place that its words name, or where its things belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .brief import Brief
from .canvas import Color, Random
from .library import Drawing, rgb
from .light import HOURS, Hour, hour
from .places import PLACES, Place, studio

STUDIO = "studio"
BACKDROPS = ("#f6c9d0", "#cfe3f7", "#d8edd3", "#f8e3b8", "#dcd3f2", "#c9ebe6", "#fad4bb")
HOMES = {"deep": "underwater", "water": "sea", "space": "space", "sky": "sky"}
KIN = {
    "penguin": "snow",
    "polar-bear": "snow",
    "snowman": "snow",
    "snowman-without-snow": "snow",
    "skier": "snow",
    "snowboarder": "snow",
    "sled": "snow",
    "santa-claus": "snow",
    "camel": "desert",
    "two-hump-camel": "desert",
    "cactus": "desert",
    "lion": "savanna",
    "giraffe": "savanna",
    "zebra": "savanna",
    "elephant": "savanna",
    "rhinoceros": "savanna",
    "hippopotamus": "savanna",
}
MOONS = ("full-moon", "full-moon-face", "crescent-moon")
SUNS = ("sun", "sun-with-face")
NIGHTLY = (*MOONS, "star", "glowing-star", "comet")
TALL = 3.0  # metres: what is taller stands outdoors
SHORES = {"sea": "beach", "lake": "lakeside"}
SWIMMERS = ("animal-marine", "animal-bird", "animal-amphibian", "person-sport", "transport-water")


def place_name(brief: Brief, drawings: Sequence[Drawing]) -> str:
    """Return the name of the place: one of `PLACES`, or the studio."""
    if brief.place:
        return _ashore(brief.place, drawings)
    if brief.backdrop is not None:
        return STUDIO
    if brief.weather == "snowfall":
        return "snow"
    return _home(brief, drawings)


def _ashore(place: str, drawings: Sequence[Drawing]) -> str:
    """Return the place for things that neither swim nor float (the shore); fish swim below."""
    if place in SHORES and drawings and all(drawing.habitat == "deep" for drawing in drawings):
        return "underwater"
    dry = [
        drawing
        for drawing in drawings
        if drawing.habitat == "ground" and drawing.kind not in SWIMMERS
    ]
    return SHORES.get(place, place) if dry else place


def _home(brief: Brief, drawings: Sequence[Drawing]) -> str:
    """Return where things belong when the words do not say."""
    kin = [KIN[drawing.key] for drawing in drawings if drawing.key in KIN]
    habitats = {drawing.habitat for drawing in drawings}
    if kin:
        return kin[0]
    if len(habitats) == 1 and not habitats.isdisjoint(HOMES):
        return HOMES[habitats.pop()]
    if habitats == {"deep", "water"}:
        return "sea"
    if brief.time or brief.weather or "sky" in habitats or not drawings:
        return "meadow"
    if any(drawing.kind == "household" for drawing in drawings):
        return "indoors"
    return "meadow" if max(drawing.height for drawing in drawings) > TALL else STUDIO


def hour_of(brief: Brief, drawings: Sequence[Drawing]) -> Hour:
    """Return the light: the hour of the words, or the night where a moon or stars are drawn.

    A sun or a moon that is one of the things leaves the sky to it.
    """
    keys = {drawing.key for drawing in drawings}
    found = hour(brief.time or ("day" if keys.isdisjoint(NIGHTLY) else "night"), brief.weather)
    return found if keys.isdisjoint((*MOONS, *SUNS)) else replace(found, lamp=False)


def indoors(found: Hour) -> Hour:
    """Return an hour as it is under a roof: by night a lamp burns."""
    if not found.stars:
        return replace(HOURS["day"], sky=found.sky, tint=_half(found.tint))
    lamp = replace(
        found.light, ambient=(0.94, 0.84, 0.74), key=(1.0, 0.82, 0.55), haze=(0.5, 0.38, 0.36)
    )
    return replace(found, tint=(0.74, 0.58, 0.5), light=lamp)


def _half(tone: Color) -> Color:
    red, green, blue = (0.5 + part / 2 for part in tone)
    return red, green, blue


def place(name: str, backdrop: Color | None, random: Random) -> Place:
    """Return the place of a name; the studio's color is the backdrop's, or left to chance."""
    if name in PLACES:
        return PLACES[name]
    tone = backdrop or rgb(BACKDROPS[int(random.integers(len(BACKDROPS)))])
    return Place(studio(tone), 1.0, 0.84, 0.9, "none", tone)
