"""The catalogue of mutants keeps step with the code. `make mutants` tries them."""

import pytest

from tests.mutants.__main__ import exit_code, look
from tests.mutants.catalogue import (
    REPOSITORY,
    SLICES,
    Mutant,
    NotThere,
    catalogue,
    choose,
    one_file,
)
from tests.mutants.trial import Outcome, Verdict, outcome_of

MUTANT = Mutant("m", "f.py", was="a = 1", becomes="a = 2", why="", tests=())
BELOW = Mutant("m", "f.py", was="a = 1", becomes="a = 2", why="", tests=(), after="def two():")


@pytest.mark.parametrize("mutant", catalogue(), ids=lambda mutant: mutant.name)
def test_lines_and_tests_are_where_the_catalogue_says(mutant: Mutant) -> None:
    text = one_file(REPOSITORY, mutant.file).read_text()
    assert mutant.applied_to(text) != text
    assert mutant.why
    assert mutant.tests
    for test in mutant.tests:
        path, *names = test.split("::")
        defined = one_file(REPOSITORY, path).read_text()
        assert [name for name in names if f"def {name}(" not in defined] == []


def test_a_line_is_changed_where_it_stands() -> None:
    assert MUTANT.applied_to("def f():\n    a = 1\n    a = 12\n") == (
        "def f():\n    a = 2\n    a = 12\n"
    )
    assert BELOW.applied_to("a = 1\ndef two():\n    a = 1\n    a = 1\n") == (
        "a = 1\ndef two():\n    a = 2\n    a = 1\n"
    )


@pytest.mark.parametrize(
    ("mutant", "text"),
    [
        (MUTANT, "a = 3\n"),
        (MUTANT, "a = 1\na = 1\n"),
        (BELOW, "a = 1\n"),
        (BELOW, "def two():\ndef two():\na = 1\n"),
        (BELOW, "a = 1\ndef two():\n"),
    ],
)
def test_a_line_that_is_gone_or_stands_twice_is_an_error(mutant: Mutant, text: str) -> None:
    with pytest.raises(NotThere):
        mutant.applied_to(text)


def test_commits_share_the_catalogue() -> None:
    shares = [choose([], f"{turn:08x}0123") for turn in range(SLICES)]
    assert sorted(mutant.name for share in shares for mutant in share) == [
        mutant.name for mutant in catalogue()
    ]


def test_a_pattern_that_names_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no mutant"):
        choose(["nobody-*"], "")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, Outcome.SURVIVED),
        (1, Outcome.NOTICED),
        (2, Outcome.COULD_NOT_RUN),
        (3, Outcome.COULD_NOT_RUN),
        (4, Outcome.COULD_NOT_RUN),
        (5, Outcome.COULD_NOT_RUN),
        (-11, Outcome.COULD_NOT_RUN),
    ],
)
def test_only_tests_that_ran_say_something_about_a_mutant(code: int, outcome: Outcome) -> None:
    assert outcome_of(code) is outcome


def test_a_survivor_is_tried_once_more() -> None:
    looks = iter([Outcome.SURVIVED, Outcome.NOTICED, Outcome.COULD_NOT_RUN, Outcome.NOTICED])

    def judge(mutant: Mutant) -> Verdict:
        assert mutant is MUTANT
        return Verdict(next(looks), "test_f", 0.1)

    assert look(judge, MUTANT) == Verdict(Outcome.NOTICED, "test_f (at the second look)", 0.1)
    assert look(judge, MUTANT).outcome is Outcome.COULD_NOT_RUN
    assert look(judge, MUTANT) == Verdict(Outcome.NOTICED, "test_f", 0.1)


def test_a_mutant_whose_line_is_gone_was_not_tried() -> None:
    def judge(mutant: Mutant) -> Verdict:
        raise NotThere(f"no line {mutant.was}")

    assert look(judge, MUTANT) == Verdict(Outcome.COULD_NOT_RUN, "no line a = 1", 0.0)


def test_the_exit_code_says_apart_what_survived_and_what_was_not_tried() -> None:
    noticed, survived, untried = Outcome.NOTICED, Outcome.SURVIVED, Outcome.COULD_NOT_RUN
    assert exit_code([noticed, noticed]) == 0
    assert exit_code([noticed, untried, survived]) == 1
    assert exit_code([untried, noticed]) == 3
