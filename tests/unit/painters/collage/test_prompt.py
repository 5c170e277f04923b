"""What a prompt means: things, counts, colors, relations, place, hour, weather, style."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas_paint_contract.cards import STYLES
from kanvas_painters.collage.brief import Relation
from kanvas_painters.collage.library import rgb
from kanvas_painters.collage.reading.lexicon import Kind, lexicon
from kanvas_painters.collage.reading.reader import read_prompt, style_named
from kanvas_painters.collage.reading.standing.things import MANY
from kanvas_painters.collage.reading.telling import THINGS


def test_the_demo_prompt() -> None:
    brief = read_prompt("a red fox in the snow")
    assert [(thing.key, thing.count, thing.color) for thing in brief.things] == [("fox", 1, None)]
    assert (brief.place, brief.time, brief.style) == ("snow", "", "3d")
    assert brief.substitutions == ()


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("a cat", 1),
        ("two cats", 2),
        ("cats", 3),
        ("7 cats", 7),
        ("a dozen cats", 12),
        ("many cats", 7),
        ("900 cats", MANY),
        ("tiga kucing", 3),
        ("dua ekor kucing", 2),
    ],
)
def test_counts(prompt: str, count: int) -> None:
    brief = read_prompt(prompt)
    assert [(thing.key, thing.count) for thing in brief.things] == [("cat", count)]


@pytest.mark.parametrize(
    ("prompt", "color"),
    [
        ("a blue car", "#2f6fe0"),
        ("a light blue car", "#86c1f2"),
        ("a big purple car", "#8a45d1"),
        ("mobil biru", "#2f6fe0"),
        ("mobil merah muda", "#f47fb3"),
    ],
)
def test_colors(prompt: str, color: str) -> None:
    thing = read_prompt(prompt).things[0]
    assert (thing.key, thing.color) == ("automobile", rgb(color))


def test_an_orange_is_a_fruit_and_an_orange_dog_is_a_dog() -> None:
    assert [thing.key for thing in read_prompt("an orange").things] == ["tangerine"]
    brief = read_prompt("an orange dog next to an orange")
    assert [thing.key for thing in brief.things] == ["dog", "tangerine"]
    assert brief.things[0].color == rgb("#f58a1f")
    assert brief.things[1].color is None


def test_sizes_change_the_scale() -> None:
    small, plain, big = (
        read_prompt(f"a {size} dog").things[0].scale for size in ("small", "", "big")
    )
    assert small < plain < big
    assert read_prompt("anjing kecil").things[0].scale < 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("next to", "beside"),
        ("to the left of", "left"),
        ("to the right of", "right"),
        ("on top of", "on"),
        ("riding", "on"),
        ("above", "above"),
        ("under", "under"),
        ("in front of", "front"),
        ("behind", "behind"),
        ("inside", "inside"),
        ("di samping", "beside"),
        ("di atas", "on"),
        ("di belakang", "behind"),
    ],
)
def test_relations(words: str, kind: str) -> None:
    brief = read_prompt(f"a cat {words} a box")
    assert brief.relations == (Relation(kind, 0, 1),)


def test_a_relation_holds_for_all_that_were_joined() -> None:
    brief = read_prompt("a cat and a dog on a bed")
    assert brief.relations == (Relation("on", 0, 2), Relation("on", 1, 2))


def test_a_place_is_no_thing_to_stand_on() -> None:
    brief = read_prompt("a crab on the beach")
    assert (brief.place, len(brief.things), brief.relations) == ("beach", 1, ())


@pytest.mark.parametrize("kind", [Kind.PLACE, Kind.TIME, Kind.WEATHER, Kind.STYLE])
def test_every_phrase_of_a_scene_is_understood(kind: Kind) -> None:
    """What is only near to a place of ours needs a word that says where: "in the alley"."""
    nearly = "a cat in the {}" if kind is Kind.PLACE else "a cat, {}"
    misread = [
        phrase
        for phrase, readings in lexicon().meanings.items()
        for reading in readings
        if reading.kind is kind
        and getattr(
            read_prompt(("a cat, {}" if reading.exact else nearly).format(phrase)), kind.value
        )
        != reading.value
    ]
    assert misread == []


def test_a_background_color() -> None:
    brief = read_prompt("a pizza on a yellow background")
    assert brief.backdrop == rgb("#fbd034")
    assert brief.things[0].color is None


def test_the_style_asked_for_wins_over_the_words() -> None:
    assert read_prompt("a cat, watercolor", style="ink").style == "ink"
    assert read_prompt("a cat, watercolor").style == "watercolor"
    assert style_named("Pixel Art") == "pixel"
    assert style_named("baroque") == ""
    assert all(style_named(style) == style for style in STYLES)


def test_what_is_refused_is_not_drawn() -> None:
    brief = read_prompt("a cat next to a dog on a bed in the rain", negative="dog, rain")
    assert [thing.key for thing in brief.things] == ["cat", "bed"]
    assert brief.weather == ""
    assert all(max(pair.first, pair.second) < 2 for pair in brief.relations)


def test_an_adjective_noun_gives_way_to_its_noun_and_it_is_said() -> None:
    brief = read_prompt("an apple tree")
    assert [thing.key for thing in brief.things] == ["deciduous-tree"]
    assert brief.substitutions == ("apple tree → deciduous tree",)


@pytest.mark.parametrize(
    ("prompt", "keys", "relations"),
    [
        # A verb between two things makes neither the other's adjective.
        ("a rocket flying to the moon", ["rocket", "full-moon"], []),
        ("an old woman feeding birds", ["old-woman", "bird"], ["beside"]),
        ("a farmer milking a cow", ["farmer", "cow"], ["beside"]),
        ("a chef cooking pasta", ["cook", "spaghetti"], ["beside"]),
        ("a mom and her baby", ["woman", "baby"], []),
        ("a baby crying", ["baby"], []),
        # What holds something stays; what is served comes in its own bowl.
        ("a basket of eggs", ["basket", "egg"], ["inside"]),
        ("a bowl of soup", ["steaming-bowl"], []),
        ("a rainbow colored unicorn", ["unicorn"], []),
        # "in", "with" and "di" leave open what the things decide.
        ("a rabbit in a hat", ["rabbit", "top-hat"], ["inside"]),
        ("a man in a hat", ["man", "top-hat"], ["wearing"]),
        ("a boy in a blue shirt", ["boy", "t-shirt"], ["wearing"]),
        ("a cat with glasses", ["cat", "glasses"], ["wearing"]),
        ("a snowman with a hat", ["snowman", "top-hat"], ["wearing"]),
        ("a woman with a handbag", ["woman", "handbag"], ["holding"]),
        ("a cat with a dog", ["cat", "dog"], ["beside"]),
        ("kucing di kotak", ["cat", "package"], ["inside"]),
        ("buku di meja", ["closed-book", "table"], ["on"]),
        ("kepiting di pantai", ["crab"], []),
        ("dokter di rumah", ["health-worker", "house"], ["front"]),
        # Who has a body wears, holds and sits, also where another noun stands between.
        ("a cat wearing a hat and sunglasses", ["cat", "top-hat", "sunglasses"], ["wearing"] * 2),
        ("a man in a hat and a dog", ["man", "top-hat", "dog"], ["wearing"]),
        ("a lion with a crown sitting on a chair", ["lion", "crown", "chair"], ["wearing", "on"]),
        ("a cup of hot coffee", ["hot-beverage"], []),
        ("a bouquet of red roses", ["bouquet"], []),
        ("a basket of big apples on a table", ["basket", "red-apple", "table"], ["inside", "on"]),
        ("a fridge full of fruit", ["fridge", "grapes"], []),
        # What only describes leaves its relation to what it describes.
        ("a girl in a flower hat", ["girl", "top-hat"], ["wearing"]),
        # A verb's word may be a thing.
        ("a tall building in the city", ["office-building"], []),
        ("a brick building", ["office-building"], []),
        ("a boy building a house", ["boy", "house"], ["beside"]),
        ("kucing dengan dua ekor anjing", ["cat", "dog"], ["beside"]),
    ],
)
def test_who_does_what_with_whom(prompt: str, keys: list[str], relations: list[str]) -> None:
    brief = read_prompt(prompt)
    assert [thing.key for thing in brief.things] == keys
    assert [relation.kind for relation in brief.relations] == relations


def test_a_book_is_read_by_whoever_sits_by_the_window() -> None:
    brief = read_prompt("a woman sitting by a window reading a book")
    assert [thing.key for thing in brief.things] == ["woman", "window", "closed-book"]
    assert brief.relations == (Relation("beside", 0, 1), Relation("holding", 0, 2))


@pytest.mark.parametrize(
    ("prompt", "keys", "refused"),
    [
        ("no people, just a beach", [], "people"),
        ("a street with no cars", [], "cars"),
        ("a cat without a hat", ["cat"], "hat"),
        ("a dog not wearing sunglasses", ["dog"], "wearing sunglasses"),
        ("kucing tanpa topi", ["cat"], "topi"),
        ("no dogs, a cat", ["cat"], "dogs"),
        ("kucing tanpa topi merah", ["cat"], "topi merah"),
        ("a man in a hat and a woman without a hat", ["man", "top-hat", "woman"], "hat"),
    ],
)
def test_what_the_words_refuse_is_not_drawn_and_that_is_said(
    prompt: str, keys: list[str], refused: str
) -> None:
    brief = read_prompt(prompt)
    assert [thing.key for thing in brief.things] == keys
    assert brief.substitutions == (f"{refused} → kept out",)


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        ("no dogs or cats", []),
        ("a dog that is not happy and a cat", ["dog", "cat"]),
        ("a not very big cat", ["cat"]),
    ],
)
def test_a_refusal_reaches_as_far_as_it_is_meant(prompt: str, keys: list[str]) -> None:
    assert [thing.key for thing in read_prompt(prompt).things] == keys


@pytest.mark.parametrize(
    ("prompt", "negative", "place", "weather"),
    [
        ("a fox in the snow", "snow, forest", "", ""),
        ("a city in the snow", "snow", "city", ""),
        ("a city in the snow", "city", "", "snowfall"),
    ],
)
def test_negative_words_take_a_place_away(
    prompt: str, negative: str, place: str, weather: str
) -> None:
    brief = read_prompt(prompt, negative)
    assert (brief.place, brief.weather) == (place, weather)


def test_no_clouds_means_the_drawings_of_clouds_too() -> None:
    assert "cloud" in read_prompt("a castle", negative="clouds").excluded
    assert "cloud" in read_prompt("a castle without clouds").excluded


def test_negative_words_may_say_no_themselves() -> None:
    brief = read_prompt("a cat and a dog in the rain", negative="no dogs, no rain")
    assert [thing.key for thing in brief.things] == ["cat"]
    assert brief.weather == ""


def test_and_goes_on_for_the_first_only() -> None:
    brief = read_prompt("a man wearing a hat and a dog and glasses")
    assert [(pair.kind, pair.first) for pair in brief.relations] == [("wearing", 0)] * 2


def test_a_refused_color_is_not_given() -> None:
    (thing,) = read_prompt("a cat but not black").things
    assert (thing.key, thing.color) == ("cat", None)


@pytest.mark.parametrize(
    ("prompt", "place", "weather", "said"),
    [
        ("a city in the snow", "city", "snowfall", ()),
        ("a snowy beach", "beach", "snowfall", ()),
        ("a forest in autumn", "autumn", "", ()),
        ("mountains and a river", "mountains", "", ("river → left out",)),
    ],
)
def test_of_two_places_one_yields(
    prompt: str, place: str, weather: str, said: tuple[str, ...]
) -> None:
    brief = read_prompt(prompt)
    assert (brief.place, brief.weather, brief.substitutions) == (place, weather, said)


def test_a_sky_above_is_no_place_to_be_in() -> None:
    brief = read_prompt("a field of sunflowers under a blue sky with clouds")
    assert [(thing.key, thing.count) for thing in brief.things] == [("sunflower", 7)]
    assert brief.place == "meadow"
    assert read_prompt("a cat in the sky").place == "sky"


def test_what_flies_over_a_place_is_in_the_air() -> None:
    assert read_prompt("birds over the sea").things[0].flying
    assert read_prompt("a superhero flying over the city").things[0].flying
    assert not read_prompt("a bridge over the river").things[0].flying
    assert not read_prompt("a castle above the city").things[0].flying


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        ("🐶", ["dog"]),
        ("🚗 and 🚌", ["automobile", "bus"]),
        ("a cat 🐱", ["cat"]),
        ("a dog & a cat (a mouse)", ["dog", "cat", "mouse"]),
    ],
)
def test_signs_are_read(prompt: str, keys: list[str]) -> None:
    assert [thing.key for thing in read_prompt(prompt).things] == keys


def test_a_doubled_word_is_a_plural_in_indonesian() -> None:
    assert [thing.count for thing in read_prompt("Anak-anak").things] == [3]
    assert [thing.count for thing in read_prompt("kupu-kupu").things] == [1]


@pytest.mark.parametrize(
    ("prompt", "count"),
    [("anak2", 3), ("teman2nya", 3), ("teman-temannya", 3), ("kupu2", 1), ("kupu-kupunya", 1)],
)
def test_a_two_doubles_a_word_and_somebodys_are_as_many(prompt: str, count: int) -> None:
    assert [thing.count for thing in read_prompt(prompt).things] == [count]


def test_with_and_without_may_be_signs() -> None:
    assert read_prompt("a cat w/ a hat").relations == (Relation("wearing", 0, 1),)
    assert read_prompt("a cat w/o a hat").excluded == frozenset(("top-hat",))


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("a cat on a tree, a dog below", (Relation("on", 0, 1), Relation("under", 2, 1))),
        ("a laptop, a plant on the right", (Relation("right", 1, 0),)),
        ("a tree and a gift below it", (Relation("under", 1, 0),)),
        ("a tree with a gift under it", (Relation("under", 1, 0),)),
        ("a cat behind the fox", (Relation("behind", 0, 1),)),
        ("a laptop, a dog under the sky", ()),
    ],
)
def test_a_preposition_without_a_noun_means_the_thing_before(
    prompt: str, relations: tuple[Relation, ...]
) -> None:
    assert read_prompt(prompt).relations == relations


def test_a_preposition_that_nothing_stands_before_is_said() -> None:
    brief = read_prompt("a cat on the right")
    assert (brief.relations, brief.substitutions) == ((), ("on the right → left out",))


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("a girl, glasses, a yellow scarf", (Relation("wearing", 0, 1), Relation("wearing", 0, 2))),
        ("a girl, a dog, glasses", ()),
        ("a dog, a scarf", ()),
    ],
)
def test_clothes_that_are_listed_after_a_person_are_worn(
    prompt: str, relations: tuple[Relation, ...]
) -> None:
    assert read_prompt(prompt).relations == relations


def test_a_place_may_be_full() -> None:
    brief = read_prompt("pantai penuh peselancar")
    assert (brief.place, [thing.count for thing in brief.things]) == ("beach", [7])
    assert read_prompt("penuh warna").substitutions[0] == "penuh → left out"


def test_a_giant_cat_is_no_troll() -> None:
    (thing,) = read_prompt("kucing raksasa").things
    assert (thing.key, thing.scale > 1) == ("cat", True)


def test_the_color_of_a_place_is_nobodys() -> None:
    assert read_prompt("dua sapi di ladang hijau").things[0].color is None


@pytest.mark.parametrize(
    ("prompt", "key", "part"),
    [
        ("a woman with red hair", "woman", "red hair"),
        ("a house with a red roof", "house", "red roof"),
        ("a cat with green eyes", "cat", "green eyes"),
        ("a unicorn with a rainbow mane", "unicorn", "rainbow mane"),
    ],
)
def test_the_color_of_a_part_is_not_that_of_the_whole(prompt: str, key: str, part: str) -> None:
    brief = read_prompt(prompt)
    assert [(thing.key, thing.color) for thing in brief.things] == [(key, None)]
    assert brief.substitutions == (f"{part} → left out",)


def test_black_and_white_is_a_style_where_no_thing_follows() -> None:
    assert read_prompt("a black and white cat").style == "3d"
    assert read_prompt("a cat in black and white").style == "ink"


def test_a_relative_in_a_basket_is_named_too() -> None:
    assert read_prompt("a basket of plums").substitutions == ("plums → cherries",)


def test_words_without_meaning_still_give_a_scene_and_say_so() -> None:
    assert read_prompt("").substitutions == ("… → an empty scene",)
    assert read_prompt("zyxqv").substitutions == ("zyxqv → an empty scene",)
    assert read_prompt("zyxqv, blorf").substitutions == (
        *("zyxqv → left out", "blorf → left out"),
        "zyxqv, blorf → an empty scene",
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "a black man and a white woman holding hands",
        "a white man and a brown woman hand in hand",
        "a man and a woman holding hands",
    ],
)
def test_two_who_hold_hands_stand_beside_each_other(prompt: str) -> None:
    brief = read_prompt(prompt)
    assert [thing.key for thing in brief.things] == ["man", "woman"]
    assert all(thing.color is None for thing in brief.things)
    assert not any("left out" in note for note in brief.substitutions)
    assert brief.substitutions[-1].endswith(" → beside")


def test_one_alone_holds_no_hands() -> None:
    assert "holding hands → left out" in read_prompt("a man holding hands").substitutions


def test_ukiyo_e_is_one_word() -> None:
    brief = read_prompt("a castle in ukiyo-e style")
    assert (brief.style, brief.substitutions) == ("ink", ("ukiyo-e → ink",))


def test_of_a_language_that_is_not_read_nothing_guessed_is_drawn() -> None:
    brief = read_prompt("ein roter Fuchs im Schnee unter dem Mond")
    assert brief.things == ()
    (note,) = brief.substitutions
    assert note.startswith("Only English and Indonesian")


@pytest.mark.parametrize("prompt", ["pitik abang ing ngarep omah", "ucing hideung sare dina korsi"])
def test_neighbours_of_our_languages_are_told_which_are_read(prompt: str) -> None:
    assert any("Only English" in note for note in read_prompt(prompt).substitutions)


def test_more_things_than_fit_are_named() -> None:
    keys = "cat, dog, fox, lion, bear, wolf, pig, cow, hen, goat, owl, duck"
    brief = read_prompt(keys)
    assert len(brief.things) == THINGS
    assert brief.substitutions == ("owl → left out", "duck → left out")


@settings(max_examples=150)
@given(st.text(max_size=200))
def test_any_text_gives_a_brief(text: str) -> None:
    brief = read_prompt(text, negative=text)
    assert len(brief.things) <= THINGS
    assert all(0 < thing.count <= MANY for thing in brief.things)


VOCABULARY = st.sampled_from(
    [
        "cat",
        "dogs",
        "house",
        "red",
        "two",
        "on",
        "under",
        "behind",
        "in",
        "and",
        ",",
        "snow",
        "hat",
        "wearing",
        "moon",
        "tiny",
    ]
)


@pytest.mark.parametrize(
    ("prompt", "keys", "style"),
    [
        ("a pencil", ["pencil"], "3d"),
        ("a pencil to the left of a book", ["pencil", "closed-book"], "3d"),
        ("a red pencil, watercolor", ["pencil"], "watercolor"),
        ("a baby", ["baby"], "3d"),
        ("a cat in pencil", ["cat"], "ink"),
        ("a baby elephant", ["elephant"], "3d"),
    ],
)
def test_a_style_or_size_that_is_a_noun_of_its_own_is_a_thing(
    prompt: str, keys: list[str], style: str
) -> None:
    brief = read_prompt(prompt)
    assert ([thing.key for thing in brief.things], brief.style) == (keys, style)


@settings(max_examples=200)
@given(st.lists(VOCABULARY, max_size=14).map(" ".join))
def test_relations_only_name_things_that_there_are(prompt: str) -> None:
    brief = read_prompt(prompt)
    assert all(
        0 <= index < len(brief.things)
        for pair in brief.relations
        for index in (pair.first, pair.second)
    )


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("a three-legged dog", [("dog", 1)]),
        ("a two-story house", [("house", 1)]),
        ("a 5 year old boy with 2 kites", [("boy", 1), ("kite", 2)]),
        ("kucing 3 ekor", [("cat", 3)]),
        ("three girls, each with a balloon", [("girl", 3), ("balloon", 3)]),
        ("a boy with three dogs, each with a ball", [("boy", 1), ("dog", 3), ("soccer-ball", 3)]),
        ("a boy and a girl, both on a bench", [("boy", 1), ("girl", 1), ("bench", 1)]),
        ("a polar bear family", [("polar-bear", 3)]),
    ],
)
def test_a_number_counts_what_it_is_said_of(prompt: str, counts: list[tuple[str, int]]) -> None:
    assert [(thing.key, thing.count) for thing in read_prompt(prompt).things] == counts


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("two cats, one black and one white", [(1, "white"), (1, "black")]),
        ("four balloons: two red and two blue", [(2, "blue"), (2, "red")]),
        ("four balloons, two of them red", [(2, ""), (2, "red")]),
        ("tiga balon: satu merah, satu kuning, satu hijau",
         [(1, "green"), (1, "red"), (1, "yellow")]),
        ("dua kucing, satu hitam satu putih", [(1, "white"), (1, "black")]),
    ],
)  # fmt: skip
def test_some_of_several_are_described(prompt: str, parts: list[tuple[int, str]]) -> None:
    colors = {color: name for name, color in lexicon().colors.items()}
    colored = [
        (thing.count, colors[thing.color] if thing.color else "")
        for thing in read_prompt(prompt).things
    ]
    assert colored == parts


def test_some_of_several_stand_elsewhere() -> None:
    brief = read_prompt("two cats, one on the sofa and one under the table")
    assert [(thing.key, thing.count) for thing in brief.things[:2]] == [("cat", 1), ("cat", 1)]
    assert {(pair.first, pair.kind) for pair in brief.relations} == {(1, "on"), (0, "under")}
