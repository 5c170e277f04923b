"""One order for a picture of easel, and the work that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PIL import Image

from kanvas_paint_contract.cards import EASEL, STYLES
from kanvas_paint_contract.order import Bounds, PaintOrder

from ..collage.canvas import Array, to_bytes
from ..collage.composition import Composition
from ..collage.figures import Spot
from ..collage.reading.reader import is_style
from ..painting.files import Bytes
from ..painting.step import Step
from ..painting.work import Maker, steps_of
from .networks import SIDE, Networks, Told
from .references import canvas_of, enlarged, shipped
from .sampler import noises, sample

MAKER = Maker(
    model_version=EASEL.version,
    statement="Experimental: painted by easel, a small generative network of Kanvas, which has "
    "learned from pictures composed of openly licensed drawings.",
)


@dataclass(frozen=True)
class EaselOrder(PaintOrder):
    """What a caller asks of easel: a square of 64 to 512 pixels."""

    bounds: ClassVar[Bounds] = Bounds(
        sides=(64, 512),
        steps=(1, EASEL.most_steps),
        styles=EASEL.styles,
        is_style=is_style,
        square=True,
    )


class EaselWork:
    """An order being carried out, one step at a time."""

    def __init__(self, order: EaselOrder, networks: Networks) -> None:
        self._order = order
        self._networks = networks

    def steps(self) -> Iterator[Step]:
        """Paint: yield a preview for every step but the last, which is the picture."""
        order = self._order
        layout = Composition(
            prompt=order.prompt,
            negative=order.negative_prompt,
            style=order.style,
            seed=order.seed,
            width=SIDE,
            height=SIDE,
        )
        yield from steps_of(
            order,
            self._pictures(layout),
            maker=MAKER,
            style=layout.brief.style,
            substitutions=layout.brief.substitutions,
        )

    def _pictures(self, layout: Composition) -> Iterator[Bytes]:
        """Yield what the painter expects the picture to be at each step; the last is finished."""
        order, networks = self._order, self._networks
        spots = layout.spots(layout.art)
        # Guidance of 1 takes the words as they are: nothing else is evaluated.
        own = EASEL.guidance_away if order.negative_prompt else EASEL.default_guidance
        guidance = order.guidance or own
        pictures = sample(
            networks.painter,
            self._told(layout, spots, evaluations=1 if guidance == 1 else 2),
            noises(order.seed, order.prompt),
            steps=order.steps,
            guidance=guidance,
        )
        for step, picture in enumerate(pictures, start=1):
            if step < order.steps:
                yield _bytes(picture)
            else:
                yield self._finished(picture, layout, spots)

    def _told(self, layout: Composition, spots: list[Spot], evaluations: int) -> Told:
        """Return the words with their style, and the negative ones, or none, without a style."""
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

    def _finished(self, picture: Array, layout: Composition, spots: list[Spot]) -> Bytes:
        """Return the picture (3, SIDE, SIDE) as bytes in the size that was asked for."""
        side = self._order.width
        if side > SIDE:
            canvas = canvas_of(enlarged(spots, 2), layout.brief, 2 * SIDE, shipped)
            (picture,) = self._networks.finisher.finished(picture[None], _colors_first(canvas))
        pixels = _bytes(picture)
        if len(pixels) == side:
            return pixels
        sized = Image.fromarray(pixels).resize((side, side), Image.Resampling.LANCZOS)
        return np.asarray(sized)


def _colors_first(canvas: Array) -> Array:
    """Return a canvas (h, w, colors) as the networks take it, (1, colors, h, w)."""
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None])


def _bytes(picture: Array) -> Bytes:
    rows = np.ascontiguousarray(picture.transpose(1, 2, 0))
    return to_bytes((rows + 1) * np.float32(0.5))
