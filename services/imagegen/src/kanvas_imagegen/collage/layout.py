"""Where everything stands, how tall, and what is drawn before what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .canvas import Random
from .library import Drawing, Library
from .prompt import Brief, Thing
from .places import Place

ATTACHED = ("on", "above", "inside", "under", "behind", "front", "wearing", "holding", "between")
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
    "couch-and-lamp": (0.44, -0.17),
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
CLOSE = 1.4  # things that touch show more of their difference in size
CONTRAST = 0.42  # how much of the true difference in size a picture shows


@dataclass
class Spot:
    """One drawing's place, in pixels: the middle of its foot, its height and width.

    `order` decides what covers what; `depth` is how far away it is, from 0 to 1.
    """

    thing: int
    drawing: Drawing
    x: float
    base: float
    height: float
    width: float
    order: float
    depth: float = 0.0
    flip: bool = False
    angle: float = 0.0
    aloft: bool = False  # touches nothing, so it throws no shadow on the ground
    wades: bool = False  # its foot is in grass, snow or water
    within: Spot | None = None  # what its lower part is hidden in


def arrange(
    brief: Brief,
    drawings: Library,
    art: str,
    place: Place,
    size: tuple[int, int],
    random: Random,
) -> list[Spot]:
    """The spots of all things, the farthest first."""
    return _Arranger(brief, drawings, art, place, size, random).arrange()


class _Arranger:
    def __init__(
        self,
        brief: Brief,
        drawings: Library,
        art: str,
        place: Place,
        size: tuple[int, int],
        random: Random,
    ) -> None:
        self.brief, self.art, self.place, self.random = brief, art, place, random
        self.library = drawings
        self.drawings = [drawings.drawings[thing.key] for thing in brief.things]
        self.width, self.height = size
        self.unit = min(self.width, self.height)
        self.spots: list[Spot] = []
        self.of: dict[int, list[Spot]] = {}
        self.parent: dict[int, tuple[str, int]] = {}

    def arrange(self) -> list[Spot]:
        self._relate()
        grounded = self._grounded()
        aloft = [
            i for i in range(len(self.brief.things)) if i not in grounded and i not in self.parent
        ]
        if grounded:
            self._stand(self._ordered(grounded))
            self._float(aloft, high=True)
        else:
            self._float(aloft, high=False)
        for _ in range(len(self.parent)):
            for index, (kind, other) in self.parent.items():
                if index not in self.of and other in self.of:
                    self._attach(index, kind, other)
        return sorted(self.spots, key=lambda spot: spot.order)

    def _relate(self) -> None:
        """Decides which things hang on others; the rest stand for themselves."""
        for relation in self.brief.relations:
            first, second, kind = relation.first, relation.second, relation.kind
            if first == second:
                continue
            if kind in ("wearing", "holding"):
                first, second = second, first
            if kind == "under" and self._is_aloft(second):
                continue
            if kind in ATTACHED and first not in self.parent and not self._hangs_on(second, first):
                self.parent[first] = (kind, second)

    def _hangs_on(self, index: int, on: int) -> bool:
        while index in self.parent:
            index = self.parent[index][1]
            if index == on:
                return True
        return False

    def _is_aloft(self, index: int) -> bool:
        habitat = self.drawings[index].habitat
        if self.place.drift:
            return habitat != "ground" or not self.place.shadows
        return habitat in ("sky", "space")

    def _grounded(self) -> list[int]:
        return [
            i
            for i in range(len(self.brief.things))
            if i not in self.parent and not self._is_aloft(i)
        ]

    def _ordered(self, indices: Sequence[int]) -> list[int]:
        """Left to right: as named, unless the words say otherwise."""
        order = list(indices)
        for relation in self.brief.relations:
            first, second = relation.first, relation.second
            if first in order and second in order and relation.kind in ("left", "right"):
                order.remove(first)
                order.insert(order.index(second) + (relation.kind == "right"), first)
        return order

    def _tall(self, index: int) -> float:
        """How tall a thing is drawn beside others, before anything is fitted."""
        drawing, thing = self.drawings[index], self.brief.things[index]
        return float(drawing.height**CONTRAST * thing.scale)

    def _aspect(self, index: int) -> float:
        aspects = self.drawings[index].aspects
        return aspects.get(self.art, aspects["3d"])

    def _stand(self, order: list[int]) -> None:
        """Sets things on the ground in one row, or in two where there are many."""
        members = [index for index in order for _ in range(self.brief.things[index].count)]
        crowd = len(members) > 4
        tallest = max(self._tall(index) for index in order)
        loads = {index: self._load(index) for index in order}
        reach = 0.56 if len(members) == 1 else 0.5
        scale = reach * self._boldness(order) * self.unit / tallest
        if self.width < self.height and len(members) == 1:
            scale *= 1.1
        widths = [self._tall(index) * self._aspect(index) * loads[index] for index in members]
        rows = 2 if crowd else 1
        share = 0.66 if len(members) == 1 else 0.86
        room = share * self.width * (1.0 if rows == 1 else 1.75) / (sum(widths) or 1)
        scale = min(scale, room)
        gap = 0.02 * self.width if len(members) > 1 else 0
        for row in range(rows):
            part = members[row::rows]
            self._line(part, scale, loads, gap, behind=rows - 1 - row, shifted=row)

    def _boldness(self, order: list[int]) -> float:
        """How much of the picture the row may take: less where something stands on top of it."""
        stacked = any(
            kind in ("on", "above") and other in order for kind, other in self.parent.values()
        )
        scales = [self.brief.things[index].scale for index in order]
        alone = len(scales) == 1 and not stacked
        bold = max(0.55, min(1.25, scales[0] ** 0.7)) if alone else 1.0
        return bold * (0.8 if stacked else 1.0)

    def _load(self, index: int) -> float:
        """How wide a thing is together with what leans on it."""
        kinds = [kind for kind, other in self.parent.values() if other == index]
        return 1.5 if any(kind in ("behind", "front", "holding") for kind in kinds) else 1.0

    def _line(
        self,
        part: list[int],
        scale: float,
        loads: dict[int, float],
        gap: float,
        *,
        behind: int,
        shifted: int,
    ) -> None:
        far = 0.8**behind
        widths = [self._tall(i) * self._aspect(i) * scale * far * loads[i] for i in part]
        total = sum(widths) + gap * (len(part) - 1)
        squeeze = min(1.0, 0.94 * self.width / total) if total else 1.0
        x = self.width / 2 - total * squeeze / 2
        x += self.random.uniform(-0.03, 0.03) * self.width
        low = self.place.front if behind == 0 else self.place.back
        for index, width in zip(part, widths, strict=True):
            tall = self._tall(index) * scale * far * squeeze * self._vary(part)
            middle = x + width * squeeze / 2
            x += (width + gap) * squeeze
            base = low - self._recess(tall) + self.random.uniform(-0.015, 0.015) * (len(part) > 1)
            self._put(index, middle, base * self.height, tall, order=base - 0.001 * shifted)

    def _recess(self, tall: float) -> float:
        """Tall things stand farther back, so that they fit."""
        share = min(1.0, tall / (0.62 * self.height))
        return (self.place.front - self.place.back) * 0.55 * share

    def _vary(self, part: list[int]) -> float:
        return float(self.random.uniform(0.9, 1.06)) if len(part) > 2 else 1.0

    def _put(
        self, index: int, x: float, base: float, height: float, *, order: float, aloft: bool = False
    ) -> Spot:
        drawing = self.drawings[index]
        width = height * self._aspect(index)
        x = min(max(x, width * 0.42), self.width - width * 0.42)
        spot = Spot(
            thing=index,
            drawing=drawing,
            x=x,
            base=base,
            height=height,
            width=width,
            order=order,
            aloft=aloft,
            wades=not aloft,
            flip=self._flips(index),
        )
        self.spots.append(spot)
        self.of.setdefault(index, []).append(spot)
        return spot

    def _flips(self, index: int) -> bool:
        """Living things may look either way; letters and numbers must not."""
        kind = self.drawings[index].kind
        living = kind.startswith(("animal", "transport", "plant", "person"))
        return living and bool(self.random.random() < 0.5)

    def _float(self, indices: list[int], *, high: bool) -> None:
        """Hangs things in the air, the water or in space: above the row, or as the main thing."""
        members = [index for index in indices for _ in range(self.brief.things[index].count)]
        if not members:
            return
        tallest = max(self._tall(index) for index in indices)
        number = len(members)
        room = (0.3 if high else 0.62) / max(1.0, number**0.5 * (0.9 if not high else 0.75))
        for at, index in enumerate(members):
            share = (at + 0.5) / number
            lone = number == 1
            x = 0.5 + self.random.uniform(0.16, 0.3) * (1 if self.random.random() < 0.5 else -1)
            x = (x if high else 0.5) if lone else 0.1 + 0.8 * share
            tall = room * self._tall(index) / tallest * self.unit
            if lone:
                tall *= max(0.6, min(1.25, self.brief.things[index].scale ** 0.7))
            tall = min(tall, 0.8 * self.width / self._aspect(index))
            middle = 0.2 if high else 0.47
            wave = self.random.uniform(-0.5, 0.5) * (0.1 if high else 0.28) * (not lone)
            base = (middle + wave) * self.height + tall / 2
            spot = self._put(index, x * self.width, base, tall, order=-1 + 0.01 * at, aloft=True)
            if self.place.drift:
                spot.angle = float(self.random.uniform(-9, 9))

    def _attach(self, index: int, kind: str, other: int) -> None:
        """Sets a thing where its relation to another puts it."""
        thing = self.brief.things[index]
        hosts = self.of[other]
        for at in range(thing.count):
            host = hosts[at % len(hosts)]
            share = (at + 0.5) / thing.count - 0.5 if len(hosts) == 1 else 0.0
            tall = host.height * (self._tall(index) / self._tall(other)) ** CLOSE
            self._attach_one(index, kind, host, share, tall, thing)

    def _seat(self, host: Spot) -> tuple[float, float]:
        """How far up the host one sits on it, and how far aside, in shares of it."""
        key = host.drawing.key
        if key in SEATS:
            return SEATS[key]
        alpha = self.library.pixels(key, self.art, 48)[..., 3] > 0.5
        middle = alpha[:, round(alpha.shape[1] * 0.3) : round(alpha.shape[1] * 0.7) + 1]
        tops = np.where(middle.any(0), middle.argmax(0), alpha.shape[0])
        return 0.97 - float(np.median(tops)) / alpha.shape[0], 0.0

    def _head(self, host: Spot) -> tuple[float, float, float]:
        """Where the host's head is: aside from its middle, how high its top is, how broad.

        The head is taken to be the heavier side of the upper part, which spares tails.
        """
        alpha = self.library.pixels(host.drawing.key, self.art, 64)[..., 3] > 0.5
        if host.flip:
            alpha = alpha[:, ::-1]
        upper = alpha[: round(alpha.shape[0] * 0.42)].sum(0).astype(float)
        width = alpha.shape[1]
        halves = upper[: width // 2].sum(), upper[width // 2 :].sum()
        lopsided = abs(halves[0] - halves[1]) / max(1.0, sum(halves)) > 0.12
        part = np.arange(width)
        if lopsided:
            side = part < width / 2 if halves[0] > halves[1] else part >= width / 2
            upper = upper * side
        total = max(1.0, float(upper.sum()))
        middle = float((part * upper).sum() / total)
        spread = float(np.sqrt((upper * (part - middle) ** 2).sum() / total))
        near = slice(max(0, round(middle - spread)), round(middle + spread) + 1)
        tops = np.where(alpha[:, near].any(0), alpha[:, near].argmax(0), alpha.shape[0])
        top = 1 - float(np.median(tops)) / alpha.shape[0]
        return middle / width - 0.5, top, min(1.0, 3.0 * spread / width)

    def _attach_one(
        self, index: int, kind: str, host: Spot, share: float, tall: float, thing: Thing
    ) -> None:
        x = host.x + share * host.width * 0.9
        aspect = self._aspect(index)
        if kind == "on":
            up, aside = self._seat(host)
            up *= host.height
            tall = min(tall, max(host.base - up - 0.03 * self.height, 0.22 * self.height))
            shift = (-aside if host.flip else aside) * host.width
            spot = self._put(
                index, x + shift, host.base - up, tall, order=host.order + 0.0005, aloft=True
            )
            spot.x = x + shift
        elif kind == "above":
            tall = min(tall, 0.3 * self.height)
            base = max(host.base - host.height - 0.05 * self.height, tall + 0.02 * self.height)
            self._put(index, x, base, tall, order=host.order + 0.0005, aloft=True)
        elif kind == "inside":
            tall = min(tall, host.height * 0.85)
            base = host.base - host.height * 0.42
            spot = self._put(index, x, base, tall, order=host.order + 0.0002, aloft=True)
            spot.within = host
        elif kind == "wearing":
            self._wear(index, host, tall, thing)
        elif kind == "holding":
            tall = min(max(tall, host.height * 0.3), host.height * 0.5)
            side = -1 if host.flip else 1
            base = host.base - host.height * 0.12
            self._put(
                index,
                host.x + side * host.width * 0.42,
                base,
                tall,
                order=host.order + 0.0005,
                aloft=True,
            )
        elif kind in ("under", "front"):
            tall = min(tall, host.height * 0.75)
            shift = (
                0.0
                if kind == "under"
                else 0.22 * host.width * (1 if self.random.random() < 0.5 else -1)
            )
            base = min(host.base + 0.035 * self.height, 0.97 * self.height)
            self._put(index, x + shift, base, tall, order=host.order + 0.01)
        elif kind == "behind":
            side = 1 if self.random.random() < 0.5 else -1
            spot = self._put(
                index,
                host.x + side * (host.width * 0.42 + tall * aspect * 0.12),
                host.base - 0.035 * self.height,
                max(tall, host.height * 0.6),
                order=host.order - 0.01,
            )
            spot.depth = 0.1
        else:  # between
            self._put(index, x, host.base, tall, order=host.order + 0.01)

    def _wear(self, index: int, host: Spot, tall: float, thing: Thing) -> None:
        """Puts clothing where it is worn, as far as a drawing shows where that is."""
        key = thing.key
        across, top, breadth = self._head(host)
        x = host.x + across * host.width
        if key in HEADGEAR:
            tall = max(0.16 * host.height, breadth * host.width * 0.62 / self._aspect(index))
            base = host.base - host.height * (top - 0.05)
        elif key in EYEWEAR:
            tall = breadth * host.width * 0.75 / self._aspect(index)
            base = host.base - host.height * (top - 0.3)
        else:
            tall = host.height * 0.34
            base = host.base - host.height * 0.3
        self._put(index, x, base, tall, order=host.order + 0.0005, aloft=True)
