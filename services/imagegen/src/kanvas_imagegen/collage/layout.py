"""Where everything stands, how tall, and what is drawn before what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .attach import KINDS, attach
from .figures import Figures, Spot

CROWD = 4  # more than this stand in two rows


def arrange(figures: Figures) -> list[Spot]:
    """Gives all things of the brief their spots, the farthest first."""
    _Arranger(figures).arrange()
    return sorted(figures.spots, key=lambda spot: spot.order)


class _Arranger:
    """Gives spots first to what stands, then to what floats, then to what leans on these."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.brief = figures.brief
        self.parent: dict[int, tuple[str, int]] = {}

    def arrange(self) -> None:
        self._relate()
        free = [index for index in range(len(self.brief.things)) if index not in self.parent]
        grounded = [index for index in free if not self._is_aloft(index)]
        aloft = [index for index in free if self._is_aloft(index)]
        if grounded:
            self._stand(self._ordered(grounded))
        self._float(aloft, high=bool(grounded))
        waiting = dict(self.parent)
        while waiting:
            for index, (kind, other) in list(waiting.items()):
                if other not in waiting:
                    attach(self.figures, index, kind, other)
                    del waiting[index]

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
            if kind in KINDS and first not in self.parent and not self._hangs_on(second, first):
                self.parent[first] = (kind, second)

    def _hangs_on(self, index: int, on: int) -> bool:
        while index in self.parent:
            index = self.parent[index][1]
            if index == on:
                return True
        return False

    def _is_aloft(self, index: int) -> bool:
        habitat = self.figures.drawing(index).habitat
        if self.figures.place.drift:
            return habitat != "ground" or not self.figures.place.shadows
        return habitat in ("sky", "space")

    def _ordered(self, indices: Sequence[int]) -> list[int]:
        """Left to right: as named, unless the words say otherwise."""
        order = list(indices)
        for relation in self.brief.relations:
            first, second = relation.first, relation.second
            if first in order and second in order and relation.kind in ("left", "right"):
                order.remove(first)
                order.insert(order.index(second) + (relation.kind == "right"), first)
        return order

    def _stand(self, order: list[int]) -> None:
        """Sets things on the ground in one row, or in two where there are many."""
        figures = self.figures
        members = [index for index in order for _ in range(self.brief.things[index].count)]
        alone, rows = len(members) == 1, 2 if len(members) > CROWD else 1
        tallest = max(figures.tall(index) for index in order)
        reach = (0.56 if alone else 0.5) * self._boldness(order)
        if alone and figures.width < figures.height:
            reach *= 1.1
        widths = [figures.tall(i) * figures.aspect(i) * self._load(i) for i in members]
        room = (0.66 if alone else 0.86) * (1.75 if rows == 2 else 1.0) * figures.width
        scale = min(reach * figures.unit / tallest, room / sum(widths))
        for row in range(rows):
            self._line(members[row::rows], scale, back=row < rows - 1)

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

    def _line(self, part: list[int], scale: float, *, back: bool) -> None:
        """One row from left to right; the one at the back stands higher and smaller."""
        figures = self.figures
        scale *= 0.8 if back else 1.0
        gap = 0.02 * figures.width if len(part) > 1 else 0.0
        widths = [figures.tall(i) * figures.aspect(i) * scale * self._load(i) for i in part]
        total = sum(widths) + gap * (len(part) - 1)
        squeeze = min(1.0, 0.94 * figures.width / total)
        x = figures.width / 2 - total * squeeze / 2
        x += figures.random.uniform(-0.03, 0.03) * figures.width
        low = figures.place.back if back else figures.place.front
        for index, width in zip(part, widths, strict=True):
            tall = figures.tall(index) * scale * squeeze * self._vary(part)
            middle = x + width * squeeze / 2
            x += (width + gap) * squeeze
            base = low - self._recess(tall)
            base += figures.random.uniform(-0.015, 0.015) if len(part) > 1 else 0.0
            figures.put(index, middle, base * figures.height, tall, order=base)

    def _recess(self, tall: float) -> float:
        """Tall things stand farther back, so that they fit."""
        share = min(1.0, tall / (0.62 * self.figures.height))
        return (self.figures.place.front - self.figures.place.back) * 0.55 * share

    def _vary(self, part: list[int]) -> float:
        return float(self.figures.random.uniform(0.9, 1.06)) if len(part) > 2 else 1.0

    def _float(self, indices: list[int], *, high: bool) -> None:
        """Hangs things in the air, the water or in space: above the row, or as the main thing."""
        figures = self.figures
        members = [index for index in indices for _ in range(self.brief.things[index].count)]
        for at, index in enumerate(members):
            lone = len(members) == 1
            tall = self._floating_height(index, members, high=high)
            x = 0.1 + 0.8 * (at + 0.5) / len(members)
            if lone:
                x = 0.5 + figures.coin() * figures.random.uniform(0.16, 0.3) * high
            wave = figures.random.uniform(-0.5, 0.5) * (0.1 if high else 0.28) * (not lone)
            middle = (0.2 if high else 0.47) + wave
            base = middle * figures.height + tall / 2
            spot = figures.put(
                index, x * figures.width, base, tall, order=-1 + 0.01 * at, aloft=True
            )
            if figures.place.drift:
                spot.angle = float(figures.random.uniform(-9, 9))

    def _floating_height(self, index: int, members: list[int], *, high: bool) -> float:
        figures = self.figures
        tallest = max(figures.tall(member) for member in members)
        share = 0.3 if high else 0.62
        if len(members) > 1:
            share /= max(1.0, len(members) ** 0.5 * (0.75 if high else 0.9))
        else:
            share *= float(np.clip(self.brief.things[index].scale ** 0.7, 0.6, 1.25))
        tall = share * figures.unit * figures.tall(index) / tallest
        return min(tall, 0.8 * figures.width / figures.aspect(index))
