"""The relation of two things, as a preposition or a verb says it and as the two fit."""

from __future__ import annotations

from ...brief import Relation
from ...uses import has_body, settled
from ..telling import Tie, Told

HEAVENLY = "sky-weather"  # stands on no table that a sentence begins with
_TURNED = {"bears": "on", "contains": "inside", "worn": "wearing"}  # said from the other end
WITH = " with"


def relation_of(state: Told, tie: Tie, kind: str, one: int, other: int) -> Relation:
    """Return how one thing stands to another, in the words of a tie."""
    if tie.passive:
        one, other = other, one
    if kind == "beside" and tie.words.text.endswith(WITH) and not has_body(state.drawing(other)):
        kind = "with"  # who walks with a lantern holds it
    kind = settled(kind, state.drawing(one), state.drawing(other))
    if tie.verb and kind == "beside" and state.drawing(other).kind == HEAVENLY:
        kind = "under"  # who looks at the moon
    turned = _TURNED.get(kind)
    return Relation(turned, other, one) if turned else Relation(kind, one, other)
