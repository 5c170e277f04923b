"""Nothing is ignored in silence but grammar: random sentences of both languages hold it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas_paint_contract.cards import STYLES
from kanvas_painters.collage.brief import Brief, Thing
from kanvas_painters.collage.indonesian import indonesian_names
from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.fates import Fate, How, fates, left_out, sentences
from kanvas_painters.collage.reading.lexicon import Kind, lexicon
from kanvas_painters.collage.reading.names import names
from kanvas_painters.collage.reading.reader import (
    SAID_LONGEST,
    SAID_MOST,
    read_prompt,
    reading,
)
from kanvas_painters.collage.reading.tokens import tokens
from kanvas_painters.collage.reading.words import Part, Words, joined
from tests.reader_score.honesty import ignored
from tests.reader_score.prompts import PARTS, prompts

Chunk = tuple[str, bool]  # words, and whether they say something

UNKNOWN = ("zyxqv", "blorf", "frobnicate", "Quuxland")
SOMEBODY = {
    "en": ("nurse", "old man", "grandmother", "teacher", "boy", "foreigner"),
    "id": ("guru", "nenek", "tukang bakso", "petani", "orang asing"),
}
DESCRIBING = (Kind.COLOR, Kind.SIZE, Kind.QUALITY, Kind.BRINGS)
TYING = (
    *(Kind.RELATION, Kind.VERB, Kind.JOIN, Kind.REFUSAL, Kind.FULL, Kind.ASIDE, Kind.HAS),
    *(Kind.EXISTS, Kind.WHILE, Kind.OR, Kind.PRONOUN, Kind.SELF, Kind.LINK),
)
SCENES = (Kind.PLACE, Kind.TIME, Kind.WEATHER, Kind.STYLE)
GRAMMAR = {
    *(Kind.GRAMMAR, Kind.REQUEST, Kind.PARTICLE, Kind.DETERMINER, Kind.DEFINITE, Kind.POSSESSIVE),
    *(Kind.PRONOUN, Kind.SELF, Kind.HAS, Kind.WHILE, Kind.EXISTS, Kind.JOIN, Kind.OR),
    *(Kind.CLASSIFIER, Kind.LINK, Kind.RELATION, Kind.NUMBER),
}


@cache
def listed(code: str, *kinds: Kind) -> list[Chunk]:
    """Return the phrases of a language that are of these kinds.

    "Off" says something where it stands alone; before a noun it is grammar, as in "off the road".
    """
    content = {*DESCRIBING, *SCENES, Kind.VERB, Kind.NUMBER, Kind.COLLECTIVE, Kind.PART}
    return sorted(
        (phrase, kind in content and all(one.kind is not Kind.PARTICLE for one in readings))
        for phrase, readings in lexicon().meanings.items()
        for kind in kinds
        if any(
            reading.kind is kind and reading.language == code and reading.value != "1"
            for reading in readings
        )
    )


@cache
def nouns(code: str) -> list[Chunk]:
    things = sorted(names().spoken[code])
    return [(phrase, True) for phrase in (*things, *UNKNOWN, *SOMEBODY[code])]


@st.composite
def noun_phrases(draw: st.DrawFn, code: str) -> list[Chunk]:
    """Draw a noun with what describes it, where the language puts that."""
    described = draw(st.lists(st.sampled_from(listed(code, *DESCRIBING)), max_size=2))
    noun = [draw(st.sampled_from(nouns(code)))]
    before = lexicon().languages[code].describes == "before"
    counting = st.sampled_from([*listed(code, Kind.NUMBER), *listed(code, Kind.COLLECTIVE)])
    number = draw(st.lists(counting, max_size=1))
    return [*number, *described, *noun] if before else [*number, *noun, *described]


@st.composite
def sentences_of_both(draw: st.DrawFn) -> list[Chunk]:
    """Draw a few noun phrases, tied by prepositions, verbs and the like, somewhere, some time."""
    code = draw(st.sampled_from(sorted(lexicon().languages)))
    with_words = {"en": ("with", False), "id": ("dengan", False)}[code]
    said = draw(noun_phrases(code))
    for _ in range(draw(st.integers(0, 2))):
        ties = [kind for kind in (*TYING, Kind.PART) if listed(code, kind)]
        tie = draw(st.sampled_from([*ties, Kind.STOP]))
        if tie is Kind.STOP:
            said = [*said, (",", False), *draw(noun_phrases(code))]
        elif tie is Kind.PART:
            said = [*said, with_words, draw(st.sampled_from(listed(code, Kind.PART)))]
        else:
            said = [*said, draw(st.sampled_from(listed(code, tie))), *draw(noun_phrases(code))]
    for kind in SCENES:
        if draw(st.booleans()):
            said = [*said, (",", False), draw(st.sampled_from(listed(code, kind)))]
    return said


@settings(max_examples=100)
@given(sentences_of_both())
def test_every_word_is_drawn_or_said(sentence: list[Chunk]) -> None:
    text = " ".join(words for words, _ in sentence)
    content = [words.lower() for words, says in sentence if says]
    assert ignored(text, content, read_prompt) == []


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("a single rose", "a single rose"),
        ("1 cat", "1 cat"),
        ("dua gelas teh", "gelas teh"),
        ("secangkir kopi", "secangkir kopi"),
    ],
)
def test_a_word_that_counts_one_belongs_to_the_name(prompt: str, word: str) -> None:
    assert word in {thing.words for thing in read_prompt(prompt).things}


def each_has_one_fate(text: str) -> None:
    """Assert that every word of a text has one fate, and that this is true of its picture."""
    brief, became = reading(text)
    places = sorted(place for fate in became for place in fate.words.places)
    assert places == list(range(len(tokens(text))))
    drawn = {thing.key for thing in brief.things}
    assert {fate.value for fate in became if fate.how is How.DRAWN} <= drawn
    silent = [fate.words.text for fate in became if fate.how is How.GRAMMAR]
    assert [words for words in silent if not is_grammar(words)] == []


def is_grammar(words: str) -> bool:
    """Return whether a word has no meaning, or one that is grammar."""
    kinds = {reading.kind for reading in lexicon().meanings.get(words, ())}
    return not words.strip(".,;:!?\u2063 ") or not kinds.isdisjoint(GRAMMAR)


@settings(max_examples=100)
@given(sentences_of_both())
def test_each_word_has_one_fate(sentence: list[Chunk]) -> None:
    each_has_one_fate(" ".join(words for words, _ in sentence))


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_so_has_each_word_of_any_text(text: str) -> None:
    each_has_one_fate(text)


CAT, RED, BIG = (Words((Part(at, word, word),)) for at, word in enumerate(("cat", "red", "big")))
ALL = joined((CAT, RED, BIG))
DRAWN = Fate(CAT, How.DRAWN, "thing", "cat")
A_CAT = Brief((Thing("cat", "cat"),))


def test_a_word_of_which_no_pass_tells_is_left_out() -> None:
    told = (DRAWN, Fate(RED, How.CHANGES, "look"))
    assert fates(ALL, frozenset(), told, A_CAT) == (*told, left_out(BIG))
    assert fates(ALL, frozenset((2,)), told, A_CAT) == (*told, Fate(BIG, How.GRAMMAR))


def test_of_what_is_told_of_a_word_the_last_holds() -> None:
    told = (left_out(CAT + RED), DRAWN)
    assert fates(CAT + RED, frozenset(), told, A_CAT) == (DRAWN, left_out(RED))
    assert sentences((left_out(CAT + RED),)) == ("cat red → left out",)


def test_what_is_not_in_the_brief_after_all_is_left_out() -> None:
    night = Fate(RED, How.CHANGES, "time", "night")
    ink = Fate(BIG, How.CHANGES, "style", "ink")
    became = fates(ALL, frozenset(), (DRAWN, night, ink), Brief(time="night", style="flat"))
    assert became == (left_out(CAT), night, Fate(BIG, How.SAID, "style", "flat", "flat"))


def test_the_oracle_notices_a_word_that_is_ignored() -> None:
    """A reader that drops a word without a word about it is caught."""
    assert ignored("a burning house", ["burning"], lambda text: read_prompt("a house")) == [
        "burning"
    ]


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a cat in armor", ("armor → left out",)),
        ("a burning house", ("burning → fire",)),
        ("an old house", ("old → left out",)),
        ("seekor kucing tidur", ("tidur → left out",)),
        ("a cinematic cat, 8k, bokeh", ("cinematic", "8k", "bokeh")),
        ("a woman cooking", ("cooking → left out",)),
        ("a woman cooking rice", ("cooking → beside",)),
        ("a man riding on a horse", ("riding → on",)),
        ("a man riding a horse", ()),
        ("anime, a cat", ("anime → flat",)),
        ("a cat and two red blorfs", ("two red blorfs → left out",)),
        ("a green meadow", ("green → left out",)),
        ("a sunny day at night, a cat", ("at night → left out",)),
        ("a dog that never sleeps", ("never sleeps → left out",)),
        ("a brightly colored house", ("brightly → left out", "colored → left out")),
        ("no blorfs, a cat", ("no blorfs → left out",)),
        ("a very fluffy cat", ("very → left out", "fluffy → left out")),
        ("a cat named Quux", ("named → left out", "quux → left out")),
        ("a close-up of a cat at 5 o'clock", ("close-up", "5 o'clock")),
        ("a girl drawing", ("drawing",)),
        ("a cat upside down", ("upside", "down")),
        ("a cat to the left of a blorf", ("to the left of blorf",)),
        ("can you draw me a cat please?", ()),
        ("tolong gambarkan kucing dong", ()),
    ],
)
def test_what_is_said(prompt: str, said: tuple[str, ...]) -> None:
    whole = tuple(note if "→" in note else f"{note} → left out" for note in said)
    assert read_prompt(prompt).substitutions == whole


def test_a_style_that_was_chosen_overrules_that_of_the_words_and_says_so() -> None:
    assert read_prompt("a cat, watercolor", style="ink").substitutions == ("watercolor → ink",)
    assert read_prompt("a cat, watercolor", style="watercolor").substitutions == ()


def test_what_is_told_instead_of_words_has_an_indonesian_name() -> None:
    """The page itself knows three sayings and the styles, in both languages."""
    known = {"left out", "kept out", "an empty scene", *STYLES, *indonesian_names()}
    known |= {drawing.name for drawing in library().drawings.values()}  # of these some are alike
    corpus = (prompt for part in PARTS for prompt in prompts(part))
    told = {
        instead
        for prompt in corpus
        for said in read_prompt(prompt.text).substitutions
        for _, arrow, instead in (said.rpartition(" → "),)
        if arrow
    }
    assert {"on", "beside", "left of", "meadow"} <= told
    assert told <= known


def test_what_is_said_has_room_beside_a_post() -> None:
    """A post holds so many substitutions, and of so many characters each."""
    many = read_prompt("a cat and " + " ".join(f"blorf{at}" for at in range(300))).substitutions
    assert len(many) == SAID_MOST == 100
    assert many[-1] == "… (+201) → left out"
    (long, *_) = read_prompt("q" * 900).substitutions
    assert len(long) == SAID_LONGEST == 200
    assert long.endswith("q… → left out")


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("rain over a city, heavy rain", "heavy"),
        ("a snow covered village in winter, winter wonderland", "wonderland"),
        ("a dog, golden retriever", "golden"),
        ("a 1000watt lamp", "1000watt"),
    ],
)
def test_what_is_said_again_in_other_words_is_heeded(prompt: str, word: str) -> None:
    assert ignored(prompt, [word], read_prompt) == []


@pytest.mark.parametrize(
    "prompt",
    [
        "un chat noir sur un toit",
        "el perro y la luna",
        "eine alte Frau trinkt Kaffee im Schnee",
        "um barco pequeno no mar azul",
        "een kat op het dak van een huis",
        "雪の中の赤いキツネ",
        "красная лиса в снегу",
        "قطة",
    ],
)
def test_a_prompt_in_another_language_is_told_which_are_read(prompt: str) -> None:
    assert read_prompt(prompt).substitutions == (
        "Only English and Indonesian are read. Hanya bahasa Inggris dan Indonesia yang dibaca.",
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "zyxqv",
        "Katze",
        "a cat 猫",
        "pengantin di pelaminan",
        "harimua di hutn",
        "bokeh, octane, volumetric, unreal engine",
        "Taylor Swift on stage",
        "",
    ],
)
def test_rare_words_make_no_other_language(prompt: str) -> None:
    assert not any("are read" in said for said in read_prompt(prompt).substitutions)


@pytest.mark.parametrize(
    ("prompt", "negative", "word"),
    [
        ("no meadow, spring", "", "spring"),
        ("a fox in spring, no meadow", "", "spring"),
        ("jangan ada padang rumput, musim semi", "", "musim semi"),
        ("no rain, drizzle", "", "drizzle"),
        ("a fox in spring", "meadow", "spring"),
    ],
)
def test_what_is_asked_for_and_refused_at_once_is_said(
    prompt: str, negative: str, word: str
) -> None:
    assert f"{word} → left out" in read_prompt(prompt, negative).substitutions
