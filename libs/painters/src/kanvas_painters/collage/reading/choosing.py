"""Which reading of a token may stand where the second pass has come to.

Most words have one. Where a word has several (an orange, a building, a baby), what stands beside
it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..library import Drawing, library
from ..uses import has_body
from .lexicon import Kind, Reading, describes_before, lexicon
from .phrases import Brought, Held, Mark, Noun, Phrase
from .tokens import Token
from .words import NO_WORDS, Part, Words


@dataclass(frozen=True, slots=True)
class Described:
    """Words read that wait for the noun they belong to."""

    words: tuple[Words, ...] = ()
    opened: bool = False  # by an article: a noun follows
    definite: bool = False
    owned: bool = False
    each: bool = False
    number: int = 0
    counted: bool = False  # by a word that may stand alone: one on a chair
    lead: Words = NO_WORDS  # a word before the noun that belongs to its name: a pair of glasses
    paired: bool = False  # that word means two which are one
    vague: bool = False  # a number such as "a flock of"
    color: str = ""
    scale: float = 1.0
    flying: bool = False
    brings: tuple[Brought, ...] = ()

    def __bool__(self) -> bool:
        return self != Described()


@dataclass(frozen=True, slots=True)
class State:
    """How far the tokens are read.

    Attributes:
        at: The next token.
        said: The phrases so far.
        described: What waits for its noun.
        noun: Whether the last token ended a noun, which a noun straight after makes one with.
        language: The language of that noun.
        near: Whether what describes a noun may still follow it.
        bridge: What ties the last noun to the next: "link" or "full".
        bridged: The words since the last noun.
        link: The relation that waits for its noun.
        came: The relation that the last noun came by.
        other: Whether what follows describes no thing, but a place or what is left out.
    """

    at: int = 0
    said: tuple[Phrase, ...] = ()
    described: Described = field(default_factory=Described)
    noun: bool = False
    language: str = ""
    near: bool = False
    bridge: str = ""
    bridged: Words = NO_WORDS
    link: str = ""
    came: str = ""
    other: bool = False


def chosen(tokens: Sequence[Token], state: State) -> Reading | None:
    """Return the first reading that may stand here; None for an unknown word."""
    token = tokens[state.at]
    readings = [reading for reading in token.readings if _stands(reading, tokens, state)]
    if not readings:
        return None
    if readings[0].kind is Kind.THING and state.described.number > 1:
        # Of several, each is one: two books are no stack.
        ones = (one for one in readings if one.kind is Kind.THING and one.plural)
        return next(ones, readings[0])
    return readings[0]


def _stands(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    rule = RULES.get(reading.kind)
    if rule is None and tokens[state.at].of(Kind.THING) is not None:
        rule = RULES_BESIDE_THINGS.get(reading.kind)
    return rule is None or rule(reading, tokens, state)


def _after_number(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "ekor" in "dua ekor kucing" for grammar; "dua orang" are two people."""
    del reading
    after = state.near and state.at > 0 and may(tokens, state.at - 1, Kind.NUMBER)
    return after or (state.described.number > 0 and not ends(tokens, state.at))


