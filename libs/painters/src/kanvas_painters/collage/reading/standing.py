"""How things stand to each other: whose a preposition is, who does what a verb says, and to whom.

Part of the third pass: each function takes a state and returns the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..brief import Relation, Thing
from ..library import library
from ..uses import bears, boards, has_body, holds, is_worn, seats, settled
from .lexicon import Extra, Verb, lexicon
from .phrases import Brought, Held, Link
from .telling import THINGS, Deed, Front, Tie, Told, name, told_as

MANY = 12  # of one thing: more would be confetti
_BODILY = frozenset(("wearing", "holding"))  # only who has a body does it
_FILLED = frozenset(("bears", "contains"))  # what goes on in a list as well
_ANYBODY = "person"  # who does what nobody was named for
_SOMEBODY = "person"  # of an animal, a thing that is listed beside it is no dress
_HEAVENLY = "sky-weather"  # stands on no table that a sentence begins with
# What may be said without its second noun: "a cat on a tree, a dog below".
_SIDES = frozenset(("under", "above", "left", "right", "front", "behind"))
_WITHIN = frozenset(("inside", "within", "di dalam"))  # so may these words, but not "in"
_TURNED = {"bears": "on", "contains": "inside", "worn": "wearing"}  # said from the other end
# How a relation is said.
_SHOWN = Verb(drawn=True)
# Where both are, of whom one is on the other.
_ASTRIDE = frozenset(("front", "behind", "beside", "under", "left", "right", "between"))
_ROUND = frozenset(("under", "behind", "front"))  # there stand all who are together
_WITH = " with"
_AT = frozenset(("on", "inside", "at"))  # there is whoever fits


def related(state: Told, index: int) -> Told:
    """Return the state with a thing tied to those before it."""
    if state.idle is not None:
        tie, item = state.idle
        state = replace(state, idle=None).standing([Relation(tie.relation, item, index)])
    if state.tie.aside and not state.tie.opens:
        state = at_its_side(state)
    if state.tie.aside:
        return _beside_what_came(state, index)
    tie, kind = state.tie, state.tie.relation
    owners = tuple(one for one in _owners(state, index) if one != index)
    if kind == "and" and (on := _going_on(state, index))[1]:
        kind, owners = on
    if kind == "and":
        return _joined(state, index)
    if not kind or not owners:
        return _alone(state, index)
    pairs = tuple(_relation(state, tie, kind, one, index) for one in owners)
    kinds = [settled(kind, state.drawing(one), state.drawing(index)) for one in owners]
    bodily = _BODILY.issuperset(kinds)
    seen = tie.verb is not None and tie.verb.drawn and index < THINGS
    if tie.words and not seen:
        state = state.say(tie.words, told_as(pairs[0].kind))
    if tie.words and seen:
        state = replace(state, shown=(*state.shown, *((tie.words, pair) for pair in pairs)))
    state = _shared_out(state, index, owners)
    led = (kind, pairs) if not state.group and tie.verb is None else ("", ())
    return replace(
        state,
        relations=(*state.relations, *pairs),
        last=(kinds[0], owners) if bodily or not _FILLED.isdisjoint(kinds) else ("", ()),
        group=owners if bodily else (index,),
        led=led,
        tie=Tie(),
        lax=tie.relation == "with",
    )


def _relation(state: Told, tie: Tie, kind: str, one: int, other: int) -> Relation:
    """Return how one thing stands to another, in the words of a tie."""
    if tie.passive:
        one, other = other, one
    if kind == "beside" and tie.words.endswith(_WITH) and not has_body(state.drawing(other)):
        kind = "with"  # who walks with a lantern holds it
    kind = settled(kind, state.drawing(one), state.drawing(other))
    if tie.verb and kind == "beside" and state.drawing(other).kind == _HEAVENLY:
        kind = "under"  # who looks at the moon
    turned = _TURNED.get(kind)
    return Relation(turned, other, one) if turned else Relation(kind, one, other)


def _owners(state: Told, index: int) -> tuple[int, ...]:
    """Return whose a relation is.

    After a comma it is that of what the clause is about. A window that somebody sits by reads no
    book, and it is the rider who holds the flag.
    """
    tie, group = state.tie, state.group or state.topic
    bodies = state.bodies(index)
    if tie.passive:
        return group
    if not bodies:
        return _there(state, group, index)
    if tie.verb is not None and tie.verb.nearest:
        return (index - 1,)
    if tie.bodily or tie.relation in _BODILY:
        riders = tuple(pair.first for one in group[-1:] for pair in _borne(state, one))
        if riders and tie.relation != "on":
            return riders
        return group if _alive(state, group) else bodies[-1:]
    return _having(state, group, index) or _there(state, group, index)


def _having(state: Told, group: tuple[int, ...], index: int) -> tuple[int, ...]:
    """Return who has what follows "with" or "in"; nobody where the words speak of no such thing.

    Who fights a dragon with a sword has the sword, and a window has no hat on.
    """
    kind, bodies = state.tie.relation, state.bodies(index)
    if kind not in ("with", "inside") or not group:
        return ()
    doers = tuple(one for one in _doers(state, group) if _is_person(state, one))
    if kind == "with" and doers and not any(_is_person(state, one) for one in group):
        had = settled(kind, state.drawing(doers[-1]), state.drawing(index))
        # A dog that somebody looks at may wear a hat itself; music has no headphones on.
        theirs = had == "holding" or (had == "wearing" and not _alive(state, group))
        return doers if theirs else ()
    if _alive(state, group):
        return ()
    if settled(kind, state.drawing(bodies[-1]), state.drawing(index)) not in _BODILY:
        return ()
    fits = settled(kind, state.drawing(group[-1]), state.drawing(index))
    return group if fits in _FILLED else bodies[-1:]


def _alive(state: Told, group: tuple[int, ...]) -> bool:
    return any(has_body(state.drawing(one)) for one in group)


def _there(state: Told, group: tuple[int, ...], index: int) -> tuple[int, ...]:
    """Return who is where a preposition says, after what somebody does with something.

    Under a tree are both the boy and the dog that he walks; in a boat are both, too, but on a
    bench is only the girl who feeds ducks, and on a plate only the cake that she eats.
    """
    kind, host = state.tie.relation, state.drawing(index)
    guests = tuple(pair.first for one in group for pair in _upon(state, one))
    if guests and kind in _ASTRIDE and not state.tie.words:
        return (*guests, *group)  # a knight on a horse in front of a castle
    if kind not in _ROUND | _AT:
        return group
    item = _had(state, group)
    if kind == "on" and item is not None and bears(host, state.drawing(item)):
        return (item,)
    if kind == "inside" and item is not None and holds(host, state.drawing(item)):
        return (item,)
    doers = _doers(state, group)
    both = tuple(dict.fromkeys((*doers, *group)))
    alive = all(has_body(state.drawing(one)) for one in group)
    if kind in _ROUND or (alive and (state.lax or boards(host))):
        return both
    return doers if doers and seats(host) else group


def _doers(state: Told, group: tuple[int, ...]) -> tuple[int, ...]:
    """Return who is together with things: who does something with them, or is beside them."""
    return tuple(
        pair.first
        for pair in state.relations
        if pair.second in group and pair.kind == "beside" and has_body(state.drawing(pair.first))
    )


def _had(state: Told, owners: tuple[int, ...]) -> int | None:
    """Return what somebody holds who was just named; None for nothing."""
    last = state.relations[-1] if state.relations else None
    holding = last is not None and last.kind == "holding" and last.first in owners
    return last.second if last is not None and holding else None


def _upon(state: Told, host: int) -> tuple[Relation, ...]:
    """Return the relations of what is on or in a thing, and was named before it."""
    return tuple(
        pair
        for pair in state.relations
        if pair.second == host and pair.kind in ("on", "inside") and pair.first < host
    )


def _borne(state: Told, host: int) -> tuple[Relation, ...]:
    """Return the relations of whoever is on or in a thing."""
    return tuple(
        pair
        for pair in state.relations
        if pair.second == host and pair.kind in ("on", "inside") and _is_person(state, pair.first)
    )


def _is_person(state: Told, index: int) -> bool:
    return state.drawing(index).kind.startswith(_SOMEBODY)


def _going_on(state: Told, index: int) -> tuple[str, tuple[int, ...]]:
    """Return the relation before "and", as it fits a thing, and whose it is; nobody's if none."""
    (kind, owners), drawing = state.last, state.drawing(index)
    if not owners or (has_body(drawing) and kind != "contains"):
        return "", ()
    fits = settled("with", state.drawing(owners[0]), drawing)
    if kind in _BODILY and fits in _BODILY:
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
        front = Front(tie.relation, index, tie.words, alone=alone)
        return replace(unserved(state), front=front, group=(index,), tie=Tie())
    going_on = _continued(state, index)
    state = released(state)
    if going_on is not None:
        kind, owner = going_on
        pair = _relation(state, Tie(), kind, owner, index)
        return replace(state, relations=(*state.relations, pair), group=(owner,))
    listed = tuple(dict.fromkeys((*state.listed, index)))
    state = replace(state, group=(index,), listed=listed, topic=(index,), last=("", ()))
    return _before_it(state, index)


