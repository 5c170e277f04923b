"""How a brief is judged: by rules that these small briefs show, not by the reader of the day."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kanvas_painters.collage.brief import Brief, Relation, Thing
from kanvas_painters.collage.library import rgb
from tests.reader_score.honesty import Read, ignored, without
from tests.reader_score.judge import judge
from tests.reader_score.prompts import Prompt, parsed
from tests.reader_score.report import missed, table
from tests.reader_score.scoring import Feature, marks

CAT, TABLE = Thing("cat", "cat"), Thing("table", "table")
RED, BLUE = rgb("#e0302f"), rgb("#2f6fe0")


def asked(text: str = "…", **fields: Any) -> Prompt:
    """Return a prompt that asks only what a test names."""
    return parsed({"text": text, "language": "en", "kind": "everyday", "content": [], **fields})


def reading(brief: Brief) -> Read:
    """Return a reader that always reads the same."""
    return lambda _: brief


def met(feature: Feature, prompt: Prompt, brief: Brief) -> list[bool]:
    """Return the marks that a prompt gets for one feature where it is read as `brief`."""
    found = marks(prompt, reading(brief), judge())
    return [mark.met for mark in found if mark.feature is feature]


def test_a_thing_is_found_if_a_fair_drawing_is_there() -> None:
    prompt = asked(things=[{"is": "kitten"}, {"is": "car"}])
    assert met(Feature.THINGS, prompt, Brief((CAT,))) == [True, False]


def test_what_cannot_be_drawn_is_to_be_said() -> None:
    prompt = asked(things=[{"is": "northern lights"}])
    said = Brief(substitutions=("northern lights → sparkles",))
    assert met(Feature.THINGS, prompt, said) == [True]
    assert met(Feature.THINGS, prompt, Brief(substitutions=("sky → northern lights",))) == [False]


def test_one_drawing_serves_once_or_as_often_as_it_is_drawn() -> None:
    prompt = asked(things=[{"is": "older sibling"}, {"is": "younger sibling"}])
    two = Thing("siblings", "child", count=2)
    assert met(Feature.THINGS, prompt, Brief((Thing("child", "child"),))) == [True, False]
    assert met(Feature.THINGS, prompt, Brief((two,))) == [True, True]


def test_of_two_alike_that_of_the_color_is_taken() -> None:
    prompt = asked(things=[{"is": "balloon", "color": "blue"}, {"is": "balloon", "color": "red"}])
    red, blue = Thing("", "balloon", color=RED), Thing("", "balloon", color=BLUE)
    assert met(Feature.COLORS, prompt, Brief((red, blue))) == [True, True]
    assert met(Feature.COLORS, prompt, Brief((red, red))) == [False, True]


def test_a_drawing_may_have_the_color_by_itself() -> None:
    prompt = asked(things=[{"is": "apple", "color": "red"}])
    assert met(Feature.COLORS, prompt, Brief((Thing("apple", "red-apple"),))) == [True]
    assert met(Feature.COLORS, prompt, Brief((Thing("apple", "green-apple"),))) == [False]


@pytest.mark.parametrize(
    ("count", "drawn", "right"),
    [(2, 2, True), (2, 3, False), ("some", 1, False), ("some", 2, True), ("many", 3, False),
     ("many", 4, True), (20, 12, True), ([1, 2], 2, True)],
)  # fmt: skip
def test_counts(count: object, drawn: int, right: bool) -> None:
    prompt = asked(things=[{"is": "cat", "count": count}])
    assert met(Feature.COUNTS, prompt, Brief((Thing("cats", "cat", drawn),))) == [right]


def test_a_drawing_of_many_is_some() -> None:
    prompt = asked(things=[{"is": "book", "count": "some"}])
    assert met(Feature.COUNTS, prompt, Brief((Thing("books", "books"),))) == [True]


@pytest.mark.parametrize(("scale", "big", "small"), [(1.4, 1, 0), (1.0, 0, 0), (0.6, 0, 1)])
def test_sizes(scale: float, big: bool, small: bool) -> None:
    brief = Brief((Thing("cat", "cat", scale=scale),))
    assert met(Feature.SIZES, asked(things=[{"is": "cat", "size": "big"}]), brief) == [big]
    assert met(Feature.SIZES, asked(things=[{"is": "cat", "size": "small"}]), brief) == [small]


def test_a_child_is_small_by_itself() -> None:
    prompt = asked(things=[{"is": "child", "size": "small"}])
    assert met(Feature.SIZES, prompt, Brief((Thing("child", "child"),))) == [True]
    assert met(Feature.SIZES, prompt, Brief((Thing("child", "child", scale=1.4),))) == [False]


@pytest.mark.parametrize(
    ("kind", "relation", "right"),
    [
        ("on", Relation("on", 0, 1), True),
        ("on", Relation("on", 1, 0), False),
        ("under", Relation("under", 0, 1), True),
        ("under", Relation("on", 1, 0), True),
        ("left of", Relation("right", 1, 0), True),
        ("left of", Relation("left", 1, 0), False),
        ("riding", Relation("inside", 0, 1), True),
        ("beside", Relation("right", 1, 0), True),
        ("beside", Relation("on", 0, 1), False),
        (["on", "beside"], Relation("on", 0, 1), True),
    ],
)
def test_relations(kind: object, relation: Relation, right: bool) -> None:
    prompt = asked(things=[{"is": "cat"}, {"is": "table"}], relations=[["cat", kind, "table"]])
    assert met(Feature.RELATIONS, prompt, Brief((CAT, TABLE), (relation,))) == [right]


def test_things_without_a_relation_stand_side_by_side() -> None:
    prompt = asked(things=[{"is": "cat"}, {"is": "table"}], relations=[["cat", "beside", "table"]])
    assert met(Feature.RELATIONS, prompt, Brief((CAT, TABLE))) == [True]
    assert met(Feature.RELATIONS, prompt, Brief((CAT,))) == [False]


def test_one_drawing_may_show_both_ends() -> None:
    prompt = asked(
        things=[{"is": "knight"}, {"is": "armor"}], relations=[["knight", "wearing", "armor"]]
    )
    assert met(Feature.RELATIONS, prompt, Brief((Thing("knight", "knight"),))) == [True]


def test_what_stands_in_a_place_is_related_to_it() -> None:
    prompt = asked(things=[{"is": "fish"}, {"is": "pond"}], relations=[["fish", "in", "pond"]])
    assert met(Feature.RELATIONS, prompt, Brief((Thing("fish", "fish"),), place="lake")) == [True]
    assert met(Feature.RELATIONS, prompt, Brief(place="lake")) == [False]
    sunrise = asked(things=[{"is": "sun"}, {"is": "cat"}], relations=[["sun", "behind", "cat"]])
    assert met(Feature.RELATIONS, sunrise, Brief((CAT,), time="dawn")) == [True]


def test_what_is_only_said_is_not_all_around() -> None:
    prompt = asked(things=[{"is": "cat"}, {"is": "hammock"}], relations=[["cat", "in", "hammock"]])
    brief = Brief((CAT,), substitutions=("hammock → left out",))
    assert met(Feature.THINGS, prompt, brief) == [True, True]
    assert met(Feature.RELATIONS, prompt, brief) == [False]


def test_what_cannot_be_drawn_is_related_to_nothing() -> None:
    prompt = asked(things=[{"is": "cat"}, {"is": "carpet"}], relations=[["cat", "on", "carpet"]])
    assert met(Feature.RELATIONS, prompt, Brief((CAT,))) == []


def test_the_scene() -> None:
    prompt = asked(place="rice field", time=["dawn", "day"], weather="fog", style="pixel art")
    right = Brief(place="meadow", time="day", weather="fog", style="pixel")
    for feature in (Feature.PLACE, Feature.TIME, Feature.WEATHER, Feature.STYLE):
        assert met(feature, prompt, right) == [True]
        assert met(feature, prompt, Brief()) == [False]


def test_what_must_not_appear() -> None:
    prompt = asked(never=["goat", "person"])
    assert met(Feature.NEVER, prompt, Brief((CAT,))) == [True, True]
    assert met(Feature.NEVER, prompt, Brief((Thing("", "goat"), Thing("", "mage")))) == [False] * 2


def test_somebody_who_is_no_man_and_no_woman_is_neither_where_one_is_refused() -> None:
    somebody = Brief((Thing("me", "person"),))
    prompt = asked(never=["woman", "man", "person"])
    assert met(Feature.NEVER, prompt, somebody) == [True, True, False]


def test_a_language_that_is_not_read_is_asked_only_to_be_told() -> None:
    prompt = asked(language="other", things=[{"is": "cat"}])
    told = Brief(substitutions=("Prompts are read in English and Indonesian.",))
    assert [mark.met for mark in marks(prompt, reading(told), judge())] == [True]
    assert [mark.met for mark in marks(prompt, reading(Brief()), judge())] == [False]
    assert met(Feature.LANGUAGE, asked(), told) == [False]
    assert met(Feature.LANGUAGE, asked(), Brief()) == []


def test_what_no_word_says_is_not_asked() -> None:
    prompt = asked(
        "lazy me",
        things=[{"is": "bed"}, {"is": "person"}],
        place="bedroom",
        relations=[["person", "on", "bed"]],
    )
    lenient = replace(judge(), unsaid={"lazy me": ("bed", "bedroom")})
    assert [mark.about for mark in marks(prompt, reading(Brief()), lenient)] == ["person"]


def test_a_concept_that_the_judge_does_not_know_is_an_error() -> None:
    with pytest.raises(KeyError):
        marks(asked(things=[{"is": "flux compensator"}]), reading(Brief()), judge())
    with pytest.raises(KeyError):
        marks(asked(never=["flux compensator"]), reading(Brief()), judge())


def toy(text: str) -> Brief:
    """Return how a reader of six words reads: it draws, says or ignores."""
    words = text.split()
    several = 3 if "cats" in words or "three" in words else 1
    return Brief(
        things=(Thing("cat", "cat", several),) * bool({"cat", "cats"} & set(words)),
        place="snow" if {"snow", "winter"} & set(words) else "",
        style="3d",
        substitutions=("happy → left out",) * ("happy" in words),
    )


@pytest.mark.parametrize(
    ("text", "content", "silent"),
    [
        ("a cat", ["cat"], []),
        ("a happy cat", ["happy", "cat"], []),
        ("a sleeping cat", ["sleeping", "cat"], ["sleeping"]),
        ("cat in winter snow", ["winter", "snow"], []),  # each says what the other does
        ("three cats", ["three", "cats"], []),  # a plural is three anyway
        ("three happy cat", ["three", "cat"], []),
        ("a happycat", ["happycat"], ["happycat"]),
        ("a fat cat", ["fat cat"], []),  # as a whole
        ("a cat", ["sleeping"], ["sleeping"]),
    ],
)
def test_which_words_were_ignored(text: str, content: list[str], silent: list[str]) -> None:
    assert ignored(text, content, toy) == silent


def test_the_default_style_is_nothing_that_a_word_says() -> None:
    assert ignored("a fat cat", ["fat"], toy) == ["fat"]


def test_a_word_of_a_name_is_drawn_with_it() -> None:
    brief = Brief((Thing("red fox", "fox"),))
    assert ignored("a red fox", ["red", "fox", "old"], reading(brief)) == ["old"]


def test_a_word_said_twice_is_one() -> None:
    units = judge().units("kelinci melompat-lompat", ("kelinci", "melompat", "lompat"))
    assert units == ("melompat-lompat", "kelinci")


def test_a_word_is_taken_out_whole() -> None:
    left = without("cat", "Cat, cats and a cat-like cat.").split()
    assert left == [",", "cats", "and", "a", "-like", "."]


@pytest.mark.parametrize(
    ("text", "content", "units"),
    [
        ("Pixel art of a cat", ["pixel", "art", "cat"], ("pixel art", "cat")),
        ("one cat in the style of Turner", ["one", "cat", "style", "turner"], ("cat", "turner")),
        ("Molly's cat", ["molly's", "cat"], ("molly", "cat")),
        ("a cat #TwoHappyYears", ["cat", "two", "years"], ("cat", "twohappyyears")),
        ("bocil teriak2 di gang", ["bocil", "teriak2"], ("bocil", "teriak")),
    ],
)  # fmt: skip
def test_what_has_to_be_heeded(text: str, content: list[str], units: tuple[str, ...]) -> None:
    assert judge().units(text, tuple(content)) == units


def test_the_table_has_a_row_a_feature_and_a_verdict_on_all() -> None:
    prompt = asked("a cat", things=[{"is": "cat"}])
    good = [(prompt, marks(prompt, reading(Brief((CAT,))), judge()))]
    bad = [(prompt, marks(prompt, reading(Brief()), judge()))]
    row = next(line for line in table({"own": good, "fresh": bad}).splitlines() if "things" in line)
    assert [cell.strip() for cell in row.split("|")[1:-1]] == [
        "things found", "100.0% of 1", "0.0% of 1", "50.0% of 2", "≥ 90%", "missed",
    ]  # fmt: skip
    assert "met" in table({"own": good})
    assert missed(good) == ""
    assert missed(bad) == "a cat\n    things found: cat"


def test_it_needs_nothing_of_the_training_environment() -> None:
    """PyTorch and its like take gigabytes, and a score must take seconds."""
    code = "import json, sys, tests.reader_score.__main__; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[4], check=True, capture_output=True, text=True,
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in json.loads(told.stdout)}
    assert loaded.isdisjoint({"torch", "transformers", "kanvas_training", "onnxruntime"})
