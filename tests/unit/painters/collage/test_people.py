"""Nobody is drawn as an animal, a thing or another people; and what is not exact is said."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kanvas_painters.collage.brief import Brief
from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.lexicon import LANGUAGES, lexicon, tables_of
from kanvas_painters.collage.reading.people import (
    by_hand,
    is_name,
    person,
    spellings,
)
from kanvas_painters.collage.reading.reader import read_prompt
from kanvas_painters.collage.reading.spelling import normal

ASKED = tomllib.loads((Path(__file__).parent / "people.toml").read_text(encoding="utf-8"))
# A word alone, one of it, two, and one in a sentence.
PROMPTS = {
    "en": ("{one}", "a {one}", "two {many}", "a drawing of a {one} in the rain"),
    "id": ("{one}", "seorang {one}", "dua {one}", "gambar seorang {one} di tengah hujan"),
}
SOMEBODY = [
    (language, how, word, key)
    for language, tables in ASKED.items()
    for how in ("shown", "instead")
    for key, words in tables[how].items()
    for word in words
]
NOBODY = [
    (language, word)
    for language, tables in ASKED.items()
    for how in ("nobody", "describing")
    for word in tables[how]["words"]
]
DESCRIBING = {word for tables in ASKED.values() for word in tables["describing"]["words"]}


def many(word: str) -> str:
    """Return the plural of an English word."""
    for one, several in (("man", "men"), ("child", "children"), ("wife", "wives")):
        if word.endswith(one) and word != "german":
            return word.removesuffix(one) + several
    if re.search("([sx]|[cs]h)$", word):
        return f"{word}es"
    word = re.sub("ief$", "ieve", re.sub("([^aeou])y$", r"\1ie", word))
    return f"{word}s"


def prompts(language: str, word: str) -> list[str]:
    """Return what people may type to get somebody."""
    several = word if word in DESCRIBING else many(word)
    return [form.format(one=word, many=several) for form in PROMPTS[language]]


def keys(brief: Brief) -> list[str]:
    """Return what a brief draws."""
    return [thing.key for thing in brief.things]


def said(brief: Brief) -> list[str]:
    """Return the notes about words, without the one that nothing is drawn at all."""
    return [note for note in brief.substitutions if not note.endswith("an empty scene")]


def test_the_words_are_many() -> None:
    assert len({word for *_, word in NOBODY} | {word for *_, word, _ in SOMEBODY}) >= 400


@pytest.mark.parametrize("how", ["shown", "instead"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_for_people_find_their_drawing(language: str, how: str) -> None:
    name = {key: drawing.name for key, drawing in library().drawings.items()}
    wrong = {}
    for own, table, word, key in SOMEBODY:
        for prompt in (
            prompts(word=word, language=language) if (own, table) == (language, how) else ()
        ):
            brief = read_prompt(prompt)
            notes = {note.partition(" → ")[2] for note in said(brief)}
            if keys(brief) != [key] or notes != (set() if how == "shown" else {name[key]}):
                wrong[prompt] = (keys(brief), brief.substitutions)
    assert wrong == {}, wrong


def test_two_are_two() -> None:
    twos = {word: prompts(language, word)[2] for language, _, word, _ in SOMEBODY}
    counts = {two: [thing.count for thing in read_prompt(two).things] for two in twos.values()}
    assert {two: count for two, count in counts.items() if count != [2]} == {}


def is_left_out(note: str) -> bool:
    """Return whether a note says that a word is not drawn, or that nothing is."""
    return note.endswith(("→ left out", "→ an empty scene"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_insults_and_describing_words_draw_nobody_and_say_so(language: str) -> None:
    wrong = {}
    for own, word in NOBODY:
        for prompt in prompts(language, word) if own == language else ():
            brief = read_prompt(prompt)
            if keys(brief) or not all(map(is_left_out, brief.substitutions or ("",))):
                wrong[prompt] = (keys(brief), brief.substitutions)
    assert wrong == {}, wrong


@pytest.mark.parametrize(
    ("prompt", "drawn"),
    [
        ("people", [("person", 3)]),
        ("five people", [("person", 5)]),
        ("a couple", [("person", 2)]),
        ("a family in the park", [("person", 3)]),
        ("a crowd", [("person", 10)]),
        ("nurses", [("health-worker", 3)]),
        ("two nurses", [("health-worker", 2)]),
        ("guru-guru", [("teacher", 3)]),
        ("anak-anak di taman", [("child", 3)]),
        ("para petani", [("farmer", 3)]),
        ("dua orang guru", [("teacher", 2)]),
        ("a boy and a girl", [("boy", 1), ("girl", 1)]),
        ("human beings", [("person", 3)]),
        ("grandparents", [("older-person", 2)]),
        ("sebuah keluarga", [("person", 3)]),
        ("guruku", [("teacher", 1)]),
        ("gadis muslim", [("girl", 1)]),
        ("dua pria tuli", [("man", 2)]),
        ("a girl in a wheelchair", [("girl", 1)]),
        ("a wise man", [("man", 1)]),
    ],
)
def test_how_many_a_word_means(prompt: str, drawn: list[tuple[str, int]]) -> None:
    things = read_prompt(prompt).things
    assert [(thing.key, thing.count) for thing in things] == drawn


@pytest.mark.parametrize(
    "prompt",
    [
        "a black man",
        "a white woman",
        "a brown doctor",
        "two black nurses",
        "a yellow child",
        "a person, black",
        "pria hitam",
        "wanita putih",
        "seorang anak, hitam",
    ],
)
def test_nobody_gets_another_skin(prompt: str) -> None:
    brief = read_prompt(prompt)
    assert [thing.color for thing in brief.things] == [None]
    assert brief.substitutions


@pytest.mark.parametrize(
    "prompt", ["a black knight", "a red wizard", "a black cat and a brown dog"]
)
def test_costumes_and_animals_are_colored(prompt: str) -> None:
    things = read_prompt(prompt).things
    assert any(thing.color is not None for thing in things)
    assert read_prompt(prompt).substitutions == ()


@pytest.mark.parametrize(
    ("prompt", "key"),
    [
        ("an arabian horse", "horse"),
        ("an italian pizza", "pizza"),
        ("a german shepherd", "dog"),
        ("a chinese lantern", "lantern"),
        ("a baby elephant", "elephant"),
        ("a rose", "rose"),
        ("an apple", "red-apple"),
        ("a jaguar", "leopard"),
        ("a turkey", "turkey"),
        ("a doll", "japanese-dolls"),
        ("a snowman", "snowman"),
        ("a scarecrow", "scarecrow"),
        ("orangutan", "orangutan"),
        ("anak kucing", "cat"),
        ("sebuah buku", "closed-book"),
        ("kupu-kupu", "butterfly"),
    ],
)
def test_things_stay_things(prompt: str, key: str) -> None:
    assert keys(read_prompt(prompt)) == [key]


def test_a_place_or_a_brand_before_a_thing_leaves_the_thing() -> None:
    brief = read_prompt("a toyota car in jakarta")
    assert keys(brief) == ["automobile"]
    assert brief.substitutions == ("toyota → left out", "jakarta → left out")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_well_formed(language: str) -> None:
    tables = tables_of(f"people.{language}")
    groups = tables["groups"]
    drawn = [*tables["shown"], *tables["instead"], *(group["of"] for group in groups.values())]
    phrases = [
        *(
            phrase
            for name in ("shown", "instead")
            for words in tables[name].values()
            for phrase in words
        ),
        *groups,
        *(word for name in ("left_out", "describing", "peoples") for word in tables[name]["words"]),
    ]
    twice = {phrase for phrase in phrases if phrases.count(phrase) > 1}
    assert not set(drawn) - library().drawings.keys()
    assert twice == set()
    assert [phrase for phrase in phrases if normal(phrase) != phrase] == []
    assert all(group["count"] > 1 for group in groups.values())


def test_nobody_is_drawn_as_an_animal_or_a_thing() -> None:
    drawn = {someone.key for phrase in by_hand() if (someone := person(phrase)) and someone.key}
    kinds = {key: library().drawings[key].kind for key in drawn}
    assert {key for key, kind in kinds.items() if not kind.startswith("person")} == {"clown-face"}


def test_no_name_or_word_for_people_takes_a_thing_its_name() -> None:
    tables = [language.tables["same"] for language in lexicon().languages.values()]
    taken = [
        word
        for key, drawing in library().drawings.items()
        if not drawing.kind.startswith(("person", "face-costume"))
        for phrase in (
            *drawing.names,
            *drawing.indonesian[:1],
            *(other for same in tables for other in same.get(key, ())),
        )
        if person(word := normal(phrase)) is not None or is_name(word)
    ]
    assert taken == []


def test_names_are_nobody() -> None:
    """Where the tables of people and of names both have a phrase, it is a name: Guru Nanak."""
    assert person("guru nanak") is None
    assert [phrase for phrase in by_hand() if is_name(phrase) and person(phrase) is not None] == []


def test_misspelled_words_are_mended_into_words_for_drawn_people_alone() -> None:
    brief = read_prompt("a grandmothre")
    assert (keys(brief), brief.substitutions) == (["old-woman"], ("grandmothre → old woman",))
    assert spellings() <= {phrase for phrase in by_hand() if (who := person(phrase)) and who.exact}


@pytest.mark.parametrize("prompt", ["belly", "a veil", "kekenyangan", "seorang wanita bercadar"])
def test_what_a_drawing_of_somebody_is_tagged_with_brings_nobody(prompt: str) -> None:
    """CLDR tags a pregnant man "overeat", and a bride with the word for a niqab."""
    assert not {"pregnant-man", "person-with-veil"} & set(keys(read_prompt(prompt)))
