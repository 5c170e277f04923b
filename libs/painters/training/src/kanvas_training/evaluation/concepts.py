"""The everyday concepts that painters are judged by, and the drawings that show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "evaluation"


@dataclass(frozen=True)
class Concept:
    """An everyday thing.

    Attributes:
        phrase: What is asked for, with its article: "an owl".
        keys: The drawings of collage's library that show it.
    """

    phrase: str
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """The phrase without its article."""
        first, _, rest = self.phrase.partition(" ")
        return rest if first in ("a", "an", "the") else self.phrase


def lines(name: str) -> Iterator[str]:
    """Return the lines of a data file that are neither empty nor a remark."""
    text = (DATA / name).read_text(encoding="utf-8")
    stripped = (line.strip() for line in text.splitlines())
    return (line for line in stripped if line and not line.startswith("#"))


def read_concepts() -> list[Concept]:
    """Return the concepts in the order of their file, which is the order of the judge's classes."""
    found = []
    for line in lines("concepts.txt"):
        phrase, _, keys = line.partition(":")
        found.append(Concept(phrase, tuple(keys.split())))
    return found
