"""How figures are told, and how votes are counted."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from kanvas_training.evaluation import blind
from kanvas_training.evaluation.painters import SIDE, CannotPaint, painter
from kanvas_training.evaluation.rows import Row, as_json, as_markdown, as_text, shown
from kanvas_training.evaluation.sheets import LINE, MARGIN, Shown, fitting, sheet
from kanvas_training.evaluation.speed import speed
from PIL import Image, ImageFont

RED, BLUE = (200, 30, 30), (30, 30, 200)


class OneColor:
    """A painter of a single color, which remembers what it was asked."""

    def __init__(self, color: tuple[int, int, int]) -> None:
        self.color = color
        self.asked: list[str] = []

    def frames(self, prompt: str, seed: int, style: str = "") -> Iterator[bytes]:
        self.asked.append(prompt)
        yield from (b"preview", b"preview", b"picture")

    def paint(self, prompt: str, seed: int, style: str = "") -> npt.NDArray[np.uint8]:
        return np.full((64, 64, 3), self.color, dtype=np.uint8)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (Row("a", "known", 0.9, bar=0.9), "met"),
        (Row("a", "known", 0.89, bar=0.9), "missed"),
        (Row("e", "picture", 0.7, "s", 0.7), "met"),
        (Row("e", "picture", 0.71, "s", 0.7), "missed"),
        (Row("d", "apart", 1.2, ""), ""),
    ],
)
def test_a_bar_is_reached_from_below_and_a_time_from_above(row: Row, verdict: str) -> None:
    assert row.verdict == verdict


def test_figures_are_told_as_people_read_them() -> None:
    assert [shown(0.915, "%"), shown(0.24, "s"), shown(1.7, "")] == ["91.5 %", "0.240 s", "1.70"]
    row = Row("a", "known", 0.915, bar=0.9, reference="chance 0.5 %")
    assert row.cells() == ("a", "known", "≥ 90.0 %", "91.5 %", "chance 0.5 %", "met")


def test_tables_have_a_line_for_each_row() -> None:
    rows = [Row("a", "known", 0.915, bar=0.9), Row("e", "picture", 0.3, "s", 0.7)]
    assert as_markdown(rows).splitlines()[2:] == [
        "| a | known | ≥ 90.0 % | 91.5 % |  | met |",
        "| e | picture | ≤ 0.700 s | 0.300 s |  | met |",
    ]
    columns = {line.index("met") for line in as_text(rows).splitlines()[1:]}
    assert len(columns) == 1
    assert [entry["verdict"] for entry in json.loads(as_json(rows))] == ["met", "met"]


def test_seconds_are_measured_for_every_prompt_after_a_first_picture() -> None:
    model = OneColor(RED)
    rows = speed(model, ["a fox", "an owl"], {"first preview": 100.0, "picture": 100.0})
    assert model.asked == ["a fox", "a fox", "an owl"]
    assert [row.verdict for row in rows] == ["met", "met"]
    assert 0 <= rows[0].ours <= rows[1].ours


def test_each_painter_stands_on_each_side_equally_often_and_by_chance() -> None:
    order = blind.order_of(["collage", "easel"], 50, seed=1)
    assert list(order) == [str(number) for number in range(1, 51)]
    assert Counter(pair[0] for pair in order.values()) == {"collage": 25, "easel": 25}
    assert all(sorted(pair) == ["collage", "easel"] for pair in order.values())
    assert order == blind.order_of(["collage", "easel"], 50, seed=1)
    assert order != blind.order_of(["collage", "easel"], 50, seed=2)


def test_pictures_hang_as_the_key_says(tmp_path: Path) -> None:
    colors = {"collage": RED, "easel": BLUE}
    painters = {name: OneColor(color) for name, color in colors.items()}
    blind.hang(painters, ["a fox", "an owl", "a cat"], tmp_path, seed=3)
    key = json.loads((tmp_path / "key.json").read_text())
    for number in key:
        page = np.asarray(Image.open(tmp_path / f"{int(number):02}.webp").convert("RGB"))
        middle = MARGIN + blind.SHOWN // 2
        for name, column in zip(key[number], (middle, middle + blind.SHOWN + MARGIN), strict=True):
            assert page[middle, column] == pytest.approx(colors[name], abs=8)
    assert (tmp_path / "prompts.txt").read_text().split("\n")[0] == " 1 a fox"
    assert blind.gathered(tmp_path, [1, 2]).height == 2 * page.shape[0]


def test_votes_are_counted_against_the_key() -> None:
    key = {"1": ["collage", "easel"], "2": ["easel", "collage"], "3": ["easel", "collage"]}
    result = blind.tally([{"1": "A", "2": "B", "3": "="}, {"1": "B"}], key)
    assert result.wins == {"collage": 2, "easel": 1}
    assert result.even == 1
    assert str(result) == "collage 2, easel 1, no preference 1; by chance alone: 1"


def test_an_uneven_result_is_told_from_chance() -> None:
    key = {str(number): ["collage", "easel"] for number in range(1, 11)}
    result = blind.tally([dict.fromkeys(key, "A")], key)
    assert result.chance == pytest.approx(2 / 2**10)


@pytest.mark.parametrize("vote", [{"4": "A"}, {"1": "C"}])
def test_a_vote_that_means_nothing_is_refused(vote: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is no vote"):
        blind.tally([vote], {"1": ["collage", "easel"]})


def test_words_are_cut_where_the_room_ends() -> None:
    font = ImageFont.load_default(12)
    assert fitting("a fox", font, 100) == "a fox"
    cut = fitting("a very long prompt about a fox", font, 100)
    assert cut.endswith("…")
    assert font.getlength(cut) <= 100


def test_a_sheet_has_room_for_every_picture_and_its_words() -> None:
    page = sheet([Shown(np.zeros((8, 8, 3), dtype=np.uint8), "a fox")] * 5, columns=3, side=40)
    assert page.size == (3 * (40 + MARGIN) + MARGIN, 2 * (40 + LINE + MARGIN) + MARGIN)
    assert page.getpixel((MARGIN + 20, MARGIN + 20)) == (0, 0, 0)


def test_collage_is_judged_by_the_files_that_people_get() -> None:
    collage = painter("collage")
    *_, file = collage.frames("a fox", 3, "flat")
    assert Image.open(io.BytesIO(file)).format == "WEBP"
    picture = collage.paint("a fox", 3, "flat")
    assert picture.shape == (SIDE, SIDE, 3)
    assert np.array_equal(picture, np.asarray(Image.open(io.BytesIO(file)).convert("RGB")))


def test_only_painters_are_judged() -> None:
    with pytest.raises(CannotPaint, match="no painter is called monet"):
        painter("monet")
