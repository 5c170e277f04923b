"""How a new thing stands to those that were named before it."""

from __future__ import annotations

from dataclasses import replace

from ...brief import Relation
from ...uses import has_body, is_worn, settled
from ..telling import THINGS, Front, Tie, Told, told_as
from ..words import NO_WORDS
from .doing import unserved
from .owners import BODILY, FILLED, SOMEBODY, owners_of
from .pairs import HEAVENLY, relation_of
from .waiting import at_its_side, named_before, released

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
    state = _shared_out(state.show(tie.side, "relation"), index, owners)
    led = (kind, pairs) if not state.group and tie.verb is None else ("", ())
    return replace(
        state,
        relations=(*state.relations, *pairs),
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
    group = state.listed if len(state.listed) > 1 else state.group
    whole = tuple(dict.fromkeys((*group, index)))
    topic = whole if set(state.topic) <= set(whole) else state.topic
    state = replace(state, group=whole, topic=topic, listed=(), tie=Tie())
    return _before_it(state, index)


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
    """Return the state in which each of several has one of a thing: each with a balloon."""
    thing = state.things[index]
    if not state.each or thing.count > 1:
        return state
    several = min(MANY, sum(state.things[one].count for one in owners))
    things = (*state.things[:index], replace(thing, count=several), *state.things[index + 1 :])
    return replace(state, things=things, each=NO_WORDS).show(state.each, "count")


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
    anchor = named_before(state, tie, (index,))
    state = replace(state, tie=Tie())
    if anchor is None:
        idle = (replace(tie, aside=False), index)
        return replace(_alone(state, index), idle=idle)
    state = state.show(tie.side, "relation") if index < THINGS else state.say(tie.side)
    pair = relation_of(state, Tie(), tie.relation, index, anchor)
    return replace(state.standing([pair]), group=(index,))
