"""The figures of a picture: how large things are, and the spots they are given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .canvas import Random
from .library import Drawing, Library
from .places import Place
from .prompt import Brief

CONTRAST = 0.42  # how much of the true difference in size a picture shows
Outline = npt.NDArray[np.bool_]


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
    aloft: bool = False  # touches no ground: no shadow there, no grass about it
    within: Spot | None = None  # what its lower part is hidden in


@dataclass
class Figures:
    """The spots given so far, and the measures they are given by."""

    brief: Brief
    library: Library
    art: str
    place: Place
    width: int
    height: int
    random: Random
    spots: list[Spot] = field(default_factory=list)

    @property
    def unit(self) -> int:
        """The shorter side."""
        return min(self.width, self.height)

    def drawing(self, index: int) -> Drawing:
        """The drawing of a thing of the brief."""
        return self.library.drawings[self.brief.things[index].key]

    def of(self, index: int) -> list[Spot]:
        """The spots that a thing has been given."""
        return [spot for spot in self.spots if spot.thing == index]

    def tall(self, index: int) -> float:
        """How tall a thing is drawn beside others, before anything is fitted."""
        return float(self.drawing(index).height ** CONTRAST * self.brief.things[index].scale)

    def aspect(self, index: int) -> float:
        """A thing's width for a height of 1."""
        aspects = self.drawing(index).aspects
        return aspects.get(self.art, aspects["3d"])

    def outline(self, spot: Spot) -> Outline:
        """Where a spot's drawing is solid, 64 rows tall, as it will face."""
        solid: Outline = self.library.pixels(spot.drawing.key, self.art, 64)[..., 3] > 0.5
        return solid[:, ::-1] if spot.flip else solid

    def coin(self) -> int:
        """Left (-1) or right (1) by chance."""
        return -1 if self.random.random() < 0.5 else 1

    def put(
        self, index: int, x: float, base: float, tall: float, *, order: float, aloft: bool = False
    ) -> Spot:
        """Gives a thing a spot, no farther out than the picture's edge allows."""
        width = tall * self.aspect(index)
        spot = Spot(
            thing=index,
            drawing=self.drawing(index),
            x=min(max(x, width * 0.42), self.width - width * 0.42),
            base=base,
            height=tall,
            width=width,
            order=order,
            aloft=aloft,
            flip=self._flips(index),
        )
        self.spots.append(spot)
        return spot

    def _flips(self, index: int) -> bool:
        """Living things may look either way; what may bear letters must not."""
        kind = self.drawing(index).kind
        living = kind.startswith(("animal", "transport", "plant", "person"))
        return living and self.coin() < 0
