"""What the drawn things are good for: to be worn, to hold others, to give shelter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .library import Drawing

HEADGEAR = (
    "top-hat",
    "crown",
    "woman-s-hat",
    "graduation-cap",
    "billed-cap",
    "military-helmet",
    "rescue-worker-s-helmet",
    "ribbon",
)
HOLLOW = ("top-hat", "woman-s-hat", "billed-cap", "military-helmet", "rescue-worker-s-helmet")
EYEWEAR = ("glasses", "sunglasses", "goggles")
SHOES = (
    *("ballet-shoes", "flat-shoe", "high-heeled-shoe", "hiking-boot", "man-s-shoe"),
    *("running-shoe", "socks", "thong-sandal", "woman-s-boot", "woman-s-sandal"),
)
# Things that a person carries in the hand, though Unicode counts some of them as clothing.
CARRIED = frozenset(
    (
        "balloon", "basket", "boomerang", "bouquet", "briefcase", "broom", "bucket", "clipboard",
        "clutch-bag", "crutch", "crystal-ball", "fishing-pole", "flag", "folding-hand-fan",
        "gem-stone", "hair-pick", "handbag", "joystick", "kite", "lantern", "lipstick",
        "love-letter", "luggage", "magic-wand", "map", "megaphone", "microphone", "pillow",
        "placard", "prayer-beads", "purse", "ring", "scissors", "shopping-bags", "teddy-bear",
        "torch", "umbrella", "video-game", "wallet", "water-pistol", "white-cane",
        "wrapped-gift", "yo-yo",
    )
)  # fmt: skip
# What else people who are "with" it have in their hands, by the kinds of drawings; and what of
# these kinds is too large for that.
TOOLS = (
    *("drink", "dishware", "book-paper", "phone", "light-video", "musical-instrument", "tool"),
    *("writing", "money", "sound", "mail"),
)
HANDHELD = (*TOOLS, "food", "award-medal", "plant-flower", "sport", "arts-crafts")
UNWIELDY = frozenset(
    (
        "cannon", "film-projector", "framed-picture", "goal-net", "harp", "ladder", "piano",
        "performing-arts", "satellite-antenna", "television", "wheelbarrow", "xylophone",
    )
)  # fmt: skip
# What nobody is "at" but beside it: a painter at her easel.
IN_HAND = ("musical-instrument", "tool", "computer", "science", "arts-crafts", "writing")
# What is worn as clothes are, though Unicode counts it as something else.
WORN = frozenset(
    (
        "boxing-glove", "diving-mask", "headphone", "ice-skate", "martial-arts-uniform",
        "military-medal", "performing-arts", "roller-skate", "running-shirt", "sports-medal",
        "stethoscope", "watch", "wing",
    )
)  # fmt: skip
CONTAINERS = frozenset(
    (
        "barrel", "basket", "bathtub", "birdcage", "bowl", "bucket", "package",
        "shopping-cart", "jar", "treasure-chest", "vase", "wheelbarrow",
    )
)  # fmt: skip
SERVED = ("food-asian", "food-prepared", "drink")  # their drawings have the bowl
# What others lie or stand on where it is "with", "of" or "full of" them.
BEARERS = frozenset(("bookshelf", "desk", "plate", "table"))
TOPPINGS = frozenset(("candle", "herb", "mushroom", "blossom", "rose"))
CAKES = frozenset(
    ("birthday-cake", "cupcake", "ice-cream", "pancakes", "pie", "pizza", "shortcake")
)  # so are these, of food and candles
ENTERED = ("transport-ground", "transport-air", "transport-water")  # you sit in these, not on them
BUILDINGS = ("place-building", "place-religious")  # you stand before these
WALLS = ("brick",)  # you sit on these
DESKS = ("desk", "table")  # people sit at them
FACED = (  # and stand at these
    *("cooking-pot", "door", "fridge", "mirror", "piano", "sink", "stove", "television"),
    *("wardrobe", "washing-machine", "well", "window", "microphone", "bus-stop", "fuel-pump"),
)
FLIERS = ("animal-bird", "animal-bug")
BODIES = ("person", "animal", "cat-face", "monkey-face", "face-costume")
_FEMALE = frozenset(("woman", "girl", "princess", "mermaid", "mrs"))
_MALE = frozenset(("man", "boy", "prince", "santa", "merman"))
FIGURES = ("snowman", "snowman-without-snow", "teddy-bear")  # so have these, made like somebody
# What somebody sits, stands or lies on: "a girl feeding ducks on a bench" is on it herself.
SEATS = frozenset(
    (
        "armchair", "bed", "bench", "chair", "couch-and-lamp", "horse", "rocking-chair", "rock",
        "stairs", "swing", "toilet",
    )
)  # fmt: skip
# Two of each that are worn or used as one: a pair of glasses.
PAIRS = frozenset(
    (
        *EYEWEAR, *SHOES, "boxing-glove", "briefs", "chopsticks", "gloves", "ice-skate", "jeans",
        "roller-skate", "scissors", "shorts", "skis",
    )
)  # fmt: skip
# Objects you can stand beneath. Anything else placed above you is drawn resting on you.
SHELTERING_KINDS = ("place-", "transport-ground")
SHELTERS = frozenset(
    (
        "armchair", "bed", "birch-tree", "bush", "cactus", "chair", "christmas-tree",
        "couch-and-lamp", "deciduous-tree", "desk", "evergreen-tree", "flag", "ladder", "lamp",
        "mushroom", "palm-tree", "potted-plant", "rocking-chair", "rose", "sink", "sunflower",
        "table", "tulip", "umbrella", "umbrella-with-rain-drops", "willow", "window",
    )
)  # fmt: skip


def shelters(drawing: Drawing) -> bool:
    """Return whether a thing that stands may have another stand under it."""
    return drawing.key in SHELTERS or drawing.kind.startswith(SHELTERING_KINDS)


def has_body(drawing: Drawing) -> bool:
    """Return whether a thing can wear, hold and sit."""
    return drawing.kind.startswith(BODIES) or drawing.key in FIGURES


def is_female(drawing: Drawing) -> bool:
    """Return whether somebody is drawn as a woman or a girl."""
    return drawing.kind.startswith("person") and not _FEMALE.isdisjoint(drawing.key.split("-"))


def is_male(drawing: Drawing) -> bool:
    """Return whether somebody is drawn as a man or a boy."""
    return drawing.kind.startswith("person") and not _MALE.isdisjoint(drawing.key.split("-"))


def seats(drawing: Drawing) -> bool:
    """Return whether a thing is one that somebody is on or in, rather than what is done to."""
    return drawing.key in SEATS or boards(drawing)


def boards(drawing: Drawing) -> bool:
    """Return whether a thing has room for all who are together: a boat, a bridge."""
    return drawing.key not in SEATS and drawing.kind.startswith(("transport", "place"))


def flies(drawing: Drawing) -> bool:
    """Return whether a thing is in the air where it is over something."""
    return drawing.kind in FLIERS or drawing.habitat == "sky"


def holds(container: Drawing, content: Drawing) -> bool:
    """Return whether both are drawn where the words are "a basket of eggs"."""
    drawn = content.kind.startswith(SERVED) and container.key == "bowl"
    return container.key in CONTAINERS and not drawn


def holding(whole: Drawing, part: Drawing) -> str:
    """Return how what a thing is full of stands to it: "inside", "on", or "" for beside.

    Who rides in a bus and what a truck carries are inside.
    """
    if holds(whole, part) or whole.kind in ENTERED:
        return "inside"
    return "on" if bears(whole, part) else ""


def bears(whole: Drawing, part: Drawing) -> bool:
    """Return whether a thing that is "with" another has it on top: a cake with candles."""
    if whole.key in CAKES:
        return part.kind.startswith("food") or part.key in TOPPINGS
    if whole.key == "desert-island":
        return part.kind.startswith(("plant", "place"))
    return whole.key in BEARERS and not has_body(part)


def is_counted(drawing: Drawing) -> bool:
    """Return whether there are several of a thing where another is full of it; of soup not."""
    return not drawing.kind.startswith(SERVED)


def consists(whole: Drawing, part: Drawing) -> bool:
    """Return whether a drawing shows already what it is made of: a bouquet of roses."""
    return whole.key == "bouquet" and part.kind == "plant-flower"


def settled(relation: str, one: Drawing, other: Drawing) -> str:
    """Return a relation where the things say what the word leaves open: in a box, or in a hat.

    "bears", "contains" and "worn" are the other way round: a desk with a laptop, a vase with a
    rose, a hat on a bear.
    """
    settle = _SETTLED.get(relation)
    return relation if settle is None else settle(one, other)


def _played(one: Drawing, other: Drawing) -> str:
    in_hand = other.kind.startswith("music") or other.key in CARRIED
    return "holding" if has_body(one) and in_hand else "beside"


def _embraced(one: Drawing, other: Drawing) -> str:
    del one
    return "beside" if other.kind.startswith("person") else "holding"


def _flown(one: Drawing, other: Drawing) -> str:
    """Return how somebody flies a plane, or a kite."""
    del one
    return "inside" if other.kind == "transport-air" else "holding"


def _topped(one: Drawing, other: Drawing) -> str:
    return "wearing" if has_body(one) and is_worn(one, other) else "bears"


def _entered(one: Drawing, other: Drawing) -> str:
    """Return whether a thing is in another, or in its clothes; a rabbit is in a hat."""
    if other.key == "mirror":
        return "front"
    if bears(other, one):
        return "on"  # a candle in the middle of a cake
    if not _dressed(one, other):
        return "inside"
    conjured = other.key in HOLLOW and not one.kind.startswith("person")
    return "inside" if conjured else "wearing"


def _rested(one: Drawing, other: Drawing) -> str:
    """Return what "on" means: a hat on a bear is worn, a balloon on a temple is over it."""
    if has_body(other) and not has_body(one) and is_worn(other, one):
        return "worn"
    aloft = one.habitat == "sky" and not has_body(one)
    return "above" if aloft and other.kind.startswith(("place", "transport-water")) else "on"


def _put_on(one: Drawing, other: Drawing) -> str:
    """Return what it means to "pakai" a thing: to wear, to use or to ride it; of soup, to have it.

    English "wearing" is said of clothes only.
    """
    if not has_body(one) and other.kind != "clothing":
        return _accompanied(one, other)
    if other.kind == "transport-ground":
        return "on"
    worn = other.kind == "clothing" or other.key in (*WORN, *HEADGEAR)
    return "wearing" if worn and other.key not in CARRIED else "holding"


def _dressed(one: Drawing, other: Drawing) -> bool:
    """Return whether one thing wears the other where both are drawn together."""
    return has_body(one) and other.kind == "clothing" and other.key not in CARRIED


def is_worn(one: Drawing, other: Drawing) -> bool:
    """Return whether one thing wears another that it is "with"."""
    return _accompanied(one, other) == "wearing"


def _accompanied(one: Drawing, other: Drawing) -> str:
    """Return how one thing is "with" another: it wears it, holds it, or has it at its side."""
    put_on = other.key in (*HEADGEAR, *EYEWEAR) or (has_body(one) and other.key in WORN)
    if put_on or _dressed(one, other):
        return "wearing"
    if bears(one, other):
        return "bears"
    boarded = one.kind in ENTERED and has_body(other)
    if boarded or (holds(one, other) and not has_body(one)):
        return "contains"
    carried = has_body(one) and other.key in CARRIED
    handheld = has_body(one) and other.kind.startswith(_in_hand(one))
    return "holding" if carried or (handheld and other.key not in UNWIELDY) else "beside"


def _in_hand(one: Drawing) -> tuple[str, ...]:
    """Return the kinds of what somebody has in hand; an animal has no food there, and no balls."""
    return HANDHELD if one.kind.startswith("person") else TOOLS


def _over(one: Drawing, other: Drawing) -> str:
    """Return what "over" means: who has a sweater over a shirt wears the shirt as well."""
    return "wearing" if _dressed(one, other) else "above"


def _below(one: Drawing, other: Drawing) -> str:
    return "wearing" if _dressed(one, other) else "under"


def _whereabouts(one: Drawing, other: Drawing) -> str:
    """Return how one thing is "di" (at, in or on) another; nobody is on whom he barks at."""
    if has_body(other):
        return "beside"
    faced = other.key in (*DESKS, *FACED) or (other.kind in IN_HAND and other.key not in WALLS)
    if faced and has_body(one):
        return "beside"
    if other.key in CONTAINERS or other.kind in ENTERED:
        return "inside"
    if other.kind in BUILDINGS and other.key not in WALLS:
        return "front"
    return "on"


_SETTLED: Mapping[str, Callable[[Drawing, Drawing], str]] = {
    "with": _accompanied,
    "at": _whereabouts,
    "playing": _played,
    "embracing": _embraced,
    "flying": _flown,
    "wearing": _put_on,
    "bears": _topped,
    "inside": _entered,
    "on": _rested,
    "above": _over,
    "under": _below,
}
"""What settles a relation that its word leaves open."""
