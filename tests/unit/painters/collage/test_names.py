"""Words find their drawings: everyday ones exactly, others as a relative, and said so."""

from __future__ import annotations

import pytest

from kanvas_painters.collage.library import library
from kanvas_painters.collage.reading.lexicon import owned, singulars
from kanvas_painters.collage.reading.names import names
from kanvas_painters.collage.reading.reader import read_prompt
from kanvas_painters.collage.reading.spelling import normal

ENGLISH = """
fox=fox cat=cat kitty=cat dog=dog rabbit=rabbit bunny=rabbit bear=bear panda=panda lion=lion
tiger=tiger wolf=wolf horse=horse cow=cow pig=pig sheep=ewe goat=goat mouse=mouse
elephant=elephant giraffe=giraffe zebra=zebra monkey=monkey penguin=penguin owl=owl duck=duck
eagle=eagle frog=frog turtle=turtle snake=snake dinosaur=t-rex dragon=dragon unicorn=unicorn
whale=whale dolphin=dolphin shark=shark octopus=octopus crab=crab butterfly=butterfly
bee=honeybee ladybug=lady-beetle snail=snail sunflower=sunflower rose=rose tulip=tulip
tree=deciduous-tree cactus=cactus mushroom=mushroom apple=red-apple banana=banana
strawberry=strawberry pumpkin=pumpkin carrot=carrot pizza=pizza burger=hamburger
cake=birthday-cake donut=doughnut coffee=hot-beverage car=automobile bus=bus bicycle=bicycle
train=train boat=sailboat airplane=airplane rocket=rocket ufo=flying-saucer house=house
castle=castle tent=tent moon=full-moon star=star rainbow=rainbow cloud=cloud robot=robot
ghost=ghost astronaut=astronaut wizard=mage guitar=guitar piano=piano
book=closed-book umbrella=umbrella crown=crown balloon=balloon clock=mantelpiece-clock key=key
""".split()  # noqa: SIM905 - a list of 100 strings would fill a page

INDONESIAN = """
rubah=fox kucing=cat anjing=dog kelinci=rabbit gajah=elephant harimau=tiger singa=lion
kuda=horse sapi=cow ayam=chicken bebek=duck katak=frog ikan=fish burung=bird
pohon=deciduous-tree bunga=blossom apel=red-apple pisang=banana mobil=automobile sepeda=bicycle
perahu=sailboat rumah=house bulan=full-moon bintang=star pelangi=rainbow roket=rocket
jerapah=giraffe gitar=guitar
""".split()  # noqa: SIM905 - a list of 100 strings would fill a page


@pytest.mark.parametrize("pair", [*ENGLISH, *INDONESIAN])
def test_everyday_words_find_their_own_drawing(pair: str) -> None:
    word, key = pair.split("=")
    brief = read_prompt(f"a {word}" if pair in ENGLISH else word)
    assert [thing.key for thing in brief.things] == [key]
    assert brief.substitutions == ()


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [("kitten", "cat"), ("puppy", "dog"), ("elk", "deer"), ("wallaby", "kangaroo")],
)
def test_a_relative_is_drawn_and_said(asked: str, drawn: str) -> None:
    brief = read_prompt(f"a {asked}")
    assert brief.things[0].key == drawn
    assert brief.substitutions == (f"{asked} → {library().drawings[drawn].name}",)


@pytest.mark.parametrize(
    ("prompt", "key"),
    [
        ("a blue cat", "cat"),
        ("a golden cup", "hot-beverage"),
        ("a white rocket", "rocket"),
        ("a little girl", "girl"),
        ("an orange tree", "tangerine"),
        ("a black cat", "black-cat"),
        ("a baby bird", "baby-chick"),
    ],
)
def test_a_color_or_size_before_a_thing_describes_it(prompt: str, key: str) -> None:
    """WordNet knows a blue cat as a fish; the painter must not."""
    assert [thing.key for thing in read_prompt(prompt).things] == [key]


def test_of_several_each_is_one() -> None:
    assert read_prompt("books").things[0].key == "books"
    assert read_prompt("two books").things[0].key == "closed-book"
    assert read_prompt("two hearts").things[0].key == "two-hearts"


def test_misspelled_words_are_understood_and_said() -> None:
    brief = read_prompt("a rokcet and an elefant")
    assert [thing.key for thing in brief.things] == ["rocket", "elephant"]
    assert brief.substitutions == ("rokcet → rocket", "elefant → elephant")


def test_unknown_words_are_left_out_and_said() -> None:
    brief = read_prompt("a cat and a zyxqv")
    assert [thing.key for thing in brief.things] == ["cat"]
    assert brief.substitutions == ("zyxqv → left out",)


def test_short_unknown_words_are_not_bent_into_their_neighbours() -> None:
    assert read_prompt("a foz").things == ()


@pytest.mark.parametrize("key", sorted(library().drawings))
def test_every_drawing_is_found_by_its_own_name(key: str) -> None:
    found = names().find(normal(library().drawings[key].name))
    assert found is not None
    assert library().drawings[found.key].name == library().drawings[key].name


def test_plurals() -> None:
    assert next(singulars("mice")) == "mouse"
    assert "snowman" in singulars("snowmen")
    assert "cherry" in singulars("cherries")
    assert "wolf" in singulars("wolves")
    assert "fox" in singulars("foxes")
    assert list(singulars("glass")) == []


def test_whose_it_is_does_not_matter() -> None:
    assert list(owned("kucingnya")) == ["kucing"]
    assert [thing.key for thing in read_prompt("kucingku dan anjingmu").things] == ["cat", "dog"]


@pytest.mark.parametrize("word", ["catt", "xq", "xat", "dgoo"])
def test_short_words_are_not_mended(word: str) -> None:
    assert names().mended(word) == ""


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("fxo", "fox"),  # letters that changed places
        ("hta", "hat"),
        ("bok", "book"),  # a double that was typed once
        ("mja", "meja"),  # a vowel that is missing
        ("dgos", "dogs"),  # of a plural
        ("brids", "birds"),  # rather than "bride"
        ("holdng", "holding"),  # verbs, prepositions and numbers as well
        ("betwen", "between"),
        ("membca", "membaca"),
        ("palying", "playing"),
        ("drogan", "dragon"),  # the same letters in another order
    ],
)
def test_a_slip_of_the_hand_is_mended(word: str, meant: str) -> None:
    assert names().mended(word) == meant


def test_a_drawing_of_a_plural_name_is_several() -> None:
    (pyramids,) = read_prompt("the pyramids").things
    assert (pyramids.key, pyramids.count) == ("pyramid", 3)
