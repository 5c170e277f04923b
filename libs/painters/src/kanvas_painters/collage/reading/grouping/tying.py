"""Words that tie nouns: prepositions, verbs, "of", "and", refusals, and pronouns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...library import library
from ...uses import has_body
from ..choosing import (
    Described,
    State,
    drawing,
    ends,
    is_owned,
    last_noun,
    may,
    opens_a_noun,
    since_stop,
    words_at,
)
from ..lexicon import Kind, Reading, describes_before, is_plain_link, lexicon, whose
from ..phrases import Held, LeftOut, Link, Mark, Noun, Refusal
from ..tokens import Token
from ..words import Words, joined
from .common import (
    SOMEBODY,
    closed,
    left_out,
    linked,
    noun_follows,
    pass_over,
    saying,
    take_mark,
    unsaid,
    waiting_link,
)
from .describing import take_number
from .nouns import FULL, take_thing

_SOME_VERB = "some"  # what a verb that is in no table does
# Who is meant by a pronoun where nobody was named before.
_PEOPLE = {"he": "man", "she": "woman", "one": SOMEBODY, "several": SOMEBODY}


def take_pronoun(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "it" for what was named before: beside it. "She" is somebody where nobody was."""
    waiting = waiting_link(state)
    if waiting is None and reading.value in _PEOPLE and not _names_somebody(state):
        somebody = Reading(Kind.THING, _PEOPLE[reading.value], reading.language, exact=False)
        somebody = replace(somebody, plural=reading.value == "several")
        return replace(take_thing(tokens, replace(state, noun=False), somebody), noun=False)
    if waiting is None:  # it sits on a chair
        said = (*state.said, Mark(reading.kind))
        return replace(state, at=state.at + 1, said=said, noun=False)
    at, link = waiting
    relative, alive = reading.value == "which", reading.value != "thing"
    opens = relative or noun_follows(tokens, state.at + 1)
    aside = replace(link, aside=True, opens=opens, alive=alive and not relative, relative=relative)
    aside = replace(aside, who=reading.value)
    said = (*state.said[:at], aside, *state.said[at + 1 :])
    return replace(state, at=state.at + 1, said=said, link="", noun=False, near=False)


def _names_somebody(state: State) -> bool:
    """Return whether somebody was named, or may have been by a word that is left out."""
    return any(
        (isinstance(one, Noun) and has_body(drawing(one)))
        or (isinstance(one, LeftOut) and one.noun)
        for one in state.said
    )


