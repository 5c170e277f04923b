"""What a prompt asks for, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass

from .canvas import Color


@dataclass(frozen=True)
class Thing:
    """Something to draw, and how: `scale` multiplies its usual size."""

    words: str
    key: str
    count: int = 1
    color: Color | None = None
    scale: float = 1.0
    flying: bool = False  # said to be in the air


@dataclass(frozen=True)
class Relation:
    """How one thing stands to another, both by their index."""

    kind: str
    first: int
    second: int


@dataclass(frozen=True)
class Brief:
    """What a prompt asks for. An empty `place` or `time` leaves it to the things themselves.

    `scene` holds the words that place, time, weather and style were read from.
    """

    things: tuple[Thing, ...] = ()
    relations: tuple[Relation, ...] = ()
    place: str = ""
    time: str = ""
    weather: str = ""
    style: str = ""
    backdrop: Color | None = None
    substitutions: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    scene: tuple[str, ...] = ()
