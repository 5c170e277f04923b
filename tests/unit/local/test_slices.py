"""Of what is too long to be done every time, a number chooses a part."""

from __future__ import annotations

import pytest

from kanvas_local.errors import StackError
from kanvas_local.slices import choose_one, choose_within

_SECONDS = {"short": 20.0, "middle": 50.0, "long": 100.0, "endless": 300.0}


def _chosen(number: str) -> list[str]:
    return choose_within(list(_SECONDS), number, cost=_SECONDS.__getitem__, budget=120.0)


@pytest.mark.parametrize(("number", "thing"), [("0", "a"), ("4", "b"), ("ff", "a"), ("1e", "a")])
def test_a_number_chooses_one(number: str, thing: str) -> None:
    assert choose_one(["a", "b", "c"], number) == thing


@pytest.mark.parametrize(
    ("number", "things"),
    [
        ("0", ["short", "middle"]),
        ("1", ["middle"]),
        ("2", ["long"]),
        ("4", ["short", "middle"]),
        ("d", ["middle"]),
    ],
)
def test_things_that_follow_each_other_fill_a_budget(number: str, things: list[str]) -> None:
    assert _chosen(number) == things


def test_behind_the_last_comes_the_first() -> None:
    things = ["a", "b", "c"]
    assert choose_within(things, "2", cost=lambda _: 1.0, budget=2.0) == ["c", "a"]
    assert choose_within(things, "2", cost=lambda _: 1.0, budget=9.0) == ["c", "a", "b"]


def test_what_costs_more_than_the_budget_has_its_turn_too() -> None:
    assert _chosen("3") == ["endless"]


def test_everything_has_its_turn() -> None:
    assert {thing for number in range(4) for thing in _chosen(str(number))} == set(_SECONDS)


@pytest.mark.parametrize("number", ["twelve", "-", " "])
def test_what_is_no_number_is_told_so(number: str) -> None:
    with pytest.raises(StackError, match="is no number"):
        choose_one(["a"], number)
    with pytest.raises(StackError, match="is no number"):
        choose_within(["a"], number, cost=lambda _: 1.0, budget=1.0)