def _before_it(state: Told, index: int) -> Told:
    """Return the state with a thing related to what the sentence began with."""
    front = state.front
    if front is None or front.host == index or state.drawing(index).kind == _HEAVENLY:
        return state
    pair = _relation(state, Tie(), front.kind, index, front.host)
    if front.words:
        state = state.say(front.words, told_as(pair.kind))
    front = replace(front, words="", served=True)
    return replace(state, relations=(*state.relations, pair), front=front)


def unserved(state: Told) -> Told:
    """Return the state without what a sentence began with; a verb that nobody does waits."""
    front, state = state.front, replace(state, front=None)
    if front is None or front.served:
        return state
    if front.words and not front.alone:
        return state.say(front.words)
    return replace(state, undone=(*state.undone, Deed(front.words, front.kind, front.host)))


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
            state = state.say(deed.words) if deed.words else state
        return state
    words = " ".join(deed.words for deed in deeds if deed.words)
    verbs = (verb for deed in deeds for verb in (deed.words, deed.words.removesuffix(_WITH)))
    who = next((lexicon().doers[verb] for verb in verbs if verb in lexicon().doers), _ANYBODY)
    for deed in deeds:
        state = state.say(deed.words, name(who)) if deed.words else state
    state = replace(state, things=(*state.things, Thing(words, who)))
    pairs = (
        _relation(state, Tie(), deed.relation, index, deed.item)
        for deed in deeds
        if 0 <= deed.item < index
    )
    return state.standing(pairs)


