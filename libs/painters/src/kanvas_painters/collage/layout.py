"""Where everything stands, how tall, and what is drawn before what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .attach import KINDS, SHARED, attach
from .figures import Figures, Spot
from .uses import shelters

CROWD = 4  # more than this stand in two rows
FEW = 3  # so many are all kept large enough to be recognised
SMALLEST = 0.135  # share of the height that each of a few things has at least
# How much smaller than its neighbour a thing may be: the first that leaves it large enough.
FLOORS = (0.34, 0.42, 0.52, 0.66, 0.84)
ROWS = ("left", "right", "between")  # these relations are kept by standing side by side


def arrange(figures: Figures) -> list[Spot]:
    """Give all things of the brief their spots, the farthest first."""
    _Arranger(figures).arrange()
    return sorted(figures.spots, key=lambda spot: spot.order)


class _Arranger:
    """Composes what stands, with all that leans on it, fits that, and hangs the rest above.

    What stands is composed in lengths of its own, its ground at 0, and fitted into the
    picture afterwards: so relations hold however large things are.
    """

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.brief = figures.brief
        self.parent: dict[int, tuple[str, int]] = {}
        self._relate()
        free = [index for index in range(len(self.brief.things)) if index not in self.parent]
        self.aloft = [index for index in free if self._floats(index)]
        self.lined = self._ordered([index for index in free if index not in self.aloft])

    def arrange(self) -> None:
        """Give every thing its spots."""
        if self.lined:
            for floor in FLOORS:
                self.figures.spots.clear()
                self.figures.floor = floor
                self._compose()
                self._fit()
                smallest = min(spot.height for spot in self.figures.spots)
                if len(self.figures.spots) > FEW or smallest >= SMALLEST * self.figures.height:
                    break
        self._float(self.aloft, high=bool(self.lined))

    def _relate(self) -> None:
        """Decide which things hang on others; the rest stand for themselves."""
        for relation in self.brief.relations:
            first, second, kind = relation.first, relation.second, relation.kind
            if first == second:
                continue
            if kind in ("wearing", "holding"):
                first, second = second, first
            if kind == "under" and self._is_aloft(second) and not self._is_aloft(first):
                continue  # it hangs in the sky by itself
            if kind == "under" and self._bears(first, second):
                first, second, kind = second, first, "over"
            if kind == "between" and self.brief.things[second].count == 1:
                continue  # between two things that are named apart: the row sees to that
            if kind in KINDS and first not in self.parent and not self._hangs_on(second, first):
                self.parent[first] = (kind, second)

    def _bears(self, under: int, over: int) -> bool:
        """Return whether a thing carries the thing above it, which then stands on nothing else."""
        pairs = self.brief.relations
        several = (
            self.brief.things[under].count > 1
            or sum(pair.kind == "under" and pair.second == over for pair in pairs) > 1
        )
        if several or shelters(self.figures.drawing(over)):
            return False
        leaning = KINDS.keys() - {"wearing", "holding"}  # those are on it, not it on them
        return not any(pair.first == over and pair.kind in leaning for pair in pairs)

    def _hangs_on(self, index: int, on: int) -> bool:
        while index in self.parent:
            index = self.parent[index][1]
            if index == on:
                return True
        return False

    def _is_aloft(self, index: int) -> bool:
        if self.brief.things[index].flying:
            return True
        habitat = self.figures.drawing(index).habitat
        if self.figures.place.drift:
            return habitat != "ground" or not self.figures.place.shadows
        return habitat in ("sky", "space")

    def _floats(self, index: int) -> bool:
        """Return whether a thing hangs in the air with no tie to what stands."""
        if not self._is_aloft(index) or any(other == index for _, other in self.parent.values()):
            return False
        ties = [pair for pair in self.brief.relations if index in (pair.first, pair.second)]
        heavenly = self.figures.drawing(index).kind == "sky-weather"
        return not any(
            pair.kind in ROWS or (pair.kind == "beside" and not heavenly) for pair in ties
        )

    def _ordered(self, indices: Sequence[int]) -> list[int]:
        """Return the things from left to right: as named, unless the words say otherwise."""
        order = list(indices)
        for relation in self.brief.relations:
            first, second = relation.first, relation.second
            if first in order and second in order and relation.kind in ROWS:
                order.remove(first)
                # What stands between two follows the one that is further left.
                beside = [
                    pair.second
                    for pair in self.brief.relations
                    if relation.kind == pair.kind == "between" and pair.first == first
                ]
                places = [order.index(one) for one in beside or [second] if one in order]
                order.insert(min(places) + (relation.kind != "left"), first)
        return order

    def _compose(self) -> None:
        """Compose blocks side by side, each a thing in its number with all that leans on it."""
        figures = self.figures
        tallest = max(figures.tall(index) for index in self.lined)
        rows = 2 if len(self.lined) > CROWD else 1
        blocks = [self._block(index, tallest) for index in self.lined]
        for row in range(rows):
            x = 0.0
            members = blocks[row::rows]
            for block in members:
                left = min(spot.x - spot.width / 2 for spot in block)
                right = max(spot.x + spot.width / 2 for spot in block)
                for spot in block:
                    spot.x += x - left
                x += right - left + 0.06 * tallest
            back = row < rows - 1
            for spot in (spot for block in members for spot in block):
                spot.x -= (x - 0.06 * tallest) / 2
                spot.base -= 0.55 * tallest * back
                spot.order -= 0.5 * back

    def _block(self, index: int, tallest: float) -> list[Spot]:
        figures = self.figures
        before = len(figures.spots)
        self._copies(index, tallest)
        waiting = {index}
        while waiting:
            host = waiting.pop()
            for kind, children in self._groups(host):
                attach(figures, children, kind, host)
                waiting.update(children)
        return figures.spots[before:]

    def _groups(self, host: int) -> list[tuple[str, list[int]]]:
        """Return what leans on a thing, and how: together what shares its room."""
        groups: list[tuple[str, list[int]]] = []
        for child, (kind, other) in self.parent.items():
            if other != host:
                continue
            shared = [group for group in groups if group[0] == kind and kind in SHARED]
            if shared:
                shared[0][1].append(child)
            else:
                groups.append((kind, [child]))
        return groups

    def _copies(self, index: int, tallest: float) -> None:
        """Return a thing in its number, in one row, or in two or three where there are many."""
        figures = self.figures
        count = self.brief.things[index].count
        tall = max(figures.tall(index), figures.floor * tallest)
        rows = 1 if count <= CROWD else 2 if count <= 2 * CROWD else 3
        widest = -(-count // rows)
        lift = 0.2 * tallest if self._is_aloft(index) and not figures.place.drift else 0.0
        for row in range(rows):
            number = len(range(row, count, rows))
            back = rows - 1 - row
            for at in range(number):
                size = tall * 0.88**back * self._vary(count)
                step = tall * figures.aspect(index) * (1.02 if rows == 1 else 1.08)
                step += tall * self._between(index) / max(1, number - 1)
                sway = figures.random.uniform(-0.03, 0.03) * tall if count > 1 else 0.0
                base = sway - lift - (1.0 if figures.place.drift else 0.42) * tall * back
                # Rows are staggered, so that the rows behind look through.
                x = (at - (widest - 1) / 2 + (rows > 1) * (0.5 * (back % 2) - 0.25)) * step
                order = 0.1 * sway / tall - 0.2 * back
                spot = figures.put(index, x, base, size, order=order, aloft=self._is_aloft(index))
                spot.depth = 0.06 * back

    def _between(self, index: int) -> float:
        """Return the width of what stands between copies of a thing, for copies of height 1."""
        figures = self.figures
        return sum(
            1.1 * figures.ratio(child, index) * figures.aspect(child)
            for child, (kind, other) in self.parent.items()
            if kind == "between" and other == index
        )

    def _vary(self, count: int) -> float:
        return float(self.figures.random.uniform(0.9, 1.05)) if count > 2 else 1.0

    def _fit(self) -> None:
        """Bring what was composed into the picture, as large as it may be."""
        figures = self.figures
        spots, place = figures.spots, figures.place
        left = min(spot.x - spot.width / 2 for spot in spots)
        right = max(spot.x + spot.width / 2 for spot in spots)
        top = min(spot.base - spot.height for spot in spots)
        bottom = max(spot.base for spot in spots)
        width, height = self._room(len(spots))
        scale = min(width / (right - left), height / (bottom - top))
        if len(spots) == 1:
            scale *= max(0.5, min(1.3, self.brief.things[spots[0].thing].scale ** 0.7))
        hanging = place.drift and all(spot.aloft for spot in spots)
        used = min(1.0, (bottom - top) * scale / (0.62 * figures.height))
        ground = place.front - (place.front - place.back) * 0.55 * used
        if place.surface in ("none", "floor") and not self.aloft:
            ground -= 0.14 * (1 - used)  # nothing fills the air above
        if hanging:
            ground = 0.5 + (bottom - top) * scale / figures.height / 2
        slack = max(0.0, 0.96 * figures.width - (right - left) * scale)
        middle = figures.width / 2 + figures.random.uniform(-0.08, 0.08) * slack
        for spot in spots:
            spot.x = middle + (spot.x - (left + right) / 2) * scale
            spot.base = ground * figures.height + (spot.base - bottom) * scale
            spot.height *= scale
            spot.width *= scale

    def _room(self, number: int) -> tuple[float, float]:
        """Return how wide and how tall what stands may be, in pixels."""
        figures = self.figures
        if self.aloft:
            return 0.88 * figures.width, min(0.46 * figures.height, 0.62 * figures.unit)
        if number == 1:
            return 0.68 * figures.unit, 0.62 * figures.unit
        return 0.88 * figures.width, min(0.76 * figures.height, 0.9 * figures.unit)

    def _float(self, indices: list[int], *, high: bool) -> None:
        """Hang things in the air, the water or in space: above the row, or as the main thing."""
        figures = self.figures
        members = [index for index in indices for _ in range(self.brief.things[index].count)]
        for at, index in enumerate(members):
            lone = len(members) == 1
            tall = self._floating_height(index, members, high=high)
            x = 0.1 + 0.8 * (at + 0.5) / len(members)
            if lone:
                x = 0.5 + figures.coin() * figures.random.uniform(0.16, 0.3) * high
            wave = figures.random.uniform(-0.5, 0.5) * (0.04 if high else 0.28) * (not lone)
            middle = (0.19 if high else 0.47) + wave
            base = middle * figures.height + tall / 2
            edge = tall * figures.aspect(index) / 2 + 0.02 * figures.width
            x = min(max(x * figures.width, edge), figures.width - edge)
            spot = figures.put(index, x, base, tall, order=-2 + 0.01 * at, aloft=True)
            if figures.place.drift:
                spot.angle = float(figures.random.uniform(-9, 9))

    def _floating_height(self, index: int, members: list[int], *, high: bool) -> float:
        figures = self.figures
        tallest = max(figures.tall(member) for member in members)
        share = 0.3 if high else 0.64
        if len(members) > 1:
            share /= max(1.0, len(members) ** 0.5 * (0.8 if high else 0.9))
        else:
            share *= float(np.clip(self.brief.things[index].scale ** 0.7, 0.6, 1.25))
        tall = share * figures.unit * max(figures.tall(index) / tallest, 0.45)
        widest = 0.7 * figures.unit if len(members) == 1 else 0.9 * figures.width / len(members)
        return min(tall, widest * (1.5 if len(members) > 2 else 1.0) / figures.aspect(index))
