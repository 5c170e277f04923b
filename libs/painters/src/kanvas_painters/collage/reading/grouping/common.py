"""What the steps of several modules share: each takes a state and returns the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..choosing import Described, State, may, opens_a_noun
from ..lexicon import Kind, Reading
from ..phrases import LeftOut, Link, Loose, Mark, Noun, Phrase
from ..spelling import SENTENCE_ENDS
from ..tokens import Token
from ..words import NO_WORDS, Words, joined

SOMEBODY = "person"


def pass_over(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Pass over a word that says nothing of the picture."""
    del tokens, reading
    return replace(state, at=state.at + 1, noun=False)


def noun_follows(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a noun follows, as in "behind it a mountain"."""
    return opens_a_noun(tokens, at) or may(tokens, at, Kind.EXISTS)


def waiting_link(state: State) -> tuple[int, Link] | None:
    """Return the preposition or verb that waits for its noun, and where; None without one."""
    for at in reversed(range(len(state.said))):
        phrase = state.said[at]
        if isinstance(phrase, Link):
            return at, phrase
        if not isinstance(phrase, LeftOut):
            break
    return None


def linked(state: State, link: Link) -> State:
    """Return the state after what ties the next noun to those before."""
    state = saying(closed(state), link)
    return replace(state, at=state.at + 1, link=link.relation, other=False)


def take_mark(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take what parts phrases."""
    del tokens
    state = saying(closed(state), Mark(reading.kind, final=reading.value in SENTENCE_ENDS))
    return replace(state, at=state.at + 1, link="", other=False)


def closed(state: State) -> State:
    """Return the state with what waited for a noun let go: none follows any more."""
    described = state.described
    if not described:
        return state
    words = described.words
    looks = bool(described.color) or described.scale != 1.0
    alone = not state.other and (described.counted or (described.number > 0 and looks))
    if alone and (some := part_of_several(state, described)) is not None:
        said = (*state.said, some[0], *described.brings)
        return replace(state, described=Described(), said=said)
    loose: list[Phrase] = [LeftOut(word) for word in words]
    if not state.other and (described.color or described.scale != 1.0):
        loose = [Loose(joined(words), described.color, described.scale)]
        if described.number > 1:
            loose.append(LeftOut(joined(words)))
    loose += described.brings
    return replace(state, described=Described(), said=(*state.said, *loose))


def part_of_several(state: State, described: Described) -> tuple[Noun, int] | None:
    """Return some of those that were named before, and how many these were.

    So is one in "two cats, one black and one on a chair". None where nobody was several.
    """
    whole = _several(state.said)
    if whole is None:
        return None
    words = joined((*described.words, described.lead))
    part = replace(
        whole,
        words=words,
        asked=NO_WORDS,
        number=max(1, described.number),
        color=described.color,
        scale=described.scale,
        held="",
        part=True,
    )
    return part, whole.number


def _several(said: Sequence[Phrase]) -> Noun | None:
    """Return who or what was named last that is several; None where nothing is."""
    nouns = (one for one in reversed(said) if isinstance(one, Noun))
    return next((noun for noun in nouns if noun.part or noun.number > 1 or noun.plural), None)


def saying(state: State, phrase: Phrase) -> State:
    """Return the state after a phrase that is no noun."""
    full = state.bridged if state.bridge == Kind.FULL else NO_WORDS  # full, but of what?
    said = (*state.said, *map(LeftOut, full), phrase)
    return replace(state, said=said, noun=False, near=False, bridge="", bridged=NO_WORDS)


def left_out(state: State, words: Words) -> State:
    """Return the state after a word that describes what no picture shows."""
    said = (*state.said, LeftOut(words))
    return replace(state, at=state.at + 1, said=said, noun=False)


def unsaid(state: State, words: Words) -> State:
    """Return the state after a noun that is left out with all that describes it."""
    full = state.bridged if state.bridge == Kind.FULL else NO_WORDS
    whole = joined((full, *state.described.words, words))
    brought = state.described.brings
    state = saying(replace(state, described=Described()), LeftOut(whole, noun=True))
    return replace(state, at=state.at + 1, said=(*state.said, *brought), other=True)


def amended(state: State, noun: Noun) -> State:
    """Return the state with the last noun changed."""
    at = len(state.said) - 1
    while not isinstance(state.said[at], Noun):
        at -= 1
    return replace(state, said=(*state.said[:at], noun, *state.said[at + 1 :]))
