"""Where on somebody a thing is: a sword in hand, a bird on a shoulder."""

from __future__ import annotations

from dataclasses import replace

from ...brief import Relation
from ...uses import has_body, is_worn
from ..lexicon import Verb
from ..phrases import Held
from ..telling import Tie, Told, told_as
from .owners import BODILY
from .waiting import at_its_side, released

_SHOWN = Verb(drawn=True)


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
    state = replace(state, referent=owner[-1]) if owner else state
    if first or not state.group or not owner:
        kind = "bears" if where.relation == "on" else where.relation
        owner = state.bodies(last + 1)[-1:]
        return replace(state, group=owner, tie=Tie(kind, _SHOWN, where.words))
    had = next((pair.kind for pair in state.between(owner[0], last) if pair.kind in BODILY), "")
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


def _holder(state: Told, item: int) -> tuple[int, ...]:
    """Return who has a thing already, or else the last body before it."""
    bodies = state.bodies(item)
    having = tuple(one for one in bodies if state.between(one, item))
    return having[-1:] or bodies[-1:]
