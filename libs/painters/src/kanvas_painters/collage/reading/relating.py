"""The third pass: phrases become a brief, in which things stand to each other as the words say.

Each phrase takes a state and returns the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..brief import Brief, Relation, Thing
from ..library import Drawing, library
from ..places import snow_lies
from ..uses import flies, has_body, is_worn, settled
from .lexicon import Kind, Verb, lexicon
from .people import paints_skin
from .phrases import Backdrop, Brought, LeftOut, Link, Loose, Mark, Noun, Phrase, Refusal, Scene

MANY = 12  # of one thing: more would be confetti
PLURAL = 3  # what "cats" means
THINGS = 8  # different things in one picture
_LEAVES = frozenset(("forest", "meadow", "garden"))  # autumn has a wood of its own
_BODILY = frozenset(("wearing", "holding"))  # only who has a body does
_WEARERS = ("person",)  # of an animal, a thing that is listed beside it is no dress
# What may be said without its second noun: "a cat on a tree, a dog below".
_SIDES = frozenset(("under", "above", "left", "right", "front", "behind"))
_TURNED = {"bears": "on", "contains": "inside"}  # said from the other end
# How a relation is said.
_SAID = {"left": "left of", "right": "right of", "front": "in front of", "inside": "in"}


@dataclass(frozen=True, slots=True)
class _Tie:
    """The relation that waits for its second noun.

    Attributes:
        relation: Its kind; "and" joins.
        verb: The verb that says so, if it was one.
        words: That verb's words, which no picture has shown yet; "" where nothing is owed.
        bodily: Whether only who has a body does it.
        side: The words of a preposition that may stand without a noun: "below".
    """

    relation: str = ""
    verb: Verb | None = None
    words: str = ""
    bodily: bool = False
    side: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the phrases have told so far.

    Attributes:
        things, relations, backdrop, excluded: As in the brief.
        scene: Place, time, weather and style, by kind.
        said: The substitutions.
        tie: The relation that waits.
        group: Things joined by "and".
        listed: Things with commas between them, to which "and" adds the last.
        last: The relation before, and whose it was.
        refusing: Whether what comes must not be there.
        refused: Whether the last phrase was kept out, so that "or" goes on.
        fresh: Whether the last phrase was the refusal itself.
        owed: A verb that stands between the refusal and what is refused.
        places: All places that were named, also as drawings.
        loose: Descriptions before any thing.
    """

    things: tuple[Thing, ...] = ()
    relations: tuple[Relation, ...] = ()
    scene: tuple[Scene, ...] = ()
    backdrop: str = ""
    excluded: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()
    tie: _Tie = field(default_factory=_Tie)
    group: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()
    last: tuple[str, tuple[int, ...]] = ("", ())
    refusing: bool = False
    refused: bool = False
    fresh: bool = False
    owed: str = ""
    places: frozenset[str] = frozenset()
    loose: tuple[Loose, ...] = ()

    def value(self, kind: Kind) -> str:
        """Return the place, time, weather or style; "" where none was told."""
        return next((scene.value for scene in self.scene if scene.kind is kind), "")


def told(phrases: Sequence[Phrase]) -> Told:
    """Return what the phrases of a prompt tell."""
    state = Told()
    for phrase in phrases:
        state = _after(state, phrase)
    return _with_leftovers(_released(_on_its_side(state)))


def brief_of(state: Told) -> Brief:
    """Return the brief: what is too much for one picture is left out, and that is said."""
    return Brief(
        things=state.things[:THINGS],
        relations=tuple(
            relation
            for relation in state.relations
            if max(relation.first, relation.second) < THINGS
        ),
        place=state.value(Kind.PLACE),
        time=state.value(Kind.TIME),
        weather=state.value(Kind.WEATHER),
        style=state.value(Kind.STYLE),
        backdrop=lexicon().colors[state.backdrop] if state.backdrop else None,
        substitutions=tuple(dict.fromkeys(state.said)),
        excluded=state.excluded,
        scene=tuple(scene.words for scene in state.scene),
    )


