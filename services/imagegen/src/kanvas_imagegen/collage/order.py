"""One order for a picture: its bounds, and the work that answers it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from .painter import Frame, Painting
from .prompt import STYLES, style_named

MODEL_VERSION = "collage-1"
STATEMENT = (
    "Arranged and relit from openly licensed drawings by Kanvas's collage composer. "
    "No generative AI was used."
)
SIDES = (64, 1024)  # pixels
STEPS = (1, 50)
PROMPT_CHARACTERS = 4000
PREVIEW_SIDE = 256
PICTURE_QUALITY = 92
PREVIEW_QUALITY = 75


class InvalidOrder(ValueError):
    """An order that cannot be painted; the message says why, for the caller to read."""


@dataclass(frozen=True)
class Order:
    """What a caller asks for.

    Sides are 64 to 1024 pixels, steps 1 to 50, a prompt up to 4000 characters; `style`
    is empty (the words decide) or the name of a style. Raises `InvalidOrder` otherwise.
    """

    prompt: str
    negative_prompt: str = ""
    style: str = ""
    seed: int = 0
    width: int = 512
    height: int = 512
    steps: int = 8

    def __post_init__(self) -> None:
        for name, value in (("width", self.width), ("height", self.height)):
            if not SIDES[0] <= value <= SIDES[1]:
                raise InvalidOrder(f"{name} must be {SIDES[0]} to {SIDES[1]} pixels, not {value}")
        if not STEPS[0] <= self.steps <= STEPS[1]:
            raise InvalidOrder(f"steps must be {STEPS[0]} to {STEPS[1]}, not {self.steps}")
        for name, text in (("prompt", self.prompt), ("negative_prompt", self.negative_prompt)):
            if len(text) > PROMPT_CHARACTERS:
                raise InvalidOrder(f"{name} must have at most {PROMPT_CHARACTERS} characters")
        if self.style and not style_named(self.style):
            raise InvalidOrder(f"style must be one of {', '.join(STYLES)}, or empty")


@dataclass(frozen=True)
class Progress:
    """One step's result: a WebP, and on the last step what there is to say of the picture."""

    step: int
    of: int
    image: bytes
    meta: str
    last: bool


class Work:
    """An order being carried out, one step at a time."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def steps(self) -> Iterator[Progress]:
        """Paints: a preview for every step but the last, which is the picture."""
        order = self._order
        painting = Painting(
            prompt=order.prompt,
            negative=order.negative_prompt,
            style=order.style,
            seed=order.seed,
            width=order.width,
            height=order.height,
        )
        for frame in painting.paint(order.steps):
            yield Progress(
                step=frame.step,
                of=order.steps,
                image=_webp(frame),
                meta=self._meta(painting, frame) if frame.last else "",
                last=frame.last,
            )

    def _meta(self, painting: Painting, frame: Frame) -> str:
        """What the picture's record keeps, as JSON."""
        return json.dumps(
            {
                "seed": self._order.seed,
                "style": painting.brief.style,
                "substitutions": list(painting.brief.substitutions),
                "placeholder": frame.mean_color,
                "model_version": MODEL_VERSION,
                "statement": STATEMENT,
            },
            ensure_ascii=False,
        )


def _webp(frame: Frame) -> bytes:
    """The picture at its size, or a preview at most 256 pixels a side."""
    picture = Image.fromarray(frame.pixels)
    out = io.BytesIO()
    if frame.last:
        picture.save(out, "WEBP", quality=PICTURE_QUALITY, method=4)
    else:
        picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BOX)
        picture.save(out, "WEBP", quality=PREVIEW_QUALITY, method=0)
    return out.getvalue()
