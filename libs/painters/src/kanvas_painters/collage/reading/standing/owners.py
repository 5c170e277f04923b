"""Whose a preposition or a verb is: of what the clause is about, of who rides, of who has it."""

from __future__ import annotations

from ...brief import Relation
from ...uses import bears, boards, has_body, holds, seats, settled
from ..telling import Told

BODILY = frozenset(("wearing", "holding"))  # only who has a body does it
FILLED = frozenset(("bears", "contains"))  # what goes on in a list as well
SOMEBODY = "person"  # of an animal, a thing that is listed beside it is no dress
# Where both are, of whom one is on the other.
_ASTRIDE = frozenset(("front", "behind", "beside", "under", "left", "right", "between"))
_INSTRUMENTS = ("dishware", "tool", "medical", "science", "writing")  # what is done with them
_ROUND = frozenset(("under", "behind", "front"))  # there stand all who are together
_AT = frozenset(("on", "inside", "at"))  # there is whoever fits


def owners_of(state: Told, index: int) -> tuple[int, ...]:
    """Return whose a relation is.

    After a comma it is that of what the clause is about. A window that somebody sits by reads no
    book, and it is the rider who holds the flag.
    """
    tie, group = state.tie, state.group or state.topic
    bodies = state.bodies(index)
    if sure := _surely(state, group, index):
        return sure
    if not bodies:
        return _there(state, group, index)
    if tie.bodily or tie.relation in BODILY:
        riders = tuple(pair.first for one in group[-1:] for pair in _borne(state, one))
        if riders and tie.relation != "on":
            return riders
        last = tuple(pair.first for pair in _borne(state, bodies[-1])) or bodies[-1:]
        return group if any_alive(state, group) else last
    return _having(state, group, index) or _there(state, group, index)


def _surely(state: Told, group: tuple[int, ...], index: int) -> tuple[int, ...]:
    """Return whose a relation is by its words alone; nobody's where these leave it open."""
    tie = state.tie
    if tie.passive:
        things = tuple(one for one in group if not has_body(state.drawing(one)))
        return (things or group) if tie.relation in BODILY else group  # a dog and a held kite
    if not state.bodies(index):
        return ()
    if tie.verb is not None and tie.verb.nearest:
        return (index - 1,)
    return group if state.each and state.group else ()


def _having(state: Told, group: tuple[int, ...], index: int) -> tuple[int, ...]:
    """Return who has what follows "with" or "in"; nobody where the words speak of no such thing.

    Who fights a dragon with a sword has the sword, and a window has no hat on.
    """
    kind, bodies = state.tie.relation, state.bodies(index)
    if kind not in ("with", "inside") or not group:
        return ()
    doers = tuple(one for one in _doers(state, group) if is_person(state, one))
    if kind == "with" and doers and state.drawing(index).kind.startswith(_INSTRUMENTS):
        return doers  # who feeds a baby with a spoon
    if kind == "with" and doers and not any(is_person(state, one) for one in group):
        had = settled(kind, state.drawing(doers[-1]), state.drawing(index))
        # A dog that somebody looks at may wear a hat itself; music has no headphones on.
        theirs = had == "holding" or (had == "wearing" and not any_alive(state, group))
        return doers if theirs else ()
    if any_alive(state, group):
        return ()
    if settled(kind, state.drawing(bodies[-1]), state.drawing(index)) not in BODILY:
        return ()
    fits = settled(kind, state.drawing(group[-1]), state.drawing(index))
    return group if fits in FILLED else bodies[-1:]


def any_alive(state: Told, group: tuple[int, ...]) -> bool:
    """Return whether any of these things has a body."""
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
        if pair.second == host and pair.kind in ("on", "inside") and is_person(state, pair.first)
    )


def is_person(state: Told, index: int) -> bool:
    """Return whether a thing is somebody."""
    return state.drawing(index).kind.startswith(SOMEBODY)
