"""From the pictures that a painter makes to the steps that leave a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kanvas_paint_contract.order import PaintOrder

from .files import Bytes, mean_color, picture_file, preview_file
from .record import Record
from .step import Step


@dataclass(frozen=True)
class Maker:
    """What the record of a picture says of the model that painted it."""

    model_version: str
    statement: str


def steps_of(
    order: PaintOrder,
    pictures: Iterable[Bytes],
    *,
    maker: Maker,
    style: str,
    substitutions: Sequence[str],
) -> Iterator[Step]:
    """Yield a step for each picture: previews, and at last the picture with its record.

    Args:
        order: What was asked for.
        pictures: One picture (height, width, 3) for each step of the order.
        maker: The model that paints.
        style: The style that the picture is painted in.
        substitutions: As in `Record`.
    """
    for step, pixels in enumerate(pictures, start=1):
        if step < order.steps:
            yield Step(step, order.steps, preview_file(pixels), "", last=False)
            continue
        record = Record(
            seed=order.seed,
            style=style,
            substitutions=substitutions,
            placeholder=mean_color(pixels),
            model_version=maker.model_version,
            statement=maker.statement,
        )
        yield Step(step, order.steps, picture_file(pixels), record.meta(), last=True)