def _after(state: Told, phrase: Phrase) -> Told:
    """Return the state after one more phrase."""
    going_on = state.refused and isinstance(phrase, Mark) and phrase.kind is Kind.OR
    fresh = state.fresh
    state = replace(state, refused=False, fresh=False)
    match phrase:
        case Noun():
            after = _refuse(state, phrase) if state.refusing else _with_thing(state, phrase)
        case Brought():
            after = _with_brought(state, phrase)
        case Link():
            after = _with_link(state, phrase, keeps_out=fresh)
        case Refusal():
            after = replace(_released(state), refusing=True, fresh=True)
        case Mark():
            after = _with_mark(state, phrase, going_on=going_on)
        case Scene():
            after = _with_scene(state, phrase)
        case Backdrop():
            after = _with_backdrop(state, phrase)
        case LeftOut():
            after = _with_left_out(state, phrase)
        case Loose():
            after = _with_loose(state, phrase)
    return after


# --- things and relations -----------------------------------------------------------------------


def _with_thing(state: Told, noun: Noun) -> Told:
    if _said_again(state, noun):
        return state
    if len(state.things) >= THINGS:
        state = _say(state, noun.words)
    elif not noun.exact:
        state = _say(state, noun.asked, _name(noun.key))
    if noun.color and paints_skin(noun.key, noun.color):
        state, noun = _say(state, noun.words, _name(noun.key)), replace(noun, color="")
    thing = Thing(
        noun.asked,
        noun.key,
        _count(noun),
        lexicon().colors[noun.color] if noun.color else None,
        noun.scale,
        noun.flying,
    )
    state = replace(state, things=(*state.things, thing))
    index = len(state.things) - 1
    if noun.held and index > 0:
        held = Relation("inside", index, index - 1)
        return replace(state, relations=(*state.relations, held))  # on a table is the basket
    return _related(state, index)


def _said_again(state: Told, noun: Noun) -> bool:
    """Return whether a bare noun says the last thing once more: a cat, and its emoji."""
    bare = noun.words == noun.asked and not noun.plural and noun.number == 0
    return (
        bare
        and not state.tie.relation
        and bool(state.things)
        and (state.things[-1].key == noun.key)
    )


def _count(noun: Noun) -> int:
    several = max(PLURAL if noun.plural else 1, noun.several)
    return min(noun.number if noun.number > 1 else several, MANY)


def _related(state: Told, index: int) -> Told:
    """Tie a new thing to those before it."""
    tie, kind = state.tie, state.tie.relation
    owners = _owners(state, index)
    if kind == "and" and _again(state, index):
        kind, owners = state.last
    if kind == "and":
        group = state.listed if len(state.listed) > 1 else state.group
        return replace(state, group=(*group, index), listed=(), tie=_Tie())
    if not kind or not owners:
        wearer = _wearer(state, index)
        state = _released(state)
        if wearer is not None:
            worn = Relation("wearing", wearer, index)
            return replace(state, relations=(*state.relations, worn), group=(wearer,))
        return replace(state, group=(index,), listed=(*state.listed, index))
    kinds = [settled(kind, _drawing(state, one), _drawing(state, index)) for one in owners]
    pairs = tuple(_relation(said, one, index) for said, one in zip(kinds, owners, strict=True))
    bodily = _BODILY.issuperset(kinds)
    if tie.words and not (tie.verb and tie.verb.drawn):
        state = _say(state, tie.words, _SAID.get(kinds[0], kinds[0]))
    return replace(
        state,
        relations=(*state.relations, *pairs),
        last=(kinds[0], owners) if bodily else ("", ()),
        group=owners if bodily else (index,),
        tie=_Tie(),
    )


def _wearer(state: Told, index: int) -> int | None:
    """Return who wears a thing that is only listed: "a girl, round glasses, yellow hoodie"."""
    if state.group:  # no comma stands between
        return None
    people = [one for one in range(index) if _drawing(state, one).kind.startswith(_WEARERS)]
    clothes = people and is_worn(_drawing(state, people[-1]), _drawing(state, index))
    between = range(people[-1] + 1, index) if people else ()
    worn = {pair.second for pair in state.relations if pair.kind == "wearing"}
    return people[-1] if clothes and worn.issuperset(between) else None


def _relation(kind: str, one: int, other: int) -> Relation:
    turned = _TURNED.get(kind)
    return Relation(turned, other, one) if turned else Relation(kind, one, other)