def _doing(state: Told) -> bool:
    """Return whether somebody was named who may do what is done: of a ride, not the elephant."""
    alive = set(state.bodies(len(state.things))) - {deed.item for deed in state.undone}
    brought = any(deed.brings for deed in state.undone)
    return any(_is_person(state, one) or not brought for one in alive)


def _done_after_all(state: Told) -> Told:
    """Return the state in which who was named last has what words brought: "mancing sama bapak"."""
    people = [one for one in state.bodies(len(state.things)) if _is_person(state, one)]
    having = {pair.second for pair in state.relations if pair.kind in _BODILY | {"on", "inside"}}
    brought = [deed for deed in state.undone if deed.item >= 0 and deed.item not in having]
    if not people or not brought:
        return state
    pairs = [Relation(deed.relation, people[-1], deed.item) for deed in brought if deed.brings]
    undone = tuple(deed for deed in state.undone if not (deed in brought and deed.brings))
    return replace(state.standing(pairs), undone=undone)


def _continued(state: Told, index: int) -> tuple[str, int] | None:
    """Return which relation goes on with a thing that is only listed, and whose it is.

    So it is with clothes ("a girl, round glasses, yellow hoodie"), and with what somebody
    holds, or a table bears: "a desk with a lamp, a book and a cup".
    """
    if state.group:  # no comma stands between
        return None
    kind, owners = state.last
    fills = kind in _FILLED and not has_body(state.drawing(index))
    if fills and settled("with", state.drawing(owners[0]), state.drawing(index)) == kind:
        return kind, owners[0]
    people = [one for one in range(index) if state.drawing(one).kind.startswith(_SOMEBODY)]
    clothes = people and is_worn(state.drawing(people[-1]), state.drawing(index))
    between = range(people[-1] + 1, index) if people else ()
    had = {pair.second for pair in state.relations if pair.kind in _BODILY}
    return ("wearing", people[-1]) if clothes and had.issuperset(between) else None


