"""How a new thing stands to those that were named before it."""

from __future__ import annotations

from dataclasses import replace

from ...brief import Relation
from ...uses import has_body, is_worn, settled
from ..lexicon import Kind, lexicon
from ..telling import THINGS, Front, Tie, Told, told_as
from ..words import NO_WORDS, Words
from .doing import unserved
from .meant import meant
from .owners import BODILY, FILLED, SOMEBODY, owners_of
from .pairs import HEAVENLY, relation_of
from .waiting import at_its_side, released

MANY = 12  # of one thing: more would be confetti


def related(state: Told, index: int) -> Told:
    """Return the state with a thing tied to those before it."""
    if state.idle is not None:
        tie, item = state.idle
        state = replace(state, idle=None).show(tie.side, "relation")
        state = state.standing([Relation(tie.relation, item, index)])
    if state.tie.aside and not state.tie.opens:
        state = at_its_side(state)
    if state.tie.aside:
        return _beside_what_came(state, index)
    tie, kind = state.tie, state.tie.relation
    owners = tuple(one for one in owners_of(state, index) if one != index)
    if kind == "and" and (on := _going_on(state, index))[1]:
        kind, owners = on
    if kind == "and":
        return _joined(state, index)
    if not kind or not owners:
        return _alone(state, index)
    pairs = tuple(relation_of(state, tie, kind, one, index) for one in owners)
    kinds = [settled(kind, state.drawing(one), state.drawing(index)) for one in owners]
    bodily = BODILY.issuperset(kinds)
    seen = tie.verb is not None and tie.verb.drawn and index < THINGS
    if tie.words and not seen:
        state = state.say(tie.words, told_as(pairs[0].kind))
    if tie.words and seen:
        state = state.show(tie.words, "relation")
        state = replace(state, shown=(*state.shown, *((tie.words, pair) for pair in pairs)))
    state = state.show(tie.side, "relation")
    state = _shared_out(replace(state, relations=(*state.relations, *pairs)), index, owners)
    led = (kind, pairs) if not state.group and tie.verb is None else ("", ())
    return replace(
        state,
        last=(kinds[0], owners) if bodily or not FILLED.isdisjoint(kinds) else ("", ()),
        group=owners if bodily else (index,),
        led=led,
        tie=Tie(),
        lax=tie.relation == "with",
    )


def _going_on(state: Told, index: int) -> tuple[str, tuple[int, ...]]:
    """Return the relation before "and", as it fits a thing, and whose it is; nobody's if none."""
    (kind, owners), drawing = state.last, state.drawing(index)
    if not owners or (has_body(drawing) and kind != "contains"):
        return "", ()
    fits = settled("with", state.drawing(owners[0]), drawing)
    if kind in BODILY and fits in BODILY:
        return fits, owners
    return (kind, owners) if fits == kind or (kind == "holding" and state.group) else ("", ())


def _joined(state: Told, index: int) -> Told:
    """Add a thing to those that it is joined with by "and"."""
    state = _between_both(state, index)
    group = state.listed if len(state.listed) > 1 else state.group
    whole = tuple(dict.fromkeys((*group, index)))
    topic = whole if set(state.topic) <= set(whole) else state.topic
    state = replace(state, group=whole, topic=topic, listed=(), tie=Tie())
    return _before_it(state, index)


def _between_both(state: Told, index: int) -> Told:
    """Return the state with what stands between a thing and the one before: a cat and a dog."""
    last = state.relations[-1:]
    pairs = tuple(
        replace(pair, second=index)
        for pair in last
        if pair.kind == "between"
        and pair.second in state.group
        and state.things[pair.second].count == 1
    )
    return replace(state, relations=(*state.relations, *pairs))


