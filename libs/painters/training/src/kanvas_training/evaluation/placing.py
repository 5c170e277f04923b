"""Where things are, from a judge's map: whether both are there, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .prompts import Relation

Array = npt.NDArray[np.float32]
CLEAR = 0.02  # centers closer than this share of the side are not left or right of each other


@dataclass(frozen=True)
class Seen:
    """What a judge's map says of one thing.

    Attributes:
        evidence: How sure the judge is of it where it is surest, from 0 to 1.
        x: Its center, from 0 (left) to 1 (right).
        y: Its center, from 0 (top) to 1 (bottom).
    """

    evidence: float
    x: float
    y: float


def evidence(where: Array) -> Array:
    """Return how sure a judge is of each thing, where it is surest.

    Args:
        where: (things + 1, cells, cells), the probabilities in each cell; the last is nothing.
    """
    things = where[:-1]
    blocks = things[:, :-1, :-1] + things[:, 1:, :-1] + things[:, :-1, 1:] + things[:, 1:, 1:]
    surest: Array = blocks.max((1, 2)) / 4
    return surest


def seen(where: Array, thing: int) -> Seen:
    """Return what the map says of a thing; its center is that of the cells that are sure of it."""
    plane = where[thing]
    weight = np.where(plane >= plane.max() / 2, plane, 0)
    weight = weight / weight.sum()
    middles = (np.arange(plane.shape[0]) + 0.5) / plane.shape[0]
    x, y = float(weight.sum(0) @ middles), float(weight.sum(1) @ middles)
    return Seen(float(evidence(where)[thing]), x, y)


def stands(relation: Relation, first: Seen, second: Seen) -> bool:
    """Return whether the first thing stands so to the second."""
    beside = relation in ("left", "right")
    apart = second.x - first.x if beside else second.y - first.y
    return apart > CLEAR if relation in ("left", "above") else apart < -CLEAR


def threshold(where: Array, shown: npt.NDArray[np.bool_], alarms: float) -> float:
    """Return the evidence that only a share of `alarms` of the things not shown reaches.

    Args:
        where: (pictures, things + 1, cells, cells).
        shown: (pictures, things), what is really in the pictures.
        alarms: From 0 to 1.
    """
    absent = np.stack([evidence(each) for each in where])[~shown]
    return float(np.quantile(absent, 1 - alarms))
