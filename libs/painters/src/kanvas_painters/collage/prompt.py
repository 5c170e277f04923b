"""From words to a brief: what is to be drawn, where, and in what light."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .brief import Brief, Relation, Thing
from .canvas import Color
from .library import Drawing, library
from .phrases import (
    colors,
    colors_after,
    joining,
    phrases,
    sizes_after,
    spelled,
    style_named,
    words,
)
from .places import snow_lies
from .reading.people import is_name, paints_skin, person
from .retrieval import LONGEST_NAME, Found, names, words_of
from .uses import consists, flies, has_body, holds, settled

MANY = 12  # of one thing: more would be confetti
PLURAL = 3  # what "cats" means
THINGS = 8  # different things in one picture
STOPS = frozenset(",.;:!?")
LOCATING = frozenset({"in", "inside", "into", "at", "through", "across", "on", "di", "dalam"})
BACKDROPS = ("background", "backdrop", "latar", "wall")
LEAVES = frozenset(("forest", "meadow", "garden"))  # autumn has a wood of its own
POSTURES = frozenset(("sitting", "standing", "lying", "sleeping", "riding", "climbing", "duduk"))
AIRBORNE = frozenset(("floating", "flying", "hovering", "jumping", "terbang"))
BODILY = frozenset(("wearing", "holding"))  # only who has a body does
OR = frozenset(("or", "nor", "atau"))
MILD = frozenset(("not", "but not", "bukan"))  # not very big: that is all that is refused
LINKS = frozenset({"of", "colored", "coloured", "shaped"})  # a bowl of soup is one thing


@dataclass
class _Pending:
    """Words read that wait for the noun they belong to."""

    count: int = 0
    color: Color | None = None
    color_word: str = ""
    scale: float = 1.0


@dataclass
class _Reader:
    """Reads a prompt from left to right, the longest known phrase at each place."""

    words: list[str]
    at: int = 0
    pending: _Pending = field(default_factory=_Pending)
    things: list[Thing] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    group: list[int] = field(default_factory=list)  # things joined by "and"
    relation: str = ""
    found: dict[str, str] = field(default_factory=dict)
    backdrop: Color | None = None
    substitutions: list[str] = field(default_factory=list)
    adjacent: bool = False  # the last word that says something was a noun
    ended: int = -1  # where the last noun's words ended
    verb: str = ""  # the first word of the relation
    last: tuple[str, tuple[int, ...]] = ("", ())  # the relation before, and whose it was
    refusing: bool = False  # what comes must not be there
    refused_at: int = -1  # where what is refused begins
    mildly: bool = False  # by a word that may refuse an adjective alone
    refused: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)  # all that were named, also as drawings
    tie: tuple[str, str, tuple[int, ...], tuple[str, tuple[int, ...]]] = ("", "", (), ("", ()))

    def read(self) -> Brief:
        """Return the brief of all words."""
        while self.at < len(self.words):
            self.at += self._step()
        self._color_left_over()
        things = self.things[:THINGS]
        self.substitutions += [f"{thing.words} → left out" for thing in self.things[THINGS:]]
        return Brief(
            things=tuple(things),
            relations=tuple(
                relation
                for relation in self.relations
                if max(relation.first, relation.second) < THINGS
            ),
            place=self.found.get("places", ""),
            time=self.found.get("times", ""),
            weather=self.found.get("weathers", ""),
            style=self.found.get("styles", ""),
            backdrop=self.backdrop,
            substitutions=tuple(dict.fromkeys(self.substitutions)),
            excluded=frozenset(self.refused),
        )

    def _step(self) -> int:
        """Read one phrase; return how many words it had."""
        if self.words[self.at] in STOPS:
            self.relation, self.group, self.adjacent = "", [], False
            self.last, self.refusing = ("", ()), False
            return 1
        for length in range(min(LONGEST_NAME, len(self.words) - self.at), 0, -1):
            phrase = self.words[self.at : self.at + length]
            if not STOPS.isdisjoint(phrase):
                continue
            if self._known(phrase):
                return length
        self._unknown(self.words[self.at])
        return 1

    def _known(self, phrase: list[str]) -> bool:
        text = " ".join(phrase)
        if text in words("refusals"):
            self.refusing, self.refused_at = True, self.at + len(phrase)
            self.mildly, self.adjacent = text in MILD, False
            return True
        color = colors().get(text)
        if color is not None and self._is_color(len(phrase)):
            return self._take_color(text, color)
        if text in colors_after():
            return self._take_color_after(text, colors_after()[text])
        # A word that is both (snow, a table, a beach) is what its own drawing says
        # only where the phrase is longer than the place's.
        entry = phrases().get(text)
        if entry is not None and not self._is_thing(entry[0], phrase):
            return self._take_entry(*entry, text)
        ignored = text in words("ignored")
        if ignored:
            self._soften()
        if self._take_part(text) or ignored or self._take_near_place(phrase):
            return True
        return self._take_noun(text, phrase)

    def _take_noun(self, text: str, phrase: list[str]) -> bool:
        """Take a thing or somebody, or say that nobody is drawn."""
        found = names().find(phrase, several=self.pending.count > 1)
        if self._nobody(text, len(phrase)):
            self.substitutions.append(f"{text} → left out")
        elif found is not None:
            self._take_thing(text, found)
        else:
            return False
        return True

    def _nobody(self, text: str, length: int) -> bool:
        """Return whether a phrase names or describes somebody, and draws nobody."""
        someone = person(text)
        if someone is None:
            return is_name(text)
        return not someone.key or (someone.describes and not self._ends(length))

    def _soften(self) -> None:
        """Refuse only the adjective that stands straight after "not"."""
        if self.mildly and self.at == self.refused_at:
            self.refusing = False

    def _take_part(self, text: str) -> bool:
        """Leave out a part of what was named (a house with a red door), and say so."""
        if self.relation != "with" or not self.things or text not in words("parts"):
            return False
        self.substitutions.append(f"{text} → left out")
        self.relation, self.pending, self.adjacent = "", _Pending(), False
        return True

    def _take_near_place(self, phrase: list[str]) -> bool:
        """Take the nearest place for one that we have no picture of, and say so."""
        place = names().place(phrase) if self._located() else ""
        if place:
            self.substitutions.append(f"{' '.join(phrase)} → {place.replace('_', ' ')}")
            self._take_entry("places", place, " ".join(phrase))
        return bool(place)

    def _located(self) -> bool:
        """Return whether the words before say that a place may follow: "in the"."""
        before = self.words[max(0, self.at - 2) : self.at]
        return not STOPS.intersection(before[-1:]) and not LOCATING.isdisjoint(before)

    def _is_thing(self, table: str, phrase: list[str]) -> bool:
        """Return whether a word of style means a thing: "a pencil" does, "a cat in pencil" not."""
        if names().find(phrase) is None:
            return False
        if table == "relations":
            return self._is_noun()
        if table == "sizes":
            follows = self.adjacent and phrase[0] in sizes_after()
            return not follows and not self._describes(len(phrase))
        described = bool(self.pending.count or self.pending.color)
        return table == "styles" and described and self._ends(len(phrase))

    def _is_noun(self) -> bool:
        """Return whether a verb's word is a thing: "a building" is, "a boy building" not."""
        compound = self.ended == self.at and not has_body(self._drawing(-1))
        return compound or self.pending != _Pending() or self.words[self.at - 1] == "the"

    def _describes(self, length: int) -> bool:
        """Return whether what follows so many words is a thing, or one more word about it."""
        at = self.at + length
        for end in range(at + 1, min(at + LONGEST_NAME, len(self.words)) + 1):
            phrase = self.words[at:end]
            text = " ".join(phrase)
            entry = phrases().get(text)
            if text in colors() or (entry is not None and entry[0] == "sizes"):
                return True
            if entry is None and text not in words("ignored") and names().find(phrase) is not None:
                return True
        return False

    def _is_color(self, length: int) -> bool:
        """Return whether the color describes something: "an orange" alone is a fruit."""
        here = self.words[self.at : self.at + length]
        return names().find(here) is None or not self._ends(length)

    def _ends(self, length: int) -> bool:
        """Return whether the noun phrase ends after so many words."""
        after = self.words[self.at + length : self.at + length + 1]
        return not after or after[0] in STOPS or after[0] in joining()

    def _take_color(self, text: str, color: Color) -> bool:
        following = self.words[self.at + len(text.split()) :][:1]
        if self.refusing:
            self.substitutions.append(f"{text} → left out")
            self.refusing = not self._ends(len(text.split()))
        elif following and following[0] in BACKDROPS:
            self.backdrop = color
            self.relation = ""
        else:
            self.pending.color, self.pending.color_word = color, text
        self.adjacent = False
        return True

    def _take_color_after(self, text: str, color: Color) -> bool:
        if self.at and self.words[self.at - 1] in BACKDROPS:
            self.backdrop = color
        elif self.adjacent and self.things:
            self._tint(text, color)
        elif not (self.things or self.found) or self.words[self.at - 1] in STOPS:
            # Else it is said of a place, or of what is left out.
            self.pending.color, self.pending.color_word = color, text
        return True

    def _take_entry(self, table: str, value: str, text: str) -> bool:
        if table == "relations":
            self._take_relation(value)
        elif self.refusing and table in ("places", "weathers"):
            self._refuse(value, text)
        elif self.refusing and table not in ("numbers", "sizes"):
            self.substitutions.append(f"{text} → left out")
            self.refusing = False
        elif table == "numbers":
            self.pending.count = int(value)
            if "field" in text.split():
                self.found.setdefault("places", "meadow")
        elif table == "sizes":
            self._soften()
            if self.adjacent and self.words[self.at] in sizes_after():
                self.things[-1] = replace(self.things[-1], scale=float(value))
                return True
            self.pending.scale *= float(value)
        elif table == "places":
            self._take_place(value, text)
        else:
            self.found.setdefault(table, value)
            self.relation = ""
            self.pending = _Pending()
        self.adjacent = False
        return True

    def _take_place(self, place: str, text: str) -> None:
        """Take a place; with two, snow and autumn yield to the other as far as they can."""
        relation, self.relation, self.pending = self.relation, "", _Pending()
        known = self.found.get("places", "")
        self.places |= _with_drawing(place, text)
        if relation == "above":
            for index in self.group:
                if self.verb in AIRBORNE or flies(self._drawing(index)):
                    self.things[index] = replace(self.things[index], flying=True)
        if place == "sky" and relation in ("under", "with"):
            return  # a sky above is no place to be in
        pair = {known, place}
        if "snow" in pair and any(map(snow_lies, pair)):
            self.found["places"] = (pair - {"snow"}).pop()
            self.found.setdefault("weathers", "snowfall")
        elif "autumn" in pair and not LEAVES.isdisjoint(pair):
            self.found["places"] = "autumn"
        elif known and known != place:
            self.substitutions.append(f"{text} → left out")
        else:
            self.found["places"] = place

    def _refuse(self, key: str, text: str) -> None:
        """Keep something out, and say so; "or" goes on."""
        self.refused |= _with_drawing(key, text)
        self.substitutions.append(f"{text} → kept out")
        following = self.words[self.at + len(text.split()) :][:1]
        self.refusing = not OR.isdisjoint(following)
        self.relation, self.pending = "", _Pending()

    def _take_relation(self, kind: str) -> None:
        if self.refusing and self.at == self.refused_at:
            self.refused_at = -1  # not wearing a hat: no hat
        elif self.words[self.at] not in ("and", "dan"):
            self.relation, self.refusing = kind, False
            self.verb = self.words[self.at]
        else:
            self.refusing = False
            if self.things and not self.relation:
                self.relation = "and"
        self.adjacent = False

    def _take_thing(self, text: str, found: Found) -> None:
        """Add a thing; a noun straight before it was its adjective (an apple tree)."""
        if self.refusing:
            self._refuse(found.key, text)
            return
        between = self._between()
        joins = bool(self.things) and not self.relation and LINKS.issuperset(between)
        if joins and between and consists(self._drawing(-1), _drawn(found)):
            self.pending = _Pending()
            return
        held = between == ["of"] and joins and holds(self._drawing(-1), _drawn(found))
        group = list(self.group)
        if joins and not held and "full" not in self.words[self.ended : self.at]:
            self._replace_thing(text, found)
        else:
            if not found.exact:
                self.substitutions.append(f"{text} → {_name(found.key)}")
            self._add(text, found)
        if held:
            content = len(self.things) - 1
            self.relations.append(Relation("inside", content, content - 1))
            self.group = group  # what is on a table is the basket
        self.adjacent, self.ended = True, self.at + len(text.split())

    def _between(self) -> list[str]:
        """Return the words since the last noun, without "full" and what describes after "of"."""
        between = self.words[max(0, self.ended) : self.at]
        if "of" not in between:
            return between
        at = between.index("of")
        before = [word for word in between[:at] if word != "full"]
        return [*before, "of", *(word for word in between[at + 1 :] if not _only_describes(word))]

    def _replace_thing(self, text: str, found: Found) -> None:
        """Put a thing in the place of the last, which says what kind of thing it is."""
        modifier, color = self.things.pop(), self.pending.color
        self.pending = _Pending(modifier.count, color or modifier.color, "", modifier.scale)
        index = len(self.things)
        self.relations = [pair for pair in self.relations if index not in (pair.first, pair.second)]
        self.relation, self.verb, group, self.last = self.tie
        self.group = list(group)
        self.substitutions.append(f"{modifier.words} {text} → {_name(found.key)}")
        self._add(text, found)

    def _add(self, text: str, found: Found) -> None:
        pending, self.pending = self.pending, _Pending()
        several = max(PLURAL, found.count) if found.plural else found.count
        count = min(several if pending.count <= 1 else pending.count, MANY)
        color = pending.color
        if color is not None and paints_skin(found.key, pending.color_word):
            self.substitutions.append(f"{pending.color_word} {text} → {_name(found.key)}")
            color = None
        if f"{pending.color_word} {text}" in library().drawings[found.key].names:
            color = None
        self.things.append(Thing(text, found.key, count, color, pending.scale))
        index = len(self.things) - 1
        self._relate(index)

    def _relate(self, index: int) -> None:
        """Tie a new thing to those before it."""
        self.tie = (self.relation, self.verb, tuple(self.group), self.last)
        kind, owners = self.relation, tuple(self._owners())
        if kind == "and" and self._again(index):
            kind, owners = self.last
        if kind == "and":
            self.group.append(index)
        elif kind:
            kinds = [settled(kind, self._drawing(one), self._drawing(index)) for one in owners]
            pairs = zip(kinds, owners, strict=True)
            self.relations += [Relation(said, one, index) for said, one in pairs]
            bodily = bool(kinds) and BODILY.issuperset(kinds)
            self.last = (kinds[0], tuple(owners)) if bodily else ("", ())
            self.group = list(owners) if bodily else [index]
        else:
            self.group = [index]
        self.relation, self.verb = "", ""

    def _owners(self) -> list[int]:
        """Return whose a relation is: not a window's that somebody sits by, reading a book."""
        bodily = self.relation in BODILY or self.verb in POSTURES
        if not bodily or any(has_body(self._drawing(index)) for index in self.group):
            return list(self.group)
        bodies = [at for at in range(len(self.things) - 1) if has_body(self._drawing(at))]
        return bodies[-1:] or list(self.group)

    def _again(self, index: int) -> bool:
        """Return the relation before "and" if it goes on: a hat and sunglasses are both worn."""
        kind, owners = self.last
        drawing = self._drawing(index)
        if not owners or has_body(drawing):
            return False
        return kind == "holding" or settled("with", self._drawing(owners[0]), drawing) == kind

    def _drawing(self, index: int) -> Drawing:
        return library().drawings[self.things[index].key]

    def _unknown(self, word: str) -> None:
        if word.isdecimal():
            self.pending.count = min(max(int(word[:4]), 1), MANY)
            return
        if word in words("ignored") or len(word) < 3:
            return
        found = names().related(word)
        if found is None:
            self.substitutions.append(f"{word} → left out")
            if self._ends(1):
                self.refusing = False
                self.pending = _Pending()  # it was said of this word: red hair
            return
        if self.refusing:
            self._refuse(found.key, word)
            return
        self.substitutions.append(f"{word} → {_name(found.key)}")
        self._add(word, found)
        self.adjacent, self.ended = True, self.at + 1

    def _color_left_over(self) -> None:
        """Give a color that found no noun (a cat, purple) to the only thing there is."""
        if self.pending.color is not None and len(self.things) == 1 and not self.things[0].color:
            self._tint(self.pending.color_word, self.pending.color)

    def _tint(self, word: str, color: Color) -> None:
        """Give the last thing a color; a person gets no other skin, and that is said."""
        if paints_skin(self.things[-1].key, word):
            self.substitutions.append(f"{word} → left out")
        else:
            self.things[-1] = replace(self.things[-1], color=color)


