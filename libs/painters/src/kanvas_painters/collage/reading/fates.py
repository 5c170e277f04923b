"""What becomes of each word of a prompt: it is drawn, changes something, is grammar, or is said.

Every pass hands on words with their places. The third one tells what becomes of them, and here
that is held against the brief: each place gets exactly one fate, and a word of which nobody told
anything is left out. What people read beside a picture is made of nothing else (`sentences`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ..brief import Brief
from .words import NO_WORDS, Words

LEFT_OUT: Final = "left out"
THING: Final = "thing"
_SCENE: Final = frozenset(("place", "time", "weather", "style"))


class How(StrEnum):
    """What may become of a word."""

    DRAWN = "drawn"  # as what the words ask for
    CHANGES = "changes"  # something that can be seen
    GRAMMAR = "grammar"
    SAID = "said"  # it is left out, or something else is done instead


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of some words.

    Attributes:
        words: The words that share it.
        how: Which of the four it is.
        what: What they are drawn as or change: "thing", "place", "color", …; "" where nothing is.
        value: Which one, of a thing or of the scene: a drawing's key, the name of a place.
        instead: What is done instead of what the words ask, as people read it.
    """

    words: Words
    how: How
    what: str = ""
    value: str = ""
    instead: str = ""


def fates(
    read: Words, grammar: frozenset[int], told: Iterable[Fate], brief: Brief
) -> tuple[Fate, ...]:
    """Return what becomes of each word of a prompt; every place is in exactly one fate.

    Args:
        read: The whole prompt.
        grammar: The places of what is grammar, unless something was told of it.
        told: What the third pass told, in its order: of the same words the last one holds.
        brief: What will be painted. What was told and is not in it is left out.
    """
    last = {place: fate for fate in told for place in fate.words.places}
    shared: dict[Fate, Words] = {}
    for word in read:
        (place,) = word.places
        untold = Fate(word, How.GRAMMAR) if place in grammar else left_out(word)
        fate = last.get(place, untold)
        shared[fate] = shared.get(fate, NO_WORDS) + word
    return tuple(_true(replace(fate, words=words), brief) for fate, words in shared.items())


def left_out(words: Words) -> Fate:
    """Return the fate of what no picture shows."""
    return Fate(words, How.SAID, instead=LEFT_OUT)


def sentences(several: Iterable[Fate]) -> tuple[str, ...]:
    """Return what people read: a sentence for each fate that is said, as the prompt goes."""
    said = [fate for fate in several if fate.how is How.SAID and fate.words.typed]
    said.sort(key=lambda fate: fate.words.parts)
    return tuple(dict.fromkeys(f"{fate.words.typed} → {fate.instead}" for fate in said))


def _true(fate: Fate, brief: Brief) -> Fate:
    """Return a fate as the brief has it: what was kept out of the picture after all is said."""
    if fate.what == THING and all(thing.key != fate.value for thing in brief.things):
        return left_out(fate.words)
    if fate.what not in _SCENE or getattr(brief, fate.what) == fate.value:
        return fate
    if fate.what == "style":
        return Fate(fate.words, How.SAID, "style", brief.style, brief.style)
    return left_out(fate.words)
