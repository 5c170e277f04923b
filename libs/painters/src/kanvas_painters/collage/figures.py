"""The figures of a picture: how large things are, and the spots they are given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .brief import Brief
from .canvas import Random
from .library import Drawing, Library
from .places import Place

CONTRAST = 0.42  # how much of the true difference in size a picture shows
CLOSE = 1.4  # things that touch show more of it
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
    within: Spot | None = None  # the container that hides the lower part of this drawing
    brim: float = 0.45  # how far below its top the container begins to hide: a share of its height


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
    floor: float = 0.3  # no thing is drawn smaller than this beside another of height 1
    _outlines: dict[str, Outline] = field(default_factory=dict)

    @property
    def unit(self) -> int:
        """The shorter side."""
        return min(self.width, self.height)

    def drawing(self, index: int) -> Drawing:
        """Return the drawing of a thing of the brief."""
        return self.library.drawings[self.brief.things[index].key]

    def of(self, index: int) -> list[Spot]:
        """Return the spots that a thing has been given."""
        return [spot for spot in self.spots if spot.thing == index]

    def tall(self, index: int) -> float:
        """Return how tall a thing is drawn beside others, before anything is fitted."""
        return float(self.drawing(index).height ** CONTRAST * self.brief.things[index].scale)

    def aspect(self, index: int) -> float:
        """Return a thing's width for a height of 1."""
        aspects = self.drawing(index).aspects
        return aspects.get(self.art, aspects["3d"])

    def outline(self, spot: Spot) -> Outline:
        """Return where a spot's drawing is solid, 64 rows tall, as it will face."""
        key = spot.drawing.key
        if key not in self._outlines:
            self._outlines[key] = self.library.pixels(key, self.art, 64)[..., 3] > 0.5
        solid = self._outlines[key]
        return solid[:, ::-1] if spot.flip else solid

    def covered(self, back: Spot, front: Spot) -> float:
        """Return the share of one spot's drawing that another's hides when it lies over it."""
        solid, cover = self.outline(back), self.outline(front)
        rows, columns = np.nonzero(solid)
        x = back.x + ((columns + 0.5) / solid.shape[1] - 0.5) * back.width
        y = back.base + ((rows + 0.5) / solid.shape[0] - 1) * back.height
        across = ((x - front.x) / front.width + 0.5) * cover.shape[1]
        down = ((y - front.base) / front.height + 1) * cover.shape[0]
        met = (across >= 0) & (across < cover.shape[1]) & (down >= 0) & (down < cover.shape[0])
        hidden = cover[down[met].astype(np.int64), across[met].astype(np.int64)]
        return float(hidden.sum()) / max(1, len(rows))

    def ratio(self, index: int, other: int) -> float:
        """Return how tall a thing is drawn that touches another of height 1."""
        ratio = float((self.tall(index) / self.tall(other)) ** CLOSE)
        return min(max(ratio, self.floor), 1 / self.floor)

    def coin(self) -> int:
        """Return left (-1) or right (1) by chance."""
        return -1 if self.random.random() < 0.5 else 1

    def put(
        self, index: int, x: float, base: float, tall: float, *, order: float, aloft: bool = False
    ) -> Spot:
        """Give a thing a spot."""
        width = tall * self.aspect(index)
        spot = Spot(
            thing=index,
            drawing=self.drawing(index),
            x=x,
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
        """Return whether a thing may face either way: creatures may, letters must not."""
        kind = self.drawing(index).kind
        living = kind.startswith(("animal", "transport", "plant", "person"))
        return living and self.coin() < 0
