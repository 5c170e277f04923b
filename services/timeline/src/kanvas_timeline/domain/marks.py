"""Marks: what each view says of itself, so that a loss is seen and never taken for the end.

A mark lies in the table whose rows it speaks for, so whatever happens to the rows happens to it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Mark(NamedTuple):
    """What a view says of itself.

    Attributes:
        life: An id that stays for as long as no row of the view was lost.
        reach: Position up to which the view holds every record.
    """

    life: str
    reach: int


Marks = Mapping[str, Mark | None]
"""The mark of every view, by the view's name; None where there is none."""


class Loss(StrEnum):
    """Why a view has to be written again. A closed set: it labels a metric."""

    NEW = "new"
    """It has no mark and none was known: nothing was written yet, as far as anyone knows."""
    EMPTIED = "emptied"
    """It had a mark and has none any more."""
    REPLACED = "replaced"
    """It has another life: it was made anew, it is a copy from an earlier life, or whoever saw its
    loss first has begun to write it again."""
    BEHIND = "behind"
    """It has the same life and reaches less far: an older copy took its place."""


def reach(marks: Marks) -> int:
    """Return the position up to which every record is in all views; 0 where one has no mark."""
    return min((0 if mark is None else mark.reach for mark in marks.values()), default=0)


def losses(known: Marks, found: Marks) -> dict[str, Loss]:
    """Return what was lost between two looks, by view; empty where all is still there."""
    lost: dict[str, Loss] = {}
    for view, mark in found.items():
        before = known.get(view)
        if mark is None:
            lost[view] = Loss.NEW if before is None else Loss.EMPTIED
        elif before is not None and mark.life != before.life:
            lost[view] = Loss.REPLACED
        elif before is not None and mark.reach < before.reach:
            lost[view] = Loss.BEHIND
    return lost


def advanced(known: Marks, position: int) -> Marks:
    """Return the marks once all views hold every record up to a position."""
    return {
        view: None if mark is None else Mark(mark.life, max(mark.reach, position))
        for view, mark in known.items()
    }
