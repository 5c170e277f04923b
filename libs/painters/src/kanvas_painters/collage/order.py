"""One order for a picture of the composer, and the work that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from kanvas_paint_contract import order as painting
from kanvas_paint_contract.order import Bounds

from ..painting.files import mean_color, picture_file, preview_file
from ..painting.record import Record
from ..painting.step import Step
from .painter import Frame, Painting
from .phrases import STYLES, is_style

MODEL_VERSION = "collage-4"
STATEMENT = (
    "Arranged and relit from openly licensed drawings by Kanvas's collage composer. "
    "No generative AI was used."
)
SIDES = (64, 1024)  # pixels
STEPS = (1, 50)


@dataclass(frozen=True)
class Order(painting.Order):
    """What a caller asks for: sides of 64 to 1024 pixels, 1 to 50 steps. Guidance is ignored."""

    bounds: ClassVar[Bounds] = Bounds(sides=SIDES, steps=STEPS, styles=STYLES, is_style=is_style)


class Work:
    """An order being carried out, one step at a time."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def steps(self) -> Iterator[Step]:
        """Paints: a preview for every step but the last, which is the picture."""
        order = self._order
        work = Painting(
            prompt=order.prompt,
            negative=order.negative_prompt,
            style=order.style,
            seed=order.seed,
            width=order.width,
            height=order.height,
        )
        for frame in work.paint(order.steps):
            yield Step(
                step=frame.step,
                of=order.steps,
                image=picture_file(frame.pixels) if frame.last else preview_file(frame.pixels),
                meta=self._meta(work, frame) if frame.last else "",
                last=frame.last,
            )

    def _meta(self, work: Painting, frame: Frame) -> str:
        return Record(
            seed=self._order.seed,
            style=work.brief.style,
            substitutions=work.brief.substitutions,
            placeholder=mean_color(frame.pixels),
            model_version=MODEL_VERSION,
            statement=STATEMENT,
        ).meta()
