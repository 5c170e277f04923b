"""How things stand to each other: a test for each class of sentences, in both languages."""

from __future__ import annotations

import pytest

from kanvas_painters.collage.brief import Relation
from kanvas_painters.collage.reading.reader import read_prompt

Said = tuple[str, str, str]


def standing(prompt: str) -> set[Said]:
    """Return the relations of a prompt, with the keys of its things."""
    brief = read_prompt(prompt)
    return {
        (brief.things[pair.first].key, pair.kind, brief.things[pair.second].key)
        for pair in brief.relations
    }


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("a knight, sword in hand", ("knight", "holding", "dagger")),
        ("a girl with a parrot on her shoulder", ("parrot", "on", "girl")),
        ("an elephant with a monkey on its back", ("monkey", "on", "elephant")),
        ("a dog with a bone in its mouth", ("dog", "holding", "meat-on-bone")),
        ("a woman carrying a basket on her head", ("woman", "holding", "basket")),
        ("a queen, on her head a crown", ("princess", "wearing", "crown")),
        ("gajah dengan monyet di punggungnya", ("monkey", "on", "elephant")),
        ("nenek, keranjang di tangannya", ("old-woman", "holding", "basket")),
        ("monyet di punggung gajah", ("monkey", "on", "elephant")),
        ("a monkey on the back of an elephant", ("monkey", "on", "elephant")),
        ("a fish in the mouth of a cat", ("cat", "holding", "fish")),
    ],
)
def test_a_thing_may_be_on_a_part_of_somebody(prompt: str, relation: Said) -> None:
    assert standing(prompt) == {relation}


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        (
            "a christmas tree with presents under it and a star on top",
            {("wrapped-gift", "under", "christmas-tree"), ("star", "on", "christmas-tree")},
        ),
        (
            "a book under the bed and shoes beside it",
            {("closed-book", "under", "bed"), ("running-shoe", "beside", "bed")},
        ),
        (
            "pizza with olives, a glass of wine beside it",
            {("olive", "on", "pizza"), ("wine-glass", "beside", "pizza")},
        ),
        (
            "a snowman with a top hat, kids around it",
            {("snowman", "wearing", "top-hat"), ("child", "beside", "snowman")},
        ),
        ("a dog jumping over a bench", {("dog", "above", "bench")}),
        ("a giraffe wearing a bow tie", {("giraffe", "wearing", "ribbon")}),
        ("dua anak bermain layangan", {("child", "holding", "kite")}),
        (
            "mom feeding the baby with a spoon",
            {("woman", "beside", "baby"), ("woman", "holding", "spoon")},
        ),
    ],
)
def test_each_side_is_of_its_own_thing(prompt: str, relations: set[Said]) -> None:
    assert standing(prompt) == relations


def test_two_of_them_are_no_people_where_things_were_named() -> None:
    brief = read_prompt("four apples, two of them green")
    assert [(thing.key, thing.count) for thing in brief.things] == [("red-apple", 2)] * 2


