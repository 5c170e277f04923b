"""The second pass: tokens become phrases, such as nouns with all that describes them.

Where a describing word stands, before its noun or after it, the lexicon says for each language.
Each step takes a state and returns the next one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..library import library
from ..uses import PAIRS, bears, consists, has_body, holding, holds, is_counted, is_worn
from .choosing import (
    Described,
    State,
    chosen,
    drawing,
    ends,
    is_owned,
    last_noun,
    may,
    opens_a_noun,
    since_stop,
)
from .lexicon import Kind, Reading, describes_before, is_article, is_plain_link, lexicon
from .names import names
from .phrases import (
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
from .spelling import SENTENCE_ENDS
from .tokens import Token

FULL = 7  # how many a place is full of
_SOME_VERB = "some"  # what a verb that is in no table does
_SOMEBODY = "person"
# Who is meant by a pronoun where nobody was named before.
_PEOPLE = {"he": "man", "she": "woman", "one": _SOMEBODY, "several": _SOMEBODY}
_NEAR = 3  # words in which the noun after "a pair of" stands
SILENT = frozenset(
    (
        *(Kind.GRAMMAR, Kind.DETERMINER, Kind.DEFINITE, Kind.POSSESSIVE, Kind.PRONOUN, Kind.SELF),
        *(Kind.HAS, Kind.WHILE, Kind.EXISTS, Kind.LINK, Kind.JOIN, Kind.OR, Kind.RELATION),
        *(Kind.ASIDE, Kind.SIDE, Kind.STOP, Kind.EACH, Kind.CLASSIFIER, Kind.NUMBER, Kind.FULL),
        *(Kind.REFUSAL, Kind.MILD),
    )
)
"""What of a prompt may be in no phrase: grammar, and what says how many there are."""
_Step = Callable[[Sequence[Token], State, Reading], State]


def phrases(tokens: Sequence[Token]) -> tuple[Phrase, ...]:
    """Return the phrases of a prompt, in its order."""
    state, owed = State(), list[Token]()
    while state.at < len(tokens):
        reading = chosen(tokens, state)
        step = _unknown if reading is None else _STEPS[reading.kind]
        at, state = state.at, step(tokens, state, reading or Reading(Kind.NAME))
        owed += [] if reading is not None and reading.kind in SILENT else tokens[at : state.at]
    said = _said(_closed(state), Mark(Kind.STOP)).said
    return (*said, *forgotten(said, [token.text for token in owed]))


def forgotten(said: Sequence[Phrase], owed: Sequence[str]) -> Iterator[LeftOut]:
    """Yield the words that are in no phrase, as left out: so no step can drop one in silence."""
    kept = "".join(_spaced(getattr(phrase, "words", "")) for phrase in said)
    for text, times in Counter(owed).items():
        if kept.count(_spaced(text)) < times:
            yield LeftOut(text)


def _spaced(words: str) -> str:
    """Return words that are found one by one: each between two blanks of its own."""
    return "".join(f" {word} " for word in words.split())


# --- one step for each kind ---------------------------------------------------------------------


def _grammar(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    del tokens, reading
    return replace(state, at=state.at + 1, noun=False)


def _classifier(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take what counts a noun for grammar ("ekor"), or for a word of its name: "dua gelas teh"."""
    token = tokens[state.at]
    if token.of(Kind.THING) is not None:
        state = replace(state, described=replace(state.described, lead=token.text))
    return _grammar(tokens, state, reading)


