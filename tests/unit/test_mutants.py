"""The catalogue of mutants keeps step with the code. `make mutants` tries them."""

import pytest

from tests.mutants.catalogue import (
    REPOSITORY,
    SLICES,
    Mutant,
    NotThere,
    catalogue,
    choose,
    one_file,
)

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