def test_a_chest_that_is_nobodys_is_a_thing() -> None:
    assert standing("a cat on a chest") == {("cat", "on", "treasure-chest")}


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("a castle, a mountain in the background", ("mountain", "behind", "castle")),
        ("a castle, in the background a mountain", ("mountain", "behind", "castle")),
        ("a castle. In the background, a mountain", ("mountain", "behind", "castle")),
        ("a boy and behind him a dog", ("dog", "behind", "boy")),
        ("a table with a cat under it", ("cat", "under", "table")),
        ("rumah, di belakangnya ada gunung", ("mountain", "behind", "house")),
        ("kucing di sampingnya ada anjing", ("dog", "beside", "cat")),
        ("meja, di atasnya ada vas", ("vase", "on", "table")),
        ("kue dengan ceri di atasnya", ("cherries", "on", "birthday-cake")),
        ("a cake with a cherry on top", ("cherries", "on", "birthday-cake")),
        ("a cat on the left and a dog on the right", ("dog", "right", "cat")),
        ("a cat on the right, a fox", ("cat", "right", "fox")),
        ("a girl sleeping, a dog beside her", ("dog", "beside", "girl")),
    ],
)
def test_what_was_named_before_may_be_meant(prompt: str, relation: Said) -> None:
    assert standing(prompt) == {relation}


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("on the table there is a cat", {("cat", "on", "table")}),
        ("under the tree a boy and a girl", {("boy", "under", "deciduous-tree"),
                                             ("girl", "under", "deciduous-tree")}),
        ("di atas meja ada kucing", {("cat", "on", "table")}),
        ("di depan rumah ada anjing", {("dog", "front", "house")}),
        ("a boy, on the table a lamp", {("lamp", "on", "table")}),
        ("gadis, di meja ada lampu", {("light-bulb", "on", "table")}),
        ("wearing a hat, a cat", {("cat", "wearing", "top-hat")}),
    ],
)  # fmt: skip
def test_a_sentence_may_begin_with_where(prompt: str, relations: set[Said]) -> None:
    assert standing(prompt) == relations


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("a cat, sitting on a chair", {("cat", "on", "chair")}),
        (
            "a cat under a table and a mouse on a chair",
            {("cat", "under", "table"), ("mouse", "on", "chair")},
        ),
        (
            "a cat under a table and behind a chair",
            {("cat", "under", "table"), ("cat", "behind", "chair")},
        ),
        (
            "a man on a horse holding a flag",
            {("man", "on", "horse"), ("man", "holding", "flag")},
        ),
        ("a girl on a swing with a hat", {("girl", "on", "swing"), ("girl", "wearing", "top-hat")}),
        ("a dog. It sits on a chair", {("dog", "on", "chair")}),
        ("kucing. Dia duduk di atas kursi", {("cat", "on", "chair")}),
    ],
)
def test_a_relation_belongs_to_whom_the_words_speak_of(prompt: str, relations: set[Said]) -> None:
    assert standing(prompt) == relations


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("a desk with a laptop, a book and a lamp",
         {("laptop", "on", "desk"), ("closed-book", "on", "desk"), ("lamp", "on", "desk")}),
        ("a basket with apples and bananas",
         {("red-apple", "inside", "basket"), ("banana", "inside", "basket")}),
        ("a plate of cookies", {("cookie", "on", "plate")}),
        ("a cake with candles", {("candle", "on", "birthday-cake")}),
        ("a cake topped with strawberries", {("strawberry", "on", "birthday-cake")}),
        ("a bus full of children", {("child", "inside", "bus")}),
        ("angkot penuh penumpang", {("person", "inside", "minibus")}),
    ],
)  # fmt: skip
def test_what_bears_or_holds_others_goes_on_in_a_list(prompt: str, relations: set[Said]) -> None:
    assert standing(prompt) == relations


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("a ball kicked by a boy", ("boy", "beside", "soccer-ball")),
        ("a hat worn by a cat", ("cat", "wearing", "top-hat")),
        ("bola dibawa anjing", ("dog", "holding", "soccer-ball")),
        ("topi dipakai kucing", ("cat", "wearing", "top-hat")),
        ("a boy hugging a teddy bear", ("boy", "holding", "teddy-bear")),
        ("a boy hugging a girl", ("boy", "beside", "girl")),
        ("a boy flying a kite", ("boy", "holding", "kite")),
        ("anak menendang bola", ("child", "beside", "soccer-ball")),
        ("anak nendangin bola", ("child", "beside", "soccer-ball")),
        ("a cat tiptoeblorfing a mouse", ("cat", "beside", "mouse")),
    ],
)
def test_verbs_say_who_does_what(prompt: str, relation: Said) -> None:
    assert standing(prompt) == {relation}


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("cewek lagi ngopi", ("woman", "holding", "hot-beverage")),
        ("a grandpa fishing", ("old-man", "holding", "fishing-pole")),
        ("a girl cycling", ("girl", "on", "bicycle")),
        ("a girl cycling on a red bike", ("girl", "on", "bicycle")),
        ("kakek bersepeda", ("old-man", "on", "bicycle")),
        ("a girl reading under a tree", ("girl", "under", "deciduous-tree")),
        ("a boy reading", ("boy", "holding", "open-book")),
        ("anak berjaket merah", ("child", "wearing", "coat")),
        ("gadis berpayung", ("girl", "holding", "umbrella")),
        ("nenek bertongkat", ("old-woman", "holding", "white-cane")),
    ],
)
def test_a_word_may_bring_a_thing(prompt: str, relation: Said) -> None:
    assert relation in standing(prompt)


def test_a_color_goes_to_what_a_word_brings() -> None:
    red = read_prompt("mobil merah").things[0].color
    assert read_prompt("anak berjaket merah").things[1].color == red


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        ("a cow and its calf", ["cow", "cow"]),
        ("anak ayam di belakang induknya", ["baby-chick", "chicken"]),
        ("orang utan dengan anaknya", ["orangutan", "orangutan"]),
        ("an elephant with its baby", ["elephant", "elephant"]),
        ("a woman with her baby", ["woman", "baby"]),
    ],
)
def test_whose_kin_an_animal_is(prompt: str, keys: list[str]) -> None:
    assert [thing.key for thing in read_prompt(prompt).things] == keys