def _owners(state: Told, index: int) -> tuple[int, ...]:
    """Return whose a relation is: not a window's that somebody sits by, reading a book."""
    bodily = state.tie.bodily or state.tie.relation in _BODILY
    if not bodily or any(has_body(_drawing(state, one)) for one in state.group):
        return state.group
    bodies = [one for one in range(index) if has_body(_drawing(state, one))]
    return (bodies[-1],) if bodies else state.group


def _again(state: Told, index: int) -> bool:
    """Return whether the relation before "and" goes on: a hat and sunglasses are both worn."""
    kind, owners = state.last
    drawing = _drawing(state, index)
    if not owners or has_body(drawing):
        return False
    return kind == "holding" or settled("with", _drawing(state, owners[0]), drawing) == kind


def _with_link(state: Told, link: Link, *, keeps_out: bool) -> Told:
    if keeps_out:  # not wearing a hat: no hat
        return replace(state, owed=link.words if link.verb else "")
    verb = lexicon().verbs[link.verb] if link.verb else None
    tie = state.tie
    if verb is None and tie.words and tie.verb and tie.verb.relation == link.relation:
        # The preposition shows the verb: riding on a horse.
        state = replace(_say(state, tie.words, link.relation), tie=replace(tie, words=""))
    relation = link.relation
    if relation == "on" and tie.verb and tie.verb.airborne:
        relation = "above"
    state = replace(_released(state), refusing=False, listed=())
    if verb is None:
        side = link.words if relation in _SIDES else ""
        return replace(state, tie=_Tie(relation, bodily=tie.bodily, side=side))
    return replace(state, tie=_Tie(verb.relation, verb, link.words, verb.bodily))


def _released(state: Told) -> Told:
    """Return the state without the relation that waited: what its verb owes is done or said."""
    tie = state.tie
    state = replace(state, tie=_Tie())
    if not tie.words:
        return state
    if tie.verb and tie.verb.airborne and state.group:
        return _raised(state)
    together = tie.relation == "beside" and (len(state.group) > 1 or _several(state))
    return _say(state, tie.words, "beside" if together else "left out")


def _on_its_side(state: Told) -> Told:
    """Return the state with a preposition that got no noun told of the thing before: a dog below.

    Where nothing came before, it is left out, and said.
    """
    tie = state.tie
    if not tie.side:
        return state
    state = replace(state, tie=_Tie())
    # Of "a tree and a gift below" only the gift is below.
    group = state.group[-1:] if 0 in state.group else state.group
    before = min(group, default=0) - 1
    if before < 0:
        return _say(state, tie.side)
    told = tuple(pair for pair in state.relations if {pair.first, pair.second} != {before, *group})
    pairs = tuple(Relation(tie.relation, one, before) for one in group)
    return replace(state, relations=(*told, *pairs))


def _several(state: Told) -> bool:
    """Return whether the last thing is several, who do with each other what a verb says."""
    return any(state.things[index].count > 1 for index in state.group)


def _raised(state: Told) -> Told:
    """Return the state with the last things in the air."""
    things = tuple(
        replace(thing, flying=True) if index in state.group else thing
        for index, thing in enumerate(state.things)
    )
    return replace(state, things=things)


def _with_brought(state: Told, brought: Brought) -> Told:
    """Add what an adjective brings, in its relation to the last thing, if it is still there."""
    extra = lexicon().extras[brought.value]
    if state.refusing or not state.things:
        return _say(state, brought.words)
    state = _say(state, brought.words, _name(extra.key))
    index = len(state.things)
    worn = extra.relation in _BODILY
    ends = (index - 1, index) if worn else (index, index - 1)
    relation = Relation(extra.relation, *ends)
    return replace(
        state,
        things=(*state.things, Thing(brought.words, extra.key)),
        relations=(*state.relations, relation),
    )


# --- where and when -----------------------------------------------------------------------------


def _with_scene(state: Told, scene: Scene) -> Told:
    if state.refusing and scene.kind in (Kind.PLACE, Kind.WEATHER):
        return _kept_out(state, scene.words, {scene.value, scene.drawing} - {""})
    if state.refusing:
        return replace(_say(state, scene.words), refusing=False)
    if scene.kind is Kind.PLACE:
        return _with_place(state, scene)
    if scene.kind is not Kind.STYLE and not scene.inner:
        state = _released(state)
    known = state.value(scene.kind)
    if known and known != scene.value:
        return _say(state, scene.words)
    return _set(state, scene)


