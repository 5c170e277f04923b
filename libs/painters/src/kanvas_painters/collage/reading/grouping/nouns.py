"""Nouns: two side by side or tied by "of" may be one thing, or one filled with the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...library import library
from ...uses import bears, consists, has_body, holding, holds, is_counted, is_worn
from ..choosing import Described, State, drawing, is_owned, last_noun, words_at
from ..lexicon import Kind, Reading, describes_before, lexicon
from ..names import names
from ..phrases import LeftOut, Link, Noun
from ..tokens import Token
from ..words import NO_WORDS, Words, joined
from .common import amended, unsaid

FULL = 7  # how many a place is full of


def take_part(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Leave out a part of what was named: a house with a red door."""
    del reading
    words, last = words_at(tokens, state.at), state.said[-1] if state.said else None
    if state.noun and isinstance(last, Noun):  # with a rainbow mane
        return unsaid(replace(state, said=state.said[:-1]), last.words + words)
    return unsaid(state, words)


def take_thing(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a noun; one straight before it was its adjective (an apple tree)."""
    words, guessed = words_at(tokens, state.at), tokens[state.at].guessed
    last = last_noun(state.said)
    if last is not None and _makes_one(last, words.text, state, reading) and not guessed:
        return _ended(_with_last(state, last, words, reading), reading)
    if last is not None and state.bridge:
        return _tied(state, last, words, reading)
    state = _ended(_with_noun(state, words, reading, held=""), reading)
    return replace(state, noun=not guessed)


def _with_last(state: State, last: Noun, words: Words, reading: Reading) -> State:
    """Return the state after a noun that makes one with the last, or belongs to it."""
    if last.several and _is_animal(reading):  # "keluarga beruang"
        return _as_several(state, last, words, words, reading)
    if reading.count > 1 and _is_somebody(reading) and drawing(last).kind.startswith("animal"):
        number = max(last.number, reading.count)  # a bear family
        return amended(state, replace(last, words=last.words + words, number=number))
    named = names().has(f"{last.asked.text} {words.text}")
    if not named and (held := _filled(state, last, reading)):
        return _with_noun(state, words, reading, held=held)
    if _is_on_somebody(state, last, reading):
        state = replace(state, said=(*state.said, Link(NO_WORDS, relation="with")))
        return _with_noun(state, words, reading, held="")
    after = lexicon().languages.get(state.language)
    head_first = after is not None and after.describes == "after"
    return amended(state, _compound(last, words, words, reading, head_first=head_first))


def _head_first(state: State, reading: Reading) -> bool:
    """Return whether of two nouns side by side the first says what it is."""
    language = lexicon().languages.get(state.language or reading.language)
    return language is not None and language.describes == "after"


def _filled(state: State, last: Noun, reading: Reading) -> str:
    """Return how what fills a thing stands to it that was named before: "keranjang bunga"."""
    whole, part = drawing(last), library().drawings[reading.value]
    fills = (
        _head_first(state, reading)
        and not has_body(part)
        and (holds(whole, part) or bears(whole, part))
    )
    return holding(whole, part) if fills else ""


def _is_on_somebody(state: State, last: Noun, reading: Reading) -> bool:
    """Return whether a noun says what somebody wears: "cowok kacamata"."""
    worn = is_worn(drawing(last), library().drawings[reading.value])
    return _head_first(state, reading) and drawing(last).kind.startswith("person") and worn


def _is_somebody(reading: Reading) -> bool:
    return library().drawings[reading.value].kind.startswith("person")


def _is_animal(reading: Reading) -> bool:
    return library().drawings[reading.value].kind.startswith("animal")


def _is_of_another(last: Noun, text: str, reading: Reading) -> bool:
    """Return whether somebody is whose somebody named before is: "ibu menyusui bayinya"."""
    alive = has_body(drawing(last)) and has_body(library().drawings[reading.value])
    return alive and is_owned(text)


def _makes_one(last: Noun, text: str, state: State, reading: Reading) -> bool:
    """Return whether a noun makes one thing with that straight before it: no plural does.

    Dishes that Indonesian names one after the other are served together: "nasi goreng telor".
    """
    language = lexicon().languages.get(state.language)
    before = language is None or language.describes == "before"
    kinds = (drawing(last).kind, library().drawings[reading.value].kind)
    served = all(kind.startswith("food") for kind in kinds) and last.key != reading.value
    apart = last.plural if before else served or _is_of_another(last, text, reading)
    return state.noun and not state.described and not apart


def _tied(state: State, last: Noun, words: Words, reading: Reading) -> State:
    """Take a noun after "of": one thing with the noun before, or held by it."""
    whole, part = drawing(last), library().drawings[reading.value]
    whole_words = joined((state.bridged, *state.described.words, words))
    if state.bridge == Kind.LINK and consists(whole, part):
        said = [LeftOut(word) for word in state.described.words]
        one = replace(last, words=last.words + state.bridged + words)
        state = replace(amended(state, one), described=Described())
        return _ended(replace(state, said=(*state.said, *said)), reading)
    if state.bridge == Kind.LINK and last.several:
        return _ended(_as_several(state, last, whole_words, words, reading), reading)
    held = holding(whole, part)
    if state.bridge == Kind.FULL or held:
        if state.bridge == Kind.FULL and not state.described.number and is_counted(part):
            state = replace(state, described=replace(state.described, number=FULL))
        if state.bridge == Kind.FULL:
            filling = (state.bridged, *state.described.words)
            state = replace(state, described=replace(state.described, words=filling))
        return _ended(_with_noun(state, words, reading, held=held), reading)
    one = _compound(last, whole_words, state.bridged + words, reading)
    described = state.described
    if (described.color and one.color) or (described.number > 1 and one.number > 1):
        state = replace(state, said=(*state.said, LeftOut(last.words - last.asked)))
    number = described.number if described.number > 1 else one.number
    one = replace(one, color=described.color or one.color, scale=one.scale * described.scale)
    one = replace(one, number=number, flying=one.flying or described.flying)
    return _ended(replace(amended(state, one), described=Described()), reading)


def _as_several(state: State, last: Noun, words: Words, asked: Words, reading: Reading) -> State:
    """Return the state with people who are several as a number of others: a family of ducks."""
    described = state.described
    state = replace(state, said=(*state.said, *map(LeftOut, last.words - last.asked)))
    one = replace(
        _compound(last, words, asked, reading),
        exact=reading.exact,
        number=described.number if described.number > 1 else last.several,
        color=described.color,
        scale=described.scale,
    )
    return replace(amended(state, one), described=Described())


def _compound(
    last: Noun, words: Words, asked: Words, reading: Reading, *, head_first: bool = False
) -> Noun:
    """Return two nouns as one thing; the head says what it is, and how many."""
    same = last.key == reading.value and last.exact and reading.exact
    one = replace(last, words=last.words + words, asked=last.asked + asked, exact=same)
    if head_first:
        return (
            replace(one, key=reading.value, exact=reading.exact) if _is_head(last, reading) else one
        )
    return replace(one, key=reading.value, plural=reading.plural, several=reading.count)


def _is_head(noun: Noun, reading: Reading) -> bool:
    """Return whether a noun only says of which kind the thing after it is: "burung merak"."""
    kind = library().drawings[reading.value].kind
    heads = (language.heads.get(noun.asked.text) for language in lexicon().languages.values())
    return any(head is not None and kind.startswith(head) for head in heads)


def _with_noun(state: State, words: Words, reading: Reading, *, held: str) -> State:
    described = state.described
    asked = described.lead + words
    noun = Noun(
        words=joined((*described.words, asked)),
        asked=asked,
        key=reading.value,
        exact=reading.exact,
        number=described.number,
        plural=reading.plural and not described.paired,
        several=reading.count,
        color=described.color,
        scale=described.scale,
        flying=described.flying,
        held=held,
        definite=described.definite,
        bare=not described.opened and not describes_before(reading),
        owned=described.owned or is_owned(words.text),
        each=described.each,
    )
    return replace(state, said=(*state.said, noun, *described.brings), described=Described())


def _ended(state: State, reading: Reading) -> State:
    """Return the state after a noun."""
    return replace(
        state,
        at=state.at + 1,
        noun=True,
        near=True,
        language=reading.language,
        bridge="",
        bridged=NO_WORDS,
        link="",
        came=state.link,
        other=False,
    )