def test_what_was_named_before_is_not_drawn_twice() -> None:
    brief = read_prompt("a cat on a chair, a mouse under the chair")
    assert [thing.key for thing in brief.things] == ["cat", "chair", "mouse"]
    assert brief.relations == (Relation("on", 0, 1), Relation("under", 2, 1))


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("a flock of birds", 7),
        ("two flocks of birds", 12),
        ("a group of five friends", 5),
        ("a family of ducks", 3),
        ("a family of four", 4),
        ("a large group of penguins", 7),
        ("sekawanan burung", 7),
        ("keluarga berempat", 4),
        ("dua lusin telur", 12),
    ],
)
def test_how_many_a_word_for_several_means(prompt: str, count: int) -> None:
    (thing,) = read_prompt(prompt).things
    assert (thing.count, thing.scale) == (count, 1.0)


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("four kids each holding a balloon", [4, 4]),
        ("tiga anak masing-masing membawa bendera", [3, 3]),
        ("each child holds a balloon", [3, 3]),
        ("four kids holding a balloon", [4, 1]),
        ("a bus full of children", [1, 7]),
        ("angkot penuh penumpang", [1, 7]),
        ("a bowl full of soup", [1, 1]),
    ],
)
def test_each_of_several_has_one(prompt: str, counts: list[int]) -> None:
    assert [thing.count for thing in read_prompt(prompt).things] == counts


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a cat 🙏", "🙏 → left out"),
        ("a cat 🇮🇩", "🇮🇩 → left out"),
        ("🙇🏽‍♀️ a cat", "🙇 → left out"),
        ("a cat in the background", "in the background → left out"),
        ("a man on his knees", "on knees → left out"),
    ],
)
def test_what_cannot_be_drawn_is_said(prompt: str, said: str) -> None:
    assert said in read_prompt(prompt).substitutions


@pytest.mark.parametrize(
    ("sign", "key"),
    [("☀️", "sun"), ("🎁", "wrapped-gift"), ("💻", "laptop"), ("🕊️", "dove"), ("🏀", "basketball")],
)
def test_an_emoji_draws_what_it_shows(sign: str, key: str) -> None:
    assert [thing.key for thing in read_prompt(sign).things] == [key]


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("a boy walking his dog under an umbrella",
         {("boy", "beside", "dog"), ("boy", "under", "umbrella"), ("dog", "under", "umbrella")}),
        ("a boy with his dog on a boat",
         {("boy", "beside", "dog"), ("boy", "on", "sailboat"), ("dog", "on", "sailboat")}),
        ("a girl feeding a duck on a bench", {("girl", "beside", "duck"), ("girl", "on", "bench")}),
        ("a cat looking at a fish in a bowl",
         {("cat", "beside", "fish"), ("fish", "inside", "bowl")}),
        ("a woman holding a cake on a plate",
         {("woman", "holding", "birthday-cake"), ("birthday-cake", "on", "plate")}),
        ("a knight fighting a dragon with a sword",
         {("knight", "beside", "dragon"), ("knight", "holding", "dagger")}),
        ("a boy listening to music with headphones",
         {("boy", "beside", "musical-notes"), ("boy", "wearing", "headphone")}),
        ("a boy looking at a dog with a hat",
         {("boy", "beside", "dog"), ("dog", "wearing", "top-hat")}),
        ("a boy holding a balloon tied to a chair",
         {("boy", "holding", "balloon"), ("balloon", "beside", "chair")}),
        ("kera duduk di punggung gajah sambil memegang payung",
         {("monkey", "on", "elephant"), ("monkey", "holding", "umbrella")}),
    ],
)  # fmt: skip
def test_where_something_is_done_are_those_who_fit_there(prompt: str, relations: set[Said]) -> None:
    assert standing(prompt) == relations


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("a judge with a wig and a hammer", ("judge", "holding", "hammer")),
        ("a snowman with a carrot nose and a scarf", ("snowman", "wearing", "scarf")),
        ("a girl with headphones", ("girl", "wearing", "headphone")),
        ("topi di atas kepala beruang", ("bear", "wearing", "top-hat")),
        ("a hat on a bear", ("bear", "wearing", "top-hat")),
        ("balon udara di atas rumah", ("hot-air-balloon", "above", "house")),
        ("a man with a newspaper on his chest", ("newspaper", "on", "man")),
        ("a man, pigeons around his feet", ("man", "beside", "bird")),
        ("a dog has a bone", ("dog", "beside", "meat-on-bone")),
        ("a woman at the window", ("woman", "beside", "window")),
        ("a lake with mountains behind a house", ("mountain", "behind", "house")),
        ("ibu memeluk bayinya", ("woman", "beside", "baby")),
    ],
)
def test_what_belongs_to_whom(prompt: str, relation: Said) -> None:
    assert relation in standing(prompt)


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("wearing a red hat", ("person", "wearing", "top-hat")),
        ("pakai topi merah di pantai", ("person", "wearing", "top-hat")),
        ("eating pizza on the beach", ("person", "holding", "pizza")),
        ("rebahan sambil makan mie", ("person", "holding", "steaming-bowl")),
        ("fishing in a lake", ("person", "holding", "fishing-pole")),
    ],
)
def test_somebody_does_what_nobody_was_named_for(prompt: str, relation: Said) -> None:
    assert standing(prompt) == {relation}


