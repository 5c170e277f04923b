"""The painters that are judged, as people get their pictures: in steps, as files."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from kanvas_paint_contract.cards import CARDS, COLLAGE
from kanvas_painters.collage.order import CollageOrder, CollageWork
from kanvas_painters.easel.networks import NetworkError, networks
from kanvas_painters.easel.order import EaselOrder, EaselWork

Pixels = npt.NDArray[np.uint8]
SIDE = 512  # pixels
STEPS = {card.name: card.default_steps for card in CARDS}


class CannotPaint(Exception):
    """A painter is missing; the message says why."""


class Painter(Protocol):
    """Something that turns words into pictures."""

    def frames(self, prompt: str, seed: int, style: str = "") -> Iterator[bytes]:
        """Yield the file of each preview, then that of the picture, each when it is ready."""
        ...

    def paint(self, prompt: str, seed: int, style: str = "") -> Pixels:
        """Return the picture (SIDE, SIDE, 3)."""
        ...


@dataclass(frozen=True)
class Model:
    """One of Kanvas's models, without Triton around it."""

    order: Callable[..., Any]
    work: Callable[[Any], Any]
    steps: int

    def frames(self, prompt: str, seed: int, style: str = "") -> Iterator[bytes]:
        """See `Painter`."""
        order = self.order(
            prompt=prompt, style=style, seed=seed, width=SIDE, height=SIDE, steps=self.steps
        )
        for step in self.work(order).steps():
            yield step.image

    def paint(self, prompt: str, seed: int, style: str = "") -> Pixels:
        """See `Painter`."""
        *_, file = self.frames(prompt, seed, style)
        return opened(file)


def opened(file: bytes) -> Pixels:
    """Return the pixels of a picture's file (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def painter(name: str) -> Painter:
    """Return the model of that name.

    Raises:
        CannotPaint: There is none, or what it paints with is missing.
    """
    if name not in STEPS:
        raise CannotPaint(f"no painter is called {name}; there are {', '.join(STEPS)}")
    if name == COLLAGE.name:
        return Model(CollageOrder, CollageWork, STEPS[name])
    try:
        work = partial(EaselWork, networks=networks())
    except NetworkError as error:
        raise CannotPaint(str(error)) from error
    return Model(EaselOrder, work, STEPS[name])
