"""What is too long to be done every time is done by turns: a number chooses the turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, takewhile
from typing import TypeVar

from kanvas_local.errors import StackError

Thing = TypeVar("Thing")


def choose_one(things: Sequence[Thing], number: str) -> Thing:
    """Return the thing that a number chooses.

    Args:
        things: At least one.
        number: Decimal or hexadecimal, such as the hash of a commit.

    Raises:
        StackError: The number is none.
    """
    return things[_turn(number) % len(things)]


def choose_within(
    things: Sequence[Thing], number: str, *, cost: Callable[[Thing], float], budget: float
) -> list[Thing]:
    """Return things that follow each other, from the one that a number chooses.

    Behind the last comes the first, so every thing has its turn.

    Args:
        things: At least one.
        number: Decimal or hexadecimal, such as the hash of a commit.
        cost: What one costs.
        budget: What all that are returned cost together, at most; the first is always among them.

    Raises:
        StackError: The number is none.
    """
    first = _turn(number) % len(things)
    turned = [*things[first:], *things[:first]]
    spent = accumulate(map(cost, turned))
    affordable = sum(1 for _ in takewhile(lambda all_of_it: all_of_it <= budget, spent))
    return turned[: max(affordable, 1)]


def _turn(number: str) -> int:
    try:
        return int(number, 10 if number.isdecimal() else 16)
    except ValueError as error:
        raise StackError(f"{number} is no number: SLICE=3, or a hash.") from error
