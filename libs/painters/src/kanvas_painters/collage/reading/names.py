"""Finding the drawing that a word asks for: by name, by kinship, by keyword, mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ...painting.packed import read_packed
from ..library import Library, library
from .lexicon import lexicon, owned, singulars
from .people import person, spellings
from .spelling import normal

LONGEST_NAME = 5  # words
MENDED_FROM = 5  # letters: shorter words have too many neighbours
MENDED_TWICE_FROM = 7  # letters; one slip at most makes a word for somebody
# Drawings whose keywords say what a picture is like, never what is in it: weak evidence.
_WEAK_KINDS = ("face-smiling", "face-glasses", "heart")
# Nor do keywords say who: a belly is no pregnant man, and a veil no bride.
_PEOPLE_KINDS = ("person", "face-costume", "monkey-face")


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
        kin: Relatives by WordNet (`drawings/kinship.py`).
        grounds: Phrases to the place that is nearest to theirs, by WordNet.
        tags: Keywords.
        no_things: Words that none of the drawings may stand for.
        mendable: Names by their first letter, into which a misspelled word may be mended.
        spoken: For each language, the phrases that belong to it.
    """

    same: Mapping[str, str]
    near: Mapping[str, str]
    kin: Mapping[str, str]
    grounds: Mapping[str, str]
    tags: Mapping[str, str]
    no_things: frozenset[str]
    mendable: Mapping[str, Sequence[str]]
    spoken: Mapping[str, frozenset[str]]

    def find(self, phrase: str, *, several: bool = False) -> Found | None:
        """Return the drawing that this phrase or its singular names, or is kin to.

        Where `several` are asked for, the drawing of one goes before one of many (two books).
        """
        before, _, last = phrase.rpartition(" ")
        start = f"{before} " if before else ""
        singles = [start + single for single in singulars(last)]
        whole = [phrase, *(start + bare for bare in owned(last))]
        phrases = [*singles, *whole] if several else [*whole, *singles]
        for names, exact in ((self.same, True), (self.near, False), (self.kin, False)):
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

    def ground(self, phrase: str) -> str:
        """Return the place nearest to that of a phrase, such as "indoors" for an attic; else ""."""
        return "" if self.has(phrase) else self.grounds.get(phrase, "")

    def no_thing(self, word: str) -> bool:
        """Return whether an English word names nothing to draw: a verb, say, or a feeling."""
        stems = (word, word[:-1], word[:-2], word[:-3], f"{word[:-3]}e")
        ended = word.endswith(("s", "ed", "ing", "ly"))
        return word in self.no_things or (ended and not self.no_things.isdisjoint(stems[1:]))

    def has(self, phrase: str) -> bool:
        """Return whether somebody has written down what this phrase is."""
        return phrase in self.same or phrase in self.near

    def all(self) -> dict[str, str]:
        """Return every name and synonym with its drawing."""
        return {**self.near, **self.same}

    def related(self, word: str) -> Found | None:
        """Return what a single word may mean: a keyword, or a name misspelled a little."""
        if self.no_thing(word):
            return None
        for form in (word, *singulars(word)):
            if form in self.tags:
                return Found(self.tags[form], exact=False, plural=form != word)
        mended = self._mended(word)
        someone = person(mended) if mended else None
        if someone is not None:
            return Found(someone.key, exact=False, plural=someone.plural)
        return Found(self.same[mended], exact=False, plural=False) if mended else None

    def _mended(self, word: str) -> str:
        """Return the name that a word is one or two slips of the hand away from; else ""."""
        if not MENDED_FROM <= len(word) <= 2 * _LONGEST_WORD:
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
    strong = {
        key: one
        for key, one in known.items()
        if one.kind not in _WEAK_KINDS and not one.kind.startswith(_PEOPLE_KINDS)
    }
    english = {key: one.names for key, one in known.items()}
    indonesian = {key: one.indonesian[:1] for key, one in known.items()}
    same = {code: language.tables["same"] for code, language in languages.items()}
    near = {code: language.tables["near"] for code, language in languages.items()}
    kin, grounds = _kin()
    exact = _entered(english, *same.values(), indonesian)
    single = defaultdict(list)
    for name in sorted({*exact, *spellings()}):
        if " " not in name and len(name) >= MENDED_FROM - 1:
            single[name[0]].append(name)
    return Names(
        same=exact,
        near=_entered(*near.values()),
        kin={phrase: key for phrase, key in kin.items() if key in known},
        grounds=grounds,
        tags=_entered(
            {key: one.tags for key, one in strong.items()},
            {key: one.indonesian[1:] for key, one in strong.items()},
        ),
        no_things=frozenset(read_packed(_COLLAGE, "library/no_things.txt.gz").decode().split("\n")),
        mendable=dict(single),
        spoken={
            "en": frozenset({**_entered(english, same["en"], near["en"]), **kin}),
            "id": frozenset(_entered(same["id"], near["id"], indonesian)),
        },
    )


_COLLAGE = __package__.rpartition(".")[0]


def _kin() -> tuple[dict[str, str], dict[str, str]]:
    """Return relatives and places by WordNet: phrases to drawings, and phrases to places."""
    kin: dict[str, str] = {}
    grounds: dict[str, str] = {}
    path = files(_COLLAGE) / "library" / "kin.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        owner, _, phrases = line.partition(": ")
        into = grounds if owner.startswith("@") else kin
        into.update(dict.fromkeys(phrases.split(", "), owner.removeprefix("@")))
    return kin, grounds


def _entered(*tables: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return phrases with their keys; the first to claim a phrase keeps it."""
    claimed: dict[str, str] = {}
    for table in tables:
        for key, phrases in table.items():
            for phrase in phrases:
                claimed.setdefault(normal(phrase), key)
    return claimed
