"""What is a fair picture of a concept: the judge's table, and whether a brief has it."""

from __future__ import annotations

import colorsys
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kanvas_painters.collage.brief import Brief
from kanvas_painters.collage.canvas import Color
from kanvas_painters.collage.library import library, rgb
from tests.reader_score.prompts import CORPUS, Alternatives, Prompt

_DOUBLED = re.compile(r"\b\w*?(\w{4,})-\1\b")
"""One word of Indonesian that is said twice: "melompat-lompat"."""

_TWICE = re.compile(r"^([^\W\d_]{3,})2$")
"""The same in chat: "teriak2" is named by its word."""

_SEXES = frozenset(("man", "woman"))

Table = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Judge:
    """The judge's tables: each concept with the answers that are fair.

    An answer is a drawing's key, or one of `kind:` (any drawing whose kind begins so), `place:`,
    `time:`, `weather:`, `style:` (what a brief says beside its things), `in:` (a part of that
    drawing) and `said:` (these words stand among what was not drawn as asked).
    """

    things: Table
    places: Table
    times: Table
    weathers: Table
    styles: Table
    colors: Table
    several: frozenset[str]
    small: frozenset[str]
    neutral: frozenset[str]
    grammar: frozenset[str]
    expressions: tuple[str, ...]
    unsaid: Table

    def answers(self, table: Table, concepts: Alternatives) -> tuple[str, ...]:
        """Return the fair answers to any of these concepts, the best first.

        Raises:
            KeyError: The judge does not know a concept.
        """
        found = (answer for concept in concepts for answer in table[concept.lower()])
        return tuple(dict.fromkeys(found))

    def forbidden(self, concept: str) -> tuple[str, ...]:
        """Return what would show a concept that must not appear.

        Somebody who is neither a man nor a woman shows a concept only if both of these do.

        Raises:
            KeyError: The judge does not know the concept.
        """
        tables = (self.things, self.places, self.weathers, self.times)
        known = [table[concept.lower()] for table in tables if concept.lower() in table]
        if not known:
            raise KeyError(concept)
        answers = tuple(answer for table in known for answer in table)
        unclear = frozenset() if _SEXES.issubset(answers) else self.neutral
        shown = (answer for answer in answers if not answer.startswith(("said:", "in:")))
        return tuple(answer for answer in shown if answer not in unclear)

    def units(self, text: str, content: tuple[str, ...]) -> tuple[str, ...]:
        """Return the content of a text: what is grammar left out, an expression's words as one.

        A word of a hashtag that has several stands for the whole of it.
        """
        lower = text.lower()
        doubled = [pair[0] for pair in _DOUBLED.finditer(lower)]
        said = [*doubled, *(each for each in self.expressions if each in lower)]
        within = {word for each in said for word in re.split(r"[\s-]", each)}.union(self.grammar)
        plain = [word.removesuffix("'s") for word in content if word not in within]
        tokens = re.findall(r"[^\W_]+", lower)
        whole = [
            word if word in tokens else next((each for each in tokens if word in each), word)
            for word in plain
        ]
        once = (_TWICE.sub(r"\1", word) for word in whole)
        return tuple(dict.fromkeys((*said, *once)))

    def asked(self, prompt: Prompt) -> Prompt:
        """Return a prompt without what no word of it says, such as a bed for who is lazy."""
        unsaid = frozenset(self.unsaid.get(prompt.text, ()))
        return replace(
            prompt,
            things=tuple(each for each in prompt.things if unsaid.isdisjoint(each.concepts)),
            relations=tuple(
                each
                for each in prompt.relations
                if unsaid.isdisjoint(each.first) and unsaid.isdisjoint(each.second)
            ),
            place=() if unsaid.intersection(prompt.place) else prompt.place,
            time=() if unsaid.intersection(prompt.time) else prompt.time,
            weather=() if unsaid.intersection(prompt.weather) else prompt.weather,
        )

    def color(self, color: Color) -> str:
        """Return the plain name of a color: that of the nearest sample."""
        samples = [(name, rgb(text)) for name, texts in self.colors.items() for text in texts]
        return min(samples, key=lambda sample: _apart(sample[1], color))[0]

    def is_color(self, color: Color, names: Alternatives) -> bool:
        """Return whether a color is one of these, such as "light blue" where "blue" was said.

        Either color is right for what has two, such as "red and white".
        """
        said = {each for name in names for each in name.split(" and ")}
        wanted = {text for name in said for text in self.colors[name]}
        return not wanted.isdisjoint(self.colors[self.color(color)])


@cache
def judge(corpus: Path = CORPUS) -> Judge:
    """Return the judge of the corpus, with groups and what cannot be drawn put in."""
    table = tomllib.loads((corpus / "judge.toml").read_text(encoding="utf-8"))
    groups = table["groups"]
    said = {concept: [f"said:{text}" for text in texts] for concept, texts in table["none"].items()}

    def fair(name: str) -> Table:
        return {
            concept.lower(): tuple(_spread(groups, answers))
            for concept, answers in {**said, **table[name]}.items()
        }

    return Judge(
        things=fair("things"),
        places=fair("places"),
        times=fair("times"),
        weathers=fair("weathers"),
        styles=fair("styles"),
        colors={name: tuple(texts) for name, texts in table["colors"].items()},
        several=frozenset(table["several"]["drawings"]),
        small=frozenset(table["small"]["drawings"]),
        neutral=frozenset(table["neutral"]["drawings"]),
        grammar=frozenset(table["grammar"]["words"]),
        expressions=tuple(table["expressions"]["words"]),
        unsaid={text: tuple(concepts) for text, concepts in table["unsaid"].items()},
    )


def _spread(groups: Mapping[str, list[str]], answers: list[str]) -> Iterator[str]:
    for answer in answers:
        group = answer.removeprefix("group:")
        yield from groups[group] if group != answer else (answer,)


def is_drawing(answer: str) -> bool:
    """Return whether an answer is a drawing, rather than what a brief says beside its things."""
    return ":" not in answer or answer.startswith("kind:")


def draws(answer: str, key: str) -> bool:
    """Return whether a drawing is what an answer asks for."""
    kind = answer.removeprefix("kind:")
    return library().drawings[key].kind.startswith(kind) if kind != answer else key == answer


def shows(answer: str, brief: Brief) -> bool:
    """Return whether a brief has an answer, as a thing or beside its things."""
    about, _, value = answer.rpartition(":")
    match about:
        case "place" | "time" | "weather" | "style":
            return bool(getattr(brief, about) == value)
        case "said":
            return said(value, brief)
        case "in":
            return any(thing.key == value for thing in brief.things)
        case _:
            return any(draws(answer, thing.key) for thing in brief.things)


def said(text: str, brief: Brief) -> bool:
    """Return whether a brief names these words among what is not drawn as asked."""
    return any(
        re.search(rf"(?<!\w){re.escape(text)}(?!\w)", note.partition(" → ")[0].lower())
        for note in brief.substitutions
    )


def _apart(one: Color, other: Color) -> float:
    """Return how different two colors look: hue counts for as much as there is of it."""
    (hue, light, chroma), (hue2, light2, chroma2) = map(_looks, (one, other))
    turn = min(abs(hue - hue2), 1 - abs(hue - hue2)) * min(chroma, chroma2)
    return (4 * turn) ** 2 + (light - light2) ** 2 + (chroma - chroma2) ** 2


def _looks(color: Color) -> tuple[float, float, float]:
    """Return hue, lightness and how much color there is, each from 0 to 1."""
    hue, light, saturation = colorsys.rgb_to_hls(*color)
    return hue, light, saturation * (1 - abs(2 * light - 1))
