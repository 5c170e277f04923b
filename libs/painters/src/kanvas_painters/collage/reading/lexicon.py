"""What the reader knows of its languages: the files of `lexicon/`, loaded and looked up.

`pictures.toml` says what words of any language may mean to a picture (colors, sizes, what a verb
does); each language has a file of its own that says which words mean it, and how its words stand.
A language is completed, or another one added, by its file alone.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from ..canvas import Color
from ..library import rgb
from .spelling import normal

LANGUAGES = ("en", "id")


class Kind(StrEnum):
    """What a word can be to the reader."""

    GRAMMAR = "grammar"  # says nothing of the picture
    DETERMINER = "determiner"  # so does this, and a noun follows
    DEFINITE = "definite"  # the same: what is meant may have been named before
    POSSESSIVE = "possessive"  # the same: whose it is, was named before
    PRONOUN = "pronoun"  # stands for what was named before
    REQUEST = "request"  # grammar where it asks for a picture, else a word as any other
    PARTICLE = "particle"  # grammar before a noun: down the street
    SELF = "self"  # who speaks: somebody, where a person is spoken of: me and my dog
    HAS = "has"  # has what follows, as "with" it; else an auxiliary
    EACH = "each"
    WHILE = "while"  # what follows is done by whom the clause is about
    EXISTS = "exists"  # there is
    CLASSIFIER = "classifier"  # grammar after a number, else a word as any other
    LINK = "link"  # ties two nouns to one thing: a bowl of soup
    FULL = "full"  # full of: ties two nouns, and both are drawn
    JOIN = "join"  # and
    OR = "or"
    REFUSAL = "refusal"  # no, without
    MILD = "mild"  # not: may refuse an adjective alone
    RELATION = "relation"
    ASIDE = "aside"  # the same, of what was named before: in the background
    SIDE = "side"  # the same, where it stands alone: left a cat, right a dog
    BODY = "body"  # the part of somebody where a thing is held or worn: in her hand
    VERB = "verb"
    NUMBER = "number"
    COLLECTIVE = "collective"  # the same, and vague: a flock of
    MEASURE = "measure"  # what a number before it says of a thing: legged
    OTHER = "other"  # the other hand, where one was named; else one of several
    TOGETHER = "together"  # the same, of who was named before: both of them, "berdua"
    PAIR = "pair"  # two of what is used as one: a pair of glasses
    COLOR = "color"
    SIZE = "size"
    QUALITY = "quality"  # describes what cannot be drawn so
    BRINGS = "brings"  # describes a thing by another: burning
    BACKDROP = "backdrop"
    PART = "part"
    PLACE = "place"
    TIME = "time"
    WEATHER = "weather"
    STYLE = "style"
    THING = "thing"
    NAME = "name"  # of a person, a place or a brand
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a word or phrase may mean.

    Attributes:
        kind: What it is.
        value: Which one: the key of a drawing, a color's name, a relation, a number.
        language: The language that it belongs to; "" where it belongs to all.
        exact: Whether a picture shows just that, so that nothing needs to be said.
        plural: Whether the word means several.
        count: How many the word itself means; 0 where it says nothing of that.
        place: The place that the word brings with it: a field of flowers.
        describes: Whether the word is as often said of a thing ("italian"): alone it is somebody.
        passive: Whether a verb says what is done to its subject: held by.
    """

    kind: Kind
    value: str = ""
    language: str = ""
    exact: bool = True
    plural: bool = False
    count: int = 0
    place: str = ""
    describes: bool = False
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb does to a picture.

    Attributes:
        relation: How the subject stands to the object; "" where a picture cannot show it.
        drawn: Whether the relation shows the verb; else the picture only comes near it.
        bodily: Whether only who has a body does it: a window that somebody sits by does not read.
        airborne: Whether its subject is in the air.
        brings: The extra that it is done with where no object is named: who reads, reads a book.
        alone: Whether somebody is drawn who does it where nobody is named: wearing a red hat.
        nearest: Whether it is said of what was named last: a basket tied to a balloon.
    """

    relation: str = ""
    drawn: bool = False
    bodily: bool = False
    airborne: bool = False
    brings: str = ""
    alone: bool = False
    nearest: bool = False


@dataclass(frozen=True, slots=True)
class Extra:
    """A thing that a word brings: a burning house has a fire, who fishes has a rod.

    Attributes:
        key: Its drawing.
        relation: How it stands to what is described.
        turned: Whether the relation is that of what is described to the extra, as in riding it.
    """

    key: str
    relation: str
    turned: bool = False


@dataclass(frozen=True)
class Plurals:
    """How a language ends words.

    Attributes:
        irregular: Plurals to singulars.
        endings: What a plural ends in, and what its singular has instead, the likeliest first.
        never: Endings of words that are no plurals, though they look like it.
        owned: Endings that only say whose a thing is.
    """

    irregular: Mapping[str, str]
    endings: Sequence[tuple[str, str]]
    never: tuple[str, ...]
    owned: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """One language, as its file tells it.

    Attributes:
        code: "en".
        name: "English".
        describes: Whether a word that describes a noun stands "before" or "after" it.
        some: Its word for a few.
        heads: Words for a kind of thing, by what the kinds of drawings begin with: what stands
            beside one says which it is ("burung merak" is a peacock).
        plurals: How its words end.
        tables: The whole file.
    """

    code: str
    name: str
    describes: str
    some: str
    heads: Mapping[str, str]
    plurals: Plurals
    tables: Mapping[str, Any]


@dataclass(frozen=True)
class Lexicon:
    """Everything that is no name of a drawing.

    Attributes:
        languages: By code.
        meanings: What each phrase may mean, by its kind; names of things are elsewhere.
        colors, sizes, verbs, extras: What the values of such readings mean to a picture.
        doers: Who does what nobody was named for, by the words.
        kin: Words for whoever is older or younger of its kind: "old", "young".
        foreign: Small words of languages that are not read.
    """

    languages: Mapping[str, Language]
    meanings: Mapping[str, tuple[Reading, ...]]
    colors: Mapping[str, Color]
    sizes: Mapping[str, float]
    verbs: Mapping[str, Verb]
    extras: Mapping[str, Extra]
    doers: Mapping[str, str]
    kin: Mapping[str, frozenset[str]]
    foreign: frozenset[str]


LISTS = {
    "silent": Kind.GRAMMAR,
    "requests": Kind.REQUEST,
    "particles": Kind.PARTICLE,
    "determiners": Kind.DETERMINER,
    "definite": Kind.DEFINITE,
    "possessives": Kind.POSSESSIVE,
    "each": Kind.EACH,
    "exists": Kind.EXISTS,
    "classifiers": Kind.CLASSIFIER,
    "measures": Kind.MEASURE,
    "others": Kind.OTHER,
    "links": Kind.LINK,
    "full": Kind.FULL,
    "joins": Kind.JOIN,
    "or": Kind.OR,
    "has": Kind.HAS,
    "while": Kind.WHILE,
    "pairs": Kind.PAIR,
    "refusals": Kind.REFUSAL,
    "mild": Kind.MILD,
    "qualities": Kind.QUALITY,
    "backdrops": Kind.BACKDROP,
    "parts": Kind.PART,
}
"""Tables that are lists of words, and what those are."""

TABLES = {
    "relations": Kind.RELATION,
    "asides": Kind.ASIDE,
    "sides": Kind.SIDE,
    "bodies": Kind.BODY,
    "pronouns": Kind.PRONOUN,
    "selves": Kind.SELF,
    "together": Kind.TOGETHER,
    "verbs": Kind.VERB,
    "numbers": Kind.NUMBER,
    "colors": Kind.COLOR,
    "sizes": Kind.SIZE,
    "brings": Kind.BRINGS,
    "places": Kind.PLACE,
    "times": Kind.TIME,
    "weathers": Kind.WEATHER,
    "styles": Kind.STYLE,
}
"""Tables of words by what they mean, and what those are."""

NEARLY = ("places", "times", "weathers", "styles")
"""Tables that also have relatives, which are drawn instead and said: `nearly.styles`."""


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of this process, read once."""
    pictures = tables_of("pictures")
    languages = {code: _language(code, tables_of(code)) for code in LANGUAGES}
    shades: dict[str, Color] = {}
    meanings: dict[str, list[Reading]] = defaultdict(list)
    for language in languages.values():
        for phrase, reading in _entries(language):
            meanings[phrase].append(reading)
        for phrase, value, color in _shaded(language, pictures):
            shades[value] = color
            meanings[phrase].append(Reading(Kind.COLOR, value, language.code))
        for phrase, reading in _conjugated(language, pictures["verbs"]):
            own = (other for other in meanings[phrase] if other.language == language.code)
            if all(other.kind is Kind.REQUEST for other in own):
                meanings[phrase].append(reading)
    return Lexicon(
        languages=languages,
        meanings={phrase: tuple(readings) for phrase, readings in meanings.items()},
        colors={**{name: rgb(value) for name, value in pictures["colors"].items()}, **shades},
        sizes=pictures["sizes"],
        verbs={name: Verb(**verb) for name, verb in pictures["verbs"].items()},
        extras={name: Extra(**extra) for name, extra in pictures["brings"].items()},
        doers={
            normal(phrase): key
            for one in languages.values()
            for key, phrase in _listed(one.tables["doers"])
        },
        kin={
            age: frozenset(word for one in languages.values() for word in one.tables["kin"][age])
            for age in ("old", "young")
        },
        foreign=frozenset().union(*tables_of("others")["words"].values()),
    )