def _with_place(state: Told, scene: Scene) -> Told:
    """Take a place; with two, snow and autumn yield to the other as far as they can."""
    relation, known = state.tie.relation, state.value(Kind.PLACE)
    if scene.inner:
        relation = ""
    else:
        state = _released(state)
    state = replace(state, places=state.places | ({scene.value, scene.drawing} - {""}))
    if relation == "above" and any(flies(_drawing(state, one)) for one in state.group):
        state = _raised(state)
    if scene.value == "sky" and relation in ("under", "with"):
        return _say(state, scene.words)  # a sky above is no place to be in
    pair = {known, scene.value}
    if "snow" in pair and any(map(snow_lies, pair)):
        other = (pair - {"snow"}).pop()
        state = _set(_moved(state, other, scene), replace(scene, value=other))
        snowfall = Scene(Kind.WEATHER, "snowfall", scene.words)
        return state if state.value(Kind.WEATHER) else _set(state, snowfall)
    if "autumn" in pair and not _LEAVES.isdisjoint(pair):
        return _moved(state, "autumn", scene)
    if known and known != scene.value:
        return _say(state, scene.words)
    return _set(state, scene)


def _moved(state: Told, place: str, scene: Scene) -> Told:
    """Return the state with another place."""
    others = tuple(one for one in state.scene if one.kind is not Kind.PLACE)
    return _set(replace(state, scene=others), replace(scene, value=place))


def _set(state: Told, scene: Scene) -> Told:
    """Return the state with a place, an hour, a weather or a style, where it has none."""
    if state.value(scene.kind):
        return state
    if not scene.exact:
        state = _say(state, scene.words, scene.value.replace("_", " "))
    return replace(state, scene=(*state.scene, scene))


def _with_backdrop(state: Told, backdrop: Backdrop) -> Told:
    return replace(_released(state), backdrop=backdrop.color, refusing=False)


# --- what is refused, left out or left over -----------------------------------------------------


def _refuse(state: Told, noun: Noun) -> Told:
    return _kept_out(state, noun.words, {noun.key})


def _kept_out(state: Told, words: str, keys: set[str]) -> Told:
    """Keep something out, and say so."""
    text = f"{state.owed} {words}" if state.owed else words
    state = replace(_say(state, text, "kept out"), excluded=state.excluded | keys)
    return replace(state, refusing=False, refused=True, owed="", tie=_Tie())


def _with_left_out(state: Told, left_out: LeftOut) -> Told:
    state = _say(state, left_out.words)
    return replace(_released(state), refusing=False) if left_out.noun else state


def _with_loose(state: Told, loose: Loose) -> Told:
    """Give a description without a noun to the thing before it: a cat, purple."""
    if state.refusing:
        return replace(_say(state, loose.words), refusing=False)
    if not state.things:
        return replace(state, loose=(*state.loose, loose))
    return _described(state, loose)


def _described(state: Told, loose: Loose) -> Told:
    last = state.things[-1]
    if loose.color and (last.color or paints_skin(last.key, loose.color)):
        return _say(state, loose.words)
    color = lexicon().colors[loose.color] if loose.color else last.color
    thing = replace(last, color=color, scale=last.scale * loose.scale)
    return replace(state, things=(*state.things[:-1], thing))


def _with_leftovers(state: Told) -> Told:
    """Give a description before any noun to the only thing there is; else say it."""
    for loose in state.loose:
        only = len(state.things) == 1
        state = _described(state, loose) if only else _say(state, loose.words)
    return state


def _with_mark(state: Told, mark: Mark, *, going_on: bool) -> Told:
    if mark.kind is Kind.STOP:
        state = _released(_on_its_side(state))
        state = replace(state, group=(), last=("", ()), refusing=False)
    elif mark.kind is Kind.OR:
        state = replace(state, refusing=going_on or state.refusing)
    elif not state.tie.relation or state.tie.words:
        state = replace(_released(state), refusing=False)
        state = replace(state, tie=_Tie("and") if state.things else _Tie())
    return state


def _say(state: Told, words: str, instead: str = "left out") -> Told:
    return replace(state, said=(*state.said, f"{words} → {instead}"))


def _drawing(state: Told, index: int) -> Drawing:
    return library().drawings[state.things[index].key]


def _name(key: str) -> str:
    return library().drawings[key].name
