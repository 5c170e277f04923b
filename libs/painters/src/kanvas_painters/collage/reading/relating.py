"""The third pass: phrases become a brief, in which things stand to each other as the words say.

Each phrase takes a state and returns the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..brief import Brief, Relation, Thing
from ..library import library
from ..places import snow_lies
from ..uses import PAIRS, flies, settled
from .lexicon import Kind, lexicon
from .people import paints_skin
from .phrases import (
    SIDES,
    Backdrop,
    Brought,
    Held,
    LeftOut,
    Link,
    Loose,
    Mark,
    Noun,
    Phrase,
    Refusal,
    Scene,
)
from .standing.apart import taken_apart
from .standing.doing import brought, by_somebody, replaced, unserved
from .standing.holding import held
from .standing.owners import FILLED
from .standing.things import MANY, apiece, related
from .standing.waiting import (
    at_its_side,
    joining,
    raised,
    released,
    there_is,
    tied,
    unanswered,
)
from .telling import THINGS, Tie, Told, told_as
from .words import NO_WORDS, Words, joined

PLURAL = 3  # what "cats" means
_IN_THE_SKY = frozenset(("inside", "on", "at"))  # what is there is in the air
_GROWN = {"baby-chick": "chicken"}  # whose mother has a drawing of its own
_LEAVES = frozenset(("forest", "meadow", "garden"))  # autumn has a wood of its own


def told(phrases: Sequence[Phrase]) -> Told:
    """Return what the phrases of a prompt tell."""
    state = Told()
    for phrase in phrases:
        state = _after(state, phrase)
    state = _unrefused(state)
    state = unserved(unanswered(released(at_its_side(state))))
    return replaced(by_somebody(_with_leftovers(state)))


def brief_of(state: Told) -> Brief:
    """Return the brief: what is too much for one picture is left out, and that is said."""
    return Brief(
        things=tuple(
            replace(thing, words=words.typed)
            for thing, words in zip(state.things[:THINGS], state.asked, strict=False)
        ),
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
        excluded=state.excluded,
        scene=tuple(scene.words.typed for scene in state.scene),
    )


def _after(state: Told, phrase: Phrase) -> Told:
    """Return the state after one more phrase."""
    going_on = state.refused and isinstance(phrase, Mark) and phrase.kind is Kind.OR
    fresh = state.fresh
    state = _inverted(state, phrase)
    led = state.led if isinstance(phrase, LeftOut | Mark) or _is_idle(phrase) else ("", ())
    state = replace(state, refused=False, fresh=False, led=led)
    match phrase:
        case Noun():
            after = _with_noun(state, phrase)
        case Brought():
            after = brought(state, phrase)
        case Link():
            after = _with_link(state, phrase, keeps_out=fresh)
        case Held():
            after = held(state, phrase)
        case Refusal():
            after = replace(released(state), refusing=True, fresh=True, denied=phrase.words)
        case Mark():
            after = _with_mark(state, phrase, going_on=going_on)
        case Scene():
            after = _with_scene(state, phrase)
        case Backdrop():
            after = _with_backdrop(state, phrase)
        case LeftOut() | Loose():
            after = _without_noun(state, phrase)
    after = replace(after, lost=isinstance(phrase, LeftOut) and phrase.noun)
    return after if after.refusing else _unrefused(after)


def _inverted(state: Told, phrase: Phrase) -> Told:
    """Return the state in which a noun stands where it was just said: …, in the window a cat."""
    follows = isinstance(phrase, Noun) and bool(state.group) and not state.tie.relation
    return there_is(state) if follows and state.led[0] else state


def _is_idle(phrase: Phrase) -> bool:
    """Return whether a phrase is a verb that relates nobody to anything: stands."""
    verb = lexicon().verbs.get(phrase.verb) if isinstance(phrase, Link) else None
    return verb is not None and not verb.relation


# --- things and relations -----------------------------------------------------------------------


def _with_noun(state: Told, noun: Noun) -> Told:
    return _refuse(state, noun) if state.refusing else _with_thing(state, noun)


def _with_thing(state: Told, noun: Noun) -> Told:
    noun = _of_kin(state, noun)
    apart = taken_apart(state, noun) if noun.part else _dressed_as(state, noun)
    if apart is not None:
        return apart
    if _said_again(state, noun):
        return state.naming(len(state.things) - 1, noun.words)
    if state.brought >= 0 and state.things[state.brought].key == noun.key:
        return _brought_by_name(state, noun)
    if (known := _known(state, noun)) is not None:
        return related(state.naming(known, noun.words), known)
    full = len(state.things) >= THINGS
    skin = bool(noun.color) and paints_skin(noun.key, noun.color)
    noun = replace(noun, color="") if skin else noun
    state = state.adding(_thing(noun), noun.asked).show(noun.words - noun.asked, "look")
    if full:
        state = state.say(noun.words)
    elif skin or not noun.exact:
        state = state.replace_by(noun.words if skin else noun.asked, noun.key)
    each = noun.words - noun.asked if noun.each else NO_WORDS
    state = replace(state, each=state.each + each, brought=-1)
    index = len(state.things) - 1
    if noun.held and index > 0:
        return _filling(state, noun, index)
    if state.filled and noun.number:  # a bowl of apples and a knife
        state = replace(state, last=("", ()))
    state = related(replace(state, filled=False) if state.filled else state, index)
    uncounted = noun.number == 0 and noun.several < 2 and (noun.plural or noun.bare)
    return apiece(state, index) if uncounted else state


def _filling(state: Told, noun: Noun, index: int) -> Told:
    """Return the state with a thing that fills the one before, and so may what "and" adds.

    What else is told is told of that one: on a table is the basket, not the apples.
    """
    kind = settled("with", state.drawing(index - 1), state.drawing(index))
    last = (kind, (index - 1,)) if kind in FILLED else ("", ())
    pair = Relation(noun.held, index, index - 1)
    return replace(state, relations=(*state.relations, pair), last=last, filled=True)


def _dressed_as(state: Told, noun: Noun) -> Told | None:
    """Return the state in which somebody is whom he is dressed as; None where nobody is.

    A man dressed in a suit is the person in a tuxedo, but a dog dressed as a pirate stays a dog.
    So does a dog in a spacesuit.
    """
    costume = library().drawings[noun.key].kind.startswith("person")
    verb = state.tie.verb
    wears = verb.relation == "wearing" if verb else state.tie.relation == "inside"
    if not (costume and wears and state.group):
        return None
    at, words = state.group[-1], state.tie.words + noun.words
    who, state = state.things[at], replace(state, tie=Tie())
    if not state.drawing(at).kind.startswith("person"):
        return state.say(words)
    things = (*state.things[:at], replace(who, key=noun.key), *state.things[at + 1 :])
    state = replace(state, things=things).draw(state.asked[at], noun.key)
    return state.replace_by(words, noun.key)


def _thing(noun: Noun) -> Thing:
    color = lexicon().colors[noun.color] if noun.color else None
    return Thing(noun.asked.typed, noun.key, _count(noun), color, noun.scale, noun.flying)


def _said_again(state: Told, noun: Noun) -> bool:
    """Return whether a bare noun says the last thing once more: a cat, and its emoji.

    A guitarist and a drummer are two, though both are drawn as a person.
    """
    if not state.things or state.tie.relation:
        return False
    last, bare = state.things[-1], noun.words == noun.asked and not noun.plural
    same = last.key == noun.key and (noun.exact or noun.asked.text == state.asked[-1].text)
    return bare and same and noun.number == 0


def _known(state: Told, noun: Noun) -> int | None:
    """Return which thing is meant by "the cat" where one cat was named; None where it is new."""
    same = [at for at, thing in enumerate(state.things) if thing.key == noun.key]
    plain = not (noun.color or noun.number or noun.held) and noun.scale == 1.0
    again = noun.definite or (noun.bare and state.tie.relation not in ("", "and"))
    return same[0] if again and plain and noun.exact and len(same) == 1 else None


def _of_kin(state: Told, noun: Noun) -> Noun:
    """Return the mother or the child of an animal that was named before as one of its kind."""
    age = next((age for age, words in lexicon().kin.items() if noun.asked.text in words), "")
    alive = state.bodies(len(state.things))
    whose = alive[-1:] if noun.definite else state.newest()
    if not (age and (noun.owned or noun.definite) and whose):
        return noun
    if not state.drawing(whose[0]).kind.startswith("animal"):
        return noun
    key = state.things[whose[0]].key
    if age == "old":
        return replace(noun, key=_GROWN.get(key, key), exact=True)
    return replace(noun, key=key, exact=True, scale=noun.scale * lexicon().sizes["small"])


def _brought_by_name(state: Told, noun: Noun) -> Told:
    """Return the state in which a thing that a word brought is described: a red rod."""
    thing = _thing(noun)
    things = (*state.things[: state.brought], thing, *state.things[state.brought + 1 :])
    state = replace(state, things=things, tie=Tie(), brought=-1)
    return state.draw(noun.words, noun.key)


def _count(noun: Noun) -> int:
    plural = 2 if noun.key in PAIRS else PLURAL  # boots are a pair
    several = max(plural if noun.plural or noun.each else 1, noun.several)
    return min(noun.number if noun.number > 1 else several, MANY)


def _with_link(state: Told, link: Link, *, keeps_out: bool) -> Told:
    if keeps_out:  # not wearing a hat: no hat
        told = link.verb or link.relation in SIDES
        return replace(state, owed=link.words if told else NO_WORDS)
    return tied(state, link)


# --- where and when -----------------------------------------------------------------------------


def _with_scene(state: Told, scene: Scene) -> Told:
    if state.refusing and scene.kind in (Kind.PLACE, Kind.WEATHER):
        return _kept_out(state, scene.words, {scene.value, scene.drawing} - {""})
    if state.refusing:
        return replace(state.say(state.denied + scene.words), refusing=False)
    state = state.show(scene.words, scene.kind, scene.value)
    if _is_second(state, scene):
        return _with_noun(state, _as_noun(scene))
    if scene.kind is Kind.PLACE:
        return _with_place(state, scene)
    if scene.kind is not Kind.STYLE and not scene.inner:
        state = released(state)
    known = state.value(scene.kind)
    if known and known != scene.value:
        return state.say(scene.words)
    return _set(state, scene)


def _with_place(state: Told, scene: Scene) -> Told:
    """Take a place, and let go of the preposition before it."""
    relation = state.tie.relation
    if scene.inner:
        relation = ""
    else:
        state = released(state.show(state.tie.side, "relation"))
    state = replace(state, places=state.places | ({scene.value, scene.drawing} - {""}))
    if relation == "above" and any(flies(state.drawing(one)) for one in state.group):
        state = raised(state)
    sky = _with_sky(state, scene, relation)
    return _placed(state, scene) if sky is None else sky


def _placed(state: Told, scene: Scene) -> Told:
    """Set a place; with two, snow and autumn yield to the other as far as they can."""
    known = state.value(Kind.PLACE)
    pair = {known, scene.value}
    if "snow" in pair and any(map(snow_lies, pair)):
        return _under_snow(state, scene, (pair - {"snow"}).pop())
    if "autumn" in pair and not _LEAVES.isdisjoint(pair):
        words = joined((*_placing(state), scene.words))
        state = _moved(state, "autumn", replace(scene, words=words))
        return state.show(words, Kind.PLACE, "autumn")
    if known and known != scene.value:
        inner = all(one.inner for one in state.scene if one.kind is Kind.PLACE)
        if inner and not scene.inner:  # a lawn chair on the moon
            return _moved(state, scene.value, scene)
        return state.say(scene.words)
    return _set(state, scene)


def _under_snow(state: Told, scene: Scene, place: str) -> Told:
    """Take the other of two places, of which one is snow, and let it snow there."""
    snow = scene.words if scene.value == "snow" else joined(_placing(state))
    other = joined(_placing(state)) if scene.value == "snow" else scene.words
    state = _moved(state, place, replace(scene, words=other))
    state = state.show(snow, Kind.WEATHER, "snowfall")
    return _set(state, Scene(Kind.WEATHER, "snowfall", snow))


def _placing(state: Told) -> Iterator[Words]:
    """Yield the words that the place was read from."""
    return (scene.words for scene in state.scene if scene.kind is Kind.PLACE)


def _with_sky(state: Told, scene: Scene, relation: str) -> Told | None:
    """Take the sky that is over a place; None where it is the place itself, or not meant."""
    known = state.value(Kind.PLACE)
    if known == "sky" and scene.value != "sky" and not scene.inner:
        above = next(one for one in state.scene if one.kind is Kind.PLACE)
        state = _moved(_aloft(state), scene.value, scene)  # balloons in the sky, over a city
        return replace(state, scene=(*state.scene, above)).show(above.words, "height")
    if scene.value != "sky":
        return None
    if relation in ("under", "with"):
        return state.say(scene.words)
    if known in ("", "sky") or not _is_up_there(relation, scene):
        return None
    state = replace(state, scene=(*state.scene, scene), group=state.group or state.newest())
    return raised(state).show(scene.words, "height")


def _is_up_there(relation: str, scene: Scene) -> bool:
    """Return whether something is said to be in the sky: "balon di langit"."""
    first, _, rest = scene.words.text.partition(" ")
    own = lexicon().meanings.get(first, ()) if rest else ()
    kinds = {relation, *(one.value for one in own if one.kind is Kind.RELATION)}
    return not kinds.isdisjoint(_IN_THE_SKY)


def _aloft(state: Told) -> Told:
    """Return the state with what flies in the air."""
    things = tuple(
        replace(thing, flying=True) if flies(state.drawing(at)) else thing
        for at, thing in enumerate(state.things)
    )
    return replace(state, things=things)


def _is_second(state: Told, scene: Scene) -> bool:
    """Return whether a place is one too many, and is drawn as a thing: a lake, and mountains.

    Snow and autumn lie on other places, and the sky is over them.
    """
    known = state.value(Kind.PLACE)
    drawn = scene.kind is Kind.PLACE and bool(scene.drawing) and not scene.inner
    apart = {known, scene.value}.isdisjoint(("snow", "autumn", "sky"))
    return drawn and known not in ("", scene.value) and apart


def _as_noun(scene: Scene) -> Noun:
    """Return a place as the thing that its words name as well."""
    return Noun(scene.words, scene.words, scene.drawing, exact=True, plural=scene.plural)


def _moved(state: Told, place: str, scene: Scene) -> Told:
    """Return the state with another place."""
    others = tuple(one for one in state.scene if one.kind is not Kind.PLACE)
    return _set(replace(state, scene=others), replace(scene, value=place))


def _set(state: Told, scene: Scene) -> Told:
    """Return the state with a place, an hour, a weather or a style, where it has none."""
    if state.value(scene.kind) not in ("", scene.value):
        return state
    if not scene.exact:
        state = state.say(scene.words, told_as(scene.value), scene.kind, scene.value)
    return replace(state, scene=(*state.scene, scene))


def _with_backdrop(state: Told, backdrop: Backdrop) -> Told:
    state = released(state.show(state.tie.side, "relation"))
    state = replace(state, backdrop=backdrop.color, refusing=False)
    return state.show(backdrop.words, "backdrop")


# --- what is refused, left out or left over -----------------------------------------------------


def _refuse(state: Told, noun: Noun) -> Told:
    return _kept_out(state, noun.words, {noun.key})


def _unrefused(state: Told) -> Told:
    """Return the state that says a refused verb after which nothing was named: never sleeps."""
    if not state.owed:
        return state
    return replace(state.say(state.denied + state.owed), owed=NO_WORDS)


def _kept_out(state: Told, words: Words, keys: set[str]) -> Told:
    """Keep something out, and say so."""
    state = state.show(state.denied, "excluded").say(state.owed + words, "kept out")
    state = replace(state, excluded=state.excluded | keys)
    return replace(state, refusing=False, refused=True, owed=NO_WORDS, tie=Tie())


def _without_noun(state: Told, phrase: LeftOut | Loose) -> Told:
    if isinstance(phrase, LeftOut):
        return _with_left_out(state, phrase)
    return _with_loose(state, phrase)


def _with_left_out(state: Told, left_out: LeftOut) -> Told:
    words = state.denied + left_out.words if state.refusing else left_out.words
    if left_out.noun and not state.tie.aside:
        words = state.tie.side + words
    state = state.say(words)
    if not left_out.noun:
        return state
    having = state.tie.relation in ("with", "wearing", "holding") and bool(state.group)
    going_on = ("holding", state.group) if having else state.last
    return replace(released(state), refusing=False, last=going_on)  # a wig and a gavel


def _with_loose(state: Told, loose: Loose) -> Told:
    """Give a description without a noun to the thing before it: a cat, purple."""
    if state.refusing:
        return replace(state.say(state.denied + loose.words), refusing=False)
    if not state.things:
        return replace(state, loose=(*state.loose, loose))
    return _described(state, loose)


def _described(state: Told, loose: Loose) -> Told:
    last = state.things[-1]
    if loose.color and (last.color or paints_skin(last.key, loose.color)):
        return state.say(loose.words)
    color = lexicon().colors[loose.color] if loose.color else last.color
    thing = replace(last, color=color, scale=last.scale * loose.scale)
    return replace(state, things=(*state.things[:-1], thing)).show(loose.words, "look")


def _with_leftovers(state: Told) -> Told:
    """Give a description before any noun to the only thing there is; else say it."""
    for loose in state.loose:
        only = len(state.things) == 1
        state = _described(state, loose) if only else state.say(loose.words)
    return state


def _with_mark(state: Told, mark: Mark, *, going_on: bool) -> Told:
    match mark.kind:
        case Kind.STOP | Kind.WHILE:
            return _with_stop(state, mark)
        case Kind.OR:
            return replace(state, refusing=going_on or state.refusing)
        case Kind.EACH:
            return _of_each(state, mark)
        case Kind.EXISTS:
            return there_is(state)
        case Kind.PRONOUN:
            return replace(state, topic=state.topic or state.subject)
        case _:
            return joining(state)


def _of_each(state: Told, mark: Mark) -> Told:
    """Return the state in which what follows is said of all of several: each with a ball."""
    several = [at for at, thing in enumerate(state.things) if thing.count > 1]
    one = bool(state.topic) and len(state.topic) == 1 and several
    group = (several[-1],) if one and not state.group else state.group
    return replace(state, each=mark.words, group=group)


def _with_stop(state: Told, mark: Mark) -> Told:
    """End a clause, and with a full stop all that a sentence is about."""
    if state.tie.aside and not state.tie.item and not mark.final:  # in the background, a castle
        return replace(state, tie=replace(state.tie, opens=True), group=(), refusing=False)
    state = replace(released(at_its_side(state)), group=(), refusing=False)
    if not mark.final:
        return state
    subject = state.topic or state.subject
    state = replace(unserved(state), topic=(), subject=subject)
    return replace(state, listed=(), last=("", ()), each=NO_WORDS)
