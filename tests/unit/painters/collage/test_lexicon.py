"""The files of the lexicon: each is whole, says nothing twice, and names what there is."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from kanvas_paint_contract.cards import STYLES
from kanvas_painters.collage.library import library
from kanvas_painters.collage.light import HOURS
from kanvas_painters.collage.places import PLACES
from kanvas_painters.collage.reading.choosing import RULES, RULES_BESIDE_THINGS
from kanvas_painters.collage.reading.lexicon import (
    LANGUAGES,
    LISTS,
    NEARLY,
    TABLES,
    Kind,
    lexicon,
)
from kanvas_painters.collage.reading.names import names
from kanvas_painters.collage.reading.spelling import normal

OTHERS = {
    *("name", "describes", "some", "only", "heads", "endings", "fields", "nearly", "collectives"),
    *("kin", "forms", "stems", "gerunds", "passives", "having", "verblike", "articles"),
    *("agent", "does", "tools", "doers", "undrawn", "ones", "whose"),
}
ALL_TABLES = {*LISTS, *TABLES, *OTHERS, "shades", "same", "near", "told"}
WEATHERS = frozenset(("rain", "storm", "snowfall", "fog", "petals"))  # what `weather.py` paints
RELATIONS = frozenset(
    (
        *("beside", "with", "at", "left", "right", "on", "above", "under", "front", "behind"),
        *("inside", "between", "wearing", "holding", "playing", "embracing", "flying", "bears"),
    )
)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_every_table_and_no_other(code: str) -> None:
    assert lexicon().languages[code].tables.keys() == ALL_TABLES


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_place_hour_and_weather_can_be_told(code: str) -> None:
    told = lexicon().languages[code].tables["told"]
    assert told.keys() >= {*PLACES, *HOURS, *WEATHERS}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_stands_twice_in_a_language_unless_a_rule_says_which_counts(code: str) -> None:
    """Words that may also be things have a rule; others have one reading a language."""
    twice = {
        phrase: [reading.kind.value for reading in own]
        for phrase, readings in lexicon().meanings.items()
        if len(own := [reading for reading in readings if reading.language == code]) > 1
        and any(RULES.get(reading.kind) is None for reading in own[:-1])
    }
    assert twice == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_word_that_is_also_a_thing_has_a_rule_or_is_never_that_thing(code: str) -> None:
    """Who adds a drawing's name to a table must say when it is the drawing."""
    silent = {Kind.GRAMMAR, Kind.DETERMINER, Kind.JOIN, Kind.OR, Kind.REFUSAL, Kind.MILD}
    lost = {
        phrase
        for phrase, readings in lexicon().meanings.items()
        for reading in readings
        if reading.language == code and reading.kind in silent and phrase in names().spoken[code]
    }
    assert lost == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_value_means_something_to_a_picture(code: str) -> None:
    tables = lexicon().languages[code].tables
    assert tables["colors"].keys() <= lexicon().colors.keys()
    assert tables["sizes"].keys() <= lexicon().sizes.keys()
    assert tables["verbs"].keys() <= lexicon().verbs.keys()
    assert tables["brings"].keys() <= lexicon().extras.keys()
    assert tables["doers"].keys() <= library().drawings.keys()
    counts = {*tables["numbers"], *tables["collectives"]}
    assert {int(number) for number in counts} <= set(range(1, 13))
    assert {*tables["stems"], *tables["gerunds"], *tables["passives"]} <= lexicon().verbs.keys()
    assert tables["relations"].keys() <= RELATIONS
    assert {*tables["places"], *tables["fields"]} <= {*PLACES, "studio"}
    assert tables["times"].keys() <= HOURS.keys()
    assert tables["weathers"].keys() <= WEATHERS
    assert tables["styles"].keys() <= set(STYLES)
    assert tables["nearly"].keys() <= set(NEARLY)
    for table in tables["nearly"]:
        assert tables["nearly"][table].keys() <= tables[table].keys()


def test_every_verb_and_every_extra_means_something() -> None:
    assert {verb.relation for verb in lexicon().verbs.values()} <= RELATIONS | {""}
    assert {extra.key for extra in lexicon().extras.values()} <= library().drawings.keys()
    assert {extra.relation for extra in lexicon().extras.values()} <= RELATIONS
    used = [lexicon().languages[code].tables for code in LANGUAGES]
    by_form = [tables[name] for tables in used for name in ("verbs", "stems", "gerunds")]
    unlisted = "some"  # what a verb does that is in no table
    assert {name for table in by_form for name in table} | {unlisted} == lexicon().verbs.keys()
    done_with = {verb.brings for verb in lexicon().verbs.values()} - {""}
    brought = {name for tables in used for name in tables["brings"]}
    assert brought | done_with == lexicon().extras.keys()


def test_every_color_has_one_name_and_words() -> None:
    plain = {name: color for name, color in lexicon().colors.items() if "," not in name}
    same = [(a, b) for a, b in combinations(plain, 2) if plain[a] == plain[b]]
    assert same == []
    named = {name for code in LANGUAGES for name in lexicon().languages[code].tables["colors"]}
    assert named == plain.keys()


@pytest.mark.parametrize("table", ["same", "near"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_other_name_is_that_of_a_drawing_and_stands_once(table: str, code: str) -> None:
    listed = lexicon().languages[code].tables[table]
    assert listed.keys() <= library().drawings.keys()
    repeats = Counter(phrase for phrases in listed.values() for phrase in phrases)
    assert [phrase for phrase, times in repeats.items() if times > 1] == []


@pytest.mark.parametrize("table", ["same", "near"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_other_name_is_in_vain(table: str, code: str) -> None:
    """A drawing's own name comes first, so that an entry that says otherwise does nothing."""
    vain = {
        phrase: key
        for key, phrases in lexicon().languages[code].tables[table].items()
        for phrase in phrases
        if names().all()[normal(phrase)] != key
    }
    assert vain == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_word_without_a_drawing_stands_in_no_other_table(code: str) -> None:
    undrawn = set(lexicon().languages[code].tables["undrawn"])
    assert undrawn.isdisjoint(lexicon().meanings)
    assert undrawn.isdisjoint(names().all())


def test_an_everyday_word_is_no_misspelling() -> None:
    """A price ("harga") is no harp, and what is true ("benar") no bear."""
    words = [word for code in LANGUAGES for word in lexicon().languages[code].tables["undrawn"]]
    assert [word for word in words if names().mended(word)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_shades_make_colors(code: str) -> None:
    dark = {"en": "dark red", "id": "merah tua"}[code]
    (reading,) = lexicon().meanings[dark]
    assert sum(lexicon().colors[reading.value]) < sum(lexicon().colors["red"])


def test_rules_are_for_kinds_that_a_thing_may_share() -> None:
    assert RULES.keys().isdisjoint(RULES_BESIDE_THINGS)
