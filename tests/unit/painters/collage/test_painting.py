"""The picture: the same from the same order, another from other words, grown step by step."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from kanvas_paint_contract.cards import STYLES
from kanvas_paint_contract.order import InvalidOrder
from kanvas_painters.collage.composition import STAGES
from kanvas_painters.collage.library import SETS, library
from kanvas_painters.collage.order import MAKER, CollageOrder, CollageWork
from kanvas_painters.collage.places import PLACES
from kanvas_painters.painting.step import Step


def painted(prompt: str, **order: object) -> list[Step]:
    fields = {"width": 128, "height": 128, "seed": 3, **order}
    return list(CollageWork(CollageOrder(prompt=prompt, **fields)).steps())  # type: ignore[arg-type]


def pixels(progress: Step) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(Image.open(io.BytesIO(progress.image)).convert("RGB"), dtype=np.float64)


def apart(first: Step, second: Step) -> float:
    return float(np.abs(pixels(first) - pixels(second)).mean())


def test_the_same_order_gives_the_same_bytes() -> None:
    first, second = painted("a red fox in the snow"), painted("a red fox in the snow")
    assert [step.image for step in first] == [step.image for step in second]
    assert [step.meta for step in first] == [step.meta for step in second]


def test_the_picture_is_the_same_in_however_many_steps() -> None:
    pictures = {painted("an owl at night", steps=steps)[-1].image for steps in (1, 3, 8, 13)}
    assert len(pictures) == 1


def test_another_seed_gives_another_picture() -> None:
    assert apart(painted("two cats", seed=1)[-1], painted("two cats", seed=2)[-1]) > 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a cat", "a dog"),
        ("a cat", "two cats"),
        ("a red car", "a blue car"),
        ("a cat next to a house", "a cat behind a house"),
        ("a cat in the snow", "a cat in the desert"),
        ("a cat at night", "a cat at sunset"),
        ("a house", "a house in the rain"),
        ("a small dog in a meadow", "a giant dog in a meadow"),
        ("a fox, ink", "a fox, pixel art"),
    ],
)
def test_the_picture_depends_on_the_words(first: str, second: str) -> None:
    assert apart(painted(first, steps=1)[-1], painted(second, steps=1)[-1]) > 2


def test_negative_words_take_things_out() -> None:
    with_trees = painted("a cat in a meadow", steps=1)[-1]
    without = painted("a cat in a meadow", negative_prompt="trees", steps=1)[-1]
    assert apart(with_trees, without) > 1


def test_each_stage_adds_to_the_work_and_brings_it_nearer() -> None:
    steps = painted("a red fox in the snow", width=256, height=256, steps=STAGES)
    away = [apart(step, steps[-1]) for step in steps]
    assert all(apart(before, after) > 0.1 for before, after in pairwise(steps))
    assert away[0] > away[2] > away[5] > away[7] == 0
    assert away[0] > 20  # the layout is no blurred picture


def test_a_preview_is_sharp() -> None:
    steps = painted("a castle", width=256, height=256)
    sharpness = [float(np.abs(np.diff(pixels(step), axis=1)).max()) for step in steps]
    assert min(sharpness[1:]) > 80


def test_steps_are_counted_and_only_the_last_is_the_picture() -> None:
    steps = painted("a cat", width=512, height=384, steps=5)
    assert [(step.step, step.of, step.last) for step in steps] == [
        (number, 5, number == 5) for number in range(1, 6)
    ]
    sizes = [Image.open(io.BytesIO(step.image)).size for step in steps]
    assert sizes == [(256, 192)] * 4 + [(512, 384)]
    assert {Image.open(io.BytesIO(step.image)).format for step in steps} == {"WEBP"}
    assert [step.meta for step in steps[:-1]] == [""] * 4


def test_the_record_of_a_picture() -> None:
    meta = json.loads(painted("a zyxqv and a kitten, ink", steps=1)[-1].meta)
    assert meta["substitutions"] == ["zyxqv → left out", "kitten → cat"]
    assert (meta["seed"], meta["style"], meta["model_version"]) == (3, "ink", MAKER.model_version)
    assert meta["statement"] == MAKER.statement
    assert "No generative AI" in MAKER.statement
    assert len(meta["placeholder"]) == 7


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [(64, 64), (192, 128), (128, 192)])
def test_every_style_in_every_format(style: str, size: tuple[int, int]) -> None:
    last = painted("a cat and the moon", style=style, width=size[0], height=size[1], steps=1)[-1]
    assert pixels(last).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("style", STYLES[1:])
def test_styles_look_different(style: str) -> None:
    plain = painted("a castle at sunset", steps=1)[-1]
    assert apart(plain, painted("a castle at sunset", style=style, steps=1)[-1]) > 3


@pytest.mark.parametrize("place", sorted(PLACES))
def test_every_place_in_every_light(place: str) -> None:
    words = {"moon_ground": "on the moon", "lakeside": "by the lake", "candy": "candyland"}
    prompt = f"a cat, {words.get(place, place)}"
    for hour in ("day", "dawn", "sunset", "night", "storm"):
        assert pixels(painted(f"{prompt}, {hour}", steps=1)[-1]).std() > 5


CROWD = "twelve cats on a horse behind a house in a box under a tree wearing a hat above a bird"


@pytest.mark.parametrize("prompt", ["", "!!!", CROWD, "a hat wearing a hat", "x" * 4000])
def test_odd_prompts_are_painted(prompt: str) -> None:
    assert painted(prompt, steps=1)[-1].last


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"width": 63}, "width must be 64 to 1024 pixels, not 63"),
        ({"height": 1025}, "height must be 64 to 1024 pixels, not 1025"),
        ({"steps": 0}, "steps must be 1 to 50, not 0"),
        ({"steps": 51}, "steps must be 1 to 50, not 51"),
        ({"style": "baroque"}, "style must be one of 3d, flat"),
        ({"prompt": "x" * 4001}, "prompt must have at most 4000 characters"),
        ({"negative_prompt": "x" * 4001}, "negative_prompt must have at most 4000 characters"),
    ],
)
def test_orders_out_of_bounds_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidOrder, match=message):
        CollageOrder(**{"prompt": "a cat", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-(2**63), -1, 0, 2**63 - 1])
def test_any_seed_will_do(seed: int) -> None:
    assert painted("a cat", seed=seed, steps=1)[-1].last


def test_the_library_holds_every_drawing_of_its_index() -> None:
    folder = files("kanvas_painters.collage") / "library"
    for art in SETS:
        archive = zipfile.ZipFile(io.BytesIO((folder / f"{art}.zip").read_bytes()))
        indexed = {f"{key}.webp" for key, it in library().drawings.items() if art in it.aspects}
        assert set(archive.namelist()) == indexed
