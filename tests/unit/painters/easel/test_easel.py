"""An order of easel: what the networks are told, and what files come of it."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from kanvas_paint_contract.cards import EASEL, STYLES
from kanvas_paint_contract.order import InvalidOrder
from kanvas_painters.easel.networks import SIDE, Networks
from kanvas_painters.easel.order import MAKER, EaselOrder, EaselWork
from kanvas_painters.painting.step import Step
from tests.unit.painters.easel.doubles import (
    DampingPainter,
    KnownPainter,
    LengthEncoder,
    RepeatingFinisher,
    gradient,
    known_networks,
)


def painted(networks: Networks, **order: object) -> list[Step]:
    fields = {"prompt": "a red fox", "seed": 3, "steps": 3, **order}
    return list(EaselWork(EaselOrder(**fields), networks).steps())  # type: ignore[arg-type]


def opened(progress: Step) -> Image.Image:
    return Image.open(io.BytesIO(progress.image))


def test_previews_and_then_the_picture() -> None:
    parts = painted(known_networks(), steps=4)
    assert [(part.step, part.of, part.last) for part in parts] == [
        (1, 4, False),
        (2, 4, False),
        (3, 4, False),
        (4, 4, True),
    ]
    assert [opened(part).size for part in parts] == [(256, 256)] * 3 + [(512, 512)]
    assert [bool(part.meta) for part in parts] == [False] * 3 + [True]


def test_the_picture_is_what_the_network_expects() -> None:
    picture = np.asarray(opened(painted(known_networks())[-1]).convert("RGB"), dtype=np.float64)
    wanted = (gradient().transpose(1, 2, 0) + 1) / 2 * 255
    assert np.abs(picture[::2, ::2] - wanted).mean() < 3


@pytest.mark.parametrize(("side", "finished"), [(64, 0), (256, 0), (300, 1), (512, 1)])
def test_any_side_up_to_512_is_painted(side: int, finished: int) -> None:
    finisher = RepeatingFinisher()
    networks = Networks(KnownPainter(), finisher, LengthEncoder())
    (picture,) = painted(networks, width=side, height=side, steps=1)
    assert opened(picture).size == (side, side)
    assert len(finisher.seen) == finished


def test_the_finisher_sees_the_same_canvas_at_twice_the_size() -> None:
    painter, finisher = KnownPainter(), RepeatingFinisher()
    painted(Networks(painter, finisher, LengthEncoder()), prompt="a fox and a house", steps=1)
    (large,) = finisher.seen
    assert large.shape == (1, 4, 2 * SIDE, 2 * SIDE)
    halved = large.reshape(4, SIDE, 2, SIDE, 2).mean((2, 4))
    small = painter.seen[0][2].reference[0]
    assert small.max() > 0.9
    assert float(np.abs(halved - small).mean()) < 0.05 * float(small.mean())


def test_the_network_is_told_the_words_the_drawings_and_the_style() -> None:
    painter, encoder = KnownPainter(), LengthEncoder()
    painted(Networks(painter, RepeatingFinisher(), encoder), style="ink", steps=1)
    assert encoder.texts == ["a red fox"]
    ((_, _, told),) = painter.seen
    assert told.style.tolist() == [1 + STYLES.index("ink")]
    assert told.mask.sum(1).tolist() == [9]
    assert {part.dtype for part in (told.reference, told.tokens, told.mask, told.pooled)} == {
        np.dtype(np.float32)
    }
    assert told.reference.shape == (1, 4, SIDE, SIDE)
    red, green, blue, alpha = told.reference[0].reshape(4, -1).sum(1)
    assert 0.02 < alpha / SIDE**2 < 0.6
    assert red > 1.3 * green > blue


@pytest.mark.parametrize(
    ("order", "lengths"),
    [({"negative_prompt": "trees"}, [9, 5]), ({"guidance": 2.0}, [9, 0])],
)
def test_negative_words_or_no_words_stand_beside_the_words_where_these_push(
    order: dict[str, object], lengths: list[int]
) -> None:
    painter = KnownPainter()
    painted(known_networks(painter), steps=1, **order)
    ((noisy, time, told),) = painter.seen
    assert told.mask.sum(1).tolist() == lengths
    assert told.style.tolist() == [1, 0]
    assert len(noisy) == len(time) == 2
    assert np.array_equal(told.reference[0], told.reference[1])


def test_negative_words_take_their_drawing_away() -> None:
    painter = KnownPainter()
    painted(known_networks(painter), negative_prompt="a fox", steps=1)
    assert painter.seen[0][2].reference.max() == 0


@pytest.mark.parametrize(
    ("asked", "negative", "meant"),
    [
        (0.0, "", EASEL.default_guidance),
        (0.0, "trees", EASEL.guidance_away),
        (1.0, "trees", 1.0),
        (3.0, "", 3.0),
    ],
)
def test_guidance_is_the_models_own_where_none_is_asked(
    asked: float, negative: str, meant: float
) -> None:
    painter = KnownPainter(
        with_words=np.full((3, SIDE, SIDE), 0.1, np.float32),
        without=np.zeros((3, SIDE, SIDE), np.float32),
    )
    (picture,) = painted(known_networks(painter), guidance=asked, negative_prompt=negative, steps=1)
    placeholder = json.loads(picture.meta)["placeholder"]
    assert int(placeholder[1:3], 16) == pytest.approx(255 * (0.1 * meant + 1) / 2, abs=1)


def test_the_same_order_gives_the_same_bytes() -> None:
    first, second = (painted(known_networks(DampingPainter())) for _ in range(2))
    assert [part.image for part in first] == [part.image for part in second]
    assert first[-1].meta == second[-1].meta
    other = painted(known_networks(DampingPainter()), seed=4)
    assert other[-1].image != first[-1].image


def test_the_record_says_what_it_is() -> None:
    meta = json.loads(painted(known_networks(), prompt="a zyxqv and a cat, ink")[-1].meta)
    assert meta["seed"] == 3
    assert meta["style"] == "ink"
    assert meta["substitutions"] == ["zyxqv → left out"]
    assert meta["model_version"] == MAKER.model_version
    assert meta["statement"] == MAKER.statement
    assert "generative" in MAKER.statement
    assert meta["placeholder"].startswith("#")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 17}, "steps must be 1 to 16, not 17"),
        ({"width": 256}, "width and height must be the same"),
        ({"width": 513, "height": 513}, "width must be 64 to 512 pixels, not 513"),
        ({"style": "baroque"}, "style must be one of 3d, flat"),
    ],
)
def test_an_order_out_of_bounds_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidOrder, match=message):
        painted(known_networks(), **changes)


def test_a_work_that_is_left_paints_no_further_step() -> None:
    painter = KnownPainter()
    steps = EaselWork(EaselOrder(prompt="a fox", steps=12), known_networks(painter)).steps()
    next(steps)
    next(steps)
    assert len(painter.seen) == 2