@pytest.mark.parametrize("prompt", ["a red hat", "running", "barking in the garden", "topi merah"])
def test_nobody_is_drawn_where_no_person_is_spoken_of(prompt: str) -> None:
    assert all(thing.key != "person" for thing in read_prompt(prompt).things)


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("aku sama temenku di kafe", [1, 1]),
        ("me and my dog", [1, 1]),
        ("draw me a cat", [1]),
        ("kucing punya adik aku", [1, 1]),
        ("berdua di pantai", [2]),
        ("sekeluarga naik motor berempat", [4, 1]),
        ("a pair of glasses", [1]),
        ("sepasang sepatu", [1]),
        ("a pair of birds", [2]),
        ("keluarga beruang", [3]),
        ("bunga-bunga", [3]),
        ("a lake and three mountains", [3]),
        ("a guitarist and a drummer", [1, 1]),
        ("all the kids", [3]),
    ],
)
def test_how_many_there_are(prompt: str, counts: list[int]) -> None:
    assert [thing.count for thing in read_prompt(prompt).things] == counts


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("a knight on a horse in front of a castle",
         {("knight", "on", "horse"), ("knight", "front", "castle"), ("horse", "front", "castle")}),
        ("a bowl on a table next to a candle",
         {("bowl", "on", "table"), ("bowl", "beside", "candle"), ("table", "beside", "candle")}),
        ("a fox and a rabbit having tea",
         {("fox", "holding", "teacup-without-handle"),
          ("rabbit", "holding", "teacup-without-handle")}),
        ("mancing di sungai sama bapak", {("man", "holding", "fishing-pole")}),
        ("naik gajah di pantai", {("person", "on", "elephant")}),
        ("dua anak naik sepeda berboncengan", {("child", "on", "bicycle")}),
        ("rebahan di kasur sambil main hp",
         {("person", "on", "bed"), ("person", "holding", "mobile-phone")}),
        ("left: an apple, right: a pear", {("pear", "right", "red-apple")}),
        ("kiri pohon, kanan rumah", {("house", "right", "deciduous-tree")}),
        ("a cat left, a dog right", {("dog", "right", "cat")}),
        ("a birdcage with a parrot inside", {("parrot", "inside", "birdcage")}),
        ("keranjang bunga di atas meja",
         {("blossom", "inside", "basket"), ("basket", "on", "table")}),
        ("cowok kacamata", {("man", "wearing", "glasses")}),
        ("a tree decorated with lanterns", {("lantern", "on", "deciduous-tree")}),
        ("a painter at her easel", {("artist", "beside", "paintbrush")}),
        ("somebody at a bus stop", {("person", "beside", "bus-stop")}),
        ("a pizza with mushrooms", {("mushroom", "on", "pizza")}),
        ("he rode a horse", {("man", "on", "horse")}),
        ("mereka memegang payung", {("person", "holding", "umbrella")}),
        ("a man with a parrot on his shoulder and a blorf in his mouth", {("parrot", "on", "man")}),
    ],
)  # fmt: skip
def test_who_has_what_and_where(prompt: str, relations: set[Said]) -> None:
    assert standing(prompt) == relations


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("two girls in yellow dresses", 2),
        ("two boys holding balloons", 2),
        ("dua anak memegang balon", 2),
        ("dua anak memegang sebuah balon", 1),
        ("two boys holding a balloon", 1),
        ("a girl with balloons", 3),
        ("two boys holding five balloons", 5),
    ],
)
def test_several_have_one_each_where_the_words_count_none(prompt: str, count: int) -> None:
    assert read_prompt(prompt).things[-1].count == count


