"""One order for a picture of the composer, and the work that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from kanvas_paint_contract.cards import COLLAGE
from kanvas_paint_contract.order import Bounds, PaintOrder

from ..painting.step import Step
from ..painting.work import Maker, steps_of
from .composition import Composition
from .reading.reader import is_style

MAKER = Maker(
    model_version=COLLAGE.version,
    statement="Arranged and relit from openly licensed drawings by Kanvas's collage composer. "
    "No generative AI was used.",
)


@dataclass(frozen=True)
class CollageOrder(PaintOrder):
    """What a caller asks of collage: sides of 64 to 1024 pixels. Guidance is ignored."""

    bounds: ClassVar[Bounds] = Bounds(
        sides=(64, 1024),
        steps=(1, COLLAGE.most_steps),
        styles=COLLAGE.styles,
        is_style=is_style,
    )


class CollageWork:
    """An order being carried out, one step at a time."""

    def __init__(self, order: CollageOrder) -> None:
        self._order = order

    def steps(self) -> Iterator[Step]:
        """Paint: yield a preview for every step but the last, which is the picture."""
        order = self._order
        composition = Composition(
            prompt=order.prompt,
            negative=order.negative_prompt,
            style=order.style,
            seed=order.seed,
            width=order.width,
            height=order.height,
        )
        brief = composition.brief
        yield from steps_of(
            order,
            composition.paint(order.steps),
            maker=MAKER,
            style=brief.style,
            substitutions=brief.substitutions,
        )
