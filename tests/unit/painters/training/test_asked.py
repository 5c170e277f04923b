"""What painters are asked for: concepts that have drawings, and prompts that mean what they say."""

from __future__ import annotations

from collections import Counter

import pytest
from kanvas_training.evaluation import prompts
from kanvas_training.evaluation.concepts import Concept, lines, read_concepts

from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.reader import read_prompt

CONCEPTS = read_concepts()


def test_there_are_200_concepts_and_each_has_drawings_of_its_own() -> None:
    keys = [key for concept in CONCEPTS for key in concept.keys]
    assert len({concept.phrase for concept in CONCEPTS}) == 200
    assert all(concept.keys for concept in CONCEPTS)
    assert len(set(keys)) == len(keys)
    assert set(keys) <= set(library().drawings)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [("an owl", "owl"), ("the sun", "sun"), ("a hot dog", "hot dog"), ("french fries",) * 2],
)
def test_a_name_is_the_phrase_without_its_article(phrase: str, name: str) -> None:
    assert Concept(phrase, ()).name == name


def test_data_files_have_the_promised_number_of_prompts() -> None:
    assert len(set(lines("side_by_side.txt"))) == 50
    assert len(set(lines("sheet.txt"))) == 64


def test_pairs_are_the_same_each_time_and_cover_every_phrase_equally() -> None:
    pairs = prompts.pairs(CONCEPTS)
    assert pairs == prompts.pairs(CONCEPTS)
    assert len({pair.prompt for pair in pairs}) == prompts.PAIRS >= 100
    said = Counter(
        pair.prompt[len(CONCEPTS[pair.first].phrase) :].removesuffix(CONCEPTS[pair.second].phrase)
        for pair in pairs
    )
    assert said == {f" {phrase} ": prompts.PAIRS / 5 for phrase in prompts.RELATIONS}


def test_a_pair_is_of_two_things_that_can_be_moved() -> None:
    for pair in prompts.pairs(CONCEPTS):
        names = {CONCEPTS[pair.first].name, CONCEPTS[pair.second].name}
        assert len(names) == 2
        assert not names & prompts.ALONE


def test_what_cannot_be_moved_is_named_as_the_concepts_are() -> None:
    assert {concept.name for concept in CONCEPTS} >= prompts.ALONE


def test_every_concept_is_set_in_a_place() -> None:
    asked = prompts.in_places(CONCEPTS)
    assert [at for _, at, _ in asked] == list(range(200))
    assert {place for _, _, place in asked} == set(prompts.PLACES.values())
    prompt, at, place = asked[0]
    phrase = next(phrase for phrase, name in prompts.PLACES.items() if name == place)
    assert prompt == f"{CONCEPTS[at].phrase} {phrase}"


@pytest.mark.parametrize("phrase", prompts.PLACES)
def test_places_are_places_to_a_painter(phrase: str) -> None:
    assert read_prompt(f"a fox {phrase}").place


def test_colored_things_are_concepts_and_come_in_every_color() -> None:
    phrases = {concept.phrase for concept in CONCEPTS}
    asked = prompts.colored()
    assert {bare for _, bare, _ in asked} <= phrases
    assert ("an orange cat", "a cat", "orange") in asked
    assert ("a blue cat", "a cat", "blue") in asked
    assert len(set(asked)) == len(prompts.COLORED) * len(prompts.COLORS)


def test_counted_things_say_how_many() -> None:
    asked = prompts.counted()
    assert ("three cats on a white background", 3) in asked
    assert len(asked) == len(prompts.COUNTED) * len(prompts.COUNTS)