@pytest.mark.parametrize(
    ("prompt", "place", "flying"),
    [
        ("birds in the sky above the sea", "sea", True),
        ("a beach, a balloon in the sky", "beach", True),
        ("di pantai ada balon di langit", "beach", True),
        ("a beach, a balloon, blue sky", "beach", False),
    ],
)
def test_what_is_in_the_sky_of_a_place_is_in_the_air(prompt: str, place: str, flying: bool) -> None:
    brief = read_prompt(prompt)
    assert (brief.place, brief.things[-1].flying) == (place, flying)


@pytest.mark.parametrize(
    ("prompt", "keys", "said"),
    [
        ("a man dressed in a suit", ["person-in-tuxedo"], "dressed in suit → person in tuxedo"),
        ("a boy dressed as a pirate", ["pirate"], "dressed as pirate → pirate"),
        ("a dog dressed as a pirate", ["dog"], "dressed as pirate → left out"),
        ("she smiles", ["woman"], "she → woman"),
        ("surfing a huge wave", ["water-wave", "person-surfing"], "surfing → person surfing"),
        ("berenang di laut", ["person-swimming"], "berenang → person swimming"),
        ("pemanjat kelapa", ["person"], "pemanjat kelapa → person"),
        ("a butterfly on the nose of a cat", ["butterfly", "cat"], "nose → on"),
        ("kepala kerbau", ["water-buffalo"], "kepala → left out"),
    ],
)
def test_who_is_drawn(prompt: str, keys: list[str], said: str) -> None:
    brief = read_prompt(prompt)
    assert [thing.key for thing in brief.things] == keys
    assert said in brief.substitutions


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        (
            "a man holding a kitten, a bookshelf behind him",
            {("man", "holding", "cat"), ("bookshelf", "behind", "man")},
        ),
        (
            "a woman and a boy, a dog next to her",
            {("dog", "beside", "woman")},
        ),
        (
            "a singer, a knight to her left, a robot behind her",
            {("knight", "left", "singer"), ("robot", "behind", "singer")},
        ),
        (
            "a robot, a snail on its head, a bucket at its feet",
            {("snail", "on", "robot"), ("bucket", "beside", "robot")},
        ),
        (
            "a witch with a cat, a castle in the background",
            {("castle", "behind", "mage")},
        ),
        (
            "a mug, left of it a donut, right of it a spoon",
            {("doughnut", "left", "hot-beverage"), ("spoon", "right", "hot-beverage")},
        ),
        (
            "di bawah meja ada anjing, di atasnya ada vas",
            {("dog", "under", "table"), ("vase", "on", "table")},
        ),
        (
            "a table on which stand a lamp and a clock",
            {("lamp", "on", "table"), ("mantelpiece-clock", "on", "table")},
        ),
        (
            "a cat and a dog, a ball between them",
            {("soccer-ball", "between", "cat"), ("soccer-ball", "between", "dog")},
        ),
        (
            "a ball between a cat and a dog",
            {("soccer-ball", "between", "cat"), ("soccer-ball", "between", "dog")},
        ),
    ],
)
def test_a_pronoun_means_whom_it_fits(prompt: str, relations: set[Said]) -> None:
    assert relations <= standing(prompt)


@pytest.mark.parametrize(
    ("prompt", "relations"),
    [
        ("a sword-wielding mouse", {("mouse", "holding", "dagger")}),
        ("a cat and a hat-wearing dog", {("dog", "wearing", "top-hat")}),
        ("a baby in its mother's arms", {("woman", "holding", "baby")}),
        ("a butterfly on a lion's nose", {("butterfly", "on", "lion")}),
        ("kupu-kupu hinggap di hidung seekor anjing", {("butterfly", "on", "dog")}),
        (
            "in front of the house stands a tree",
            {("deciduous-tree", "front", "house")},
        ),
        (
            "a cat and a dog, both wearing sunglasses",
            {("cat", "wearing", "sunglasses"), ("dog", "wearing", "sunglasses")},
        ),
        ("polisi berkacamata hitam", {("police-officer", "wearing", "sunglasses")}),
        (
            "a knight, sword in one hand and torch in the other",
            {("knight", "holding", "dagger"), ("knight", "holding", "torch")},
        ),
        ("a man in a sweater over a white shirt", {("man", "wearing", "t-shirt")}),
        ("a cow, put a hat on it", {("cow", "wearing", "top-hat")}),
        (
            "a bowl filled with apples and pears",
            {("red-apple", "inside", "bowl"), ("pear", "inside", "bowl")},
        ),
        (
            "a knight on a horse at the gate holding a shield",
            {("knight", "on", "horse"), ("knight", "holding", "shield")},
        ),
    ],
)
def test_who_does_what_where(prompt: str, relations: set[Said]) -> None:
    assert relations <= standing(prompt)
