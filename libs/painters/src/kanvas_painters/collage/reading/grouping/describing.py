"""Words that describe a noun or count it: articles, numbers, colors, sizes, qualities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...uses import PAIRS, has_body
from ..choosing import State, drawing, last_noun, may, opens_a_noun, words_at
from ..lexicon import Kind, Reading, describes_before, is_article, is_one, lexicon
from ..phrases import Brought, LeftOut, Link, Mark, Noun, Phrase, Refusal, Scene
from ..tokens import Token
from ..words import NO_WORDS, Words
from .common import (
    SOMEBODY,
    amended,
    closed,
    left_out,
    linked,
    part_of_several,
    pass_over,
    saying,
)
from .nouns import take_thing

_NEAR = 3  # words in which the noun after "a pair of" stands


def take_classifier(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take what counts a noun for grammar ("ekor"), or for a word of its name: "dua gelas teh"."""
    if may(tokens, state.at, Kind.THING):
        lead = words_at(tokens, state.at)
        state = replace(state, described=replace(state.described, lead=lead))
    return pass_over(tokens, state, reading)


def take_determiner(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take an article: a noun follows."""
    del tokens, reading
    described = replace(state.described, opened=True)
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def take_definite(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "the" before a noun, and "itu" after it."""
    if describes_before(reading):
        described = replace(state.described, definite=True)
        return take_determiner(tokens, replace(state, described=described), reading)
    noun = last_noun(state.said)
    if state.near and noun is not None:
        state = amended(state, replace(noun, definite=True))
    return pass_over(tokens, state, reading)


def take_possessive(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "her" for whose the noun is that follows."""
    described = replace(state.described, owned=True)
    return take_determiner(tokens, replace(state, described=described), reading)


def take_each(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "each" for all of the noun after it, or of what was named."""
    words = words_at(tokens, state.at)
    if not opens_a_noun(tokens, state.at + 1):
        state = saying(closed(state), Mark(reading.kind, words=words))
        return replace(state, at=state.at + 1, link="", other=False)
    described = replace(state.described, each=True, words=(*state.described.words, words))
    return take_determiner(tokens, replace(state, described=described), reading)


def take_number(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a number for the noun after it, or for the one before: a family of four."""
    words, number = words_at(tokens, state.at), int(reading.value)
    if _measures(tokens, state.at):
        measured = left_out(state, words + words_at(tokens, state.at + 1))
        return replace(measured, at=state.at + 2)
    noun = _counted(tokens, state, reading)
    if noun is not None and number > 1:
        state = amended(state, replace(noun, number=number, words=noun.words + words))
        return replace(state, at=state.at + 1, noun=False, bridge="", bridged=NO_WORDS)
    before = state.described
    if before.counted and (before.color or before.scale != 1.0):  # "satu hitam satu putih"
        state = closed(state)
        before = state.described
    if before.number > 1 and not before.vague:
        return left_out(state, words)
    if before.number > 1:  # a group of five
        state = replace(state, said=(*state.said, LeftOut(before.words[-1])))
        before = replace(before, words=before.words[:-1])
    counted = (*before.words, *((words,) if number != 1 else ()))
    described = replace(before, opened=True, number=number, vague=False, words=counted)
    described = replace(described, counted=number > 1 or is_one(reading, words.text))
    if number == 1 and not is_article(reading, words.text):  # a single rose, "secangkir teh"
        described = replace(described, lead=words)
    place = (Scene(Kind.PLACE, reading.place, words),) if reading.place else ()
    state = replace(state, described=described, said=(*state.said, *place))
    return replace(state, at=state.at + 1, noun=False, near=False)


def _measures(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a number counts no noun but says what it is like: a three-legged dog."""
    after = tokens[at + 1 : at + 2]
    return any(
        token.of(Kind.MEASURE) is not None or (token.tied and token.of(Kind.NUMBER) is None)
        for token in after
    )


def _counted(tokens: Sequence[Token], state: State, reading: Reading) -> Noun | None:
    """Return the noun that a number after it counts: a family of four, "mereka berempat"."""
    noun = last_noun(state.said)
    full = reading.kind is Kind.FULL
    if noun is None or full or opens_a_noun(tokens, state.at + 1):
        return None
    times = re.fullmatch(r"x\d+|\d+x", tokens[state.at].text) is not None  # cats x3
    counted = times or not describes_before(reading) or may(tokens, state.at + 1, Kind.CLASSIFIER)
    after = state.near and not noun.number and counted
    return noun if after or (state.bridge == Kind.LINK and noun.several > 0) else None


def take_together(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "berdua" for how many were named before, or for so many people where nobody was."""
    number, words = int(reading.value), words_at(tokens, state.at)
    alive = [(at, noun) for at, noun in _clause(state.said) if has_body(drawing(noun))]
    if len(alive) > 1:  # "kakek dan nenek duduk berdua"
        return linked(state, Link(words, verb="attend"))
    some = part_of_several(state, replace(state.described, number=number, words=(words,)))
    if some is not None and 1 < number < some[1]:  # four apples, two of them green
        return replace(state, said=(*state.said, some[0]), at=state.at + 1, noun=False)
    if alive:
        at, noun = alive[0]
        if noun.number > 1:  # two boys, the three of them
            return left_out(state, words)
        noun = replace(noun, number=number, words=noun.words + words)
        said = (*state.said[:at], noun, *state.said[at + 1 :])
        return replace(state, said=said, at=state.at + 1, noun=False)
    last = last_noun(state.said)
    if last is not None and not has_body(drawing(last)):  # four apples, two of them green
        return left_out(state, words)
    somebody = Reading(Kind.THING, SOMEBODY, reading.language, exact=False, count=number)
    return take_thing(tokens, replace(state, noun=False), somebody)


def _clause(said: Sequence[Phrase]) -> list[tuple[int, Noun]]:
    """Return the nouns since the last stop, and where they are."""
    stops = [at for at, one in enumerate(said) if isinstance(one, Mark) and one.kind is Kind.STOP]
    first = stops[-1] + 1 if stops else 0
    return [(at, one) for at, one in enumerate(said) if at >= first and isinstance(one, Noun)]


def take_pair(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a pair of glasses for one thing, and a pair of cats for two."""
    nouns = (one.of(Kind.THING) for one in tokens[state.at + 1 : state.at + 1 + _NEAR])
    things = [noun.value for noun in nouns if noun is not None]
    if PAIRS.isdisjoint(things):
        return take_number(tokens, state, replace(reading, value="2"))
    described = replace(state.described, opened=True, lead=words_at(tokens, state.at), paired=True)
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def take_collective(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a vague number: its size is not that of its members, and "two flocks" are more."""
    described, words = state.described, words_at(tokens, state.at)
    sizes = described.words if described.scale != 1.0 else ()
    kept = replace(described, scale=1.0, words=()) if sizes else described
    state = replace(state, said=(*state.said, *map(LeftOut, sizes)), described=kept)
    number = int(reading.value) * max(1, kept.number)
    counted = (*kept.words, words)
    described = replace(kept, opened=True, number=number, vague=True, words=counted)
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def take_color(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a color for the noun after it, or for the one before: "rubah merah"."""
    words = words_at(tokens, state.at)
    noun = last_noun(state.said)
    if (refusal := _refused_alone(state)) is not None:
        return _not_so(state, refusal, words)
    if not describes_before(reading) and state.near and noun is not None and not noun.color:
        changed = replace(noun, color=reading.value, words=noun.words + words)
        return replace(amended(state, changed), at=state.at + 1, noun=False)
    if state.described.color or (not describes_before(reading) and (state.other or state.near)):
        return left_out(state, words)
    described = replace(state.described, color=reading.value, words=(*state.described.words, words))
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def take_size(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a size, as a color."""
    words, scale = words_at(tokens, state.at), lexicon().sizes[reading.value]
    noun = last_noun(state.said)
    if (refusal := _refused_alone(state)) is not None:
        return _not_so(state, refusal, words)
    if not describes_before(reading):
        if state.near and noun is not None:
            changed = replace(noun, scale=noun.scale * scale, words=noun.words + words)
            return replace(amended(state, changed), at=state.at + 1, noun=False)
        if state.other:
            return left_out(state, words)
    described = replace(
        state.described,
        scale=state.described.scale * scale,
        words=(*state.described.words, words),
    )
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def take_quality(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Leave out what no picture shows."""
    del reading
    if (refusal := _refused_alone(state)) is not None:
        return _not_so(state, refusal, words_at(tokens, state.at))
    return left_out(state, words_at(tokens, state.at))


def take_brings(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a word that brings a thing with it: burning."""
    brought = Brought(words_at(tokens, state.at), reading.value)
    inner = lexicon().extras[reading.value].turned and describes_before(reading)
    if inner and not state.near and may(tokens, state.at + 1, Kind.PLACE):
        return left_out(state, brought.words)  # a fishing harbor
    if state.near:
        return replace(state, at=state.at + 1, said=(*state.said, brought), noun=False)
    described = replace(state.described, brings=(*state.described.brings, brought))
    return replace(state, at=state.at + 1, described=described, noun=False)


def _refused_alone(state: State) -> Refusal | None:
    """Return what refuses an adjective alone: a not very big cat."""
    last = state.said[-1] if state.said else None
    mild = isinstance(last, Refusal) and last.mild and not state.described
    return last if mild and isinstance(last, Refusal) else None


def _not_so(state: State, refusal: Refusal, words: Words) -> State:
    """Return the state after an adjective that is refused."""
    return left_out(replace(state, said=state.said[:-1]), refusal.words + words)
