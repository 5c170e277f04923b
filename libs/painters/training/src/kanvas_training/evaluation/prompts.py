"""The prompts of every part of the proof. The same ones each time: chance is seeded."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .concepts import Concept

SEED = 4
Relation = Literal["left", "right", "above", "below"]
RELATIONS: dict[str, Relation] = {
    "to the left of": "left",
    "to the right of": "right",
    "above": "above",
    "under": "below",
    "on": "above",
}
PAIRS = 120
# Not to be set beside a thing: places, and what is in the sky anyway.
ALONE = frozenset(
    (
        "mountain", "volcano", "fountain", "sun", "star", "cloud", "rainbow", "snowflake", "planet",
        "fire", "palm tree", "desert island", "crescent moon", "lightning bolt", "ferris wheel",
    )
)  # fmt: skip
PLACES = {
    "in the snow": "snow",
    "on a beach": "beach",
    "in a forest": "forest",
    "in a meadow": "meadow",
    "in the desert": "desert",
    "in the mountains": "mountains",
    "in the city": "city",
    "in space": "space",
    "under water": "underwater",
    "on the moon": "moon surface",
    "in a living room": "indoors",
    "in an autumn forest": "autumn",
}
# Red, green and blue from 0 to 255: what the words call to mind.
COLORS = {
    "red": (220, 40, 40),
    "orange": (245, 140, 30),
    "yellow": (250, 215, 50),
    "green": (60, 170, 70),
    "blue": (50, 110, 225),
    "purple": (140, 70, 205),
    "pink": (245, 130, 180),
}
COLORED = (
    "car", "cat", "butterfly", "umbrella", "t-shirt", "dress", "teapot", "book",
    "balloon", "robot", "house", "backpack", "fish", "parrot", "bus", "door",
)  # fmt: skip
COUNTS = {"two": 2, "three": 3, "four": 4}  # more stand in rows and hide each other
COUNTED = (
    "apples", "cats", "balloons", "books", "cars", "ducks",
    "frogs", "cupcakes", "owls", "robots", "strawberries", "mushrooms",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two things and how the first stands to the second, by their index among the concepts."""

    prompt: str
    first: int
    second: int
    relation: Relation


def pairs(concepts: Sequence[Concept], number: int = PAIRS) -> list[Pair]:
    """Return pairs of things by chance; each way of standing comes equally often."""
    chance = random.Random(SEED)  # noqa: S311 - a list, not a secret
    usable = [at for at, concept in enumerate(concepts) if concept.name not in ALONE]
    phrases = list(RELATIONS)
    found = []
    for at in range(number):
        first, second = chance.sample(usable, 2)
        phrase = phrases[at % len(phrases)]
        prompt = f"{concepts[first].phrase} {phrase} {concepts[second].phrase}"
        found.append(Pair(prompt, first, second, RELATIONS[phrase]))
    return found


def in_places(concepts: Sequence[Concept]) -> list[tuple[str, int, str]]:
    """Return, for every concept, a prompt that sets it in a place, its index, and the place."""
    chance = random.Random(SEED)  # noqa: S311 - a list, not a secret
    found = []
    for at, concept in enumerate(concepts):
        phrase, place = chance.choice(list(PLACES.items()))
        found.append((f"{concept.phrase} {phrase}", at, place))
    return found


def colored() -> list[tuple[str, str, str]]:
    """Return prompts that ask for a color, the same without it, and the color."""
    return [(_one(f"{color} {thing}"), _one(thing), color) for thing in COLORED for color in COLORS]


def _one(thing: str) -> str:
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def counted() -> list[tuple[str, int]]:
    """Return prompts that ask for some of a thing on plain ground, and how many."""
    return [
        (f"{word} {things} on a white background", number)
        for things in COUNTED
        for word, number in COUNTS.items()
    ]
