"""Places, colors and numbers, read off maps and pixels whose truth is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from kanvas_training.evaluation import placing, seeing
from kanvas_training.evaluation.prompts import COLORS, Relation

FOX, OWL, NOTHING = 0, 1, 2


def map_of(fox: tuple[int, int], owl: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return a judge's map of 12 by 12 cells, a fox and an owl of 3 by 3 each, at (row, column)."""
    where = np.zeros((3, 12, 12), dtype=np.float32)
    where[NOTHING] = 1
    for thing, (row, column) in ((FOX, fox), (OWL, owl)):
        where[:, row : row + 3, column : column + 3] = 0
        where[thing, row : row + 3, column : column + 3] = 0.8
    return where


def test_a_thing_is_where_the_map_is_sure_of_it() -> None:
    where = map_of(fox=(0, 0), owl=(9, 6))
    where[FOX, 11, 0] = 0.1  # a doubt elsewhere moves nothing
    seen = placing.seen(where, FOX)
    assert seen.evidence == pytest.approx(0.8)
    assert (seen.x, seen.y) == pytest.approx((1.5 / 12, 1.5 / 12))
    seen = placing.seen(where, OWL)
    assert (seen.x, seen.y) == pytest.approx((7.5 / 12, 10.5 / 12))


def test_a_single_cell_is_weak_evidence() -> None:
    where = np.zeros((2, 12, 12), dtype=np.float32)
    where[0, 4, 4] = 1
    assert placing.evidence(where) == pytest.approx([0.25])


@pytest.mark.parametrize(
    ("fox", "owl", "relation"),
    [
        ((4, 0), (4, 8), "left"),
        ((4, 8), (4, 0), "right"),
        ((0, 4), (8, 4), "above"),
        ((8, 4), (0, 4), "below"),
    ],
)
def test_each_way_of_standing_is_told_from_its_opposite(
    fox: tuple[int, int], owl: tuple[int, int], relation: Relation
) -> None:
    where = map_of(fox, owl)
    first, second = placing.seen(where, FOX), placing.seen(where, OWL)
    assert placing.stands(relation, first, second)
    assert not placing.stands(relation, second, first)


def test_things_in_one_spot_stand_in_no_order() -> None:
    here = placing.Seen(1.0, 0.5, 0.5)
    there = placing.Seen(1.0, 0.51, 0.51)
    relations: tuple[Relation, ...] = ("left", "right", "above", "below")
    assert not any(placing.stands(relation, here, there) for relation in relations)


def test_the_threshold_lets_its_share_of_absent_things_pass() -> None:
    where = np.zeros((40, 3, 2, 2), dtype=np.float32)
    where[:, FOX] = 1  # shown in every picture
    where[:, OWL] = np.linspace(0, 0.39, 40).reshape(-1, 1, 1)  # in none, with more and more doubt
    shown = np.tile([True, False], (40, 1))
    least = placing.threshold(where, shown, alarms=0.25)
    assert sum(placing.evidence(each)[OWL] > least for each in where) == 10


def painted(color: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """Draw a gray picture with a square of a color in the middle, lit from above."""
    picture = np.full((64, 64, 3), 128, dtype=np.uint8)
    light = np.linspace(1.05, 0.7, 32).reshape(-1, 1, 1)
    picture[16:48, 16:48] = np.clip(light * np.array(color), 0, 255)
    return picture


@pytest.mark.parametrize("name", COLORS)
def test_a_color_is_known_in_light_and_shade(name: str) -> None:
    mask = np.ones((64, 64), dtype=bool)
    assert seeing.dominant(painted(COLORS[name]), mask) == name


def test_gray_has_no_color() -> None:
    mask = np.zeros((64, 64), dtype=bool)
    mask[:8] = True
    assert seeing.dominant(painted(COLORS["red"]), mask) == ""


def test_oklab_is_as_published() -> None:
    assert seeing.oklab([255, 255, 255]) == pytest.approx([1, 0, 0], abs=1e-3)
    assert seeing.oklab([255, 0, 0]) == pytest.approx([0.628, 0.2249, 0.1258], abs=1e-3)


def test_cells_grow_to_the_size_of_the_picture() -> None:
    cells = np.eye(2, dtype=bool)
    grown = seeing.grown(cells, 4)
    assert grown.tolist() == np.kron(cells, np.ones((2, 2), dtype=bool)).tolist()


def test_spots_that_only_touch_stay_two_and_specks_are_none() -> None:
    mask = np.zeros((64, 64), dtype=bool)
    mask[10:30, 4:24] = mask[10:30, 26:46] = True
    mask[18:21, 24:26] = True  # a bridge thinner than two rims
    mask[50:57, 50:57] = True  # a speck
    assert seeing.spots(mask) == 2
    assert seeing.spots(np.zeros((64, 64), dtype=bool)) == 0


def test_things_part_from_plain_ground_and_their_shadows_do_not() -> None:
    ramp = np.linspace(250, 225, 128).reshape(-1, 1, 1)
    picture = np.broadcast_to(ramp, (128, 128, 3)).astype(np.uint8)
    picture[40:60, 40:60] = COLORS["red"]
    picture[40:60, 80:100] = (40, 40, 40)
    picture[62:66, 40:60] = 205  # a soft shadow
    parted = seeing.parted(picture)
    assert parted[50, 50]
    assert parted[50, 90]
    assert not parted[64, 50]
    assert seeing.spots(parted) == 2
