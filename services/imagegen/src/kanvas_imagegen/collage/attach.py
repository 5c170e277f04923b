"""Things that touch or lean on others: on, under, in, worn, held, behind and before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .figures import Figures, Spot

CLOSE = 1.4  # things that touch show more of their difference in size
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
# Where one sits on a thing: how far up it, and how far from its middle, in shares.
SEATS = {
    "couch-and-lamp": (0.3, -0.17),
    "chair": (0.5, 0.0),
    "bed": (0.5, -0.05),
    "horse": (0.62, 0.0),
    "carousel-horse": (0.6, 0.0),
    "bicycle": (0.66, -0.1),
    "motorcycle": (0.6, -0.1),
    "motor-scooter": (0.5, -0.1),
    "kick-scooter": (0.2, 0.0),
    "sailboat": (0.22, 0.15),
    "canoe": (0.3, 0.0),
    "sled": (0.45, 0.0),
    "toilet": (0.5, 0.1),
    "desert-island": (0.25, 0.2),
    "rocket": (0.6, 0.0),
}


def attach(figures: Figures, index: int, kind: str, other: int) -> None:
    """Gives a thing its spots by its relation to another, which has its own already."""
    hosts = figures.of(other)
    count = figures.brief.things[index].count
    ratio = (figures.tall(index) / figures.tall(other)) ** CLOSE
    for at in range(count):
        host = hosts[at % len(hosts)]
        share = (at + 0.5) / count - 0.5 if len(hosts) == 1 else 0.0
        KINDS[kind](figures, index, host, share, host.height * ratio)


def _on(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    up, aside = _seat(figures, host)
    base = host.base - up * host.height
    tall = min(tall, max(base - 0.03 * figures.height, 0.22 * figures.height))
    x = host.x + (share * 0.75 + (-aside if host.flip else aside)) * host.width
    spot = figures.put(index, x, base, tall, order=host.order + 0.0005, aloft=True)
    spot.x = x


def _above(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    tall = min(max(tall, 0.2 * figures.height * _own_scale(figures, index)), 0.3 * figures.height)
    base = max(host.base - host.height - 0.05 * figures.height, tall + 0.02 * figures.height)
    x = host.x + share * host.width * 0.9
    figures.put(index, x, base, tall, order=host.order + 0.0005, aloft=True)


def _inside(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    x, base = host.x + share * host.width * 0.7, host.base - host.height * 0.42
    tall = min(max(tall, 0.24 * host.height * _own_scale(figures, index)), host.height * 0.85)
    spot = figures.put(index, x, base, tall, order=host.order + 0.0002, aloft=True)
    spot.within = host


def _under(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    _before(figures, index, host, host.x + share * host.width * 0.9, tall)


def _front(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    x = host.x + share * host.width * 0.9 + 0.22 * host.width * figures.coin()
    _before(figures, index, host, x, tall)


def _before(figures: Figures, index: int, host: Spot, x: float, tall: float) -> None:
    base = min(host.base + 0.035 * figures.height, 0.97 * figures.height)
    figures.put(index, x, base, min(tall, host.height * 0.75), order=host.order + 0.01)


def _behind(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    aside = figures.coin() * (host.width * 0.42 + tall * figures.aspect(index) * 0.12)
    x = host.x + aside + share * host.width * 0.5
    base = host.base - 0.035 * figures.height
    tall = max(tall, host.height * 0.6)
    figures.put(index, x, base, tall, order=host.order - 0.01).depth = 0.1


def _between(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    hosts = figures.of(host.thing)
    x = sum(spot.x for spot in hosts) / len(hosts) + share * host.width
    figures.put(index, x, host.base, tall, order=host.order + 0.01)


def _worn(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    """Clothing where it is worn, as far as a drawing shows where that is."""
    del share, tall  # one is worn as large as the head asks
    key = figures.brief.things[index].key
    across, top, breadth = _head(figures, host)
    fitted = breadth * host.width / figures.aspect(index)
    if key in HEADGEAR:
        tall, up = max(0.16 * host.height, fitted * 0.62), top - 0.05
    elif key in EYEWEAR:
        tall, up = fitted * 0.75, top - 0.3
    else:
        across, tall, up = 0.0, host.height * 0.34, 0.3
    x, base = host.x + across * host.width, host.base - host.height * up
    figures.put(index, x, base, tall, order=host.order + 0.0005, aloft=True)


def _held(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    tall = min(max(tall, host.height * 0.3), host.height * 0.5)
    side = -1 if host.flip else 1
    x = host.x + side * host.width * (0.42 + 0.3 * share)
    base = host.base - host.height * 0.12
    figures.put(index, x, base, tall, order=host.order + 0.0005, aloft=True)


KINDS: dict[str, Callable[[Figures, int, Spot, float, float], None]] = {
    "on": _on,
    "above": _above,
    "inside": _inside,
    "under": _under,
    "front": _front,
    "behind": _behind,
    "between": _between,
    "wearing": _worn,
    "holding": _held,
}


def _own_scale(figures: Figures, index: int) -> float:
    """What the words say of a thing's size, where nature would have it too small to see."""
    return min(1.0, figures.brief.things[index].scale)


def _seat(figures: Figures, host: Spot) -> tuple[float, float]:
    """How far up the host one sits on it, and how far aside, in shares of it."""
    if host.drawing.key in SEATS:
        return SEATS[host.drawing.key]
    solid = figures.outline(host)
    high, wide = solid.shape
    middle = solid[:, round(wide * 0.3) : round(wide * 0.7) + 1]
    tops = np.where(middle.any(0), middle.argmax(0), high)
    return 0.97 - float(np.median(tops)) / high, 0.0


def _head(figures: Figures, host: Spot) -> tuple[float, float, float]:
    """Where the host's head is: aside from its middle, how high its top, how broad.

    The head is taken to be the heavier side of the upper part, which spares tails.
    """
    solid = figures.outline(host)
    high, wide = solid.shape
    columns = np.arange(wide)
    upper = solid[: round(high * 0.42)].sum(0).astype(float)
    left, right = upper[: wide // 2].sum(), upper[wide // 2 :].sum()
    if abs(left - right) > 0.12 * max(1.0, left + right):
        upper = upper * ((columns < wide / 2) == (left > right))
    total = max(1.0, float(upper.sum()))
    middle = float((columns * upper).sum() / total)
    spread = float(np.sqrt((upper * (columns - middle) ** 2).sum() / total))
    crown = solid[:, max(0, round(middle - spread)) : round(middle + spread) + 1]
    tops = np.where(crown.any(0), crown.argmax(0), high)
    return middle / wide - 0.5, 1 - float(np.median(tops)) / high, min(1.0, 3 * spread / wide)
