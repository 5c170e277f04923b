"""Finding the drawing that a word asks for: by name, as a relative, or mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..library import Library, library
from .lexicon import Kind, lexicon, owned, singulars
from .people import packed, spellings
from .spelling import normal

LONGEST_NAME = 5  # words
MENDED_FROM = 5  # letters: shorter words have too many neighbours
MENDED_TWICE_FROM = 7  # letters
MENDED_KINDS = (Kind.PLACE, Kind.TIME, Kind.WEATHER, Kind.STYLE, Kind.COLOR)
"""What a misspelled word may be meant for, beside things and people."""


@dataclass(frozen=True, slots=True)
class Found:
    """A drawing for a phrase; `exact` when it is what was asked, else something related.

    `plural` when the phrase is a plural; `language` where only one has the phrase.
    """

    key: str
    exact: bool
    plural: bool
    language: str = ""


@dataclass(frozen=True)
class Names:
    """Phrases to drawings, and words that are none.

    Attributes:
        same: Names and synonyms.
        near: Relatives that somebody wrote down.
        words: Words without a drawing, which are no misspelling of another word.
        mendable: Names by their first letter, into which a misspelled word may be mended.
        spoken: For each language, the phrases that belong to it.
    """

    same: Mapping[str, str]
    near: Mapping[str, str]
    words: frozenset[str]
    mendable: Mapping[str, Sequence[str]]
    spoken: Mapping[str, frozenset[str]]

    def find(self, phrase: str, *, several: bool = False) -> Found | None:
        """Return the drawing that this phrase or its singular names, or a relative.

        Where `several` are asked for, the drawing of one goes before one of many (two books).
        """
        before, _, last = phrase.rpartition(" ")
        start = f"{before} " if before else ""
        singles = [start + single for single in singulars(last)]
        whole = [phrase, *(start + bare for bare in owned(last))]
        phrases = [*singles, *whole] if several else [*whole, *singles]
        for names, exact in ((self.same, True), (self.near, False)):
            for form in phrases:
                if form in names:
                    key = names[form]
                    plural = form in singles or any(names.get(one) == key for one in singles)
                    return Found(key, exact, plural, self._language(form))
        return None

    def _language(self, phrase: str) -> str:
        """Return the only language that a phrase belongs to; "" where several have it."""
        codes = [code for code, phrases in self.spoken.items() if phrase in phrases]
        return codes[0] if len(codes) == 1 else ""

    def is_word(self, word: str) -> bool:
        """Return whether something is a word without a drawing, or an English form of one."""
        stems = (word, word[:-1], word[:-2], word[:-3], f"{word[:-3]}e")
        ended = word.endswith(("s", "ed", "ing", "ly"))
        longer = (stem for stem in stems[1:] if len(stem) > 2)  # "huis" is no form of "he"
        known = (stem in self.words or stem in lexicon().meanings for stem in longer)
        return word in self.words or (ended and any(known))

    def has(self, phrase: str) -> bool:
        """Return whether somebody has written down what this phrase is."""
        return phrase in self.same or phrase in self.near

    def all(self) -> dict[str, str]:
        """Return every name and synonym with its drawing."""
        return {**self.near, **self.same}

    def mended(self, word: str) -> str:
        """Return the known word that a misspelled one is meant for; "" for a word of its own.

        Two slips of the hand make a name of a drawing only, one also a word for somebody, a
        place, an hour, a weather, a style or a color.
        """
        if self.is_word(word) or not MENDED_FROM <= len(word) <= 2 * _LONGEST_WORD:
            return ""
        limit = 1 if len(word) < MENDED_TWICE_FROM else 2
        near = process.extract(
            word,
            self.mendable.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=limit,
            limit=None,
        )
        likely = ((edits, name) for name, edits, _ in near if edits == 1 or name in self.same)
        return min(likely, default=(0, ""))[1]


_LONGEST_WORD = 20  # letters of a name


def known_words() -> dict[str, str]:
    """Return every word and phrase of the tables: its drawing's key, or "" where it is no thing."""
    return {**names().all(), **dict.fromkeys(lexicon().meanings, "")}


@cache
def names() -> Names:
    """Return the names of this process's library."""
    return _names(library())


def _names(drawings: Library) -> Names:
    known = drawings.drawings
    languages = lexicon().languages
    english = {key: one.names for key, one in known.items()}
    indonesian = {key: one.indonesian[:1] for key, one in known.items()}
    same = {code: language.tables["same"] for code, language in languages.items()}
    near = {code: language.tables["near"] for code, language in languages.items()}
    exact = _entered(english, *same.values(), indonesian)
    single = defaultdict(list)
    scenic = (
        phrase
        for phrase, readings in lexicon().meanings.items()
        if any(one.kind in MENDED_KINDS for one in readings)
    )
    for name in sorted({*exact, *spellings(), *scenic}):
        if " " not in name and len(name) >= MENDED_FROM - 1:
            single[name[0]].append(name)
    return Names(
        same=exact,
        near=_entered(*near.values()),
        words=packed("words").union(*(one.tables["undrawn"] for one in languages.values())),
        mendable=dict(single),
        spoken={
            "en": frozenset(_entered(english, same["en"], near["en"])),
            "id": frozenset(_entered(same["id"], near["id"], indonesian)),
        },
    )


def _entered(*tables: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return phrases with their keys; the first to claim a phrase keeps it."""
    claimed: dict[str, str] = {}
    for table in tables:
        for key, phrases in table.items():
            for phrase in phrases:
                claimed.setdefault(normal(phrase), key)
    return claimed