def describes_before(reading: Reading) -> bool:
    """Return whether such a word stands before what it describes."""
    language = lexicon().languages.get(reading.language)
    return language is None or language.describes == "before"


def is_article(reading: Reading, text: str) -> bool:
    """Return whether a word for one only opens a noun, as "a" does."""
    language = lexicon().languages.get(reading.language)
    return language is not None and text in language.tables["articles"]


def is_one(reading: Reading, text: str) -> bool:
    """Return whether a word for one may stand for one of several: one on a chair."""
    language = lexicon().languages.get(reading.language)
    return language is not None and text in language.tables["ones"]


def whose(text: str) -> str:
    """Return the pronoun that a phrase has in it: "she" of "at her side"; "" for none."""
    for language in lexicon().languages.values():
        ending = tuple(language.plurals.owned)
        if ending and text.endswith(ending):
            return "any"
        for who, words in language.tables["whose"].items():
            if not set(words).isdisjoint(text.split()):
                return str(who)
    return ""


def is_plain_link(reading: Reading, text: str) -> bool:
    """Return whether a word that ties two nouns says nothing by itself, as "of"."""
    return text in lexicon().languages[reading.language].tables["links"][:1]


def singulars(word: str) -> Iterator[str]:
    """Yield what a plural may be the plural of, the likeliest first."""
    for language in lexicon().languages.values():
        plurals = language.plurals
        if word in plurals.irregular:
            yield plurals.irregular[word]
        if word.endswith(plurals.never):
            continue
        for ending, instead in plurals.endings:
            if word.endswith(ending) and len(word) > len(ending) + 2:
                yield word[: -len(ending)] + instead