def _determiner(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    del tokens, reading
    described = replace(state.described, opened=True)
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def _definite(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "the" before a noun, and "itu" after it."""
    if describes_before(reading):
        described = replace(state.described, definite=True)
        return _determiner(tokens, replace(state, described=described), reading)
    noun = last_noun(state.said)
    if state.near and noun is not None:
        state = _amended(state, replace(noun, definite=True))
    return _grammar(tokens, state, reading)


def _possessive(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    described = replace(state.described, owned=True)
    return _determiner(tokens, replace(state, described=described), reading)


def _pronoun(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "it" for what was named before: beside it. "She" is somebody where nobody was."""
    waiting = _waiting(state)
    if waiting is None and reading.value in _PEOPLE and not _names_somebody(state):
        somebody = Reading(Kind.THING, _PEOPLE[reading.value], reading.language, exact=False)
        somebody = replace(somebody, plural=reading.value == "several")
        return replace(_thing(tokens, replace(state, noun=False), somebody), noun=False)
    if waiting is None:  # it sits on a chair
        said = (*state.said, Mark(reading.kind))
        return replace(state, at=state.at + 1, said=said, noun=False)
    at, link = waiting
    opens, alive = _opens(tokens, state.at + 1), reading.value != "thing"
    aside = replace(link, aside=True, opens=opens, alive=alive)
    said = (*state.said[:at], aside, *state.said[at + 1 :])
    return replace(state, at=state.at + 1, said=said, link="", noun=False, near=False)


def _names_somebody(state: State) -> bool:
    """Return whether somebody was named, or may have been by a word that is left out."""
    return any(
        (isinstance(one, Noun) and has_body(drawing(one)))
        or (isinstance(one, LeftOut) and one.noun)
        for one in state.said
    )


def _self(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "me" for somebody where a person is spoken of: me and my dog, "aku naik motor".

    Who only asks for a picture ("draw me a cat") is not in it.
    """
    text = tokens[state.at].text
    if any(isinstance(one, Noun) and one.asked == text for one in state.said):
        return _pronoun(tokens, state, replace(reading, value="one"))
    joined = isinstance(state.said[-1], Mark) if state.said else False
    waiting = (joined or _waiting(state) is not None) and since_stop(state.said)
    follows = (Kind.JOIN, Kind.RELATION, Kind.VERB, Kind.BRINGS, Kind.TOGETHER, Kind.HAS)
    after = state.at + 1
    while may(tokens, after, Kind.GRAMMAR) and not may(tokens, after, *follows):
        after += 1
    if not (waiting or may(tokens, after, *follows)):
        return _grammar(tokens, state, reading)
    somebody = Reading(Kind.THING, _SOMEBODY, reading.language, exact=False)
    if state.noun and not may(tokens, state.at + 1, *follows[:1]):  # "adik aku"
        return _grammar(tokens, state, reading)
    somebody = replace(somebody, plural=reading.value == "several")
    return replace(_thing(tokens, replace(state, noun=False), somebody), noun=False)


def _has(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "has" before a noun for "with" it: a dog has a bone."""
    if since_stop(state.said) and opens_a_noun(tokens, state.at + 1):
        return _relation(tokens, state, replace(reading, value="with"))
    return _grammar(tokens, state, reading)


def _aside(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    opens = _opens(tokens, state.at + 1)
    link = Link(tokens[state.at].text, relation=reading.value, aside=True, opens=opens)
    return replace(_linked(state, link), link="")


def _opens(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a noun follows, as in "behind it a mountain"."""
    return opens_a_noun(tokens, at) or may(tokens, at, Kind.EXISTS)


def _waiting(state: State) -> tuple[int, Link] | None:
    """Return the preposition or verb that waits for its noun, and where; None without one."""
    for at in reversed(range(len(state.said))):
        phrase = state.said[at]
        if isinstance(phrase, Link):
            return at, phrase
        if not isinstance(phrase, LeftOut):
            break
    return None


def _exists(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "there is" before a noun; before a preposition ("kucing ada di meja") it is grammar."""
    if may(tokens, state.at + 1, Kind.RELATION, Kind.VERB, Kind.ASIDE):
        return _grammar(tokens, state, reading)
    return _mark(tokens, state, reading)


def _each(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    if not opens_a_noun(tokens, state.at + 1):
        return _mark(tokens, state, reading)
    described = replace(state.described, each=True)
    return _determiner(tokens, replace(state, described=described), reading)


def _body(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a part of somebody: in her hand; or of whoever follows: on the back of an elephant."""
    waiting, text, after = _waiting(state), tokens[state.at].text, state.at + 1
    if waiting is None:
        return _unsaid(state, text)
    at, link = waiting
    words = " ".join((link.words, *state.described.words, text))
    said = (*state.said[:at], *state.said[at + 1 :])
    state = replace(state, said=said, described=Described())
    linked = may(tokens, after, Kind.LINK)
    follows = opens_a_noun(tokens, after) and not describes_before(reading)
    if linked or (follows and not is_owned(text)):
        turned = reading.value != "on"
        state = _linked(state, Link(words, relation=reading.value, passive=turned, part=text))
        return replace(state, at=after + linked)
    state = _said(state, Held(words, reading.value))
    return replace(state, at=after, link="", other=False)


def _number(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    text, number = tokens[state.at].text, int(reading.value)
    noun = _counted(tokens, state, reading)
    if noun is not None and number > 1:
        state = _amended(state, replace(noun, number=number))
        return replace(state, at=state.at + 1, noun=False, bridge="", bridged=())
    before = state.described
    if before.number > 1 and not before.vague:
        return _left_out(state, text)
    if before.number > 1:  # a group of five
        state = replace(state, said=(*state.said, LeftOut(before.words[-1])))
        before = replace(before, words=before.words[:-1])
    words = (*before.words, *((text,) if number != 1 else ()))
    described = replace(before, opened=True, number=number, vague=False, words=words)
    if number == 1 and not is_article(reading, text):  # a single rose, "secangkir teh"
        described = replace(described, lead=text)
    place = (Scene(Kind.PLACE, reading.place, text),) if reading.place else ()
    state = replace(state, described=described, said=(*state.said, *place))
    return replace(state, at=state.at + 1, noun=False, near=False)


def _counted(tokens: Sequence[Token], state: State, reading: Reading) -> Noun | None:
    """Return the noun that a number after it counts: a family of four, "mereka berempat"."""
    noun = last_noun(state.said)
    full = reading.kind is Kind.FULL
    if noun is None or full or opens_a_noun(tokens, state.at + 1):
        return None
    times = re.fullmatch(r"x\d+|\d+x", tokens[state.at].text) is not None  # cats x3
    after = state.near and not noun.number and (times or not describes_before(reading))
    return noun if after or (state.bridge == Kind.LINK and noun.several > 0) else None


def _together(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "berdua" for how many were named before, or for so many people where nobody was."""
    number = int(reading.value)
    alive = [(at, noun) for at, noun in _clause(state.said) if has_body(drawing(noun))]
    if len(alive) > 1:  # "kakek dan nenek duduk berdua"
        return _linked(state, Link(tokens[state.at].text, verb="attend"))
    if alive:
        at, noun = alive[0]
        if noun.number > 1:  # two boys, the three of them
            return _left_out(state, tokens[state.at].text)
        noun = replace(noun, number=number, words=f"{noun.words} {tokens[state.at].text}")
        said = (*state.said[:at], noun, *state.said[at + 1 :])
        return replace(state, said=said, at=state.at + 1, noun=False)
    somebody = Reading(Kind.THING, _SOMEBODY, reading.language, exact=False, count=number)
    return _thing(tokens, replace(state, noun=False), somebody)


def _clause(said: Sequence[Phrase]) -> list[tuple[int, Noun]]:
    """Return the nouns since the last stop, and where they are."""
    stops = [at for at, one in enumerate(said) if isinstance(one, Mark) and one.kind is Kind.STOP]
    first = stops[-1] + 1 if stops else 0
    return [(at, one) for at, one in enumerate(said) if at >= first and isinstance(one, Noun)]


def _pair(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a pair of glasses for one thing, and a pair of cats for two."""
    nouns = (one.of(Kind.THING) for one in tokens[state.at + 1 : state.at + 1 + _NEAR])
    things = [noun.value for noun in nouns if noun is not None]
    if PAIRS.isdisjoint(things):
        return _number(tokens, state, replace(reading, value="2"))
    described = replace(state.described, opened=True, lead=tokens[state.at].text, paired=True)
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def _collective(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a vague number: its size is not that of its members, and "two flocks" are more."""
    described, text = state.described, tokens[state.at].text
    sizes = described.words if described.scale != 1.0 else ()
    kept = replace(described, scale=1.0, words=()) if sizes else described
    state = replace(state, said=(*state.said, *map(LeftOut, sizes)), described=kept)
    number = int(reading.value) * max(1, kept.number)
    words = (*kept.words, text)
    described = replace(kept, opened=True, number=number, vague=True, words=words)
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def _color(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    text = tokens[state.at].text
    noun = last_noun(state.said)
    if _refused_alone(state):
        return _left_out(replace(state, said=state.said[:-1]), text)
    if not describes_before(reading) and state.near and noun is not None and not noun.color:
        changed = replace(noun, color=reading.value, words=f"{noun.words} {text}")
        return replace(_amended(state, changed), at=state.at + 1, noun=False)
    if state.described.color or (not describes_before(reading) and (state.other or state.near)):
        return _left_out(state, text)
    described = replace(state.described, color=reading.value, words=(*state.described.words, text))
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def _size(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    text, scale = tokens[state.at].text, lexicon().sizes[reading.value]
    noun = last_noun(state.said)
    if _refused_alone(state):
        return _left_out(replace(state, said=state.said[:-1]), text)
    if not describes_before(reading):
        if state.near and noun is not None:
            changed = replace(noun, scale=noun.scale * scale, words=f"{noun.words} {text}")
            return replace(_amended(state, changed), at=state.at + 1, noun=False)
        if state.other:
            return _left_out(state, text)
    words = (*state.described.words, text)
    described = replace(state.described, scale=state.described.scale * scale, words=words)
    return replace(state, at=state.at + 1, described=described, noun=False, near=False)


def _quality(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    del reading
    if _refused_alone(state):
        state = replace(state, said=state.said[:-1])
    return _left_out(state, tokens[state.at].text)


def _brings(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    brought = Brought(tokens[state.at].text, reading.value)
    if state.near:
        return replace(state, at=state.at + 1, said=(*state.said, brought), noun=False)
    described = replace(state.described, brings=(*state.described.brings, brought))
    return replace(state, at=state.at + 1, described=described, noun=False)


def _verb(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    text = tokens[state.at].text
    if not reading.passive and _is_adjective(tokens, state, reading):
        if not lexicon().verbs[reading.value].airborne:
            return _left_out(state, text)
        described = replace(state.described, flying=True, words=(*state.described.words, text))
        return replace(state, at=state.at + 1, described=described, noun=False, near=False)
    return _linked(state, Link(text, verb=reading.value, passive=reading.passive))


def _is_adjective(tokens: Sequence[Token], state: State, reading: Reading) -> bool:
    """Return whether a verb describes the noun that follows: a flying car, sleeping cats.

    After a comma it says what somebody does who was named before: a girl, holding flowers. So it
    may at the beginning, where nobody is named: eating pizza.
    """
    follows = may(tokens, state.at + 1, Kind.THING, Kind.COLOR, Kind.SIZE)
    if not follows or not describes_before(reading):
        return False
    verb = lexicon().verbs[reading.value]
    does = bool(verb.relation) and (verb.alone or last_noun(state.said) is not None)
    return bool(state.described) or not (since_stop(state.said) or does)


def _relation(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    return _linked(state, Link(tokens[state.at].text, relation=reading.value))


def _linked(state: State, link: Link) -> State:
    state = _said(_closed(state), link)
    return replace(state, at=state.at + 1, link=link.relation, other=False)


def _join(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    if state.described.words and may(tokens, state.at + 1, Kind.COLOR, Kind.SIZE, Kind.QUALITY):
        return _grammar(tokens, state, reading)  # big and red
    link = state.link if state.other else ""  # with a red door and a blue roof
    return replace(_mark(tokens, state, reading), link=link)


def _mark(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    del tokens
    state = _said(_closed(state), Mark(reading.kind, final=reading.value in SENTENCE_ENDS))
    return replace(state, at=state.at + 1, link="", other=False)


def _refusal(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    refusal = Refusal(tokens[state.at].text, mild=reading.kind is Kind.MILD)
    state = _said(_closed(state), refusal)
    return replace(state, at=state.at + 1, link="", other=False)


def _bridge(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take "of" after a noun: what follows makes one thing with it."""
    full = reading.kind is Kind.FULL
    if not (state.noun or state.bridge or (full and state.near)):
        if full:  # a beach full of surfers
            return _number(tokens, state, replace(reading, value=str(FULL)))
        if is_plain_link(reading, tokens[state.at].text):
            return _grammar(tokens, state, reading)
        return _left_out(state, tokens[state.at].text)  # brightly colored
    words = (*state.bridged, tokens[state.at].text)
    full = full or state.bridge == Kind.FULL
    return replace(
        state,
        at=state.at + 1,
        noun=False,
        near=False,
        bridge=Kind.FULL if full else Kind.LINK,
        bridged=words,
    )


def _part(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Leave out a part of what was named: a house with a red door."""
    del reading
    text, last = tokens[state.at].text, state.said[-1] if state.said else None
    if state.noun and isinstance(last, Noun):  # with a rainbow mane
        return _unsaid(replace(state, said=state.said[:-1]), f"{last.words} {text}")
    return _unsaid(state, text)


def _unknown(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Leave out a word; where it is a noun, with all that describes it: red zyxqv.

    What looks like a verb between two nouns is one.
    """
    del reading
    text = tokens[state.at].text
    if _ties(tokens, state):
        return _linked(state, Link(text, verb=_SOME_VERB))
    return _unsaid(state, text) if ends(tokens, state.at) else _left_out(state, text)


def _ties(tokens: Sequence[Token], state: State) -> bool:
    """Return whether an unknown word stands between two nouns and looks like a verb."""
    between = state.near and not state.described and opens_a_noun(tokens, state.at + 1)
    patterns = (language.tables["verblike"] for language in lexicon().languages.values())
    token = tokens[state.at]
    alike = any(re.fullmatch(pattern, token.text) for pattern in patterns)
    return between and alike and not token.readings


def _scene(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    token = tokens[state.at]
    named = token.of(Kind.THING)
    scene = Scene(reading.kind, reading.value, token.text, reading.exact)
    if named is not None:
        scene = replace(scene, drawing=named.value, plural=named.plural)
    if _is_inner(tokens, state, reading):
        said = (*state.said, replace(scene, inner=True))
        return replace(state, at=state.at + 1, said=said, noun=False)
    described = state.described
    state = replace(_said(replace(state, described=Described()), scene), described=described)
    return replace(state, at=state.at + 1, link="", other=True)


def _is_inner(tokens: Sequence[Token], state: State, reading: Reading) -> bool:
    """Return whether a place or an hour describes a noun beside it: the kitchen table."""
    if describes_before(reading):
        return may(tokens, state.at + 1, Kind.THING)
    return state.noun


def _backdrop(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    del reading
    color, at, words = state.described.color, state.at + 1, state.described.words[-1:]
    if not color:
        follows, words = tokens[at].of(Kind.COLOR), (tokens[at].text,)
        color, at = (follows.value if follows is not None else ""), at + 1
    described = replace(state.described, color="", words=state.described.words[:-1])
    backdrop = Backdrop(color, " ".join((*words, tokens[state.at].text)))
    state = _said(_closed(replace(state, described=described)), backdrop)
    return replace(state, at=at, link="", other=True)


def _thing(tokens: Sequence[Token], state: State, reading: Reading) -> State:
    """Take a noun; one straight before it was its adjective (an apple tree)."""
    text, guessed = tokens[state.at].text, tokens[state.at].guessed
    last = last_noun(state.said)
    if last is not None and _makes_one(last, text, state, reading) and not guessed:
        if last.several and _is_animal(reading):  # "keluarga beruang"
            return _ended(_grouped(state, last, text, reading), reading)
        if (held := _filled(state, last, reading)) and not names().has(f"{last.asked} {text}"):
            return _ended(_with_noun(state, text, reading, held=held), reading)
        if _is_on_somebody(state, last, reading):
            state = replace(state, said=(*state.said, Link("", relation="with")))
            return _ended(_with_noun(state, text, reading, held=""), reading)
        after = lexicon().languages.get(state.language)
        head_first = after is not None and after.describes == "after"
        one = _compound(last, text, text, reading, head_first=head_first)
        return _ended(_amended(state, one), reading)
    if last is not None and state.bridge:
        return _tied(state, last, text, reading)
    state = _ended(_with_noun(state, text, reading, held=""), reading)
    return replace(state, noun=not guessed)


def _head_first(state: State, reading: Reading) -> bool:
    """Return whether of two nouns side by side the first says what it is."""
    language = lexicon().languages.get(state.language or reading.language)
    return language is not None and language.describes == "after"


def _filled(state: State, last: Noun, reading: Reading) -> str:
    """Return how what fills a thing stands to it that was named before: "keranjang bunga"."""
    whole, part = drawing(last), library().drawings[reading.value]
    fills = (
        _head_first(state, reading)
        and not has_body(part)
        and (holds(whole, part) or bears(whole, part))
    )
    return holding(whole, part) if fills else ""


def _is_on_somebody(state: State, last: Noun, reading: Reading) -> bool:
    """Return whether a noun says what somebody wears: "cowok kacamata"."""
    worn = is_worn(drawing(last), library().drawings[reading.value])
    return _head_first(state, reading) and drawing(last).kind.startswith("person") and worn


def _is_animal(reading: Reading) -> bool:
    return library().drawings[reading.value].kind.startswith("animal")


def _is_of_another(last: Noun, text: str, reading: Reading) -> bool:
    """Return whether somebody is whose somebody named before is: "ibu menyusui bayinya"."""
    alive = has_body(drawing(last)) and has_body(library().drawings[reading.value])
    return alive and is_owned(text)


def _makes_one(last: Noun, text: str, state: State, reading: Reading) -> bool:
    """Return whether a noun makes one thing with that straight before it: no plural does.

    Dishes that Indonesian names one after the other are served together: "nasi goreng telor".
    """
    language = lexicon().languages.get(state.language)
    before = language is None or language.describes == "before"
    kinds = (drawing(last).kind, library().drawings[reading.value].kind)
    served = all(kind.startswith("food") for kind in kinds) and last.key != reading.value
    apart = last.plural if before else served or _is_of_another(last, text, reading)
    return state.noun and not state.described and not apart


def _tied(state: State, last: Noun, text: str, reading: Reading) -> State:
    """Take a noun after "of": one thing with the noun before, or held by it."""
    whole, part = drawing(last), library().drawings[reading.value]
    whole_words = " ".join((*state.bridged, *state.described.words, text))
    if state.bridge == Kind.LINK and consists(whole, part):
        words = f"{last.words} {' '.join((*state.bridged, text))}"
        said = [LeftOut(word) for word in state.described.words]
        state = replace(_amended(state, replace(last, words=words)), described=Described())
        return _ended(replace(state, said=(*state.said, *said)), reading)
    if state.bridge == Kind.LINK and last.several:
        return _ended(_grouped(state, last, whole_words, reading), reading)
    held = holding(whole, part)
    if state.bridge == Kind.FULL or held:
        if state.bridge == Kind.FULL and not state.described.number and is_counted(part):
            state = replace(state, described=replace(state.described, number=FULL))
        return _ended(_with_noun(state, text, reading, held=held), reading)
    one = _compound(last, whole_words, f"{' '.join(state.bridged)} {text}", reading)
    described = state.described
    if (described.color and one.color) or (described.number > 1 and one.number > 1):
        before = LeftOut(last.words.replace(last.asked, " ", 1).strip())
        state = replace(state, said=(*state.said, before))
    number = described.number if described.number > 1 else one.number
    one = replace(one, color=described.color or one.color, scale=one.scale * described.scale)
    one = replace(one, number=number, flying=one.flying or described.flying)
    return _ended(replace(_amended(state, one), described=Described()), reading)


def _grouped(state: State, last: Noun, words: str, reading: Reading) -> State:
    """Return the state with people who are several as a number of others: a family of ducks."""
    described = state.described
    sizes = last.words.removesuffix(last.asked).split()
    state = replace(state, said=(*state.said, *map(LeftOut, sizes)))
    one = replace(
        _compound(last, words, " ".join(words.split()[-1:]), reading),
        exact=reading.exact,
        number=described.number if described.number > 1 else last.several,
        color=described.color,
        scale=described.scale,
    )
    return replace(_amended(state, one), described=Described())


def _compound(
    last: Noun, words: str, asked: str, reading: Reading, *, head_first: bool = False
) -> Noun:
    """Return two nouns as one thing; the head says what it is, and how many."""
    same = last.key == reading.value and last.exact and reading.exact
    one = replace(last, words=f"{last.words} {words}", asked=f"{last.asked} {asked}", exact=same)
    if head_first:
        return (
            replace(one, key=reading.value, exact=reading.exact) if _is_head(last, reading) else one
        )
    return replace(one, key=reading.value, plural=reading.plural, several=reading.count)


def _is_head(noun: Noun, reading: Reading) -> bool:
    """Return whether a noun only says of which kind the thing after it is: "burung merak"."""
    kind = library().drawings[reading.value].kind
    heads = (language.heads.get(noun.asked) for language in lexicon().languages.values())
    return any(head is not None and kind.startswith(head) for head in heads)


def _with_noun(state: State, text: str, reading: Reading, *, held: str) -> State:
    described = state.described
    asked = f"{described.lead} {text}".strip()
    noun = Noun(
        words=" ".join((*described.words, asked)),
        asked=asked,
        key=reading.value,
        exact=reading.exact,
        number=described.number,
        plural=reading.plural and not described.paired,
        several=reading.count,
        color=described.color,
        scale=described.scale,
        flying=described.flying,
        held=held,
        definite=described.definite,
        bare=not described.opened and not describes_before(reading),
        owned=described.owned or is_owned(text),
        each=described.each,
    )
    return replace(state, said=(*state.said, noun, *described.brings), described=Described())


def _ended(state: State, reading: Reading) -> State:
    """Return the state after a noun."""
    return replace(
        state,
        at=state.at + 1,
        noun=True,
        near=True,
        language=reading.language,
        bridge="",
        bridged=(),
        link="",
        came=state.link,
        other=False,
    )


_STEPS: Mapping[Kind, _Step] = {
    Kind.GRAMMAR: _grammar,
    Kind.CLASSIFIER: _classifier,
    Kind.DETERMINER: _determiner,
    Kind.DEFINITE: _definite,
    Kind.POSSESSIVE: _possessive,
    Kind.PRONOUN: _pronoun,
    Kind.SELF: _self,
    Kind.WHILE: _mark,
    Kind.HAS: _has,
    Kind.EACH: _each,
    Kind.EXISTS: _exists,
    Kind.LINK: _bridge,
    Kind.FULL: _bridge,
    Kind.JOIN: _join,
    Kind.OR: _mark,
    Kind.STOP: _mark,
    Kind.REFUSAL: _refusal,
    Kind.MILD: _refusal,
    Kind.RELATION: _relation,
    Kind.ASIDE: _aside,
    Kind.SIDE: _aside,
    Kind.BODY: _body,
    Kind.VERB: _verb,
    Kind.NUMBER: _number,
    Kind.COLLECTIVE: _collective,
    Kind.TOGETHER: _together,
    Kind.PAIR: _pair,
    Kind.COLOR: _color,
    Kind.SIZE: _size,
    Kind.QUALITY: _quality,
    Kind.BRINGS: _brings,
    Kind.BACKDROP: _backdrop,
    Kind.PART: _part,
    Kind.PLACE: _scene,
    Kind.TIME: _scene,
    Kind.WEATHER: _scene,
    Kind.STYLE: _scene,
    Kind.THING: _thing,
    Kind.NAME: _unknown,
}


# --- what steps share ---------------------------------------------------------------------------


def _closed(state: State) -> State:
    """Return the state with what waited for a noun let go: none follows any more."""
    described = state.described
    if not described:
        return state
    words = described.words
    loose: list[Phrase] = [LeftOut(word) for word in words]
    if not state.other and (described.color or described.scale != 1.0):
        loose = [Loose(" ".join(words), described.color, described.scale)]
        if described.number > 1:
            loose.append(LeftOut(" ".join(words)))
    loose += described.brings
    return replace(state, described=Described(), said=(*state.said, *loose))


def _said(state: State, phrase: Phrase) -> State:
    """Return the state after a phrase that is no noun."""
    full = state.bridged if state.bridge == Kind.FULL else ()  # full, but of what?
    said = (*state.said, *map(LeftOut, full), phrase)
    return replace(state, said=said, noun=False, near=False, bridge="", bridged=())


def _left_out(state: State, text: str) -> State:
    """Return the state after a word that describes what no picture shows."""
    said = (*state.said, LeftOut(text))
    return replace(state, at=state.at + 1, said=said, noun=False)


def _unsaid(state: State, text: str) -> State:
    """Return the state after a noun that is left out with all that describes it."""
    full = state.bridged if state.bridge == Kind.FULL else ()
    words = " ".join((*full, *state.described.words, text))
    brought = state.described.brings
    state = _said(replace(state, described=Described()), LeftOut(words, noun=True))
    return replace(state, at=state.at + 1, said=(*state.said, *brought), other=True)


def _refused_alone(state: State) -> bool:
    """Return whether an adjective alone is refused: a not very big cat."""
    last = state.said[-1] if state.said else None
    return isinstance(last, Refusal) and last.mild and not state.described


def _amended(state: State, noun: Noun) -> State:
    """Return the state with the last noun changed."""
    at = len(state.said) - 1
    while not isinstance(state.said[at], Noun):
        at -= 1
    return replace(state, said=(*state.said[:at], noun, *state.said[at + 1 :]))
