"""One order for a picture of easel, and the work that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PIL import Image

from ..collage.canvas import Array, to_bytes
from ..collage.painter import Painting
from ..collage.prompt import STYLES, is_style
from ..painting import order as painting
from ..painting.files import PREVIEW_SIDE, Bytes, mean_color, picture_file, preview_file
from ..painting.order import Bounds, Progress
from ..painting.record import Record
from .networks import SIDE, Networks, Told, Upscaler
from .references import canvas_of, shipped
from .sampler import noises, sample

MODEL_VERSION = "easel-1"
STATEMENT = (
    "Experimental: painted by easel, a small generative network of Kanvas, which has learned from "
    "pictures composed of openly licensed drawings."
)
SIDES = (64, 512)  # pixels
STEPS = (1, 16)
GUIDANCE = 1.25


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

    def steps(self) -> Iterator[Progress]:
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
        pictures = sample(
            networks.painter,
            self._told(layout),
            noises(order.seed, order.prompt),
            steps=order.steps,
            guidance=order.guidance or GUIDANCE,
        )
        for step, picture in enumerate(pictures, start=1):
            if step < order.steps:
                preview = _resized(_bytes(picture), PREVIEW_SIDE, Image.Resampling.BICUBIC)
                yield Progress(step, order.steps, preview_file(preview), "", last=False)
                continue
            pixels = finished(picture, order.width, networks.upscaler)
            meta = self._meta(layout, pixels)
            yield Progress(step, order.steps, picture_file(pixels), meta, last=True)

    def _told(self, layout: Painting) -> Told:
        """The words with their style; and the negative ones, or none, without a style."""
        canvas = canvas_of(layout.spots("flat"), layout.brief, SIDE, shipped)
        words = self._networks.encoder.encode([self._order.prompt, self._order.negative_prompt])
        return Told(
            reference=np.repeat(canvas.transpose(2, 0, 1)[None], 2, axis=0),
            tokens=words.tokens,
            mask=words.mask.astype(np.float32),
            pooled=words.pooled,
            style=np.array([1 + STYLES.index(layout.brief.style), 0], dtype=np.int64),
        )

    def _meta(self, layout: Painting, pixels: Bytes) -> str:
        return Record(
            seed=self._order.seed,
            style=layout.brief.style,
            substitutions=layout.brief.substitutions,
            placeholder=mean_color(pixels),
            model_version=MODEL_VERSION,
            statement=STATEMENT,
        ).meta()


def finished(picture: Array, side: int, upscaler: Upscaler) -> Bytes:
    """Return a picture (3, SIDE, SIDE) as bytes (side, side, 3), doubled as often as it takes."""
    grown = picture[None]
    while grown.shape[2] < side:
        grown = upscaler.doubled(grown)
    pixels = _bytes(grown[0])
    if pixels.shape[0] == side:
        return pixels
    return _resized(pixels, side, Image.Resampling.LANCZOS)


def _bytes(picture: Array) -> Bytes:
    rows = np.ascontiguousarray(picture.transpose(1, 2, 0))
    return to_bytes((rows + 1) / 2)


def _resized(pixels: Bytes, side: int, how: Image.Resampling) -> Bytes:
    return np.asarray(Image.fromarray(pixels).resize((side, side), how))