def read_prompt(prompt: str, negative: str = "", style: str = "") -> Brief:
    """Return the brief of a prompt. `style`, where given, wins over a style in the words.

    Never fails: words that mean nothing here are named in `substitutions`.
    """
    brief = _Reader(words_of(spelled(prompt))).read()
    if not brief.things and not brief.place:
        note = f"{' '.join(prompt.split())[:60] or 'no words'} → an empty scene"
        brief = replace(brief, substitutions=(*brief.substitutions, note))
    reader = _Reader(words_of(spelled(negative)))
    refused = reader.read()
    # "no people" among the negative words means the same as "people".
    unwanted = {thing.key for thing in refused.things} | reader.places | refused.excluded
    unwanted |= {refused.weather, *(("snowfall",) if "snow" in reader.places else ())} - {""}
    excluded = brief.excluded | unwanted
    kept = [index for index, thing in enumerate(brief.things) if thing.key not in unwanted]
    moved = {old: new for new, old in enumerate(kept)}
    return replace(
        brief,
        things=tuple(brief.things[index] for index in kept),
        relations=tuple(
            Relation(pair.kind, moved[pair.first], moved[pair.second])
            for pair in brief.relations
            if pair.first in moved and pair.second in moved
        ),
        place="" if brief.place in excluded else brief.place,
        weather="" if brief.weather in excluded else brief.weather,
        style=style_named(style) or brief.style or "3d",
        excluded=excluded,
    )


def _name(key: str) -> str:
    return library().drawings[key].name


def _only_describes(word: str) -> bool:
    """Return whether a word says only how a thing is, how large or how many."""
    table, _ = phrases().get(word, ("", ""))
    return table in ("sizes", "numbers") or word in colors() or word in words("ignored")


def _with_drawing(key: str, text: str) -> set[str]:
    """Return a key, and that of a drawing which the words name as well: clouds are a place, too."""
    found = names().find(text.split())
    return {key} if found is None else {key, found.key}


def _drawn(found: Found) -> Drawing:
    return library().drawings[found.key]
