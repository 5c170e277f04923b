"""How well a brief answers a prompt of the corpus: one mark for each thing that is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Final

from kanvas_painters.collage.brief import Brief, Thing
from kanvas_painters.collage.library import library
from tests.reader_score.honesty import Read, ignored
from tests.reader_score.judge import Judge, Table, draws, is_drawing, shows
from tests.reader_score.prompts import Alternatives, Count, Prompt, Standing, Wanted

MOST: Final = 12
"""Of one thing: a reader need not draw more, whatever is asked."""


class Feature(StrEnum):
    """What is scored, each for itself."""

    THINGS = "things found"
    RELATIONS = "relations"
    COUNTS = "counts"
    COLORS = "colors"
    SIZES = "sizes"
    PLACE = "place"
    TIME = "time"
    WEATHER = "weather"
    STYLE = "style"
    NEVER = "nothing forbidden"
    HONESTY = "honesty"
    LANGUAGE = "languages said"


BARS: Final = {
    Feature.THINGS: 0.90,
    Feature.RELATIONS: 0.85,
    Feature.COUNTS: 0.85,
    Feature.HONESTY: 1.0,
}

# The reader's relations that show one of the corpus, from its first thing to its second …
FORWARD: Final[Mapping[str, frozenset[str]]] = {
    "on": frozenset(("on",)),
    "in": frozenset(("inside",)),
    "under": frozenset(("under",)),
    "above": frozenset(("above",)),
    "beside": frozenset(("beside", "left", "right")),
    "left of": frozenset(("left",)),
    "right of": frozenset(("right",)),
    "in front of": frozenset(("front",)),
    "behind": frozenset(("behind",)),
    "between": frozenset(("between",)),
    "wearing": frozenset(("wearing",)),
    "holding": frozenset(("holding",)),
    "riding": frozenset(("on", "inside")),
}
# … and those from its second to its first.
BACKWARD: Final[Mapping[str, frozenset[str]]] = {
    "on": frozenset(("under",)),
    "under": frozenset(("on", "above")),
    "above": frozenset(("under",)),
    "beside": frozenset(("beside", "left", "right")),
    "left of": frozenset(("right",)),
    "right of": frozenset(("left",)),
    "in front of": frozenset(("behind",)),
    "behind": frozenset(("front",)),
}


@dataclass(frozen=True)
class Mark:
    """One thing that a prompt asks, and whether it was met."""

    feature: Feature
    met: bool
    about: str


@dataclass(frozen=True)
class Answer:
    """What a brief has for something wanted.

    Attributes:
        met: Whether it is drawn, shown otherwise, or said where it cannot be drawn.
        at: Which things of the brief show it.
        around: Whether it is shown, but as no thing: a lake that is the place, a sun that rises.
        drawable: Whether there is any fair way to show it.
    """

    met: bool
    at: tuple[int, ...]
    around: bool
    drawable: bool


def marks(prompt: Prompt, read: Read, judge: Judge) -> list[Mark]:
    """Return every mark of a prompt.

    Of a prompt in a language that is not read, only that this is said is asked, and that nothing
    forbidden is drawn.

    Args:
        prompt: The prompt, and what is asked.
        read: Returns the brief of a prompt; it must be a pure function.
        judge: Knows every concept of the prompt.
    """
    prompt, brief = judge.asked(prompt), read(prompt.text)
    found = list(_of_languages(prompt, brief))
    found += _of_forbidden(prompt, brief, judge)
    if prompt.language == "other":
        return found
    answers = answered(prompt.things, brief, judge)
    for wanted, answer in zip(prompt.things, answers, strict=True):
        found += _of_thing(wanted, answer, brief, judge)
    found += _of_relations(prompt, answers, brief)
    found += _of_scene(prompt, brief, judge)
    units = judge.units(prompt.text, prompt.content)
    silent = ignored(prompt.text, units, read)
    return found + [Mark(Feature.HONESTY, unit not in silent, unit) for unit in units]


def answered(wanted: Iterable[Wanted], brief: Brief, judge: Judge) -> list[Answer]:
    """Return what a brief has for each thing wanted, in order.

    Each thing of the brief serves once, or as often as it is drawn; of several that are fair the
    one is taken that also has the color and the count. Things of one drawing are counted together
    where none of them has the count: a black and a white cat are two cats.
    """
    free = Counter({index: thing.count for index, thing in enumerate(brief.things)})
    answers = []
    for each in wanted:
        fair = judge.answers(judge.things, each.concepts)
        at = _best(each, fair, [index for index in free if free[index] > 0], brief, judge)
        if at is not None:
            left = [index for index in free if free[index] > 0]
            together = _together(each, at, left, brief, judge)
            for index in together:
                free[index] -= _taken(each)
            answers.append(Answer(met=True, at=together, around=False, drawable=True))
        else:
            answers.append(_undrawn(fair, brief))
    return answers


def _undrawn(fair: tuple[str, ...], brief: Brief) -> Answer:
    """Return what a brief has for something of which it has no drawing of its own."""
    shown = [answer for answer in fair if not is_drawing(answer) and shows(answer, brief)]
    whole = {answer.removeprefix("in:") for answer in shown if answer.startswith("in:")}
    return Answer(
        met=bool(shown),
        at=tuple(index for index, thing in enumerate(brief.things) if thing.key in whole),
        around=any(not answer.startswith(("in:", "said:")) for answer in shown),
        drawable=any(not answer.startswith("said:") for answer in fair),
    )


def _best(
    wanted: Wanted, fair: tuple[str, ...], free: list[int], brief: Brief, judge: Judge
) -> int | None:
    ranked = [
        (
            not _colored(brief.things[index], wanted.colors, judge),
            not _counted(brief.things[index], wanted.counts, judge),
            rank,
            index,
        )
        for index in free
        for rank, answer in enumerate(fair)
        if draws(answer, brief.things[index].key)
    ]
    return min(ranked)[-1] if ranked else None


def _together(
    wanted: Wanted, at: int, free: list[int], brief: Brief, judge: Judge
) -> tuple[int, ...]:
    """Return all things of one drawing where only together they have the count; else the one."""
    same = tuple(index for index in free if brief.things[index].key == brief.things[at].key)
    whole = _whole([brief.things[index] for index in same])
    alone = _counted(brief.things[at], wanted.counts, judge)
    return (at,) if alone or not _counted(whole, wanted.counts, judge) else same


def _whole(things: list[Thing]) -> Thing:
    """Return things of one drawing as one that is so many."""
    return replace(things[0], count=sum(thing.count for thing in things))


def _taken(wanted: Wanted) -> int:
    """Return how many of a brief's things of one kind serve something wanted."""
    numbers = [count for count in wanted.counts if isinstance(count, int)]
    return max(numbers, default=MOST) if wanted.counts else 1


