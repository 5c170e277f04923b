"""The corpus of prompts can be scored: each is as its README says, and the judge knows it all."""

from __future__ import annotations

from typing import Any

import pytest

from kanvas_painters.collage.library import library
from tests.reader_score.judge import is_drawing, judge
from tests.reader_score.prompts import DRILL, PARTS, Prompt, parsed, prompts

CORPUS = {part: prompts(part) for part in PARTS}
SCORED = [prompt for part in CORPUS.values() for prompt in part]
PROMPTS = [*SCORED, *prompts(DRILL)]
LEAST = 500
CAT: dict[str, Any] = {
    "text": "a cat on a couch",
    "language": "en",
    "kind": "animal",
    "things": [{"is": "cat"}, {"is": ["couch", "sofa"]}],
    "relations": [["cat", "on", "couch"]],
    "content": ["cat", "couch"],
}


def test_there_are_many_prompts_and_none_stands_twice() -> None:
    assert len(SCORED) >= LEAST
    assert len({prompt.text for prompt in PROMPTS}) == len(PROMPTS)


def test_a_third_of_the_prompts_is_scored_only() -> None:
    assert 3 * len(CORPUS["fresh"]) >= len(SCORED)


def test_half_of_our_own_prompts_are_indonesian_or_mixed() -> None:
    own = CORPUS["own"]
    assert 2 * sum(prompt.language in ("id", "mixed") for prompt in own) >= 0.95 * len(own)


def test_the_judge_knows_every_concept() -> None:
    for prompt in PROMPTS:
        for wanted in prompt.things:
            assert judge().answers(judge().things, wanted.concepts)
            assert {*_colors(wanted.colors)} <= judge().colors.keys()
        for table, concepts in (
            (judge().places, prompt.place),
            (judge().times, prompt.time),
            (judge().weathers, prompt.weather),
            (judge().styles, prompt.style),
        ):
            assert not concepts or judge().answers(table, concepts)
        for concept in prompt.never:
            judge().forbidden(concept)


def test_what_is_unsaid_is_asked_by_a_prompt_of_fresh_eyes() -> None:
    fresh = {prompt.text: prompt for part in ("spare", "fresh") for prompt in CORPUS[part]}
    for text, concepts in judge().unsaid.items():
        prompt = fresh[text]
        scene = (*prompt.place, *prompt.time, *prompt.weather)
        asked = {each for thing in prompt.things for each in thing.concepts}.union(scene)
        assert asked.issuperset(concepts), text


def test_every_drawing_of_the_judge_is_in_the_library() -> None:
    tables = (judge().things, judge().places, judge().times, judge().weathers, judge().styles)
    answers = {answer for table in tables for each in table.values() for answer in each}
    kinds = {drawing.kind for drawing in library().drawings.values()}
    for answer in filter(is_drawing, answers):
        kind = answer.removeprefix("kind:")
        if kind == answer:
            assert answer in library().drawings
        else:
            assert any(each.startswith(kind) for each in kinds)
    assert judge().several <= library().drawings.keys()


def test_what_counts_as_content_stands_in_the_prompt() -> None:
    strays = {
        prompt.text: stray
        for prompt in PROMPTS
        if (stray := [word for word in prompt.content if word not in prompt.text.lower()])
    }
    assert strays == {}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"language": "fr"}, "no language fr"),
        ({"kind": "nonsense"}, "no kind nonsense"),
        ({"relations": [["cat", "near", "couch"]]}, "no relation near"),
        ({"relations": [["cat", "on", "bed"]]}, "bed is related, and no thing"),
        ({"relations": [["cat", "on"]]}, "unpack"),
        ({"things": [{"is": "cat", "mood": "happy"}], "relations": []}, "a thing has no mood"),
        ({"things": [{"is": "cat", "size": "fat"}], "relations": []}, "no size fat"),
        ({"things": [{"is": "cat", "count": "lots"}], "relations": []}, "no count"),
        ({"hour": "night"}, "hour"),
    ],
)
def test_a_prompt_that_is_not_as_the_readme_says_is_named(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=f"a cat on a couch.*{why}"):
        parsed({**CAT, **wrong})


def test_alternatives_may_be_one_word_or_a_list() -> None:
    prompt: Prompt = parsed(CAT)
    assert [thing.concepts for thing in prompt.things] == [("cat",), ("couch", "sofa")]
    assert str(prompt.relations[0]) == "cat | on | couch"


def _colors(names: tuple[str, ...]) -> list[str]:
    return [each for name in names for each in name.split(" and ")]
