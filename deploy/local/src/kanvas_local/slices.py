"""What is too long to be done every time is done by turns: a number chooses the turn."""

from __future__ import annotations

from collections.abc import Sequence
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
    try:
        turn = int(number, 10 if number.isdecimal() else 16)
    except ValueError as error:
        raise StackError(f"{number} is no number: SLICE=3, or a hash.") from error
    return things[turn % len(things)]
