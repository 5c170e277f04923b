"""What the drawn things are good for: to be worn, to hold others, to give shelter."""

from __future__ import annotations

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
EYEWEAR = ("glasses", "sunglasses", "goggles")
SHOES = (
    *("ballet-shoes", "flat-shoe", "high-heeled-shoe", "hiking-boot", "man-s-shoe"),
    *("running-shoe", "socks", "thong-sandal", "woman-s-boot", "woman-s-sandal"),
)
# Things that a person carries in the hand, though Unicode counts some of them as clothing.
CARRIED = frozenset(
    (
        "balloon", "bouquet", "clutch-bag", "crutch", "fishing-pole", "folding-hand-fan",
        "gem-stone", "hair-pick", "handbag", "headphone", "lantern", "lipstick", "magic-wand",
        "prayer-beads", "purse", "ring", "shopping-bags", "torch", "umbrella", "wallet",
        "white-cane",
    )
)  # fmt: skip
CONTAINERS = frozenset(
    (
        "barrel", "basket", "bathtub", "bowl", "bucket", "package", "shopping-cart",
        "treasure-chest", "vase", "wheelbarrow",
    )
)  # fmt: skip
SERVED = ("food-asian", "food-prepared", "drink")  # their drawings have the bowl
ENTERED = ("transport-ground", "transport-air", "transport-water")  # you sit in these, not on them
BUILDINGS = ("place-building", "place-religious")  # you stand before these
WALLS = ("brick",)  # you sit on these
DESKS = ("desk", "table")  # people sit at them
FLIERS = ("animal-bird", "animal-bug")
BODIES = ("person", "animal", "cat-face", "monkey-face", "face-costume")
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
    return drawing.kind.startswith(BODIES)


def flies(drawing: Drawing) -> bool:
    """Return whether a thing is in the air where it is over something."""
    return drawing.kind in FLIERS or drawing.habitat == "sky"


def holds(container: Drawing, content: Drawing) -> bool:
    """Return whether both are drawn where the words are "a basket of eggs"."""
    drawn = content.kind.startswith(SERVED) and container.key == "bowl"
    return container.key in CONTAINERS and not drawn


def seats(whole: Drawing, who: Drawing) -> bool:
    """Return whether a thing is full of creatures when they sit in it: a bus full of children."""
    return whole.kind in ENTERED and has_body(who)


def consists(whole: Drawing, part: Drawing) -> bool:
    """Return whether a drawing shows already what it is made of: a bouquet of roses."""
    return whole.key == "bouquet" and part.kind == "plant-flower"


def settled(relation: str, one: Drawing, other: Drawing) -> str:
    """Return a relation where the things say what the word leaves open: in a box, or in a hat.

    "bears" and "contains" are the other way round: a desk with a laptop, a vase with a rose.
    """
    match relation:
        case "with":
            return _accompanied(one, other)
        case "at":
            return _whereabouts(one, other)
        case "playing":
            music = other.kind.startswith("music")
            return "holding" if has_body(one) and music else "beside"
        case "wearing" if other.key in CARRIED:
            return "holding"
        case "inside" if _dressed(one, other):
            conjured = other.key in HEADGEAR and not one.kind.startswith("person")
            return "inside" if conjured else "wearing"
        case _:
            return relation


def _dressed(one: Drawing, other: Drawing) -> bool:
    """Return whether one thing wears the other where both are drawn together."""
    return has_body(one) and other.kind == "clothing" and other.key not in CARRIED


def is_worn(one: Drawing, other: Drawing) -> bool:
    """Return whether one thing wears another that it is "with"."""
    return _accompanied(one, other) == "wearing"


def _accompanied(one: Drawing, other: Drawing) -> str:
    """Return how one thing is "with" another: it wears it, holds it, or has it at its side."""
    if _dressed(one, other) or other.key in HEADGEAR or other.key in EYEWEAR:
        return "wearing"
    if one.key in DESKS and not has_body(other):
        return "bears"
    if holds(one, other) and not has_body(one):
        return "contains"
    return "holding" if has_body(one) and other.key in CARRIED else "beside"


def _whereabouts(one: Drawing, other: Drawing) -> str:
    """Return how one thing is "di" (at, in or on) another."""
    if other.key in CONTAINERS or other.kind in ENTERED:
        return "inside"
    if other.kind in BUILDINGS and other.key not in WALLS:
        return "front"
    return "beside" if one.kind.startswith("person") and other.key in DESKS else "on"
