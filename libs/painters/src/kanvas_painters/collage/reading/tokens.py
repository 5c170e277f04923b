"""The first pass: a text becomes tokens, the longest known phrase at each place, with all readings.

Nothing is decided here but where a token ends, and which language the whole seems to be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ..library import library
from .lexicon import Kind, Reading, describes_before, lexicon, owned, singulars, tables_of
from .names import LONGEST_NAME, MENDED_KINDS, Found, names
from .people import ANYBODY, Person, is_name, person
from .spelling import GAP, HYPHEN, SENTENCE_ENDS, STOPS, Word, is_sign, normal, spelled, written

_MOST_NUMBER = 9999
_TIMES = re.compile(r"^(?:x(\d+)|(\d+)x)$")  # cats x3
_LEAST_PART = 3  # letters of a thing that a word says somebody has: "ber-tas"
# What a word may be that says whose it is as well: "halamannya".
_OWNED = (Kind.PLACE, Kind.BODY, Kind.PART)


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase with everything that it may mean, the likeliest first; unknown words mean nothing.

    Attributes:
        text: Its words, in lower case.
        readings: What it may mean.
        guessed: Whether only a mended spelling says so.
        typed: Its words as they were written, but in lower case, as `Word` has them.
    """

    text: str
    readings: tuple[Reading, ...] = ()
    guessed: bool = False
    typed: str = ""

    @property
    def tied(self) -> bool:
        """Whether a hyphen ties it to the word before."""
        return self.typed.startswith(HYPHEN)

    def of(self, *kinds: Kind) -> Reading | None:
        """Return the first reading of these kinds; None where there is none."""
        return next((reading for reading in self.readings if reading.kind in kinds), None)


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text, with the readings of its own language first."""
    some = lexicon().languages["id"].some
    words = written(spelled(text, lambda phrase: bool(_readings(phrase)), some, _signs()))
    titled = _titled(words)
    found: list[Token] = []
    at = 0
    while at < len(words):
        if (having := _having(words, at)) is not None:
            word, code = having
            words = (*words[:at], word, *words[at + 1 :])
            found.append(Token("", (Reading(Kind.RELATION, "with", code),)))
        token, length = _longest(words, at, titled=titled)
        token = replace(token, typed=" ".join(word.typed for word in words[at : at + length]))
        found.append(token)
        at += length
    return _in_their_language(found)


def _having(words: Sequence[Word], at: int) -> tuple[Word, str] | None:
    """Return what an unknown word says that somebody has, and its language: "ber-jaket"."""
    word = words[at]
    for code, language in lexicon().languages.items():
        begins = language.tables["having"]
        rest = word.text.removeprefix(begins) if begins else word.text
        if len(rest) < _LEAST_PART or rest == word.text or _readings(word.text):
            continue
        if names().find(rest) is not None:
            return replace(word, text=rest), code
    return None


def _longest(words: Sequence[Word], at: int, *, titled: bool) -> tuple[Token, int]:
    """Return the longest token that begins here, and how many words it has."""
    word = words[at]
    if (sign := _sign(word.text)) is not None:
        return Token(word.text, (sign,)), 1
    most = 1
    while most < LONGEST_NAME and at + most < len(words) and words[at + most].text not in STOPS:
        most += 1
    for length in range(most, 0, -1):
        text = " ".join(part.text for part in words[at : at + length])
        readings = _readings(text)
        if readings and not (length > 1 and _heads_the_next(words, at + length - 1, text)):
            return Token(text, readings), length
    digits = _TIMES.sub(r"\1\2", word.text)
    if digits.isdecimal() and int(digits[:4]):
        number = str(min(int(digits[:4]), _MOST_NUMBER))
        return Token(word.text, (Reading(Kind.NUMBER, number),)), 1
    if not titled and _capital(words, at):
        return Token(word.text, (Reading(Kind.NAME),)), 1
    return Token(word.text, _mended(word.text), guessed=True), 1


def _heads_the_next(words: Sequence[Word], at: int, text: str) -> bool:
    """Return whether the last word of a text belongs to the next one: "taman | bunga matahari".

    So it is after a rule that makes somebody of any two words: "petani | bundaran hi".
    """
    pair = " ".join(word.text for word in words[at : at + 2])
    if " " not in pair:
        return False
    if _is_at(text) and (names().has(pair) or pair in lexicon().meanings):
        return True  # "di bawah | air terjun"
    ruled = not names().has(text) and text not in lexicon().meanings
    heads = (language.heads for language in lexicon().languages.values())
    headed = any(words[at].text in each for each in heads) and names().has(pair)
    return headed or (ruled and pair in lexicon().meanings)


def _is_at(text: str) -> bool:
    """Return whether all but the last word of a phrase is a preposition: "di bawah air"."""
    whole, before = (
        {one.kind for one in lexicon().meanings.get(words, ())}
        for words in (text, text.rpartition(" ")[0])
    )
    return Kind.RELATION in before and Kind.RELATION not in whole


def _sign(word: str) -> Reading | None:
    """Return what a stop or a sign means: a picture that we do not have is left out."""
    if word in STOPS:
        return Reading(Kind.STOP, word)
    if word == GAP:
        return Reading(Kind.GRAMMAR)
    return Reading(Kind.QUALITY) if is_sign(word) else None


def _titled(words: Sequence[Word]) -> bool:
    """Return whether capitals say nothing here, since most of the longer words have one."""
    longer = [word for word in words if len(word.text) >= 4]
    return 2 * sum(not word.capital for word in longer) < len(longer)


def _capital(words: Sequence[Word], at: int) -> bool:
    """Return whether a word has a capital that no beginning of a sentence explains."""
    return words[at].capital and at > 0 and words[at - 1].text not in SENTENCE_ENDS


@cache
def _signs() -> dict[str, str]:
    """Return words for the signs whose names in Unicode are no words of ours."""
    drawn, scenes = tables_of("signs")["drawn"], tables_of("signs")["scenes"]
    words = {normal(library().drawings[key].name): signs for key, signs in drawn.items()}
    return {sign: word for word, signs in {**words, **scenes}.items() for sign in signs}


@lru_cache(maxsize=4096)
def _readings(text: str) -> tuple[Reading, ...]:
    """Return all that a phrase may mean, but for guesses about single words."""
    said = lexicon().meanings.get(text) or _owned(text) or _parts_of(text)
    someone = person(text)
    if someone is not None:
        return (*said, _who(someone))
    if not said and not names().has(text) and is_name(text) and not _is_placed(text):
        return (Reading(Kind.NAME),)
    things = [names().find(text), names().find(text, several=True)]
    distinct = dict.fromkeys(_thing(found) for found in things if found is not None)
    return (*said, *distinct) or _agent(text)


def _agent(word: str) -> tuple[Reading, ...]:
    """Return somebody for a word that says what somebody does: "pemanjat", who climbs."""
    for code, language in lexicon().languages.items():
        stem = word.removeprefix(language.tables["agent"])
        if stem == word or word in language.tables["tools"]:
            continue
        verbs = (lexicon().meanings.get(does + stem, ()) for does in language.tables["does"])
        if any(one.kind in (Kind.VERB, Kind.BRINGS) for verb in verbs for one in verb):
            return (replace(_who(ANYBODY), language=code),)
    return ()


def _owned(text: str) -> tuple[Reading, ...]:
    """Return what a word means that ends in whose it is."""
    stems = (lexicon().meanings.get(stem, ()) for stem in owned(text))
    return tuple(one for readings in stems for one in readings if one.kind in _OWNED)


def _parts_of(text: str) -> tuple[Reading, ...]:
    """Return a plural as the part of a thing that it means: "roofs"."""
    stems = (lexicon().meanings.get(stem, ()) for stem in singulars(text))
    return tuple(one for readings in stems for one in readings if one.kind is Kind.PART)[:1]


def _is_placed(name: str) -> bool:
    """Return whether a name begins with a kind of places: "danau Toba" is a lake."""
    first, _, rest = name.partition(" ")
    readings = lexicon().meanings.get(first, ()) if rest else ()
    return any(one.kind is Kind.PLACE and not describes_before(one) for one in readings)


def _who(someone: Person) -> Reading:
    """Return somebody as a reading; who is not drawn is only described, or left out."""
    if not someone.key:
        return Reading(Kind.QUALITY)
    return Reading(
        Kind.THING,
        someone.key,
        exact=someone.exact,
        plural=someone.plural,
        count=someone.count if someone.count > 1 else 0,
        describes=someone.describes,
    )


@lru_cache(maxsize=4096)
def _mended(word: str) -> tuple[Reading, ...]:
    """Return what an unknown word may mean, mended."""
    known = names().mended(word)
    readings = _readings(known) if known else ()
    kinds = (*MENDED_KINDS, Kind.THING)
    return tuple(replace(one, exact=False) for one in readings if one.kind in kinds)


def _thing(found: Found) -> Reading:
    return Reading(Kind.THING, found.key, found.language, found.exact, found.plural)


def _in_their_language(found: Sequence[Token]) -> tuple[Token, ...]:
    """Return the tokens with the readings first that are of the language of most."""
    votes = Counter(
        languages.pop()
        for token in found
        if len(languages := {reading.language for reading in token.readings} - {""}) == 1
    )
    if not votes:
        return tuple(found)
    # Of two with the same votes, the first in the lexicon.
    own = max(lexicon().languages, key=lambda code: votes[code])
    return tuple(_sorted(token, own) for token in found)


def _sorted(token: Token, own: str) -> Token:
    """Return a token with the readings of a language first; things of both languages are of it."""
    ordered = sorted(token.readings, key=lambda reading: reading.language != own)
    readings = tuple(_of(own, reading) for reading in ordered)
    return token if readings == token.readings else replace(token, readings=readings)


def _of(own: str, reading: Reading) -> Reading:
    both = reading.kind is Kind.THING and not reading.language
    return replace(reading, language=own) if both else reading
