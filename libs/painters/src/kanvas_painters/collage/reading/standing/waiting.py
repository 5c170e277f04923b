"""Prepositions and verbs that wait for their noun, and what becomes of them without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..fates import LEFT_OUT
from ..lexicon import lexicon
from ..phrases import SIDES, Brought, Link
from ..telling import THINGS, Deed, Front, Tie, Told, told_as
from ..words import NO_WORDS
from .doing import brought, unserved
from .meant import meant, named_before
from .pairs import relation_of

# What also tells a side where its second noun is not named, but not "in".
_WITHIN = frozenset(("inside", "within", "di dalam"))


def tied(state: Told, link: Link) -> Told:
    """Return the state in which a preposition or verb waits for its noun."""
    verb = lexicon().verbs[link.verb] if link.verb else None
    relation = verb.relation if verb is not None else link.relation
    tie = state.tie
    if verb is None and tie.words and tie.verb and tie.verb.relation == relation:
        # The preposition shows the verb: riding on a horse.
        state = replace(state.say(tie.words, told_as(relation)), tie=replace(tie, words=NO_WORDS))
    if relation == "on" and tie.verb and tie.verb.airborne:
        relation = "above"
    if tie.aside and not tie.item and verb is not None and not relation:
        # Behind him stands a castle.
        return replace(state.say(link.words), tie=replace(tie, opens=True))
    item = () if tie.relation == "and" or link.relative else state.group
    state = replace(released(at_its_side(state)), refusing=False, listed=())
    state = replace(state, group=_subjects(state, going_on=tie.relation == "and"))
    if state.front is not None and state.front.host != len(state.things) - 1:
        state = unserved(state)
    if link.aside and relation:
        waits = Tie(relation, side=link.words, aside=True, opens=link.opens, item=item)
        waits = replace(waits, alive=link.alive, who=link.who)
    elif verb is None:
        bare = relation in SIDES or link.words.text in _WITHIN
        side = link.words if bare else NO_WORDS
        waits = Tie(relation, words=link.part, bodily=tie.bodily, side=side, passive=link.passive)
    else:
        waits = Tie(relation, verb, link.words, verb.bodily, passive=link.passive)
    return replace(state, tie=waits)


def _subjects(state: Told, *, going_on: bool) -> tuple[int, ...]:
    """Return whose a preposition or verb may be.

    Of "a cat under a table and a mouse on …" it is the mouse's; where it stands straight after
    "and" ("a cat under a table and behind …"), it is the cat's.
    """
    group = state.group
    if going_on:
        before = (pair.first for pair in state.relations if pair.second in group)
        return tuple(dict.fromkeys(before)) or group
    host = state.front.host if state.front is not None else -1
    pairs = [pair for pair in state.relations if pair.second != host]
    related = {one for pair in pairs for one in (pair.first, pair.second)}
    return group[-1:] if related.intersection(group[:-1]) and group[-1] not in related else group


def released(state: Told) -> Told:
    """Return the state without the relation that waited: what its verb owes is done or said."""
    if state.tie.aside:
        state = at_its_side(state)
    tie = state.tie
    state = replace(state, tie=Tie())
    if not tie.words:
        return state
    if tie.verb and tie.verb.airborne and state.group:
        return raised(state).show(tie.words, "height")
    if tie.verb and tie.verb.brings and state.bodies(len(state.things)):
        return brought(state, Brought(tie.words, tie.verb.brings))
    if tie.verb and tie.verb.alone and not state.group:
        return replace(state, undone=(*state.undone, Deed(tie.words)))
    together = tie.relation == "beside" and (len(state.group) > 1 or _several(state))
    return state.say(tie.words, told_as("beside") if together else LEFT_OUT)


def _several(state: Told) -> bool:
    """Return whether the last thing is several, who do with each other what a verb says."""
    return any(state.things[index].count > 1 for index in state.group)


def raised(state: Told) -> Told:
    """Return the state with the last things in the air."""
    things = tuple(
        replace(thing, flying=True) if index in state.group else thing
        for index, thing in enumerate(state.things)
    )
    return replace(state, things=things)


def at_its_side(state: Told) -> Told:
    """Return the state with a preposition that got no noun told of the thing before: a dog below.

    Where nothing came before, what is named next is meant; else it is left out, and said.
    """
    tie = state.tie
    if not tie.side:
        return state
    state = replace(state, tie=Tie())
    group = tie.item if tie.aside else state.group
    # Of "a tree and a gift below" only the gift is below.
    items = group[-1:] if 0 in group else group
    items = tuple(_guests(state, items)) or items
    hosts = {pair.second for pair in state.relations if pair.kind in SIDES}
    items = tuple(one for one in items if one not in hosts) or items
    anchors = meant(state, tie, items)
    items = tuple(_unplaced(state, items)) or items
    if items and anchors:
        drawn = items[-1] < THINGS
        state = state.show(tie.side, "relation") if drawn else state.say(tie.side)
        state = replace(state, referent=anchors[-1]) if tie.who else state
        return state.standing(
            relation_of(state, Tie(), tie.relation, one, other)
            for one in items
            for other in anchors
        )
    if not items:
        return state.say(tie.side)
    return replace(unanswered(state), idle=(tie, items[0]))


def _unplaced(state: Told, items: tuple[int, ...]) -> Iterator[int]:
    """Yield what no side was told of yet: of "presents under it and a star on top" the star."""
    placed = {pair.first for pair in state.relations if pair.kind in SIDES}
    return (one for one in items if one not in placed)


def _guests(state: Told, hosts: tuple[int, ...]) -> Iterator[int]:
    """Yield who is on or in things, of whom what follows is said: an owl on a branch before it."""
    for pair in state.relations:
        guest = pair.kind in ("on", "inside") and pair.second in hosts
        if guest and pair.first > 0 and pair.first in state.topic:
            yield pair.first


def unanswered(state: Told) -> Told:
    """Return the state that says a side at which nothing was named."""
    if state.idle is None:
        return state
    return replace(state, idle=None).say(state.idle[0].side)


def joining(state: Told) -> Told:
    """Return the state after "and": a preposition still waits, if nothing stands at its side."""
    tie = state.tie
    if tie.aside or (tie.side and named_before(state, tie, state.group[-1:]) is not None):
        state = at_its_side(state)
    elif tie.relation and not tie.words:
        return state
    state = replace(released(state), refusing=False)
    return replace(state, tie=Tie("and") if state.things else Tie())


def there_is(state: Told) -> Told:
    """Return the state in which a new thing is named, at what the words before it say."""
    if state.tie.side:
        item = state.tie.item if state.tie.aside else state.group
        return replace(state, tie=replace(state.tie, aside=True, opens=True, item=item))
    kind, pairs = state.led
    if kind:
        kept = tuple(each for each in state.relations if each not in pairs)
        front = Front(kind, len(state.things) - 1)
        return replace(unserved(state), relations=kept, front=front, group=())
    if state.tie.relation and state.tie.relation != "and":
        return state
    return replace(released(state), group=())
