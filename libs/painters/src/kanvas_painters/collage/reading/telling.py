"""What the phrases of a prompt have told so far: the state of the third pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..brief import Relation, Thing
from ..library import Drawing, library
from ..uses import has_body
from .fates import LEFT_OUT, THING, Fate, How
from .lexicon import Kind, Verb, lexicon
from .phrases import Loose, Scene
from .words import NO_WORDS, Words

THINGS = 10  # different things in one picture


@dataclass(frozen=True, slots=True)
class Tie:
    """The relation that waits for its second noun.

    Attributes:
        relation: Its kind; "and" joins.
        verb: The verb that says so, if it was one.
        words: That verb's words, which no picture has shown yet; none where nothing is owed.
        bodily: Whether only who has a body does it.
        passive: Whether it is the next noun that does it: held by.
        side: The words of a preposition that tells a side: "below".
        aside: Whether its second noun was named before: "behind it".
        opens: Whether a noun follows all the same, which stands so: "behind it a mountain".
        item: What was named just before such a preposition.
        alive: Whether what was named before that may be somebody.
        who: The pronoun that says so, as in `Link`.
    """

    relation: str = ""
    verb: Verb | None = None
    words: Words = NO_WORDS
    bodily: bool = False
    passive: bool = False
    side: Words = NO_WORDS
    aside: bool = False
    opens: bool = False
    item: tuple[int, ...] = ()
    alive: bool = True
    who: str = ""


@dataclass(frozen=True, slots=True)
class Front:
    """A preposition or verb that a sentence begins with, and its noun.

    Attributes:
        kind: The relation.
        host: The thing.
        words: A verb's words, as long as nobody was named who does it.
        alone: Whether somebody is drawn who does it, if nobody is named.
        served: Whether something was named that stands so.
        side: The words of a preposition that tells a side.
    """

    kind: str
    host: int
    words: Words = NO_WORDS
    alone: bool = False
    served: bool = False
    side: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Deed:
    """What nobody was named for who does it.

    Attributes:
        words: A verb's words; none where only a preposition says where somebody is.
        relation: How who does it stands to a thing, and
        item: which; "" and -1 where there is none.
        brings: Whether the words brought that thing.
        side: The words of a preposition that tells a side.
    """

    words: Words
    relation: str = ""
    item: int = -1
    brings: bool = False
    side: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Told:
    """What the phrases have told so far.

    Attributes:
        things, relations, backdrop, excluded: As in the brief.
        scene: Place, time, weather and style, by kind.
        asked: The words of each thing.
        fates: What became of the words so far, the last holds.
        tie: The relation that waits.
        group: Things joined by "and".
        listed: Things with commas between them, to which "and" adds the last.
        topic: What the clause is about: its first things.
        subject: What the sentence before was about.
        last: The relation before, and whose it was.
        front: What a sentence begins with: on a table, …
        led: The preposition after a comma, and the relations of what was named before it;
            "there is" takes them back.
        idle: A thing at the side of which nothing was named yet: its side, in words, and the thing.
        brought: The thing that the last word brought with it; -1 for none.
        each: What says that each of several is spoken of; none where nothing does.
        refusing: Whether what comes must not be there.
        refused: Whether the last phrase was kept out, so that "or" goes on.
        fresh: Whether the last phrase was the refusal itself.
        owed: A verb that stands between the refusal and what is refused.
        denied: The words of the refusal.
        places: All places that were named, also as drawings.
        loose: Descriptions before any thing.
        undone: What nobody was named for who does it.
        lax: Whether the last relation was left open by its word: with.
        shown: Verbs that only their relation shows, with that relation.
        lost: Whether the last phrase was a noun that is left out.
        referent: Whom or what the last pronoun meant; -1 where there was none.
        parts: Things that were told apart of several: of two cats the black one.
        filled: Whether the last relation says of what a thing is full.
    """

    things: tuple[Thing, ...] = ()
    relations: tuple[Relation, ...] = ()
    scene: tuple[Scene, ...] = ()
    backdrop: str = ""
    excluded: frozenset[str] = frozenset()
    asked: tuple[Words, ...] = ()
    fates: tuple[Fate, ...] = ()
    tie: Tie = field(default_factory=Tie)
    group: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()
    topic: tuple[int, ...] = ()
    subject: tuple[int, ...] = ()
    last: tuple[str, tuple[int, ...]] = ("", ())
    front: Front | None = None
    led: tuple[str, tuple[Relation, ...]] = ("", ())
    idle: tuple[Tie, int] | None = None
    brought: int = -1
    each: Words = NO_WORDS
    refusing: bool = False
    refused: bool = False
    fresh: bool = False
    owed: Words = NO_WORDS
    denied: Words = NO_WORDS
    places: frozenset[str] = frozenset()
    loose: tuple[Loose, ...] = ()
    undone: tuple[Deed, ...] = ()
    lax: bool = False
    shown: tuple[tuple[Words, Relation], ...] = ()
    lost: bool = False
    referent: int = -1
    parts: frozenset[int] = frozenset()
    filled: bool = False

    def value(self, kind: Kind) -> str:
        """Return the place, time, weather or style; "" where none was told."""
        return next((scene.value for scene in self.scene if scene.kind is kind), "")

    def drawing(self, index: int) -> Drawing:
        """Return the drawing of a thing."""
        return library().drawings[self.things[index].key]

    def newest(self) -> tuple[int, ...]:
        """Return the thing that was named last; nothing before any."""
        return (len(self.things) - 1,) if self.things else ()

    def bodies(self, before: int) -> tuple[int, ...]:
        """Return the things before an index that have a body."""
        return tuple(at for at in range(before) if has_body(self.drawing(at)))

    def between(self, one: int, other: int) -> tuple[Relation, ...]:
        """Return the relations of two things."""
        return tuple(pair for pair in self.relations if {pair.first, pair.second} == {one, other})

    def standing(self, pairs: Iterable[Relation]) -> Told:
        """Return the state with these relations in place of what was told of the same things."""
        new = tuple(pairs)
        ends = [{pair.first, pair.second} for pair in new]
        kept = (pair for pair in self.relations if {pair.first, pair.second} not in ends)
        return replace(self, relations=(*kept, *new))

    def adding(self, thing: Thing, words: Words) -> Told:
        """Return the state with one more thing, which these words name."""
        things, asked = (*self.things, thing), (*self.asked, words)
        return replace(self, things=things, asked=asked).draw(words, thing.key)

    def naming(self, at: int, words: Words) -> Told:
        """Return the state in which these words name a thing once more."""
        asked = (*self.asked[:at], self.asked[at] + words, *self.asked[at + 1 :])
        return replace(self, asked=asked).draw(words, self.things[at].key)

    def draw(self, words: Words, key: str) -> Told:
        """Return the state that draws what these words ask for."""
        return self._tell(Fate(words, How.DRAWN, THING, key))

    def show(self, words: Words, what: str, value: str = "") -> Told:
        """Return the state in which these words change something that can be seen."""
        return self._tell(Fate(words, How.CHANGES, what, value))

    def say(self, words: Words, instead: str = LEFT_OUT, what: str = "", value: str = "") -> Told:
        """Return the state that says what was done instead of what some words ask."""
        return self._tell(Fate(words, How.SAID, what, value, instead))

    def replace_by(self, words: Words, key: str) -> Told:
        """Return the state that draws something else than these words ask for, and says so."""
        return self.say(words, name(key), THING, key)

    def _tell(self, fate: Fate) -> Told:
        return replace(self, fates=(*self.fates, fate))


def told_as(value: str) -> str:
    """Return how people read a relation, a place, an hour or a weather: "left" is left of."""
    return str(lexicon().languages["en"].tables["told"].get(value, value))


def name(key: str) -> str:
    """Return the name of a drawing that people read."""
    return library().drawings[key].name