def _shared_out(state: Told, index: int, owners: tuple[int, ...]) -> Told:
    """Return the state in which each of several has one of a thing: each with a balloon."""
    thing = state.things[index]
    if not state.each or thing.count > 1:
        return state
    several = min(MANY, sum(state.things[one].count for one in owners))
    things = (*state.things[:index], replace(thing, count=several), *state.things[index + 1 :])
    return replace(state, things=things, each=False)


def apiece(state: Told, index: int) -> Told:
    """Return the state in which several have as many of a thing: two girls in yellow dresses."""
    owners = {
        pair.first for pair in state.relations if pair.second == index and pair.kind in _BODILY
    }
    several = min(MANY, sum(state.things[one].count for one in owners))
    if several < 2:
        return state
    thing = replace(state.things[index], count=several)
    return replace(state, things=(*state.things[:index], thing, *state.things[index + 1 :]))


# --- prepositions and verbs ---------------------------------------------------------------------


def tied(state: Told, link: Link) -> Told:
    """Return the state in which a preposition or verb waits for its noun."""
    verb = lexicon().verbs[link.verb] if link.verb else None
    relation = verb.relation if verb is not None else link.relation
    tie = state.tie
    if verb is None and tie.words and tie.verb and tie.verb.relation == relation:
        # The preposition shows the verb: riding on a horse.
        state = replace(state.say(tie.words, told_as(relation)), tie=replace(tie, words=""))
    if relation == "on" and tie.verb and tie.verb.airborne:
        relation = "above"
    if tie.aside and not tie.item and verb is not None and not relation:
        # Behind him stands a castle.
        return replace(state.say(link.words), tie=replace(tie, opens=True))
    item = () if tie.relation == "and" else state.group
    state = replace(released(at_its_side(state)), refusing=False, listed=())
    state = replace(state, group=_subjects(state, going_on=tie.relation == "and"))
    if state.front is not None and state.front.host != len(state.things) - 1:
        state = unserved(state)
    if link.aside and relation:
        waits = Tie(relation, side=link.words, aside=True, opens=link.opens, item=item)
        waits = replace(waits, alive=link.alive)
    elif verb is None:
        side = link.words if relation in _SIDES or link.words in _WITHIN else ""
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
        return raised(state)
    if tie.verb and tie.verb.brings and state.bodies(len(state.things)):
        return brought(state, Brought(tie.words, tie.verb.brings))
    if tie.verb and tie.verb.alone and not state.group:
        return replace(state, undone=(*state.undone, Deed(tie.words)))
    together = tie.relation == "beside" and (len(state.group) > 1 or _several(state))
    return state.say(tie.words, "beside" if together else "left out")


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
    anchor = _named_before(state, tie, items)
    if items and anchor is not None:
        state = state.say(tie.side) if items[-1] >= THINGS else state
        return state.standing(Relation(tie.relation, one, anchor) for one in items)
    if not items:
        return state.say(tie.side)
    return replace(unanswered(state), idle=(tie, items[0]))


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


