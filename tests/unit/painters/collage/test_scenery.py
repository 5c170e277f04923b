"""What scenery adds by itself is not there where the words refuse it."""

from __future__ import annotations

import pytest

from kanvas_painters.collage.composition import Composition
from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.reader import read_prompt
from kanvas_painters.collage.scenery import FAMILIES, SORTS, refused


def brightness_of_the_sky(prompt: str, negative: str) -> float:
    composition = Composition(
        prompt=prompt, negative=negative, style="", seed=0, width=64, height=64
    )
    *_, picture = composition.paint(1)
    return float(picture[:30].mean())


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [("a clear night, meadow", "moon"), ("a clear night, meadow", "bulan sabit")],
)
def test_the_sky_has_no_moon_that_is_refused(prompt: str, negative: str) -> None:
    assert brightness_of_the_sky(prompt, negative) < brightness_of_the_sky(prompt, "")


@pytest.mark.parametrize("prompt", ["night sky without a moon", "langit malam tanpa bulan"])
def test_a_refused_moon_is_no_moon_of_any_kind(prompt: str) -> None:
    assert refused(read_prompt(prompt).excluded) >= {"full-moon", "crescent-moon"}


def test_a_word_for_all_of_a_kind_refuses_each() -> None:
    assert "evergreen-tree" in refused(frozenset(("deciduous-tree",)))
    assert refused(frozenset(("evergreen-tree",))) == {"evergreen-tree"}
    assert refused(frozenset()) == frozenset()


def test_families_name_drawings() -> None:
    assert {key for family in (*FAMILIES, *SORTS) for key in family} <= library().drawings.keys()
