"""The oracle of honesty: which words of a prompt were ignored in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from kanvas_painters.collage.brief import Brief
from kanvas_painters.collage.reading.reader import style_named
from tests.reader_score.judge import said

_ROWS = frozenset(("left", "right"))

Read = Callable[[str], Brief]


def ignored(text: str, content: Iterable[str], read: Read) -> list[str]:
    """Return the words of `content` that `read` ignored in silence where they stand in `text`.

    A word was heeded if it is named among what is not drawn as asked, if it belongs to the name
    of what is drawn or of its scene, if the picture would be another one without it, or if it says
    once more what the picture shows already: by itself ("snow" in "winter snow"), of a thing
    ("three" in "three cats", where a plural means three), or of two ("wearing" in "a girl, wearing
    a hat", where a hat after a comma is worn).

    Args:
        text: The whole prompt.
        content: Words of the prompt that mean something, in lower case; an expression of several
            words is heeded if it is as a whole, or if each of its words is.
        read: Returns the brief of a prompt; it must be a pure function.
    """
    brief, nothing = read(text), features(read(""))
    named = (*(thing.words for thing in brief.things), *brief.scene)
    drawn = {word for words in named for word in words.lower().split()}
    shown = features(brief) - nothing

    def heeded(unit: str) -> bool:
        words = unit.split()
        return (
            said(unit, brief)
            or unit in drawn
            or visible(read(without(unit, text))) != visible(brief)
            or not features(read(unit)).isdisjoint(shown)
            or style_named(unit) == brief.style != ""
            or not _said_of_a_thing(unit, read).isdisjoint(looks(brief))
            or not _said_of_two(unit, read).isdisjoint(ties(brief))
            or (len(words) > 1 and all(map(heeded, words)))
        )

    return [unit for unit in content if not heeded(unit)]


def _said_of_a_thing(word: str, read: Read) -> frozenset[tuple[str, object]]:
    """Return what a word says of a thing before it (in English) or after it (in Indonesian)."""
    said = looks(read(f"{word} cat")) | looks(read(f"kucing {word}"))
    return said - looks(read("cat"))


def _said_of_two(word: str, read: Read) -> frozenset[str]:
    """Return what a word says of two things that it stands between, such as who wears what."""
    return ties(read(f"cat {word} hat")) | ties(read(f"cat, {word} hat"))


def without(word: str, text: str) -> str:
    """Return a text without a word, wherever it stands."""
    return re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", " ", text, flags=re.IGNORECASE)


def visible(brief: Brief) -> Brief:
    """Return what can be seen of a brief: it without its words."""
    things = tuple(replace(thing, words="") for thing in brief.things)
    return replace(brief, things=things, substitutions=(), scene=())


def features(brief: Brief) -> frozenset[tuple[str, str]]:
    """Return what a brief shows, whatever its place in the picture."""
    return frozenset(
        (
            ("place", brief.place),
            ("time", brief.time),
            ("weather", brief.weather),
            ("style", brief.style),
            *(("thing", thing.key) for thing in brief.things),
            *(("excluded", key) for key in brief.excluded),
        )
    )


def looks(brief: Brief) -> frozenset[tuple[str, object]]:
    """Return how many things are, how large, of which color and whether in the air."""
    return frozenset(
        look
        for thing in brief.things
        for look in (
            *(("count", thing.count), ("scale", thing.scale), ("color", thing.color)),
            ("flying", thing.flying),
        )
    )


def ties(brief: Brief) -> frozenset[str]:
    """Return how things stand to each other, whatever they are; where one is left, one is right."""
    kinds = {pair.kind for pair in brief.relations}
    return frozenset(kinds | _ROWS if kinds & _ROWS else kinds)
