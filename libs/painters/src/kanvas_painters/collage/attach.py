"""Things that touch or lean on others: on, under, in, worn, held, behind and before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .figures import Figures, Spot
from .uses import EYEWEAR, HEADGEAR, SHOES

SHARED = frozenset(
    {"on", "over", "above", "inside", "under", "holding"}
)  # things do these side by side
HIDDEN = 0.28  # at most this share of a thing is covered by another
# Where people wear what is worn below the head, in shares of them: how far up, and how tall.
WORN_AT = {
    **dict.fromkeys(("coat", "dress", "kimono", "lab-coat", "sari"), (0.06, 0.48)),
    **dict.fromkeys(("briefs", "jeans", "shorts", "skirt"), (0.04, 0.3)),
    **dict.fromkeys(("necktie", "scarf"), (0.26, 0.22)),
}
ON_PEOPLE, ON_ANIMALS = (0.16, 0.38), (0.3, 0.34)
# Where a creature sits on a thing: how far up it, and how far from its middle, in shares.
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


def attach(figures: Figures, indices: Sequence[int], kind: str, other: int) -> None:
    """Give things their spots by their relation to another, which has its own already.

    Several share the room that the other has: side by side, and smaller if they must be.
    """
    hosts = figures.of(other)
    copies = [index for index in indices for _ in range(figures.brief.things[index].count)]
    ratios = [figures.ratio(index, other) for index in copies]
    widths = [ratio * figures.aspect(index) for ratio, index in zip(ratios, copies, strict=True)]
    room = 1.15 * hosts[0].width / hosts[0].height * len(hosts)
    crowded = min(1.0, room / sum(widths)) if len(indices) > 1 else 1.0
    before = 0.0
    for at, (index, ratio, width) in enumerate(zip(copies, ratios, widths, strict=True)):
        host = hosts[at % len(hosts)]
        share = (before + width / 2) / sum(widths) - 0.5 if len(hosts) == 1 else 0.0
        KINDS[kind](figures, index, host, share, host.height * ratio * crowded)
        before += width


def _on(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    up, aside = SEATS.get(host.drawing.key) or (_top(figures, host), 0.0)
    _rest(figures, index, host, share, tall, up=up, aside=aside)


def _over(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    """Put the thing on top of what is under it, even if a creature would sit lower."""
    _rest(figures, index, host, share, tall, up=_top(figures, host), aside=0.0)


def _rest(
    figures: Figures, index: int, host: Spot, share: float, tall: float, *, up: float, aside: float
) -> None:
    x = host.x + (share * 0.75 + (-aside if host.flip else aside)) * host.width
    base = host.base - up * host.height
    spot = figures.put(index, x, base, tall, order=host.order + 0.01, aloft=True)
    while figures.covered(host, spot) > HIDDEN and spot.base > host.base - host.height:
        spot.base -= 0.06 * host.height


def _above(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    base = host.base - host.height - 0.1 * max(host.height, tall)
    x = host.x + share * host.width * 0.9
    figures.put(index, x, base, tall, order=host.order + 0.01, aloft=True)


def _inside(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    """Put the thing inside, looking out: the host's front hides its lowest part."""
    tall = min(max(tall, 0.45 * host.height), 1.1 * host.height)
    tall = min(tall, 0.85 * host.width / figures.aspect(index))
    x, up = host.x + share * host.width * 0.7, 0.42
    spot = figures.put(index, x, host.base, tall, order=host.order + 0.005, aloft=True)
    spot.within = host
    while True:
        spot.base, spot.brim = host.base - up * host.height, 1 - up - 0.2 * tall / host.height
        if up > 0.8 or figures.covered(host, spot) < HIDDEN + 0.05:
            return
        up += 0.06


