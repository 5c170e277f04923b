"""What tokens become in the second pass: phrases, such as a noun with all that describes it."""

from __future__ import annotations

from dataclasses import dataclass

from .lexicon import Kind
from .words import NO_WORDS, Words

SIDES = frozenset(("under", "above", "left", "right", "front", "behind"))
"""Relations that a preposition may tell without its second noun: a cat on a tree, a dog below."""


@dataclass(frozen=True, slots=True)
class Noun:
    """Something to draw, as the words describe it.

    Attributes:
        words: Its words, with those that describe it.
        asked: Its words alone.
        key: The drawing.
        exact: Whether that is what was asked.
        number: How many were said to be there; 0 where nothing was said.
        plural: Whether the noun is a plural.
        several: How many the noun itself means, such as a couple; 0 where it says nothing of that.
        color: The name of a color; "" for the drawing's own.
        scale: What multiplies its usual size.
        flying: Whether it is said to be in the air.
        held: How it stands to the noun before: "inside" a basket, "on" a plate; "" where that
            holds nothing.
        definite: Whether it may have been named before: the cat.
        bare: Whether it may be so for want of articles: "di belakang rumah".
        owned: Whether it belongs to what was named before: its mother.
        each: Whether every one of several is meant.
        part: Whether it is some of several that were named before: two cats, one black.
    """

    words: Words
    asked: Words
    key: str
    exact: bool
    number: int = 0
    plural: bool = False
    several: int = 0
    color: str = ""
    scale: float = 1.0
    flying: bool = False
    held: str = ""
    definite: bool = False
    bare: bool = False
    owned: bool = False
    each: bool = False
    part: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A place, an hour, a weather or a style.

    Attributes:
        kind: Which of these.
        value: Its name, as in the brief.
        words: Its words.
        exact: Whether that is what was asked.
        drawing: A drawing that the same words name.
        plural: Whether they name several.
        inner: Whether it describes a noun beside it, as in "the kitchen table", so that what is
            said of that noun is not said of the place.
    """

    kind: Kind
    value: str
    words: Words
    exact: bool = True
    drawing: str = ""
    plural: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The color behind everything, and the words that say so."""

    color: str
    words: Words


@dataclass(frozen=True, slots=True)
class Link:
    """What ties the next noun to those before: a preposition, or a verb by its name.

    Attributes:
        words: Its words.
        relation: Which relation it is, or
        verb: which verb.
        passive: Whether the verb says what is done to its subject: held by.
        aside: Whether its noun was named before: behind it, in the background.
        opens: Whether a noun follows all the same, which stands so: behind it a mountain.
        alive: Whether it may be somebody who was named before.
        who: The pronoun that says so, as its table calls it: "she" behind her; "" without one.
        relative: Whether the noun just before is meant: on which.
        part: The part of somebody that it names: on the nose of a cat.
    """

    words: Words
    relation: str = ""
    verb: str = ""
    passive: bool = False
    aside: bool = False
    opens: bool = False
    alive: bool = True
    who: str = ""
    relative: bool = False
    part: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Held:
    """Where on somebody the noun beside it is: in her hand, on its back."""

    words: Words
    relation: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What follows must not be there. A mild one may mean an adjective alone."""

    words: Words
    mild: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words that no picture of ours can show. `noun`: they end a noun phrase."""

    words: Words
    noun: bool = False


@dataclass(frozen=True, slots=True)
class Loose:
    """A description without a noun of its own: a cat, purple."""

    words: Words
    color: str = ""
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Brought:
    """A thing that an adjective of the last noun brings with it: the fire of a burning house."""

    words: Words
    value: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What parts or joins phrases: a stop, "and", "or", "there is", "each".

    Attributes:
        kind: Which of these.
        final: Whether a sentence ends.
        words: Its words, where they say more than that: "each".
    """

    kind: Kind
    final: bool = False
    words: Words = NO_WORDS


Phrase = Noun | Scene | Backdrop | Link | Held | Refusal | LeftOut | Loose | Brought | Mark