def take_self(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "me" for somebody where a person is spoken of: me and my dog, "aku naik motor".

    Who only asks for a picture ("draw me a cat") is not in it.
    """
    text = tokens[state.at].text
    if any(isinstance(one, Noun) and one.asked.text == text for one in state.said):
        return take_pronoun(tokens, state, replace(reading, value="one"))
    joined = isinstance(state.said[-1], Mark) if state.said else False
    waiting = (joined or waiting_link(state) is not None) and since_stop(state.said)
    follows = (Kind.JOIN, Kind.RELATION, Kind.VERB, Kind.BRINGS, Kind.TOGETHER, Kind.HAS)
    after = state.at + 1
    while may(tokens, after, Kind.GRAMMAR, Kind.REQUEST) and not may(tokens, after, *follows):
        after += 1
    if not (waiting or may(tokens, after, *follows)):
        return pass_over(tokens, state, reading)
    somebody = Reading(Kind.THING, SOMEBODY, reading.language, exact=False)
    if state.noun and not may(tokens, state.at + 1, *follows[:1]):  # "adik aku"
        return pass_over(tokens, state, reading)
    somebody = replace(somebody, plural=reading.value == "several")
    return replace(take_thing(tokens, replace(state, noun=False), somebody), noun=False)


def take_has(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "has" before a noun for "with" it: a dog has a bone."""
    if since_stop(state.said) and opens_a_noun(tokens, state.at + 1):
        return take_relation(tokens, state, replace(reading, value="with"))
    return pass_over(tokens, state, reading)


def take_aside(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a preposition whose noun was named before: in the background."""
    opens = noun_follows(tokens, state.at + 1)
    link = Link(words_at(tokens, state.at), relation=reading.value, aside=True, opens=opens)
    link = replace(link, who=whose(link.words.text))
    return replace(linked(state, link), link="")


def take_exists(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "there is" before a noun; before a preposition ("kucing ada di meja") it is grammar."""
    if may(tokens, state.at + 1, Kind.RELATION, Kind.VERB, Kind.ASIDE):
        return pass_over(tokens, state, reading)
    return take_mark(tokens, state, reading)


def take_body(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a part of somebody: in her hand; or of whoever follows: on the back of an elephant."""
    waiting, part, after = waiting_link(state), words_at(tokens, state.at), state.at + 1
    if waiting is None and (owned := _of_whom(state, part, reading)) is not None:
        return replace(owned, at=after)
    if waiting is None:
        return unsaid(state, part)
    at, link = waiting
    words = joined((link.words, *state.described.words, part))
    said = (*state.said[:at], *state.said[at + 1 :])
    state = replace(state, said=said, described=Described())
    of = may(tokens, after, Kind.LINK)
    follows = opens_a_noun(tokens, after) and not describes_before(reading)
    if of or (follows and not is_owned(part.text)):
        turned = reading.value != "on"
        state = linked(state, Link(words, relation=reading.value, passive=turned, part=part))
        return replace(state, at=after + of)
    state = saying(state, Held(words, reading.value))
    return replace(state, at=after, link="", other=False)


def take_other(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "the other" for the other hand."""
    return take_body(tokens, state, replace(reading, value="holding"))


def _of_whom(state: State, part: Words, reading: Reading) -> State | None:
    """Return the state in which a part is of whom was just named: in its mother's arms."""
    if len(state.said) < 2:
        return None
    *before, link, noun = state.said
    if not (state.noun and isinstance(link, Link) and isinstance(noun, Noun) and link.relation):
        return None
    words = link.words + part
    link = Link(words, relation=reading.value, passive=reading.value != "on", part=part)
    return replace(state, said=(*before, link, noun), noun=False)


def take_verb(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a verb for a tie, or for what describes the noun after it: a flying car."""
    words = words_at(tokens, state.at)
    if not reading.passive and _is_adjective(tokens, state, reading):
        if not lexicon().verbs[reading.value].airborne:
            return left_out(state, words)
        described = replace(state.described, flying=True, words=(*state.described.words, words))
        return replace(state, at=state.at + 1, described=described, noun=False, near=False)
    if _wields(tokens, state, reading):
        return linked(state, Link(words, verb=reading.value, passive=True))
    link = Link(words, verb=reading.value, passive=reading.passive)
    return replace(linked(state, link), link=_preposition(words.text))


def _preposition(text: str) -> str:
    """Return the relation of the preposition that a verb ends in: perched on."""
    readings = lexicon().meanings.get(text.rpartition(" ")[2], ()) if " " in text else ()
    return next((one.value for one in readings if one.kind is Kind.RELATION), "")


def _wields(tokens: Sequence[Token], state: State, reading: Reading) -> bool:
    """Return whether a verb makes one word with what it is done to: a sword-wielding mouse."""
    last, after = last_noun(state.said), tokens[state.at + 1 : state.at + 2]
    who = next((token.of(Kind.THING) for token in after), None)
    if last is None or who is None or not (state.noun and tokens[state.at].tied):
        return False
    does = lexicon().verbs[reading.value].bodily and not has_body(drawing(last))
    return does and has_body(library().drawings[who.value])


def _is_adjective(tokens: Sequence[Token], state: State, reading: Reading) -> bool:
    """Return whether a verb describes the noun that follows: a flying car, sleeping cats.

    After a comma it says what somebody does who was named before: a girl, holding flowers. So it
    may at the beginning, where nobody is named: eating pizza.
    """
    follows = may(tokens, state.at + 1, Kind.THING, Kind.COLOR, Kind.SIZE)
    if not follows or not describes_before(reading):
        return False
    verb = lexicon().verbs[reading.value]
    does = bool(verb.relation) and (verb.alone or last_noun(state.said) is not None)
    return bool(state.described) or not (since_stop(state.said) or does)


def take_relation(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a preposition."""
    return linked(state, Link(words_at(tokens, state.at), relation=reading.value))


def take_join(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "and" between nouns; between two words that describe one it is grammar."""
    if state.described.words and may(tokens, state.at + 1, Kind.COLOR, Kind.SIZE, Kind.QUALITY):
        return pass_over(tokens, state, reading)  # big and red
    link = state.link if state.other else ""  # with a red door and a blue roof
    return replace(take_mark(tokens, state, reading), link=link)


def take_refusal(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "no": what follows must not be there."""
    refusal = Refusal(words_at(tokens, state.at), mild=reading.kind is Kind.MILD)
    state = saying(closed(state), refusal)
    return replace(state, at=state.at + 1, link="", other=False)


def take_bridge(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "of" after a noun: what follows makes one thing with it."""
    full, words = reading.kind is Kind.FULL, words_at(tokens, state.at)
    if not (state.noun or state.bridge or (full and state.near)):
        if full:  # a beach full of surfers
            return take_number(tokens, state, replace(reading, value=str(FULL)))
        if is_plain_link(reading, words.text):
            return pass_over(tokens, state, reading)
        return left_out(state, words)  # brightly colored
    full = full or state.bridge == Kind.FULL
    return replace(
        state,
        at=state.at + 1,
        noun=False,
        near=False,
        bridge=Kind.FULL if full else Kind.LINK,
        bridged=state.bridged + words,
    )


def take_unknown(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Leave out a word; where it is a noun, with all that describes it: red zyxqv.

    What looks like a verb between two nouns is one.
    """
    del reading
    words = words_at(tokens, state.at)
    if _ties(tokens, state):
        return linked(state, Link(words, verb=_SOME_VERB))
    return unsaid(state, words) if ends(tokens, state.at) else left_out(state, words)


def _ties(tokens: Sequence[Token], state: State) -> bool:
    """Return whether an unknown word stands between two nouns and looks like a verb."""
    between = state.near and not state.described and opens_a_noun(tokens, state.at + 1)
    patterns = (language.tables["verblike"] for language in lexicon().languages.values())
    token = tokens[state.at]
    alike = any(re.fullmatch(pattern, token.text) for pattern in patterns)
    return between and alike and not token.readings
