"""Words to train on: prompts as people might type them, drawn by chance from what there is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np

from kanvas_paint_contract.cards import STYLES
from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.lexicon import lexicon

Random = np.random.Generator

# How often a drawing of a kind is named, for its share of the library: what people ask for.
_USEFUL = {"animal": 3.0, "food": 2.0, "plant": 2.0, "transport": 2.0, "musical": 2.0, "place": 1.5}
_SELDOM = ("heart", "cat-face", "monkey-face", "face-", "emotion", "office", "body-parts", "award")
_RELATIONS = {
    "beside": ("and {}", "next to {}", "beside {}"),
    "left": ("to the left of {}", "left of {}"),
    "right": ("to the right of {}", "right of {}"),
    "on": ("on {}", "on top of {}"),
    "above": ("above {}", "over {}"),
    "under": ("under {}", "below {}"),
    "behind": ("behind {}",),
    "front": ("in front of {}",),
}
_ENGLISH = re.compile(r"^[a-z0-9 '-]+$")
_IN = {
    "snow": ("in the snow", "in winter", "in a snowfield"),
    "beach": ("on a beach", "by the seaside"),
    "sea": ("on the sea", "in the ocean"),
    "lake": ("on a lake", "on a pond"),
    "lakeside": ("by a lake",),
    "underwater": ("under water", "underwater", "under the sea"),
    "forest": ("in a forest", "in the woods", "in the jungle"),
    "autumn": ("in an autumn forest", "in autumn"),
    "meadow": ("in a meadow", "in a field", "on the grass", "in a park"),
    "garden": ("in a garden", "in a flower field"),
    "savanna": ("in the savanna", "on safari"),
    "desert": ("in the desert", "among dunes"),
    "mountains": ("in the mountains", "in a valley"),
    "city": ("in the city", "on a street", "in a town"),
    "space": ("in space", "in outer space", "in a galaxy"),
    "moon_ground": ("on the moon", "on mars"),
    "sky": ("in the sky", "in the clouds"),
    "indoors": ("in a room", "indoors", "in a kitchen", "in the living room"),
    "candy": ("in a candy land", "in a fantasy world"),
}
_TIMES = {
    "night": ("at night", "under the stars", "at midnight"),
    "sunset": ("at sunset", "in the evening", "at dusk"),
    "dawn": ("at dawn", "in the morning", "at sunrise"),
    "day": ("on a sunny day", "at noon"),
}
_WEATHERS = {
    "rain": ("in the rain", "on a rainy day"),
    "storm": ("in a storm", "in a thunderstorm"),
    "snowfall": ("in a blizzard", "in falling snow"),
    "fog": ("in the fog", "in mist"),
    "petals": ("among cherry blossoms",),
}
_STYLED = {
    "3d": ("3d render", "3d"),
    "flat": ("flat illustration", "cartoon", "vector art"),
    "watercolor": ("watercolor", "watercolor painting"),
    "ink": ("ink drawing", "sketch", "line art"),
    "pixel": ("pixel art", "8-bit"),
    "paper": ("paper cut", "papercraft"),
}
_COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "brown")
_BACKDROPS = (*_COLORS, "light blue", "pastel pink", "lavender", "teal", "gray")
_NUMBERS = ("two", "three", "four", "five")
_SIZES = ("small", "tiny", "big", "giant")


@cache
def _names() -> dict[str, list[str]]:
    """Return what each drawing is called in English: its own name first, which is the likeliest."""
    names: dict[str, list[str]] = defaultdict(list)
    for key, drawing in library().drawings.items():
        names[key] += drawing.names
    for key, phrases in lexicon().languages["en"].tables["same"].items():
        if key in library().drawings:
            names[key] += [phrase for phrase in phrases if _ENGLISH.match(phrase)]
    return dict(names)


@cache
def _weights() -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    keys, weights = [], []
    for key, drawing in library().drawings.items():
        useful = next((w for kind, w in _USEFUL.items() if drawing.kind.startswith(kind)), 1.0)
        keys.append(key)
        weights.append(0.25 if drawing.kind.startswith(_SELDOM) else useful)
    shares = np.array(weights)
    return keys, shares / shares.sum()


def _one(random: Random, options: Sequence[str]) -> str:
    return options[int(random.integers(len(options)))]


def _noun(random: Random, *, many: str = "") -> str:
    """Return a thing with its article or number, sometimes with a color or a size."""
    keys, shares = _weights()
    names = _names()[keys[int(random.choice(len(keys), p=shares))]]
    name = names[0] if random.random() < 0.6 else _one(random, names)
    words = [name]
    if random.random() < 0.2:
        words.insert(0, _one(random, _COLORS))
    if random.random() < 0.07:
        words.insert(0, _one(random, _SIZES))
    if many:
        return " ".join([many, *words]) + ("" if name.endswith("s") else "s")
    article = "an" if words[0][0] in "aeiou" else "a"
    return " ".join(([] if random.random() < 0.08 else [article]) + words)


def _subject(random: Random) -> str:
    chance = random.random()
    if chance < 0.05:
        return ""
    if chance < 0.15:
        return _noun(random, many=_one(random, _NUMBERS))
    if chance < 0.40:
        relation = _one(random, list(_RELATIONS))
        return _noun(random) + " " + _one(random, _RELATIONS[relation]).format(_noun(random))
    return _noun(random)


def caption(random: Random) -> str:
    """Return one prompt: things, often a place, sometimes an hour, a weather and a style."""
    parts = [_subject(random)]
    chance = random.random()
    if chance < 0.5 or not parts[0]:
        parts.append(_one(random, _IN[_one(random, list(_IN))]))
    elif chance < 0.6:
        parts.append(f"on a {_one(random, _BACKDROPS)} background")
    if chance < 0.5 and random.random() < 0.4:
        parts.append(_one(random, _TIMES[_one(random, list(_TIMES))]))
    elif random.random() < 0.12:
        parts.append(_one(random, _WEATHERS[_one(random, list(_WEATHERS))]))
    prompt = " ".join(part for part in parts if part)
    if random.random() < 0.45:
        prompt += ", " + _one(random, _STYLED[_one(random, STYLES)])
    return prompt
