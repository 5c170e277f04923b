"""Who is meant by a word for people; and which words are names.

`lexicon/people.en.toml` and `people.id.toml` say it by hand. `library/people.txt.gz` adds what
WordNet knows to be a person: somebody is drawn, nobody in particular (`drawings/wordnet.py`).
Phrases are spelled as `spelling.normal` spells them: lower case, single blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ...painting.packed import read_packed
from ..library import library
from .lexicon import LANGUAGES, singulars, tables_of

VERB = re.compile("(ber|me[lmnr]|ter)[a-z]{3}")  # how Indonesian verbs begin
STEM = 3  # letters that stand before "-nya" at least: "buku" is no "bu-ku"
SOMEBODY = "person"
LIBRARY = "kanvas_painters.collage"
COSTUMED = "person-fantasy"  # these are costume all over: a black knight is no matter of skin


@dataclass(frozen=True)
class Person:
    """Who a phrase means.

    Attributes:
        key: The drawing; "" where nobody is drawn: an insult, or a word that only describes.
        exact: Whether the drawing shows just what was asked. Else it is said.
        plural: Whether the phrase means several, but not how many.
        count: How many the phrase itself means: a couple is two.
        describes: Whether the word is as often said of a thing ("italian"): it means somebody
            only where the noun phrase ends with it.
    """

    key: str
    exact: bool = False
    plural: bool = False
    count: int = 1
    describes: bool = False


ANYBODY = Person(SOMEBODY)
NOBODY = Person("")


@lru_cache(maxsize=4096)
def person(phrase: str) -> Person | None:
    """Return who a phrase means; None where it means nobody, or is a name."""
    if is_name(phrase):
        return None
    return _listed(phrase) or _several(phrase) or _compound(phrase) or _known_to_wordnet(phrase)


@lru_cache(maxsize=4096)
def is_name(phrase: str) -> bool:
    """Return whether a phrase is the name of a person, place or brand, and no everyday word."""
    return not _names().isdisjoint([phrase, *_singulars(phrase.split())])


@cache
def is_skin(color: str) -> bool:
    """Return whether a color, said of a person, means skin."""
    return any(color in _words(language, "skin") for language in LANGUAGES)


def paints_skin(key: str, color: str) -> bool:
    """Return whether a drawing tinted with a color would be a person with another skin.

    All our drawings of people have one skin, which is nobody's. A tint would be a caricature.
    """
    kind = library().drawings[key].kind
    return kind.startswith("person") and kind != COSTUMED and is_skin(color)


def by_hand() -> frozenset[str]:
    """Return every phrase that the tables of people and names hold, without WordNet's."""
    return _names_by_hand().union(*map(_table, LANGUAGES))


def spellings() -> frozenset[str]:
    """Return the single words that a misspelled word may be meant for: those of drawn people."""
    shown = (tables_of(f"people.{language}")["shown"].values() for language in LANGUAGES)
    phrases = (phrase for tables in shown for words in tables for phrase in words)
    return frozenset(phrase for phrase in phrases if " " not in phrase)


@cache
def _words(language: str, table: str) -> frozenset[str]:
    return frozenset(tables_of(f"people.{language}").get(table, {}).get("words", ()))


@cache
def _table(language: str) -> Mapping[str, Person]:
    """Return every phrase of a language that is listed by hand."""
    return dict(_entries(language))


def _entries(language: str) -> Iterator[tuple[str, Person]]:
    tables = tables_of(f"people.{language}")
    for name in ("shown", "instead"):
        for key, phrases in tables[name].items():
            yield from ((phrase, Person(key, exact=name == "shown")) for phrase in phrases)
    for phrase, group in tables["groups"].items():
        yield phrase, Person(group["of"], exact=group.get("exact", False), count=group["count"])
    yield from ((word, NOBODY) for word in tables["left_out"]["words"])
    yield from ((word, NOBODY) for word in tables["describing"]["words"])
    alone = replace(ANYBODY, describes=True) if language == "en" else NOBODY  # "orang jawa"
    yield from ((word, alone) for word in tables["peoples"]["words"])


def _listed(phrase: str) -> Person | None:
    """Return who the tables say; where the languages differ, English has it."""
    return next((table[phrase] for table in map(_table, LANGUAGES) if phrase in table), None)


def _several(phrase: str) -> Person | None:
    """Return who a plural means: "nurses", "guru guru", "para guru"."""
    first, _, rest = phrase.partition(" ")
    if first == "para" and rest and (someone := person(rest)) is not None:
        return replace(someone, plural=True, describes=False)
    words = phrase.split()
    half = " ".join(words[: len(words) // 2])
    if half and words == 2 * half.split():
        found = _table("id").get(half)
    else:
        ones = [one for one in _singulars(words) if one not in _words("en", "describing")]
        english = (_table("en").get(one) or _known_to_wordnet(one) for one in ones)
        found = next(filter(None, english), None)
    return replace(found, plural=True, describes=False) if found is not None else None


def _singulars(words: list[str]) -> list[str]:
    """Return what a plural may be the plural of."""
    *before, last = words
    return [" ".join([*before, one]) for one in singulars(last)]


def _compound(phrase: str) -> Person | None:
    """Return who Indonesian means by several words: "tukang bakso", "gadis jawa", "ibunya"."""
    first, _, rest = phrase.partition(" ")
    described = _described(phrase)
    if described is not None:
        return described
    if rest and first == "orang":  # the word that counts people: "dua orang guru"
        return person(rest)
    if _goes_on(rest):
        heads = tables_of("people.id")["heads"].items()
        return next((Person(key) for key, words in heads if first in words), None)
    for ending in _words("id", "endings"):
        stem = phrase.removesuffix(ending)
        if len(stem) >= STEM and stem != phrase and stem in _table("id"):
            return _table("id")[stem]
    return None


def _described(phrase: str) -> Person | None:
    """Return who is meant before a word that describes people: "gadis muslim", "suku dayak"."""
    words = phrase.split()
    describing = _words("id", "peoples") | _words("id", "describing")
    for at in range(1, len(words)):
        head, rest = " ".join(words[:at]), " ".join(words[at:])
        if rest in describing:
            if head in _words("id", "heads_of_peoples"):
                return ANYBODY
            someone = _table("id").get(head, NOBODY)
            return replace(someone, exact=False) if someone.key else None
    return None


def _goes_on(word: str) -> bool:
    """Return whether a word says what the one before deals in: "tukang bakso"."""
    if not word or " " in word or word in _words("id", "not_after_heads"):
        return False
    return word in _words("id", "after_heads") or VERB.match(word) is None


def _known_to_wordnet(phrase: str) -> Person | None:
    """Return somebody for a person of WordNet's; a word for skin leaves who it is: white woman."""
    color, _, rest = phrase.partition(" ")
    someone = _listed(rest) if is_skin(color) else None
    if someone is not None and someone.key and paints_skin(someone.key, color):
        return replace(someone, exact=False)
    return ANYBODY if phrase in packed("people") else None


@cache
def packed(name: str) -> frozenset[str]:
    """Return the lines of a list that is made from WordNet: people, names, words."""
    return frozenset(read_packed(LIBRARY, f"library/{name}.txt.gz").decode("utf-8").splitlines())


@cache
def _names_by_hand() -> frozenset[str]:
    lists = (phrases for table in tables_of("names").values() for phrases in table.values())
    return frozenset[str]().union(*lists)


@cache
def _names() -> frozenset[str]:
    return packed("names") | _names_by_hand()
