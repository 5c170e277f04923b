"""Any two things in any relation: both in the picture, both to be seen, and as the words say."""

from __future__ import annotations

import random

import numpy as np
import pytest

from kanvas_painters.collage.brief import Brief, Relation, Thing
from kanvas_painters.collage.figures import Figures, Spot
from kanvas_painters.collage.layout import arrange
from kanvas_painters.collage.library import library
from kanvas_painters.collage.setting import place, place_name
from kanvas_painters.collage.uses import shelters

KINDS = ("left", "right", "on", "under", "above", "behind", "front", "inside", "beside")
SIZES = ((512, 512), (512, 512), (768, 512), (512, 768))
DRAWN = 60  # pairs a relation
CHANCE = random.Random(11)
KEYS = sorted(library().drawings)
ODD = [("whale", "chair"), ("full-moon", "chair"), ("mouse", "elephant"), ("elephant", "mouse")]
CASES = [
    (kind, first, second, CHANCE.choice(SIZES))
    for kind in KINDS
    for first, second in ODD + [tuple(CHANCE.sample(KEYS, 2)) for _ in range(DRAWN)]
]


def spots(kind: str, first: str, second: str, size: tuple[int, int]) -> tuple[Figures, Spot, Spot]:
    brief = Brief(
        things=(Thing(first, first), Thing(second, second)),
        relations=(Relation(kind, 0, 1),),
        style="3d",
    )
    seed = np.random.default_rng(len(first) * 31 + len(second))
    drawings = [library().drawings[key] for key in (first, second)]
    figures = Figures(
        brief=brief,
        library=library(),
        art="3d",
        place=place(place_name(brief, drawings), None, seed),
        width=size[0],
        height=size[1],
        random=seed,
    )
    found = sorted(arrange(figures), key=lambda spot: spot.thing)
    assert [spot.thing for spot in found] == [0, 1]
    return figures, found[0], found[1]


def hidden(figures: Figures, first: Spot, second: Spot) -> float:
    """Return the largest share of either that the other covers."""
    back, front = sorted((first, second), key=lambda spot: spot.order)
    shares = [figures.covered(back, front)]
    for inner, host in ((first, second), (second, first)):
        if inner.within is host:
            rim = host.base - (1 - inner.brim) * host.height
            shares.append(max(0.0, inner.base - rim) / inner.height)
    return max(shares)


def stands_as_told(kind: str, first: Spot, second: Spot) -> bool:
    """Whether the boxes lie to one another as the relation says."""
    upper, lower = first.base - first.height / 2, second.base - second.height / 2
    aside = abs(first.x - second.x)
    over = aside < (first.width + second.width) / 2
    return {
        "left": first.x + first.width / 2 <= second.x - second.width / 2 + 1,
        "right": first.x - first.width / 2 >= second.x + second.width / 2 - 1,
        "on": over and upper < lower and first.order > second.order,
        "under": over and upper > lower and (shelters(second.drawing) or _rests(second, first)),
        "above": over and first.base < second.base - second.height,
        "behind": first.order < second.order and first.base < second.base,
        "front": first.order > second.order and first.base > second.base,
        "inside": over and first.within is second,
        "beside": not over or first.aloft is not second.aloft,  # what flies hangs by itself
    }[kind]


def _rests(upper: Spot, lower: Spot) -> bool:
    return upper.base < lower.base - lower.height / 3  # half a couch is its lamp


@pytest.mark.parametrize(("kind", "first", "second", "size"), CASES)
def test_two_things_in_a_relation(
    kind: str, first: str, second: str, size: tuple[int, int]
) -> None:
    figures, one, other = spots(kind, first, second, size)
    width, height = size
    for spot in (one, other):
        assert spot.x - spot.width / 2 >= -0.02 * width
        assert spot.x + spot.width / 2 <= 1.02 * width
        assert spot.base - spot.height >= -0.02 * height
        assert spot.base <= 1.0 * height
        assert spot.height >= 0.12 * height
    assert hidden(figures, one, other) <= 0.35
    if kind == "under" and other.drawing.habitat in ("sky", "space"):
        assert other.base < one.base  # what flies hangs above by itself
    else:
        assert stands_as_told(kind, one, other)
