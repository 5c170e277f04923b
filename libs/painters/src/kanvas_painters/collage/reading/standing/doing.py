"""Who does what a verb says where nobody was named, and the things that words bring."""

from __future__ import annotations

from dataclasses import replace

from ...brief import Relation, Thing
from ...library import library
from ..lexicon import Extra, lexicon
from ..phrases import Brought
from ..telling import THINGS, Deed, Tie, Told, told_as
from ..words import joined
from .owners import BODILY, any_alive, is_person
from .pairs import WITH, relation_of

_ANYBODY = "person"  # who does what nobody was named for


def unserved(state: Told) -> Told:
    """Return the state without what a sentence began with; a verb that nobody does waits."""
    front, state = state.front, replace(state, front=None)
    if front is None or front.served:
        return state
    if front.words and not front.alone:
        return state.say(front.words)
    deed = Deed(front.words, front.kind, front.host, side=front.side)
    return replace(state, undone=(*state.undone, deed))


def replaced(state: Told) -> Told:
    """Return the state that says the verbs whose relation another one has taken the place of."""
    for words, pair in state.shown:
        if pair not in state.relations:
            instead = [each.kind for each in state.between(pair.first, pair.second)]
            state = state.say(words, *map(told_as, instead[:1]))
    return state


def by_somebody(state: Told) -> Told:
    """Return the state with somebody who does what nobody was named for: wearing a red hat.

    Where somebody was named after all, or where only the verb is there, the verb is said.
    """
    state = _done_after_all(state)
    index, deeds = len(state.things), state.undone
    somewhere = state.things or state.scene
    if index >= THINGS or _doing(state) or not somewhere or not any(d.words for d in deeds):
        for deed in deeds:
            state = state.say(deed.words)
        return state
    texts = [deed.words.text for deed in deeds]
    verbs = (verb for text in texts for verb in (text, text.removesuffix(WITH)))
    who = next((lexicon().doers[verb] for verb in verbs if verb in lexicon().doers), _ANYBODY)
    words = joined(deed.words for deed in deeds)
    state = state.adding(Thing(words.typed, who), words)
    for deed in deeds:
        state = _done_by(state, deed, who).show(deed.side, "relation")
    pairs = (
        relation_of(state, Tie(), deed.relation, index, deed.item)
        for deed in deeds
        if 0 <= deed.item < index
    )
    return state.standing(pairs)


def _done_by(state: Told, deed: Deed, who: str) -> Told:
    """Return the state that says who does it, or what the words brought for it."""
    key = state.things[deed.item].key if deed.brings else who
    return state.replace_by(deed.words, key)


def _doing(state: Told) -> bool:
    """Return whether somebody was named who may do what is done: of a ride, not the elephant."""
    alive = set(state.bodies(len(state.things))) - {deed.item for deed in state.undone}
    brought = any(deed.brings for deed in state.undone)
    return any(is_person(state, one) or not brought for one in alive)


def _done_after_all(state: Told) -> Told:
    """Return the state in which who was named last has what words brought: "mancing sama bapak"."""
    people = [one for one in state.bodies(len(state.things)) if is_person(state, one)]
    having = {pair.second for pair in state.relations if pair.kind in BODILY | {"on", "inside"}}
    brought = [deed for deed in state.undone if deed.item >= 0 and deed.item not in having]
    if not people or not brought:
        return state
    pairs = [Relation(deed.relation, people[-1], deed.item) for deed in brought if deed.brings]
    undone = tuple(deed for deed in state.undone if not (deed in brought and deed.brings))
    return replace(state.standing(pairs), undone=undone)


def _has_its_like(state: Told, extra: Extra) -> str:
    """Return what somebody rides already who is said to ride; "" for nothing."""
    kind = library().drawings[extra.key].kind
    last = state.relations[-1:]
    same = (pair.second for pair in last if pair.kind == extra.relation)
    return next((state.things[at].key for at in same if state.drawing(at).kind == kind), "")


def brought(state: Told, what: Brought) -> Told:
    """Add what a word brings, in its relation to the last thing, if it is still there."""
    extra = lexicon().extras[what.value]
    if state.refusing:
        return state.say(state.denied + what.words)
    if extra.turned and (had := _has_its_like(state, extra)):
        return state.replace_by(what.words, had)  # "naik sepeda berboncengan"
    index, alive = len(state.things), state.bodies(len(state.things))
    state = replace(state.adding(Thing(what.words.typed, extra.key), what.words), brought=index)
    state = state.replace_by(what.words, extra.key)
    owners = (state.group if any_alive(state, state.group) else alive[-1:]) if alive else ()
    if extra.turned and not alive:
        deed = Deed(what.words, extra.relation, index, brings=True)
        state = replace(state, undone=(*state.undone, deed))
    if index == 0:
        return replace(state, group=(0,), topic=(0,))
    if extra.turned:
        pairs = tuple(Relation(extra.relation, one, index) for one in owners)
    else:
        pairs = (Relation(extra.relation, index, index - 1),)
    return replace(state, relations=(*state.relations, *pairs))
