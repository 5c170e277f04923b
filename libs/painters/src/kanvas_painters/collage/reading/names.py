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
MENDED_FROM = 5  # letters: of shorter words only a slip is mended that can mean one word alone
MENDED_SHORT_FROM = 3  # letters
MENDED_TWICE_FROM = 7  # letters
MENDED_KINDS = (
    *(Kind.PLACE, Kind.TIME, Kind.WEATHER, Kind.STYLE, Kind.COLOR, Kind.SIZE, Kind.NUMBER),
    *(Kind.VERB, Kind.RELATION, Kind.JOIN, Kind.BRINGS),
)
"""What a misspelled word may be meant for, beside things and people."""
_MENDED = frozenset(MENDED_KINDS)
_VOWELS = frozenset("aeiou")


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
        mendable: Names by their first letter and their length, into which a misspelled word may
            be mended.
        spoken: For each language, the phrases that belong to it.
    """

    same: Mapping[str, str]
    near: Mapping[str, str]
    words: frozenset[str]
    mendable: Mapping[tuple[str, int], Sequence[str]]
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

        Two slips of the hand make a name of a drawing only, or the same letters in another order;
        one also makes a word of `MENDED_KINDS`.
        """
        if self.is_word(word) or not MENDED_SHORT_FROM <= len(word) <= 2 * _LONGEST_WORD:
            return ""
        whole = self._nearest(word)
        one = self._nearest(word[:-1]) if word.endswith("s") else _FAR
        return f"{one[2]}s" if one[2] and one < whole else whole[2]

    def _nearest(self, word: str) -> tuple[float, int, str]:
        """Return the word that is meant, after how far it is from what was written.

        Letters that changed places are nearest. Of several the longest is meant, since a slip
        leaves letters out more often than it adds any; a short word must mean one alone.
        """
        if len(word) < MENDED_SHORT_FROM:
            return _FAR
        short = len(word) < MENDED_FROM
        most = 1 if short else 2
        alike = [
            name
            for length in range(len(word) - most, len(word) + most + 1)
            for name in self.mendable.get((word[0], length), ())
        ]
        near = process.extract(word, alike, scorer=OSA.distance, score_cutoff=most, limit=None)
        long, letters = len(word) >= MENDED_TWICE_FROM, sorted(word)
        likely = [
            (edits - _SWAPPED * (sorted(name) == letters), -len(name), name)
            for name, edits, _ in near
            if (_is_slip(word, name) if short else edits == 1)
            or (long and name in self.same)
            or sorted(name) == letters
        ]
        best = min(likely, default=_FAR)
        open_still = short and sum(each[0] == best[0] for each in likely) > 1
        return _FAR if open_still else best


_LONGEST_WORD = 20  # letters of a name
_SWAPPED = 0.5  # how much nearer a word is if only its letters changed places
_FAR: tuple[float, int, str] = (9.0, 0, "")


def _is_slip(word: str, name: str) -> bool:
    """Return whether two letters of a short word changed places, or a vowel or a double is lost."""
    if len(name) == len(word):
        return sorted(name) == sorted(word)
    if len(name) != len(word) + 1:
        return False
    at = next((at for at, letter in enumerate(word) if name[at] != letter), len(word))
    return name[at] in _VOWELS or name[at] in name[max(0, at - 1) : at]


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
    spoken = (
        phrase
        for phrase, readings in lexicon().meanings.items()
        if " " not in phrase and any(one.kind in _MENDED for one in readings)
    )
    for name in {*exact, *spellings(), *spoken}:  # in any order: `mended` takes the least
        if " " not in name and len(name) >= MENDED_SHORT_FROM:
            single[name[0], len(name)].append(name)
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
