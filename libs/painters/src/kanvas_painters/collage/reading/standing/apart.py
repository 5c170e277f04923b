"""Some of several that were named before: of two cats the black one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...brief import Relation, Thing
from ..lexicon import lexicon
from ..people import paints_skin
from ..phrases import Noun
from ..telling import THINGS, Tie, Told


def taken_apart(state: Told, noun: Noun) -> Told | None:
    """Return the state in which some of several are described; None where none is left.

    What was told of all of them holds for each.
    """
    same = (at for at, thing in enumerate(state.things) if thing.key == noun.key)
    whole = next((at for at in same if at not in state.parts), None)
    if whole is None:
        return None
    skin = bool(noun.color) and paints_skin(noun.key, noun.color)
    some = _described(state.things[whole], replace(noun, color="") if skin else noun)
    rest = state.things[whole].count - some.count
    at = whole if rest < 1 else len(state.things)
    if rest < 1:
        state = _changed(state, whole, some)
    else:
        left = replace(state.things[whole], count=rest)
        state = _changed(state, whole, left).adding(some, state.asked[whole])
        state = replace(state, relations=(*state.relations, *_likewise(state, whole, at)))
    said = skin or at >= THINGS
    state = state.say(noun.words) if said else state.show(noun.words, "look")
    return replace(state, parts=state.parts | {at}, group=(at,), tie=Tie(), listed=())


def _described(thing: Thing, noun: Noun) -> Thing:
    """Return a thing as the words describe some of it."""
    color = lexicon().colors[noun.color] if noun.color else thing.color
    count = min(thing.count, max(1, noun.number))
    return replace(thing, count=count, color=color, scale=thing.scale * noun.scale)


def _changed(state: Told, at: int, thing: Thing) -> Told:
    return replace(state, things=(*state.things[:at], thing, *state.things[at + 1 :]))


def _likewise(state: Told, one: int, other: int) -> Iterator[Relation]:
    """Yield the relations that one thing has for another that was a part of it."""
    for pair in state.relations:
        if pair.first == one:
            yield replace(pair, first=other)
        elif pair.second == one:
            yield replace(pair, second=other)
