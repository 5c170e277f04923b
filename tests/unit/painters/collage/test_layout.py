"""Where things stand: relations, counts and sizes hold for every seed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from kanvas_painters.collage.figures import Figures, Spot
from kanvas_painters.collage.layout import arrange
from kanvas_painters.collage.library import library
from kanvas_painters.collage.places import PLACES
from kanvas_painters.collage.reading.reader import read_prompt

SEEDS = range(12)
SIZES = [(512, 512), (768, 512), (512, 768)]


def spots(
    prompt: str, seed: int = 0, size: tuple[int, int] = (512, 512), place: str = "meadow"
) -> list[Spot]:
    return arrange(
        Figures(
            brief=read_prompt(prompt),
            library=library(),
            art="3d",
            place=PLACES[place],
            width=size[0],
            height=size[1],
            random=np.random.default_rng(seed),
        )
    )


def pair(prompt: str, seed: int) -> tuple[Spot, Spot]:
    found = sorted(spots(prompt, seed), key=lambda spot: spot.thing)
    assert [spot.thing for spot in found] == [0, 1]
    return found[0], found[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_left_and_right(seed: int) -> None:
    cat, dog = pair("a cat to the left of a dog", seed)
    assert cat.x < dog.x
    cat, dog = pair("a cat to the right of a dog", seed)
    assert cat.x > dog.x
    cat, dog = pair("a cat next to a dog", seed)
    assert cat.x < dog.x


@pytest.mark.parametrize("seed", SEEDS)
def test_between_two_things(seed: int) -> None:
    found = sorted(spots("a pumpkin between a cat and a dog", seed), key=lambda spot: spot.thing)
    pumpkin, cat, dog = found
    assert cat.x + cat.width / 2 < pumpkin.x < dog.x - dog.width / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_between_two_of_a_kind(seed: int) -> None:
    found = sorted(spots("a pumpkin between two cats", seed), key=lambda spot: spot.thing)
    pumpkin, *cats = found
    left, right = sorted(cats, key=lambda spot: spot.x)
    assert left.x + left.width / 2 <= pumpkin.x - pumpkin.width / 2 + 1
    assert pumpkin.x + pumpkin.width / 2 <= right.x - right.width / 2 + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_on_means_resting_on_it(seed: int) -> None:
    cat, box = pair("a cat on a box", seed)
    assert box.base - box.height <= cat.base < box.base
    assert abs(cat.x - box.x) < box.width / 2
    assert cat.order > box.order


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "prompt",
    [
        "a boy and a girl on a bench",
        "a cat and a dog in a box",
        "a man holding a red balloon and a flower",
    ],
)
def test_things_that_share_another_stand_side_by_side(prompt: str, seed: int) -> None:
    found = spots(prompt, seed)
    hosts = {"bench", "package", "man"}
    one, other = sorted(
        (spot for spot in found if spot.drawing.key not in hosts), key=lambda spot: spot.x
    )
    assert other.x - one.x >= 0.25 * (one.width + other.width)


@pytest.mark.parametrize("seed", SEEDS)
def test_above_leaves_air_between(seed: int) -> None:
    bird, house = pair("a bird above a house", seed)
    assert bird.base <= house.base - house.height or bird.base - bird.height < 0.05 * 512


@pytest.mark.parametrize("seed", SEEDS)
def test_in_front_and_behind(seed: int) -> None:
    cat, house = pair("a cat in front of a house", seed)
    assert cat.order > house.order
    assert cat.base > house.base
    cat, house = pair("a cat behind a house", seed)
    assert cat.order < house.order
    assert cat.base < house.base


@pytest.mark.parametrize("seed", SEEDS)
def test_under_and_inside(seed: int) -> None:
    cat, tree = pair("a cat under a tree", seed)
    assert abs(cat.x - tree.x) < tree.width / 2
    assert cat.height < tree.height
    cat, box = pair("a cat in a box", seed)
    assert cat.within is box


@pytest.mark.parametrize("seed", SEEDS)
def test_what_gives_no_shelter_is_borne(seed: int) -> None:
    lemon, dog = pair("a lemon under a dog", seed)
    assert lemon.base - lemon.height <= dog.base < lemon.base - lemon.height / 2
    assert abs(lemon.x - dog.x) < dog.width / 2
    lemon, dog, _ = sorted(
        spots("a lemon under a dog wearing a hat", seed), key=lambda spot: spot.thing
    )
    assert dog.base < lemon.base - lemon.height / 2
    *cats, dog = sorted(spots("two cats under a dog", seed), key=lambda spot: spot.thing)
    assert all(cat.base > dog.base - dog.height / 2 for cat in cats)
    assert all(cat.order > dog.order for cat in cats)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_over_one_thing_stays_on_another(seed: int) -> None:
    found = sorted(spots("a cat under a dog on a table", seed), key=lambda spot: spot.thing)
    cat, dog, table = found
    assert table.base - table.height <= dog.base < table.base - table.height / 2
    assert cat.order > dog.order
    assert cat.height < dog.height


@pytest.mark.parametrize("seed", SEEDS)
def test_the_moon_is_in_the_sky(seed: int) -> None:
    cat, moon = pair("a cat under the crescent moon", seed)
    assert moon.base < cat.base - cat.height / 2
    assert moon.aloft


@pytest.mark.parametrize("number", [1, 2, 4, 7, 12])
def test_as_many_as_asked(number: int) -> None:
    assert len(spots(f"{number} sheep")) == number


@pytest.mark.parametrize("number", [5, 7, 9, 12])
def test_who_stands_behind_in_a_crowd_looks_through(number: int) -> None:
    found = spots(f"{number} penguins")
    for back, front in combinations(found, 2):
        aside = abs(back.x - front.x) > 0.25 * back.width
        assert aside or front.base - back.base > 0.5 * back.height


def test_sizes_are_true_to_nature_and_to_the_words() -> None:
    mouse, elephant = pair("a mouse and an elephant", 1)
    assert mouse.height < elephant.height / 2
    assert (
        spots("a small dog")[0].height < spots("a dog")[0].height < spots("a giant dog")[0].height
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "prompt",
    [
        "a fox",
        "a giraffe",
        "a limousine",
        "three dogs and a house",
        "twelve cats",
        "a cat on a horse",
        "five balloons",
    ],
)
def test_things_stay_in_the_picture(prompt: str, size: tuple[int, int], seed: int) -> None:
    width, height = size
    for spot in spots(prompt, seed, size):
        assert 0 <= spot.x <= width
        assert 0.3 * spot.height < spot.base <= height
        assert spot.height > 0.04 * min(size)
        assert spot.width < width