def _beside_what_came(state: Told, index: int) -> Told:
    """Relate a thing to what came before its preposition: behind it a mountain."""
    tie = state.tie
    anchor = _named_before(state, tie, (index,))
    state = replace(state, tie=Tie())
    if anchor is None:
        idle = (replace(tie, aside=False), index)
        return replace(_alone(state, index), idle=idle)
    if index >= THINGS:
        state = state.say(tie.side)
    pair = _relation(state, Tie(), tie.relation, index, anchor)
    return replace(state.standing([pair]), group=(index,))


def joining(state: Told) -> Told:
    """Return the state after "and": a preposition still waits, if nothing stands at its side."""
    tie = state.tie
    if tie.aside or (tie.side and _named_before(state, tie, state.group[-1:]) is not None):
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


def _named_before(state: Told, tie: Tie, items: tuple[int, ...]) -> int | None:
    """Return what "it" means beside these things: somebody, or else the thing before."""
    before = min(items, default=len(state.things))
    alive = state.bodies(before)
    if tie.aside and tie.alive and items and alive:
        return alive[-1]
    return before - 1 if before > 0 and (items or tie.aside) else None


# --- what is held, and what is brought ----------------------------------------------------------


def held(state: Told, where: Held) -> Told:
    """Tell where on somebody the last thing is: a sword in hand, a bird on his shoulder.

    Before its noun ("on her head a crown") it waits for it.
    """
    if state.lost:  # a pipe in his mouth, where no pipe can be drawn
        return state.say(where.words)
    first = state.tie.relation == "and"
    state = released(at_its_side(state))
    last = len(state.things) - 1
    owner = _holder(state, last)
    if first or not state.group or not owner:
        kind = "bears" if where.relation == "on" else where.relation
        owner = state.bodies(last + 1)[-1:]
        return replace(state, group=owner, tie=Tie(kind, _SHOWN, where.words))
    had = next((pair.kind for pair in state.between(owner[0], last) if pair.kind in _BODILY), "")
    worn = is_worn(state.drawing(owner[0]), state.drawing(last))
    if had and not (state.lax and where.relation == "on" and not worn):
        return replace(
            state.say(where.words, told_as(had)), group=owner
        )  # carrying a basket on her head
    kind = "wearing" if worn else where.relation
    if kind == "wearing" and has_body(state.drawing(last)):  # pigeons around his feet
        kind = "beside"
    ends = (last, owner[0]) if kind == "on" else (owner[0], last)
    state = state.say(where.words, told_as(kind))  # on her shoulder
    return replace(state.standing([Relation(kind, *ends)]), group=owner)


def _has_its_like(state: Told, extra: Extra) -> str:
    """Return what somebody rides already who is said to ride; "" for nothing."""
    kind = library().drawings[extra.key].kind
    last = state.relations[-1:]
    same = (pair.second for pair in last if pair.kind == extra.relation)
    return next((state.things[at].key for at in same if state.drawing(at).kind == kind), "")


def _holder(state: Told, item: int) -> tuple[int, ...]:
    """Return who has a thing already, or else the last body before it."""
    bodies = state.bodies(item)
    having = tuple(one for one in bodies if state.between(one, item))
    return having[-1:] or bodies[-1:]


def brought(state: Told, what: Brought) -> Told:
    """Add what a word brings, in its relation to the last thing, if it is still there."""
    extra = lexicon().extras[what.value]
    if state.refusing:
        return state.say(what.words)
    if extra.turned and (had := _has_its_like(state, extra)):
        return state.say(what.words, name(had))  # "naik sepeda berboncengan"
    state = state.say(what.words, name(extra.key))
    index, alive = len(state.things), state.bodies(len(state.things))
    state = replace(state, things=(*state.things, Thing(what.words, extra.key)), brought=index)
    owners = (state.group if _alive(state, state.group) else alive[-1:]) if alive else ()
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
