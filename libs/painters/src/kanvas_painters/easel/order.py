"""One order for a picture of easel, and the work that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PIL import Image

from kanvas_paint_contract import order as painting
from kanvas_paint_contract.order import Bounds

from ..collage.canvas import Array, to_bytes
from ..collage.figures import Spot
from ..collage.painter import Painting
from ..collage.phrases import STYLES, is_style
from ..painting.files import Bytes, mean_color, picture_file, preview_file
from ..painting.record import Record
from ..painting.step import Step
from .networks import SIDE, Networks, Told
from .references import canvas_of, enlarged, shipped
from .sampler import noises, sample

MODEL_VERSION = "easel-3"
STATEMENT = (
    "Experimental: painted by easel, a small generative network of Kanvas, which has learned from "
    "pictures composed of openly licensed drawings."
)
SIDES = (64, 512)  # pixels
STEPS = (1, 16)
GUIDANCE = 1.0  # the words as they are: nothing else has to be evaluated
AWAY = 1.5  # where there are words to keep away from


@dataclass(frozen=True)
class Order(painting.Order):
    """What a caller asks for: a square of 64 to 512 pixels in 1 to 16 steps."""

    bounds: ClassVar[Bounds] = Bounds(
        sides=SIDES,
        steps=STEPS,
        styles=STYLES,
        is_style=is_style,
        square=True,
    )


class Work:
    """An order being carried out, one step at a time."""

    def __init__(self, order: Order, networks: Networks) -> None:
        self._order = order
        self._networks = networks

    def steps(self) -> Iterator[Step]:
        """Paints: a preview for every step but the last, which is the picture."""
        order, networks = self._order, self._networks
        layout = Painting(
            prompt=order.prompt,
            negative=order.negative_prompt,
            style=order.style,
            seed=order.seed,
            width=SIDE,
            height=SIDE,
        )
        spots = layout.spots(layout.art)
        guidance = order.guidance or (AWAY if order.negative_prompt else GUIDANCE)
        pictures = sample(
            networks.painter,
            self._told(layout, spots, evaluations=1 if guidance == 1 else 2),
            noises(order.seed, order.prompt),
            steps=order.steps,
            guidance=guidance,
        )
        for step, picture in enumerate(pictures, start=1):
            if step < order.steps:
                yield Step(step, order.steps, preview_file(_bytes(picture)), "", last=False)
                continue
            pixels = self._finished(picture, layout, spots)
            meta = self._meta(layout, pixels)
            yield Step(step, order.steps, picture_file(pixels), meta, last=True)

    def _told(self, layout: Painting, spots: list[Spot], evaluations: int) -> Told:
        """The words with their style; beside them the negative ones, or none, without a style."""
        canvas = _colors_first(canvas_of(spots, layout.brief, SIDE, shipped))
        texts = [self._order.prompt, self._order.negative_prompt][:evaluations]
        words = self._networks.encoder.encode(texts)
        style = np.array([1 + STYLES.index(layout.brief.style), 0], dtype=np.int64)
        return Told(
            reference=np.repeat(canvas, evaluations, axis=0),
            tokens=words.tokens,
            mask=words.mask.astype(np.float32),
            pooled=words.pooled,
            style=style[:evaluations],
        )

    def _finished(self, picture: Array, layout: Painting, spots: list[Spot]) -> Bytes:
        """The picture (3, SIDE, SIDE) as bytes in the size that was asked for."""
        side = self._order.width
        if side > SIDE:
            canvas = canvas_of(enlarged(spots, 2), layout.brief, 2 * SIDE, shipped)
            (picture,) = self._networks.finisher.finished(picture[None], _colors_first(canvas))
        pixels = _bytes(picture)
        if len(pixels) == side:
            return pixels
        sized = Image.fromarray(pixels).resize((side, side), Image.Resampling.LANCZOS)
        return np.asarray(sized)

    def _meta(self, layout: Painting, pixels: Bytes) -> str:
        return Record(
            seed=self._order.seed,
            style=layout.brief.style,
            substitutions=layout.brief.substitutions,
            placeholder=mean_color(pixels),
            model_version=MODEL_VERSION,
            statement=STATEMENT,
        ).meta()


def _colors_first(canvas: Array) -> Array:
    """A canvas (h, w, colors) as the networks take it, (1, colors, h, w)."""
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None])


def _bytes(picture: Array) -> Bytes:
    rows = np.ascontiguousarray(picture.transpose(1, 2, 0))
    return to_bytes((rows + 1) * np.float32(0.5))