def _alone(state: Told, index: int) -> Told:
    """Take a thing that nothing ties to those before it; it may go on a list of clothes."""
    tie = state.tie
    if tie.relation not in ("", "and", "with"):  # on a table, …
        alone = tie.verb is not None and tie.verb.alone
        front = Front(tie.relation, index, tie.words, alone=alone, side=tie.side)
        return replace(unserved(state), front=front, group=(index,), tie=Tie())
    going_on = _continued(state, index)
    state = released(state)
    if going_on is not None:
        kind, owner = going_on
        pair = relation_of(state, Tie(), kind, owner, index)
        return replace(state, relations=(*state.relations, pair), group=(owner,))
    listed = tuple(dict.fromkeys((*state.listed, index)))
    state = replace(state, group=(index,), listed=listed, topic=(index,), last=("", ()))
    return _before_it(state, index)


def _before_it(state: Told, index: int) -> Told:
    """Return the state with a thing related to what the sentence began with."""
    front = state.front
    if front is None or front.host == index or state.drawing(index).kind == HEAVENLY:
        return state
    pair = relation_of(state, Tie(), front.kind, index, front.host)
    if front.words:
        state = state.say(front.words, told_as(pair.kind))
    state = state.show(front.side, "relation")
    front = replace(front, words=NO_WORDS, served=True)
    return replace(state, relations=(*state.relations, pair), front=front)


def _continued(state: Told, index: int) -> tuple[str, int] | None:
    """Return which relation goes on with a thing that is only listed, and whose it is.

    So it is with clothes ("a girl, round glasses, yellow hoodie"), and with what somebody
    holds, or a table bears: "a desk with a lamp, a book and a cup".
    """
    if state.group:  # no comma stands between
        return None
    kind, owners = state.last
    fills = kind in FILLED and not has_body(state.drawing(index))
    if fills and settled("with", state.drawing(owners[0]), state.drawing(index)) == kind:
        return kind, owners[0]
    people = [one for one in range(index) if state.drawing(one).kind.startswith(SOMEBODY)]
    clothes = people and is_worn(state.drawing(people[-1]), state.drawing(index))
    between = range(people[-1] + 1, index) if people else ()
    had = {pair.second for pair in state.relations if pair.kind in BODILY}
    return ("wearing", people[-1]) if clothes and had.issuperset(between) else None


def _shared_out(state: Told, index: int, owners: tuple[int, ...]) -> Told:
    """Return the state in which each of several has one of a thing: each with a balloon.

    Both may be on one bench.
    """
    if not state.each:
        return state
    thing, all_of_them = state.things[index], sum(state.things[one].count for one in owners)
    bodily = any(pair.second == index and pair.kind in BODILY for pair in state.relations)
    if thing.count > 1 or (_is_both(state.each) and not bodily):
        state = state.show(state.each, "relation") if all_of_them > 1 else state
        return replace(state, each=NO_WORDS)
    thing = replace(thing, count=min(MANY, all_of_them))
    things = (*state.things[:index], thing, *state.things[index + 1 :])
    return replace(state, things=things, each=NO_WORDS).show(state.each, "count")


def _is_both(words: Words) -> bool:
    """Return whether a word for each of several also counts them."""
    readings = lexicon().meanings.get(words.text, ())
    return any(reading.kind is Kind.NUMBER for reading in readings)


def apiece(state: Told, index: int) -> Told:
    """Return the state in which several have as many of a thing: two girls in yellow dresses."""
    owners = {
        pair.first for pair in state.relations if pair.second == index and pair.kind in BODILY
    }
    several = min(MANY, sum(state.things[one].count for one in owners))
    if several < 2:
        return state
    thing = replace(state.things[index], count=several)
    return replace(state, things=(*state.things[:index], thing, *state.things[index + 1 :]))


def _beside_what_came(state: Told, index: int) -> Told:
    """Relate a thing to what came before its preposition: behind it a mountain."""
    tie = state.tie
    anchors = meant(state, tie, (index,))
    state = replace(state, tie=Tie(), referent=anchors[-1] if tie.who and anchors else -1)
    if not anchors:
        idle = (replace(tie, aside=False), index)
        return replace(_alone(state, index), idle=idle)
    state = state.show(tie.side, "relation") if index < THINGS else state.say(tie.side)
    pairs = [relation_of(state, Tie(), tie.relation, index, one) for one in anchors]
    front = Front(tie.relation, anchors[-1], served=True)  # so does what "and" adds
    return replace(state.standing(pairs), group=(index,), front=front)