def _of_a_whole(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take a part only "with" a thing: a house with a door, or with a rainbow door."""
    del reading, tokens
    inner = state.noun and not state.described and state.came == "with"
    return inner or (state.link == "with" and last_noun(state.said) is not None)


def _of_a_body(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take a back for a part of somebody only after a preposition: on its back, on a lion's back.

    A chest that is nobody's is a thing.
    """
    del reading
    token = tokens[state.at]
    owned = state.noun or state.described.owned or is_owned(token.text)
    link = state.came if state.noun else state.link
    return link not in ("", "with") and (owned or token.of(Kind.THING) is None)


def _measuring(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "tahun" for a measure after a number only."""
    del reading
    return state.at > 0 and may(tokens, state.at - 1, Kind.NUMBER)


def _of_two_hands(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "the other" for a hand after one: a sword in one hand and a torch in the other."""
    del reading, tokens
    hand = any(isinstance(one, Held) for one in state.said)
    return hand and state.link not in ("", "with")


def _of_all(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "both" for all that were named, unless a noun follows."""
    del reading
    counts = tokens[state.at].of(Kind.NUMBER) is not None
    return not (counts and opens_a_noun(tokens, state.at + 1))


def _beside_a_color(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    del reading
    return bool(state.described.color) or _color_follows(tokens, state.at)


def _somebody(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take an italian for somebody, and an italian village for nobody."""
    return not reading.describes or ends(tokens, state.at)


def _at_a_side(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take left for a side only between stops: left a cat, right a dog; a cat left, a dog right."""
    del reading
    before, after = tokens[: state.at][-1:], tokens[state.at + 1 :][:1]
    begins = all(token.of(Kind.STOP, Kind.JOIN) is not None for token in before)
    ended = all(token.of(Kind.STOP, Kind.JOIN) is not None for token in after)
    return (ended and state.near) or (begins and (ended or opens_a_noun(tokens, state.at + 1)))


def _owning(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "her" for whose a noun is, and without one for somebody: beside her."""
    del reading
    after = tokens[state.at + 1 : state.at + 2]
    return any(not token.readings or opens_a_noun(tokens, state.at + 1) for token in after) or may(
        tokens, state.at + 1, Kind.GRAMMAR, Kind.BODY, Kind.PART, Kind.PLACE, Kind.NAME
    )


def _coloring(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take an orange for a fruit, and an orange dog for a dog."""
    return not ends(tokens, state.at) if describes_before(reading) else state.near


def _sizing(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take a baby for a child, and a baby elephant for an elephant."""
    if not describes_before(reading):
        return state.near
    return may(tokens, state.at + 1, *DESCRIBABLE)


def _doing(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take a building for a thing, and a boy building a house for what he does."""
    del reading
    last = last_noun(state.said)
    compound = state.noun and last is not None and not has_body(drawing(last))
    opens = may(tokens, state.at + 1, *_OPENING)  # behind the house stands a tree
    acted = opens or (since_stop(state.said) and not compound)
    return acted and not state.described


def _counting(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "rombongan" for people, and "rombongan turis" for tourists."""
    del reading
    return opens_a_noun(tokens, state.at + 1)


def _placing(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take mountains for a place, and three mountains or a red mountain for things."""
    del reading, tokens
    return state.described.number <= 1 and not state.described.color


def _styling(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take a pencil for a thing, and a cat in pencil for a drawing of one."""
    del reading
    return not (state.described and ends(tokens, state.at))


def _asking(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "draw" for a request before anything was named: "draw me a cat", but no girl drawing."""
    del reading, tokens
    return not since_stop(state.said)


def _leading(reading: Reading, tokens: Sequence[Token], state: State) -> bool:
    """Take "down" for grammar before a noun or a place: down the street, but not upside down."""
    after = state.at + 1
    describing = DESCRIBABLE if describes_before(reading) else (Kind.THING,)
    unknown = any(not token.readings for token in tokens[after : after + 1])
    return unknown or may(tokens, after, *_OPENING, *_SCENES, *describing)


_Rule = Callable[[Reading, Sequence[Token], State], bool]

RULES: Mapping[Kind, _Rule] = {
    Kind.CLASSIFIER: _after_number,
    Kind.MEASURE: _measuring,
    Kind.OTHER: _of_two_hands,
    Kind.EACH: _of_all,
    Kind.PART: _of_a_whole,
    Kind.BODY: _of_a_body,
    Kind.BACKDROP: _beside_a_color,
    Kind.THING: _somebody,
    Kind.POSSESSIVE: _owning,
    Kind.SIDE: _at_a_side,
    Kind.REQUEST: _asking,
    Kind.PARTICLE: _leading,
}
"""When a word may have such a reading; always, where no rule is."""

RULES_BESIDE_THINGS: Mapping[Kind, _Rule] = {
    Kind.COLOR: _coloring,
    Kind.SIZE: _sizing,
    Kind.RELATION: _doing,
    Kind.VERB: _doing,
    Kind.STYLE: _styling,
    Kind.COLLECTIVE: _counting,
    Kind.PLACE: _placing,
}
"""The same for words that may also be things."""


DESCRIBABLE = (Kind.COLOR, Kind.SIZE, Kind.THING, Kind.QUALITY)
_OPENING = (
    *(Kind.DETERMINER, Kind.DEFINITE, Kind.POSSESSIVE),
    *(Kind.NUMBER, Kind.COLLECTIVE, Kind.PAIR),
)
_SCENES = (Kind.PLACE, Kind.TIME, Kind.WEATHER)
_DESCRIBING = (Kind.COLOR, Kind.SIZE, Kind.QUALITY)
_CONTINUING = (
    *DESCRIBABLE,
    *(Kind.PART, Kind.PLACE, Kind.TIME, Kind.WEATHER, Kind.STYLE, Kind.BACKDROP, Kind.NAME),
    *(Kind.BRINGS, Kind.BODY),
)


def words_at(tokens: Sequence[Token], at: int) -> Words:
    """Return the token at a place as words of the prompt."""
    return Words((Part(at, tokens[at].text, tokens[at].typed),))


def may(tokens: Sequence[Token], at: int, *kinds: Kind) -> bool:
    """Return whether the token at a place may be of one of these kinds."""
    return at < len(tokens) and tokens[at].of(*kinds) is not None


def ends(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a noun phrase ends with this token."""
    if may(tokens, at + 1, Kind.JOIN) and may(tokens, at + 2, Kind.COLOR):
        return False
    after = tokens[at + 1 : at + 2]
    if not after or not after[0].readings:
        return not after
    going_on = after[0].of(*_CONTINUING)
    if going_on is not None and going_on.kind in _SCENES and _begins_anew(after[0]):
        return True
    return going_on is None or (going_on.kind in _DESCRIBING and not describes_before(going_on))


def _begins_anew(token: Token) -> bool:
    """Return whether a phrase has its own preposition: "in the rain"."""
    first, _, rest = token.text.partition(" ")
    readings = lexicon().meanings.get(first, ()) if rest else ()
    return any(reading.kind is Kind.RELATION for reading in readings)


def _color_follows(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a color follows that describes what stands before it."""
    color = tokens[at + 1].of(Kind.COLOR) if at + 1 < len(tokens) else None
    return color is not None and not describes_before(color)


def opens_a_noun(tokens: Sequence[Token], at: int) -> bool:
    """Return whether the token at a place may begin a noun phrase."""
    return may(tokens, at, *DESCRIBABLE, *_OPENING, Kind.BRINGS, Kind.EACH)


def is_owned(text: str) -> bool:
    """Return whether a word ends in whose it is: "tangannya"."""
    endings = (language.plurals.owned for language in lexicon().languages.values())
    return any(text.endswith(tuple(each)) for each in endings if each)


def since_stop(said: Sequence[Phrase]) -> bool:
    """Return whether a noun has been said since the last stop."""
    for phrase in reversed(said):
        if isinstance(phrase, Noun):
            return True
        if isinstance(phrase, Mark) and phrase.kind is Kind.STOP:
            return False
    return False


def last_noun(said: Sequence[Phrase]) -> Noun | None:
    """Return the noun that was said last; None before any."""
    return next((phrase for phrase in reversed(said) if isinstance(phrase, Noun)), None)


def drawing(noun: Noun) -> Drawing:
    """Return the drawing of a noun."""
    return library().drawings[noun.key]
