"""The painters that are judged, as people get their pictures: in steps, as files."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
SIDE = 512  # pixels
STEPS = {"collage": 8, "easel": 12}  # what a picture takes when the caller does not say
STYLES = ("3d", "flat", "watercolor", "ink", "pixel", "paper")


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
        for progress in self.work(order).steps():
            yield progress.image

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
    module = importlib.import_module(f"kanvas_painters.{name}.order")
    work = module.Work
    if name == "easel":
        easel = importlib.import_module("kanvas_painters.easel.networks")
        try:
            work = partial(work, networks=easel.networks())
        except easel.NetworkError as error:
            raise CannotPaint(str(error)) from error
    return Model(module.Order, work, STEPS[name])
