"""What the network is shown: drawings at their spots, back to front, color times alpha."""

from __future__ import annotations

import numpy as np
import pytest

from kanvas_painters.collage.brief import Brief, Thing
from kanvas_painters.collage.canvas import Array
from kanvas_painters.collage.figures import Spot
from kanvas_painters.collage.library import library
from kanvas_painters.easel.references import canvas_of, enlarged, main_color, shipped

RED, GREEN, BLUE = (0.9, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.9)
SIDE = 32


def spot(x: float, base: float, size: float, thing: int = 0, **more: object) -> Spot:
    return Spot(
        thing=thing,
        drawing=library().drawings["fox"],
        x=x,
        base=base,
        height=size,
        width=size,
        order=0.0,
        **more,  # type: ignore[arg-type]
    )


def brief(*colors: tuple[float, float, float] | None) -> Brief:
    return Brief(things=tuple(Thing("fox", "fox", color=color) for color in colors))


def plain(tone: tuple[float, float, float], width: int, height: int, alpha: float = 1.0) -> Array:
    layer = np.full((height, width, 4), alpha, dtype=np.float32)
    layer[..., :3] = tone
    return layer


def red_and_green(*spots: Spot) -> Array:
    """Things at their spots: the first thing red, the second green."""
    tones = (RED, GREEN)
    return canvas_of(
        spots,
        brief(None, None),
        SIDE,
        lambda where, wide, high: plain(tones[where.thing], wide, high),
    )


def test_a_drawing_stands_at_its_spot_and_the_rest_is_empty() -> None:
    canvas = canvas_of(
        [spot(16, 20, 8)], brief(None), SIDE, lambda _spot, wide, high: plain(RED, wide, high)
    )
    assert canvas.shape == (SIDE, SIDE, 4)
    assert canvas.dtype == np.float32
    assert np.allclose(canvas[12:20, 12:20, :3], RED)
    assert canvas[..., 3].sum() == 64


def test_color_is_multiplied_by_alpha() -> None:
    canvas = canvas_of(
        [spot(16, 20, 8)], brief(None), SIDE, lambda _spot, wide, high: plain(RED, wide, high, 0.5)
    )
    assert np.allclose(canvas[15, 15], (0.45, 0.05, 0.05, 0.5))


def test_a_later_spot_covers_an_earlier_one() -> None:
    canvas = red_and_green(spot(16, 20, 8, 0), spot(18, 20, 8, 1))
    assert np.allclose(canvas[15, 12, :3], RED)
    assert np.allclose(canvas[15, 15, :3], GREEN)


def test_a_box_covers_the_foot_of_what_is_in_it() -> None:
    box = spot(16, 24, 12, 0)
    canvas = red_and_green(box, spot(16, 20, 12, 1, within=box))
    assert np.allclose(canvas[10, 16, :3], GREEN)
    assert np.allclose(canvas[19, 16, :3], RED)


def test_a_box_begins_at_its_brim() -> None:
    box = spot(16, 24, 12, 0)
    canvas = red_and_green(box, spot(16, 24, 12, 1, within=box, brim=0.75))
    assert np.allclose(canvas[20, 16, :3], GREEN)
    assert np.allclose(canvas[22, 16, :3], RED)


def test_the_same_spots_in_a_larger_picture() -> None:
    box = spot(16, 24, 12, 0)
    twice = enlarged([box, spot(10, 20, 6, 1, within=box)], 2)
    assert [(one.x, one.base, one.height, one.width) for one in twice] == [
        (32, 48, 24, 24),
        (20, 40, 12, 12),
    ]
    assert twice[1].within is twice[0]
    assert box.height == 12


def test_the_flat_drawing_fills_its_spot_unless_it_is_of_another_pose() -> None:
    own = library().drawings["fox"].aspects["flat"]
    near, far = spot(16, 24, 40), spot(16, 24, 40)
    near.width, far.width = 40 * own * 1.2, 40 * own * 1.5
    assert shipped(near, round(near.width), 40).shape[:2] == (40, round(near.width))
    assert shipped(far, round(far.width), 40).shape[1] == pytest.approx(40 * own, abs=1)


def test_what_lies_outside_is_cut_off_and_what_has_no_drawing_left_out() -> None:
    spots = [spot(0, 4, 8, 0), spot(16, 20, 8, 1)]
    canvas = canvas_of(
        spots,
        brief(None, None),
        SIDE,
        lambda where, wide, high: plain(RED, wide, high) if where.thing == 0 else None,
    )
    assert canvas[..., 3].sum() == 16


def test_a_flipped_drawing_faces_the_other_way() -> None:
    def halves(_spot: Spot, wide: int, high: int) -> Array:
        layer = plain(RED, wide, high)
        layer[:, wide // 2 :, :3] = GREEN
        return layer

    canvas = canvas_of([spot(16, 20, 8, flip=True)], brief(None), SIDE, halves)
    assert np.allclose(canvas[15, 13, :3], GREEN)
    assert np.allclose(canvas[15, 18, :3], RED)


def test_a_turned_drawing_keeps_its_middle_and_leaves_its_corners() -> None:
    canvas = canvas_of(
        [spot(16, 20, 9, angle=45.0)],
        brief(None),
        SIDE,
        lambda _spot, wide, high: plain(RED, wide, high),
    )
    assert canvas[15, 16, 3] == pytest.approx(1, abs=0.01)
    assert canvas[11, 12, 3] < 0.5
    assert canvas[15, 10:22, 3].sum() > 9.5  # the diagonal is longer than the side
    assert (canvas[..., :3] <= canvas[..., 3:] + 1e-6).all()


def test_a_color_that_is_asked_for_replaces_the_main_one() -> None:
    canvas = canvas_of(
        [spot(16, 20, 8)], brief(BLUE), SIDE, lambda _spot, wide, high: plain(RED, wide, high)
    )
    red, green, blue, _ = canvas[15, 15]
    assert blue > 0.6
    assert max(red, green) < 0.35


def test_a_main_color_that_will_do_stays_as_it_is() -> None:
    canvas = canvas_of(
        [spot(16, 20, 8)],
        brief((0.95, 0.1, 0.12)),
        SIDE,
        lambda _spot, wide, high: plain(RED, wide, high),
    )
    assert np.allclose(canvas[15, 15, :3], RED)


def test_the_main_color_is_what_most_of_a_drawing_has() -> None:
    layer = plain(RED, 10, 10)
    layer[:3, :, :3] = GREEN
    layer[3:, :2, 3] = 0
    assert main_color(layer) == pytest.approx(RED)
    assert main_color(plain(RED, 4, 4, 0.0)) == (0.0, 0.0, 0.0)
