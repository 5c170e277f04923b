"""Packages of emoji write a code point with or without its variation: both are found."""

from pathlib import Path

import pytest
from PIL import Image

from kanvas_painters.collage.emoji_sets import names_of, raster, vector

ICONS = {"icons": {"eye": {"body": "<g/>", "width": 36}, "fox": {"body": "<p/>"}}, "height": 20}


@pytest.mark.parametrize("stored", ["1f441", "1f441-fe0f"])
@pytest.mark.parametrize("asked", ["1F441", "1f441-fe0f"])
def test_a_raster_drawing_is_found_with_and_without_a_variation(
    stored: str, asked: str, tmp_path: Path
) -> None:
    Image.new("RGB", (3, 2)).save(tmp_path / f"{stored}.webp")
    found = raster(tmp_path, asked)
    assert found is not None
    assert (found.size, found.mode) == ((3, 2), "RGBA")


def test_a_code_point_without_a_drawing_has_none(tmp_path: Path) -> None:
    assert raster(tmp_path, "1f441") is None
    assert names_of("1f441", [{"1f98a": "fox"}]) == []
    assert vector([], ICONS) is None
    assert vector(["wolf"], ICONS) is None


def test_a_name_that_two_charts_share_is_given_once() -> None:
    charts = [{"1f441": "eye"}, {"1f441-fe0f": "eye"}, {"1f441-fe0f": "the-eye"}]
    assert names_of("1F441-FE0F", charts) == ["eye", "the-eye"]


def test_a_vector_drawing_is_that_of_the_first_name_known() -> None:
    opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox='
    assert vector(["wolf", "eye", "fox"], ICONS) == f'{opening}"0 0 36 20"><g/></svg>'
    assert vector(["fox"], ICONS) == f'{opening}"0 0 32 20"><p/></svg>'
