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
# Clothing to the eye of Unicode, and yet in the hand.
CARRIED = frozenset(
    (
        "clutch-bag", "folding-hand-fan", "gem-stone", "hair-pick", "handbag", "lipstick",
        "prayer-beads", "purse", "ring", "shopping-bags", "wallet",
    )
)  # fmt: skip
CONTAINERS = frozenset(
    (
        "barrel", "basket", "bathtub", "bowl", "bucket", "package", "shopping-cart",
        "treasure-chest", "vase", "wheelbarrow",
    )
)  # fmt: skip
SERVED = ("food-asian", "food-prepared", "drink")  # their drawings have the bowl
ENTERED = ("transport-ground", "transport-air", "transport-water")  # what one is in, not on
BODIES = ("person", "animal", "cat-face", "monkey-face", "face-costume")
# One stands at the foot of these and is under them; of all else that is over one, one bears it.
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
    """Whether one may stand under a thing that stands itself."""
    return drawing.key in SHELTERS or drawing.kind.startswith(SHELTERING_KINDS)


def holds(container: Drawing, content: Drawing) -> bool:
    """Whether both are drawn where the words are "a basket of eggs"."""
    drawn = content.kind.startswith(SERVED) and container.key == "bowl"
    return container.key in CONTAINERS and not drawn


def settled(relation: str, one: Drawing, other: Drawing) -> str:
    """A relation, where the things say what the word leaves open: one is in a box, or in a hat."""
    body = one.kind.startswith(BODIES)
    crowning = other.key in HEADGEAR or other.key in EYEWEAR
    dressed = body and other.kind == "clothing" and other.key not in CARRIED
    match relation:
        case "with" if crowning or dressed:
            return "wearing"
        case "with":
            return "holding" if body and other.key in CARRIED else "beside"
        case "at":
            return "inside" if other.key in CONTAINERS or other.kind in ENTERED else "on"
        case "inside" if dressed:
            conjured = other.key in HEADGEAR and not one.kind.startswith("person")
            return "inside" if conjured else "wearing"
        case _:
            return relation