def owned(word: str) -> Iterator[str]:
    """Yield a word without an ending that says whose it is: "kucingnya" is a cat."""
    for language in lexicon().languages.values():
        for ending in language.plurals.owned:
            if word.endswith(ending) and len(word) > len(ending) + 2:
                yield word[: -len(ending)]


@cache
def tables_of(name: str) -> Mapping[str, Any]:
    """Return the tables of a file in `lexicon/`, read once."""
    path = files(__package__) / "lexicon" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _language(code: str, tables: Mapping[str, Any]) -> Language:
    endings = tables["endings"]
    return Language(
        code=code,
        name=tables["name"],
        describes=tables["describes"],
        some=tables["some"],
        heads=tables["heads"],
        plurals=Plurals(
            irregular=endings["irregular"],
            endings=[(ending, instead) for ending, instead in endings["plural"]],
            never=tuple(endings["never"]),
            owned=tuple(endings["owned"]),
        ),
        tables=tables,
    )


def _entries(language: Language) -> Iterator[tuple[str, Reading]]:
    """Yield each phrase of a language's file with what it means."""
    tables, code = language.tables, language.code
    for table, kind in LISTS.items():
        for phrase in tables[table]:
            yield normal(phrase), Reading(kind, language=code)
    for table, kind in TABLES.items():
        for value, phrase in _listed(tables[table]):
            yield normal(phrase), Reading(kind, value, code)
    for table in NEARLY:
        for value, phrase in _listed(tables["nearly"].get(table, {})):
            yield normal(phrase), Reading(TABLES[table], value, code, exact=False)
    tied = " ".join(("", *tables["links"][:1]))  # a flock of
    for number, phrase in _listed(tables["collectives"]):
        yield normal(phrase + tied), Reading(Kind.COLLECTIVE, number, code)
    for place, phrase in _listed(tables["fields"]):
        yield normal(phrase), Reading(Kind.NUMBER, str(_FIELD), code, place=place)