def _of_thing(wanted: Wanted, answer: Answer, brief: Brief, judge: Judge) -> Iterator[Mark]:
    yield Mark(Feature.THINGS, answer.met, str(wanted))
    if not answer.drawable:
        return
    things = [brief.things[index] for index in answer.at]
    if wanted.counts:
        shown = answer.around and not any(isinstance(n, int) for n in wanted.counts)
        counted = bool(things) and _counted(_whole(things), wanted.counts, judge)
        yield Mark(Feature.COUNTS, shown or counted, str(wanted))
    if wanted.colors:
        colored = any(_colored(thing, wanted.colors, judge) for thing in things)
        yield Mark(Feature.COLORS, colored, str(wanted))
    if wanted.size:
        sized = any(_sized(thing, wanted.size, judge) for thing in things)
        yield Mark(Feature.SIZES, sized, str(wanted))


def _counted(thing: Thing, counts: tuple[Count, ...], judge: Judge) -> bool:
    return not counts or any(_is_count(thing, count, judge) for count in counts)


def _is_count(thing: Thing, count: Count, judge: Judge) -> bool:
    if isinstance(count, int):
        return thing.count == min(count, MOST)
    return thing.key in judge.several or thing.count >= (2 if count == "some" else 4)


def _sized(thing: Thing, size: str, judge: Judge) -> bool:
    if size == "big":
        return thing.scale > 1
    return thing.scale < 1 or (thing.scale == 1 and thing.key in judge.small)


def _colored(thing: Thing, colors: Alternatives, judge: Judge) -> bool:
    """Return whether a thing is painted in one of the colors, or has one by itself."""
    return not colors or judge.is_color(thing.color or library().drawings[thing.key].color, colors)


def _of_relations(prompt: Prompt, answers: list[Answer], brief: Brief) -> Iterator[Mark]:
    for standing in prompt.relations:
        first, second = (
            [
                answer
                for wanted, answer in zip(prompt.things, answers, strict=True)
                if answer.drawable and not set(ends).isdisjoint(wanted.concepts)
            ]
            for ends in (standing.first, standing.second)
        )
        if first and second:  # else one of them cannot be drawn
            pairs = product(*([at for end in ends for at in end.at] for ends in (first, second)))
            met = _surrounded(first, second) or any(
                _stands(standing, one, other, brief) for one, other in pairs
            )
            yield Mark(Feature.RELATIONS, met, str(standing))


def _surrounded(first: Iterable[Answer], second: Iterable[Answer]) -> bool:
    """Return whether one end is all around the other, as a lake that is the place."""
    around = [any(end.around for end in ends) for ends in (first, second)]
    drawn = [any(end.at for end in ends) for ends in (first, second)]
    return (around[0] and drawn[1]) or (drawn[0] and around[1])


def _stands(standing: Standing, first: int, second: int, brief: Brief) -> bool:
    if first == second:
        return True  # one drawing has both: a knight in armor
    ahead = {pair.kind for pair in brief.relations if (pair.first, pair.second) == (first, second)}
    back = {pair.kind for pair in brief.relations if (pair.first, pair.second) == (second, first)}
    return any(
        not FORWARD[kind].isdisjoint(ahead)
        or not BACKWARD.get(kind, frozenset()).isdisjoint(back)
        or (kind == "beside" and not ahead and not back)  # so things stand without a relation
        for kind in standing.kinds
    )


def _of_scene(prompt: Prompt, brief: Brief, judge: Judge) -> Iterator[Mark]:
    asked: tuple[tuple[Feature, Alternatives, Table], ...] = (
        (Feature.PLACE, prompt.place, judge.places),
        (Feature.TIME, prompt.time, judge.times),
        (Feature.WEATHER, prompt.weather, judge.weathers),
        (Feature.STYLE, prompt.style, judge.styles),
    )
    for feature, concepts, table in asked:
        if concepts:
            fair = judge.answers(table, concepts)
            yield Mark(feature, any(shows(answer, brief) for answer in fair), "/".join(concepts))


def _of_forbidden(prompt: Prompt, brief: Brief, judge: Judge) -> Iterator[Mark]:
    for concept in prompt.never:
        drawn = any(shows(answer, brief) for answer in judge.forbidden(concept))
        yield Mark(Feature.NEVER, not drawn, concept)


def _of_languages(prompt: Prompt, brief: Brief) -> Iterator[Mark]:
    told = any("English" in note and "Indonesian" in note for note in brief.substitutions)
    if prompt.language == "other" or told:
        yield Mark(Feature.LANGUAGE, told == (prompt.language == "other"), prompt.language)