def _under(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    """Put the thing at the foot of the host, and low enough to leave the host in sight."""
    x = host.x + share * host.width * 0.9
    tall = min(tall, host.height * 0.6, 0.9 * host.width / figures.aspect(index))
    base = host.base + 0.05 * host.height
    spot = figures.put(index, x, base, tall, order=host.order + 0.02)
    while figures.covered(host, spot) > HIDDEN:
        spot.height, spot.width = spot.height * 0.9, spot.width * 0.9


def _front(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    spot = figures.put(index, host.x, host.base, tall, order=host.order + 0.02)
    spot.base += 0.12 * min(host.height, tall)
    _aside(figures, host, spot, spot, share)


def _behind(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    spot = figures.put(index, host.x, host.base, tall, order=host.order - 0.02)
    spot.base -= 0.12 * min(host.height, tall)
    spot.depth = 0.1
    _aside(figures, spot, host, spot, share)


def _aside(figures: Figures, back: Spot, front: Spot, moving: Spot, share: float) -> None:
    """Move one of two things aside until the front leaves enough of the back in sight."""
    side = np.sign(share) or figures.coin()
    step = side * 0.04 * (back.width + front.width)
    moving.x += 3 * step
    while figures.covered(back, front) > HIDDEN:
        moving.x += step


def _between(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    hosts = figures.of(host.thing)
    x = sum(spot.x for spot in hosts) / len(hosts) + share * tall * figures.aspect(index)
    figures.put(index, x, host.base, tall, order=host.order + 0.01)


def _worn(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    """Put clothing where it is worn, as far as a drawing shows where that is."""
    del share, tall  # clothing is worn as large as the head asks
    key = figures.brief.things[index].key
    across, top, breadth = _head(figures, host)
    fitted = breadth * host.width / figures.aspect(index)
    if key in HEADGEAR:
        tall, up = max(0.2 * host.height, fitted * 0.62), top - 0.05
    elif key in EYEWEAR:
        tall, up = fitted * 0.75, top - min(0.3, 0.7 * breadth * host.width / host.height)
    else:
        usual = ON_PEOPLE if host.drawing.kind.startswith("person") else ON_ANIMALS
        up, part = (0.0, 0.16) if key in SHOES else WORN_AT.get(key, usual)
        across, tall = 0.0, host.height * part
    x, base = host.x + across * host.width, host.base - host.height * up
    figures.put(index, x, base, tall, order=host.order + 0.0005, aloft=True)


def _held(figures: Figures, index: int, host: Spot, share: float, tall: float) -> None:
    tall = min(max(tall, host.height * 0.3), host.height * 0.5)
    side = np.sign(share) or (-1 if host.flip else 1)
    x = host.x + side * host.width * (0.42 + 0.3 * abs(share))
    base = host.base - host.height * 0.12
    figures.put(index, x, base, tall, order=host.order + 0.0005, aloft=True)


KINDS: dict[str, Callable[[Figures, int, Spot, float, float], None]] = {
    "on": _on,
    "above": _above,
    "inside": _inside,
    "under": _under,
    "over": _over,
    "front": _front,
    "behind": _behind,
    "between": _between,
    "wearing": _worn,
    "holding": _held,
}


def _top(figures: Figures, host: Spot) -> float:
    """Return how far up the host its top is, over the middle, in shares of the host's height."""
    solid = figures.outline(host)
    high, wide = solid.shape
    middle = solid[:, round(wide * 0.3) : round(wide * 0.7) + 1]
    tops = np.where(middle.any(0), middle.argmax(0), high)
    return float(0.97 - np.median(tops) / high)


def _head(figures: Figures, host: Spot) -> tuple[float, float, float]:
    """Return where the host's head is: aside from its middle, how high its top, how broad.

    The head is taken to be the heavier side of the upper part, which spares tails.
    """
    solid = figures.outline(host)
    high, wide = solid.shape
    columns = np.arange(wide)
    upper = solid[: round(high * 0.32)].sum(0).astype(float)
    left, right = upper[: wide // 2].sum(), upper[wide // 2 :].sum()
    if abs(left - right) > 0.12 * max(1.0, left + right):
        upper = upper * ((columns < wide / 2) == (left > right))
    total = max(1.0, float(upper.sum()))
    middle = float((columns * upper).sum() / total)
    spread = float(np.sqrt((upper * (columns - middle) ** 2).sum() / total))
    crown = solid[:, max(0, round(middle - spread)) : round(middle + spread) + 1]
    tops = np.where(crown.any(0), crown.argmax(0), high)
    return middle / wide - 0.5, 1 - float(np.median(tops)) / high, min(1.0, 3 * spread / wide)
