"""Words without a drawing find a relative that somebody wrote down, or are left out and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.names import known_words, names
from kanvas_painters.collage.reading.people import by_hand, is_name
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


def drawn(word: str) -> str:
    """Return the one drawing of a word; "" where it was left out."""
    return " ".join(thing.key for thing in read_prompt(f"a {word}").things)


def test_the_words_are_many() -> None:
    assert len(THINGS) >= 150
    assert len(NO_THINGS) >= 60
    answers = frozenset[str]().union(*THINGS.values())
    assert answers <= library().drawings.keys()


def test_no_uncommon_thing_becomes_another() -> None:
    found = {word: drawn(word) for word in THINGS}
    assert {word: key for word, key in found.items() if key and key not in THINGS[word]} == {}
    assert len([word for word, key in found.items() if key]) >= 150


def test_what_is_no_thing_becomes_none() -> None:
    silly = {word: key for word in NO_THINGS if (key := drawn(word))}
    assert silly == {}


def test_the_built_lists_are_not_older_than_the_lexicon() -> None:
    """What somebody wrote down is in no list of WordNet's: `drawings/wordnet.py` has seen all."""
    for name in ("people", "names", "words"):
        path = f"library/{name}.txt.gz"
        listed = set(read_packed("kanvas_painters.collage", path).decode().splitlines())
        assert len(listed) > 4000
        assert not (known_words().keys() | by_hand()) & listed


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


def test_an_english_word_is_no_misspelling_of_another() -> None:
    assert names().mended("courage") == ""
    assert read_prompt("a cat of courage").substitutions == ("courage → left out",)


@pytest.mark.parametrize("word", ["whispered", "arguing", "quickly", "moments"])
def test_inflected_words_are_known_by_their_stems(word: str) -> None:
    assert names().is_word(word)


@pytest.mark.parametrize("word", ["lol", "lmao", "panas", "busuk", "waktu"])
def test_keywords_of_emoji_bring_nothing(word: str) -> None:
    """Unicode tags a pile of poo "busuk" (rotten), and a chili "panas" (hot)."""
    assert drawn(word) == ""


def test_no_relative_shadows_a_name() -> None:
    for word, key in names().all().items():
        found = names().find(word)
        assert found is not None
        assert found.key == key
        assert not is_name(word)