def _listed(table: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield what a table lists: each phrase with its value."""
    yield from ((value, phrase) for value, phrases in table.items() for phrase in phrases)


_FIELD = 7  # how many a field of them are


def _conjugated(
    language: Language, verbs: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Reading]]:
    """Yield the forms of a language's verbs, made from their stems.

    Of the stems in `gerunds` only the forms that no noun has: "planting", not "plants".
    """
    tables, code = language.tables, language.code
    forms = tables["forms"]
    for table, chains in (
        ("stems", (*forms["plain"], *forms["sure"])),
        ("gerunds", forms["sure"]),
    ):
        for verb, stem in _listed(tables[table]):
            for chain in chains:
                yield normal(_form(stem, chain, forms)), Reading(Kind.VERB, verb, code)
            if "relation" in verbs[verb]:
                for chain in forms["passive"]:
                    phrase = f"{_form(stem, chain, forms)} {forms['by']}"
                    yield normal(phrase), Reading(Kind.VERB, verb, code, passive=True)
    for verb, phrase in _listed(tables["passives"]):
        yield normal(phrase), Reading(Kind.VERB, verb, code, passive=True)


def _form(stem: str, chain: Sequence[str], forms: Mapping[str, Any]) -> str:
    """Return a form of a verb: the first word of its stem after each step of the chain."""
    word, blank, rest = stem.partition(" ")
    for step in chain:
        pattern, instead = next(rule for rule in forms["steps"][step] if re.search(rule[0], word))
        word = re.sub(pattern, instead, word, count=1)
    return f"{word}{blank}{rest}"


def _shaded(language: Language, pictures: Mapping[str, Any]) -> Iterator[tuple[str, str, Color]]:
    """Yield colors with a word for their shade: their phrase, their name and themselves."""
    named = {normal(phrase) for phrases in language.tables["colors"].values() for phrase in phrases}
    for shade, shadings in language.tables["shades"].items():
        target, share = rgb(pictures["shades"][shade]["toward"]), pictures["shades"][shade]["by"]
        for color, phrases in language.tables["colors"].items():
            mixed = _mixed(rgb(pictures["colors"][color]), target, share)
            for shading in shadings:
                for phrase in phrases:
                    order = (
                        (shading, phrase) if language.describes == "before" else (phrase, shading)
                    )
                    words = normal(" ".join(order))
                    if words not in named:
                        yield words, f"{color}, {shade}", mixed


def _mixed(color: Color, target: Color, share: float) -> Color:
    red, green, blue = (a + (b - a) * share for a, b in zip(color, target, strict=True))
    return red, green, blue
