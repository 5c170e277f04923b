"""What a style, a weather or a place does to a picture, measured on its pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from kanvas_painters.collage.canvas import Color, color
from kanvas_painters.collage.composition import Composition
from kanvas_painters.collage.library import library
from kanvas_painters.collage.sprites import Light, lit, recolored
from kanvas_painters.collage.styles import stylized
from kanvas_painters.collage.weather import atmosphere

Pixels = npt.NDArray[np.float64]


def painting(prompt: str, style: str = "", seed: int = 3) -> Composition:
    return Composition(prompt=prompt, negative="", style=style, seed=seed, width=192, height=192)


def painted(prompt: str, style: str = "", seed: int = 3) -> Pixels:
    *_, last = painting(prompt, style, seed).paint(1)
    return last.astype(np.float64)


def shape(work: Composition) -> Pixels:
    """Where the things are, from 0 to 1."""
    plane = np.zeros((3 * 192, 3 * 192))
    for spot in work.spots(work.art):
        alpha = library().pixels(spot.drawing.key, work.art, round(spot.height))[..., 3]
        alpha = alpha[:, ::-1] if spot.flip else alpha
        high, wide = alpha.shape
        top, left = 192 + round(spot.base - high), 192 + round(spot.x - wide / 2)
        part = plane[top : top + high, left : left + wide]
        np.maximum(part, alpha, out=part)
    return plane[192:384, 192:384]


def colors(picture: Pixels) -> int:
    """How many colors it has, told apart in steps of 4 of 256."""
    return len(np.unique(picture.reshape(-1, 3) // 4, axis=0))


@pytest.mark.parametrize("style", ["3d", "flat", "watercolor", "ink", "pixel", "paper"])
def test_a_picture_has_single_precision_whatever_its_style(style: str) -> None:
    """A number of double precision, as `np.cos` gives it, would double the work of all pixels."""
    picture = np.full((64, 64, 3), 0.5, dtype=np.float32)
    shape = np.zeros((64, 64), dtype=np.float32)
    shape[20:40, 20:40] = 1
    assert stylized(picture, shape, style, np.random.default_rng(7)).dtype == np.float32


def test_flat_pictures_have_plain_fills() -> None:
    words = "a fox in a meadow"
    assert colors(painted(words, "flat")[:60]) < colors(painted(words, "3d")[:60]) / 2
    plain = [
        (np.abs(np.diff(painted(words, style), axis=1)).max(-1) == 0).mean()
        for style in ("flat", "3d")
    ]
    assert plain[0] > 2 * plain[1]


def test_pixel_pictures_have_few_colors_in_square_cells() -> None:
    picture = painted("a fox in a meadow", "pixel")
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) <= 22
    cells = picture[:190, :190].reshape(95, 2, 95, 2, 3)
    assert (cells == cells[:, :1, :, :1]).all()


def test_pixel_pictures_outline_their_things() -> None:
    picture = painted("a yellow balloon on a white background", "pixel")
    assert ((picture.sum(-1) < 120).sum()) > 40


def test_watercolor_leaves_the_edge_of_the_sheet_white() -> None:
    picture = painted("a castle at night", "watercolor")
    assert picture[0].min() > 225
    assert picture[60:130, 60:130].mean() < 190


def test_paper_pictures_show_the_white_rim_of_what_is_cut() -> None:
    work = painting("a black cat in a meadow", "paper")
    *_, picture = work.paint(1)
    solid = shape(work)
    around = (np.maximum(np.roll(solid, 1, 0), np.roll(solid, -1, 1)) > 0.9) & (solid < 0.05)
    assert np.median(picture[around].min(-1)) > 170


@pytest.mark.parametrize("style", ["3d", "flat"])
@pytest.mark.parametrize(
    "prompt", ["a black cat at night", "a white dove in the snow", "a blue car in the sea at night"]
)
def test_a_thing_differs_from_what_is_behind_it(prompt: str, style: str) -> None:
    work = painting(prompt, style)
    *_, picture = work.paint(1)
    solid = shape(work)
    inside = solid > 0.9
    ring = (np.maximum.reduce([np.roll(solid, d, a) for d in (-5, 5) for a in (0, 1)]) > 0.9) & (
        solid < 0.05
    )
    apart = np.linalg.norm(picture[inside].mean(0) - picture[ring].mean(0))
    assert apart > 30


def test_snow_lies_where_it_falls() -> None:
    dry, snowed = painted("a cat in a meadow"), painted("a cat in a meadow, snowfall")
    assert snowed[-30:].min(-1).mean() > dry[-30:].min(-1).mean() + 60


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a fish", "underwater"),
        ("a ship", "sea"),
        ("a fish under a ship", "sea"),
        ("a fish in the sea", "underwater"),
    ],
)
def test_things_are_where_they_belong(prompt: str, place: str) -> None:
    assert painting(prompt).place_name == place


@pytest.mark.parametrize("place", ["indoors", "underwater", "space"])
def test_no_rain_falls_under_a_roof(place: str) -> None:
    work = painting("a cat")
    air = np.full((64, 64, 3), 0.5, dtype=np.float32)
    atmosphere(air, place, "storm", work.hour, np.random.default_rng(1))
    bubbles = np.full((64, 64, 3), 0.5, dtype=np.float32)
    atmosphere(bubbles, place, "", work.hour, np.random.default_rng(1))
    assert (air == bubbles).all()


def test_a_lamp_burns_indoors_by_night() -> None:
    picture = painted("a cup indoors at night")
    red, _, blue = picture[:100].reshape(-1, 3).mean(0)
    assert red > blue + 15


def test_a_wet_street_shines() -> None:
    dry, wet = painted("a yellow taxi in the city"), painted("a yellow taxi in the city, rain")
    yellow = [(p[-24:, 50:140, 0] - p[-24:, 50:140, 2]).max() for p in (dry, wet)]
    assert yellow[1] > yellow[0] + 10


@pytest.mark.parametrize("prompt", ["a fox", "a car", "a giraffe", "an apple", "a snake"])
@pytest.mark.parametrize("seed", range(3))
def test_one_thing_fills_more_than_half_of_the_picture(prompt: str, seed: int) -> None:
    rows, columns = np.nonzero(shape(painting(prompt, seed=seed)) > 0.5)
    extent = max(np.ptp(rows), np.ptp(columns)) / 192
    assert 0.5 < extent < 0.75


@pytest.mark.parametrize("side", [-0.75, 0.75])
def test_the_lit_edge_fades_even_where_a_drawing_fills_its_layer(side: float) -> None:
    gray = np.full((200, 200, 4), 0.5, dtype=np.float32)
    gray[..., 3] = 1
    shone = lit(gray, Light(side=side))[..., 0]
    assert np.ptp(shone[100]) > 0.1
    assert np.abs(np.diff(shone[100])).max() < 0.06


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("bus", (0.32, 0.82, 0.98)),  # its windows
        ("television", (0.33, 0.81, 1.0)),  # its screen
        ("hot-beverage", (0.49, 0.31, 0.33)),  # the coffee
        ("duck", (0.98, 0.79, 0.33)),  # its beak
    ],
)
def test_a_color_goes_to_the_body(key: str, kept: Color) -> None:
    drawing = library().drawings[key]
    pixels = library().pixels(key, "3d", 96)
    changed = np.abs(recolored(pixels, drawing.color, (0.9, 0.1, 0.1)) - pixels).max(-1) > 0.2
    solid = pixels[..., 3] > 0.6
    alike = solid & (np.abs(pixels[..., :3] - color(kept)).max(-1) < 0.1)
    assert changed[solid].mean() > 0.2
    assert alike.sum() > 20
    assert changed[alike].mean() < 0.1
