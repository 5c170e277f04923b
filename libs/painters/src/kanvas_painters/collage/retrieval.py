"""Finding the drawing that a word asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from ..painting.packed import read_packed
from .library import Library, library
from .reading.people import is_name, person, spellings

LONGEST_NAME = 5  # words
FUZZY_FROM = 5  # letters: shorter words have too many neighbours
IRREGULAR = {
    "mice": "mouse",
    "geese": "goose",
    "feet": "foot",
    "teeth": "tooth",
    "oxen": "ox",
    "dice": "die",
    "knives": "knife",
    "wolves": "wolf",
    "leaves": "leaf",
    "loaves": "loaf",
    "scarves": "scarf",
    "shelves": "shelf",
}
# Words that say what a picture is like, never what is in it: weak evidence as tags.
WEAK_KINDS = ("face-smiling", "face-glasses", "heart")
# Nor do they say who: a belly is no pregnant man, and a veil no bride.
PEOPLE_KINDS = ("person", "face-costume", "monkey-face")


@dataclass(frozen=True)
class Found:
    """A drawing for a phrase; `exact` when it is what was asked, else something related.

    `count` is how many the phrase itself means: a couple is two.
    """

    key: str
    exact: bool
    plural: bool
    count: int = 1


def words_of(text: str) -> list[str]:
    """Return the words of a prompt in lower case; commas and stops are words of their own."""
    folded = text.lower().replace("’", "'").replace("'s ", " ").replace("'", "")
    return re.findall(r"[^\W_]+|[,.;:!?]", folded)


def normal(text: str) -> str:
    """Return a phrase as it is looked up."""
    return " ".join(word for word in words_of(text) if word[0].isalnum())


@cache
def vocabulary() -> Mapping[str, Any]:
    """Return what `words.toml` holds."""
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))


def singulars(word: str) -> Iterator[str]:
    """Yield what a plural may be the plural of, the likeliest first."""
    if word in IRREGULAR:
        yield IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        yield word[:-3] + "y"
    if len(word) > 4 and word.endswith("ves"):
        yield word[:-3] + "f"
        yield word[:-3] + "fe"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]


def distance(first: str, second: str, limit: int) -> int:
    """Return how many edits (insert, delete, change, swap of neighbours) part two words.

    Counts no further than `limit + 1`.
    """
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    rows = [list(range(len(second) + 1))]
    for i, letter in enumerate(first, 1):
        row = [i]
        for j, other in enumerate(second, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        rows.append(row)
    return min(rows[-1][-1], limit + 1)


class Names:
    """Phrases to drawings: names and synonyms, then kinship, keywords and misspellings.

    Kinship and the words that name nothing come from WordNet (`drawings/kinship.py`).
    """

    def __init__(self, drawings: Library) -> None:
        table = vocabulary()
        self._same: dict[str, str] = {}
        self._near: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._kin: dict[str, str] = {}
        self._grounds: dict[str, str] = {}
        self._no_things = frozenset(_packed_lines("no_things.txt.gz"))
        known = drawings.drawings
        _enter(self._same, ((key, drawing.names) for key, drawing in known.items()))
        _enter(self._same, table["same"].items())
        _enter(self._same, ((key, drawing.indonesian[:1]) for key, drawing in known.items()))
        _enter(self._near, table["near"].items())
        strong = [
            (key, drawing)
            for key, drawing in known.items()
            if drawing.kind not in WEAK_KINDS and not drawing.kind.startswith(PEOPLE_KINDS)
        ]
        _enter(self._tags, ((key, drawing.tags) for key, drawing in strong))
        _enter(self._tags, ((key, drawing.indonesian[1:]) for key, drawing in strong))
        for line in _lines("kin.txt"):
            owner, _, words = line.partition(": ")
            place = owner.startswith("@")
            into = self._grounds if place else self._kin
            into.update(dict.fromkeys(words.split(", "), owner.removeprefix("@")))
        for names in (self._same, self._near, self._kin):
            for phrase, key in [*names.items()]:
                someone = person(phrase)
                if key not in known or (someone is not None and someone.key != key):
                    del names[phrase]

    def find(self, words: list[str], *, several: bool = False) -> Found | None:
        """Return the drawing that this phrase or its singular names, or is kin to.

        Where `several` are asked for, the drawing of one goes before one of many (two books).
        People come first: no word for somebody is looked for among things.
        """
        someone = person(" ".join(words))
        if someone is not None:
            drawn = Found(someone.key, someone.exact, someone.plural, someone.count)
            return drawn if someone.key else None
        singles = [" ".join([*words[:-1], single]) for single in singulars(words[-1])]
        phrases = [*singles, " ".join(words)] if several else [" ".join(words), *singles]
        for names, same in ((self._same, True), (self._near, False), (self._kin, False)):
            for phrase in phrases:
                if phrase in names:
                    return Found(names[phrase], exact=same, plural=phrase in singles)
        return None

    def place(self, words: list[str]) -> str:
        """Return the place nearest to that of a phrase, such as "indoors" for an attic; else ""."""
        phrase = " ".join(words)
        if phrase in self._same or phrase in self._near:
            return ""
        return self._grounds.get(phrase, "")

    def no_thing(self, word: str) -> bool:
        """Return whether an English word names nothing to draw: a verb, say, or a feeling."""
        stems = (word, word[:-1], word[:-2], word[:-3], f"{word[:-3]}e")
        ended = word.endswith(("s", "ed", "ing", "ly"))
        return word in self._no_things or (ended and not self._no_things.isdisjoint(stems[1:]))

    def all(self) -> dict[str, str]:
        """Return every name and synonym with its drawing."""
        return {**self._near, **self._same}

    def related(self, word: str) -> Found | None:
        """Return what a single word may mean: a keyword, or a name misspelled a little."""
        if self.no_thing(word) or is_name(word) or person(word) is not None:
            return None
        for form in (word, *singulars(word)):
            if form in self._tags:
                return Found(self._tags[form], exact=False, plural=form != word)
        if len(word) < FUZZY_FROM:
            return None
        limit = 1 if len(word) < 7 else 2
        best: tuple[int, str] | None = None
        for name in {*self._same, *spellings()}:
            if " " not in name and name[0] == word[0] and len(name) >= FUZZY_FROM - 1:
                edits = distance(word, name, limit)
                if edits <= limit and (best is None or (edits, name) < best):
                    best = (edits, name)
        found = self.find([best[1]]) if best else None
        return replace(found, exact=False) if found is not None else None


def _lines(name: str) -> list[str]:
    path = files(__package__) / "library" / name
    return path.read_text(encoding="utf-8").splitlines()


def _packed_lines(name: str) -> list[str]:
    return read_packed(__package__, f"library/{name}").decode("utf-8").splitlines()


def _enter(into: dict[str, str], names: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Add names; the first to claim a name keeps it."""
    for key, phrases in names:
        for phrase in phrases:
            into.setdefault(normal(phrase), key)


@cache
def names() -> Names:
    """Return the names of this process's library."""
    return Names(library())
