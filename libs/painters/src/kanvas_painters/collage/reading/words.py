"""Words of a prompt with their places in it: what the passes hand on, so that no word is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from .spelling import as_typed


class Part(NamedTuple):
    """A token: its place among the tokens, its text, and how it was typed."""

    place: int
    text: str
    typed: str


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of a prompt, in its order.

    Attributes:
        parts: A token each; no place is here twice.
    """

    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """The words as they are read; a token that only says something may have no text."""
        return " ".join(part.text for part in self.parts if part.text)

    @property
    def typed(self) -> str:
        """The words as they were written, but in lower case."""
        return as_typed(part.typed for part in self.parts)

    @property
    def places(self) -> frozenset[int]:
        """Where they stand among the tokens."""
        return frozenset(part.place for part in self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __iter__(self) -> Iterator[Words]:
        """Yield each of them alone."""
        return (Words((part,)) for part in self.parts)

    def __add__(self, other: Words) -> Words:
        """Return these words and others, in the order of the prompt."""
        return Words(tuple(sorted({*self.parts, *other.parts})))

    def __sub__(self, other: Words) -> Words:
        """Return these words without others."""
        return Words(tuple(part for part in self.parts if part not in other.parts))


NO_WORDS: Final = Words()


def joined(several: Iterable[Words]) -> Words:
    """Return all of these words, in the order of the prompt."""
    return sum(several, NO_WORDS)
