"""The second pass: tokens become phrases, such as nouns with all that describes them.

Where a describing word stands, before its noun or after it, the lexicon says for each language.
Each step takes a state and returns the next one; the steps stand by what they take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..choosing import State, chosen, may, words_at
from ..lexicon import Kind, Reading, is_article, is_plain_link
from ..phrases import SIDES, Mark, Phrase
from ..tokens import Token
from ..words import Words, joined
from .common import closed, pass_over, saying, take_mark
from .describing import (
    take_brings,
    take_classifier,
    take_collective,
    take_color,
    take_definite,
    take_determiner,
    take_each,
    take_number,
    take_pair,
    take_possessive,
    take_quality,
    take_size,
    take_together,
)
from .nouns import take_part, take_thing
from .scenes import take_backdrop, take_scene
from .tying import (
    take_aside,
    take_body,
    take_bridge,
    take_exists,
    take_has,
    take_join,
    take_other,
    take_pronoun,
    take_refusal,
    take_relation,
    take_self,
    take_unknown,
    take_verb,
)

_SILENT = frozenset(
    (
        *(Kind.GRAMMAR, Kind.REQUEST, Kind.PARTICLE, Kind.DETERMINER, Kind.DEFINITE, Kind.STOP),
        *(Kind.POSSESSIVE, Kind.PRONOUN, Kind.SELF, Kind.HAS, Kind.WHILE, Kind.EXISTS, Kind.JOIN),
        *(Kind.OR, Kind.CLASSIFIER),
    )
)
"""What is grammar, unless a phrase has it and something is told of that."""
_Step = Callable[[Sequence[Token], State, Reading], State]


@dataclass(frozen=True, slots=True)
class Grouped:
    """A prompt after the second pass.

    Attributes:
        words: All of it.
        phrases: In its order.
        grammar: The places of the words that are grammar, unless the third pass tells of them.
    """

    words: Words
    phrases: tuple[Phrase, ...]
    grammar: frozenset[int]


def grouped(tokens: Sequence[Token]) -> Grouped:
    """Return a prompt in phrases."""
    state, grammar = State(), set[int]()
    while state.at < len(tokens):
        reading = chosen(tokens, state)
        step = take_unknown if reading is None else _STEPS[reading.kind]
        at, state = state.at, step(tokens, state, reading or Reading(Kind.NAME))
        silent = reading is not None and _is_silent(reading, tokens[at].text)
        grammar |= {at} if silent else set()
        grammar |= {also for also in range(at + 1, state.at) if may(tokens, also, Kind.LINK)}
    words = joined(words_at(tokens, at) for at in range(len(tokens)))
    ended = saying(closed(state), Mark(Kind.STOP))
    return Grouped(words, ended.said, frozenset(grammar))


def _is_silent(reading: Reading, text: str) -> bool:
    """Return whether a word is grammar: an article, "of", a preposition that tells no side."""
    match reading.kind:
        case Kind.NUMBER:
            return reading.value == "1" and is_article(reading, text)
        case Kind.LINK:
            return is_plain_link(reading, text)
        case Kind.RELATION:
            return reading.value not in SIDES
        case kind:
            return kind in _SILENT


_STEPS: Mapping[Kind, _Step] = {
    Kind.GRAMMAR: pass_over,
    Kind.REQUEST: pass_over,
    Kind.PARTICLE: pass_over,
    Kind.CLASSIFIER: take_classifier,
    Kind.DETERMINER: take_determiner,
    Kind.DEFINITE: take_definite,
    Kind.POSSESSIVE: take_possessive,
    Kind.PRONOUN: take_pronoun,
    Kind.SELF: take_self,
    Kind.WHILE: take_mark,
    Kind.HAS: take_has,
    Kind.EACH: take_each,
    Kind.EXISTS: take_exists,
    Kind.LINK: take_bridge,
    Kind.FULL: take_bridge,
    Kind.JOIN: take_join,
    Kind.OR: take_mark,
    Kind.STOP: take_mark,
    Kind.REFUSAL: take_refusal,
    Kind.MILD: take_refusal,
    Kind.RELATION: take_relation,
    Kind.ASIDE: take_aside,
    Kind.SIDE: take_aside,
    Kind.BODY: take_body,
    Kind.OTHER: take_other,
    Kind.MEASURE: take_quality,
    Kind.VERB: take_verb,
    Kind.NUMBER: take_number,
    Kind.COLLECTIVE: take_collective,
    Kind.TOGETHER: take_together,
    Kind.PAIR: take_pair,
    Kind.COLOR: take_color,
    Kind.SIZE: take_size,
    Kind.QUALITY: take_quality,
    Kind.BRINGS: take_brings,
    Kind.BACKDROP: take_backdrop,
    Kind.PART: take_part,
    Kind.PLACE: take_scene,
    Kind.TIME: take_scene,
    Kind.WEATHER: take_scene,
    Kind.STYLE: take_scene,
    Kind.THING: take_thing,
    Kind.NAME: take_unknown,
}
