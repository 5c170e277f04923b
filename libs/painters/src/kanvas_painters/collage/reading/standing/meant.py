"""Whom or what "it", "her" or "them" means, and beside what stands what is only "on the left"."""

from __future__ import annotations

from ...uses import is_female, is_male
from ..phrases import SIDES
from ..telling import Tie, Told
from .owners import is_person

# What also tells a side of what bears or wears a thing.
_AROUND = frozenset(("beside", "behind", "front", "left", "right"))
# What stands there, without a word for where, stands so to what the picture is about.
_SOMEWHERE = frozenset(("behind", "front", "left", "right", "above"))
_SIDES = SIDES | {"on"}


def meant(state: Told, tie: Tie, items: tuple[int, ...]) -> tuple[int, ...]:
    """Return beside what these things stand, of what was named before; nothing if that is open.

    It is one thing, but for what is between two.
    """
    before = min(items, default=len(state.things))
    people = state.bodies(before)
    if tie.aside and tie.relation == "between" and len(people) > 1 and tie.who in ("", "several"):
        return people[-2:]
    one = named_before(state, tie, items)
    return () if one is None else (one,)


def named_before(state: Told, tie: Tie, items: tuple[int, ...]) -> int | None:
    """Return what "it" means beside these things: somebody, or else the thing before."""
    before = min(items, default=len(state.things))
    alive = state.bodies(before)
    if tie.aside and (host := _same_host(state, tie, before)) is not None:
        return host
    if tie.aside and tie.alive and items and alive:
        return _whom(state, tie, alive)
    if not (before > 0 and (items or tie.aside)):
        return None
    return _bearer(state, before - 1) if tie.aside and tie.relation in _AROUND else before - 1


def _whom(state: Told, tie: Tie, alive: tuple[int, ...]) -> int:
    """Return who is meant: who fits the pronoun, and whom the pronoun before meant.

    Without a pronoun ("in the background") it is whom the picture is about.
    """
    people = tuple(one for one in alive if is_person(state, one))
    if not tie.who:
        return (people or alive)[0] if tie.relation in _SOMEWHERE else alive[-1]
    several = tuple(one for one in alive if state.things[one].count > 1)
    pools = {
        "he": tuple(one for one in people if not is_female(state.drawing(one))),
        "she": tuple(one for one in people if not is_male(state.drawing(one))),
        "several": several,
    }
    pool = pools.get(tie.who, ()) or (people if tie.who in ("he", "she") else ()) or alive
    return state.referent if _goes_on(state, pool) else pool[-1]


def _goes_on(state: Told, pool: tuple[int, ...]) -> bool:
    """Return whether a pronoun means whom the last one meant: all since stand beside that one."""
    since = (one for one in pool if one > state.referent)
    return state.referent in pool and all(state.between(one, state.referent) for one in since)


def _same_host(state: Told, tie: Tie, before: int) -> int | None:
    """Return the thing of which another side was just told: left of it a cat, right of it a dog.

    Whom "him" means was named last.
    """
    if tie.who in ("he", "she", "one") or tie.relation not in _SIDES:
        return None
    last = state.relations[-1:]
    return next(
        (
            pair.second
            for pair in last
            if pair.kind in _SIDES - {tie.relation} and pair.second < pair.first == before - 1
        ),
        None,
    )


def _bearer(state: Told, item: int) -> int:
    """Return whose dress or topping a thing is: "it" is the pizza with olives, not the olives."""
    for pair in state.relations:
        if pair.kind == "on" and pair.first == item and pair.second < item:
            return pair.second
        if pair.kind in ("wearing", "holding") and pair.second == item and pair.first < item:
            return pair.first
    return item
