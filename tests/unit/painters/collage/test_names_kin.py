"""Words without a drawing find a relative by what they mean; what is no thing is left out."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.names import known_words, names
from kanvas_painters.collage.reading.reader import read_prompt
from kanvas_painters.painting.packed import read_packed

LINES = [
    line.partition("=")
    for line in (Path(__file__).parent / "uncommon_words.txt").read_text().splitlines()
    if not line.startswith("#")
]
WORDS = {word.strip(): frozenset(keys.split()) for word, _, keys in LINES}
THINGS = {word: keys for word, keys in WORDS.items() if keys}
NO_THINGS = [word for word, keys in WORDS.items() if not keys]
GOOD, WRONG, MISTAKEN = 0.88, 0.08, 0.02  # measured: 142 and 10 of 155, and 1 of 90


def drawn(word: str) -> str:
    """Return the one drawing of a word; "" where it was left out."""
    return " ".join(thing.key for thing in read_prompt(f"a {word}").things)


def test_the_words_are_many_and_none_is_in_the_tables() -> None:
    assert len(THINGS) >= 120
    assert len(NO_THINGS) >= 60
    assert not known_words().keys() & WORDS.keys()
    answers = frozenset[str]().union(*THINGS.values())
    assert answers <= library().drawings.keys()


def test_most_uncommon_things_find_a_relative() -> None:
    found = {word: drawn(word) for word in THINGS}
    good = [word for word, key in found.items() if key in THINGS[word]]
    wrong = {word: key for word, key in found.items() if key and key not in THINGS[word]}
    assert len(good) >= GOOD * len(THINGS), wrong
    assert len(wrong) <= WRONG * len(THINGS), wrong


def test_what_is_no_thing_seldom_becomes_one() -> None:
    silly = {word: key for word in NO_THINGS if (key := drawn(word))}
    assert len(silly) <= MISTAKEN * len(NO_THINGS), silly


def test_the_built_tables_are_not_older_than_the_vocabulary() -> None:
    """What has a name or an entry needs no relative: `drawings/kinship.py` has seen them all."""
    built = files("kanvas_painters.collage") / "library"
    relatives = [
        word
        for line in (built / "kin.txt").read_text(encoding="utf-8").splitlines()
        for word in line.partition(": ")[2].split(", ")
    ]
    nothing = (
        read_packed("kanvas_painters.collage", "library/no_things.txt.gz").decode().splitlines()
    )
    assert len(relatives) > 19_000
    assert not known_words().keys() & {*relatives, *nothing}


def test_a_relative_is_said() -> None:
    assert read_prompt("an ocelot").substitutions == ("ocelot → cat",)


def test_a_phrase_means_more_than_its_words() -> None:
    assert drawn("slow loris") == "monkey"


def test_plurals_have_relatives_too() -> None:
    (thing,) = read_prompt("ocelots").things
    assert (thing.key, thing.count) == ("cat", 3)


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("in a bathroom", "indoors"),
        ("a fox in the alley", "city"),
        ("on a boulevard", "city"),
    ],
)
def test_a_place_without_a_name_of_ours_is_the_nearest_one(prompt: str, place: str) -> None:
    brief = read_prompt(prompt)
    assert brief.place == place
    assert brief.substitutions == (f"{prompt.rsplit(maxsplit=1)[-1]} → {place}",)


def test_a_place_needs_a_word_that_says_where() -> None:
    assert read_prompt("an alley").place == ""


def test_an_english_word_is_no_misspelling_of_another() -> None:
    assert names().related("courage") is None
    assert read_prompt("a cat of courage").substitutions == ("courage → left out",)


@pytest.mark.parametrize("word", ["whispered", "arguing", "quickly", "moments"])
def test_inflected_words_are_known_by_their_stems(word: str) -> None:
    assert names().no_thing(word)


def test_no_relative_shadows_a_name() -> None:
    for word, key in names().all().items():
        found = names().find(word)
        assert found is not None
        assert found.key == key
