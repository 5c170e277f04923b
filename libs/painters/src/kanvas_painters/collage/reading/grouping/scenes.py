"""Places, hours, weathers, styles, and what is behind everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..choosing import Described, State, may, words_at
from ..lexicon import Kind, Reading, describes_before
from ..phrases import Backdrop, Scene
from ..tokens import Token
from ..words import joined
from .common import closed, saying


def take_scene(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a place, an hour, a weather or a style."""
    token = tokens[state.at]
    named = token.of(Kind.THING)
    scene = Scene(reading.kind, reading.value, words_at(tokens, state.at), reading.exact)
    if named is not None:
        scene = replace(scene, drawing=named.value, plural=named.plural)
    if _is_inner(tokens, state, reading):
        said = (*state.said, replace(scene, inner=True))
        return replace(state, at=state.at + 1, said=said, noun=False)
    described = state.described
    state = replace(saying(replace(state, described=Described()), scene), described=described)
    return replace(state, at=state.at + 1, link="", other=True)


def _is_inner(tokens: Sequence[Token], state: State, reading: Reading) -> bool:
    """Return whether a place or an hour describes a noun beside it: the kitchen table.

    So may an hour or a weather a place: over a moonlit forest.
    """
    if describes_before(reading):
        places = () if reading.kind is Kind.PLACE else (Kind.PLACE,)
        return may(tokens, state.at + 1, Kind.THING, *places)
    return state.noun


def take_backdrop(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take the color of what is behind everything."""
    del reading
    color, at = state.described.color, state.at + 1
    colored = joined(state.described.words[-1:])
    if not color:
        follows, colored = tokens[at].of(Kind.COLOR), words_at(tokens, at)
        color, at = (follows.value if follows is not None else ""), at + 1
    described = replace(state.described, color="", words=state.described.words[:-1])
    backdrop = Backdrop(color, colored + words_at(tokens, state.at))
    state = saying(closed(replace(state, described=described)), backdrop)
    return replace(state, at=at, link="", other=True)
