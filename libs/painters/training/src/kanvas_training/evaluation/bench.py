"""What every part of the proof needs: judges, concepts, real pictures, and how much to measure."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch

from .composites import SIDE, Batch
from .concepts import Concept
from .judge import Judge, Reading, composer
from .painters import Painter

log = logging.getLogger(__name__)
Pixels = npt.NDArray[np.uint8]
SEEDS = 2  # pictures of each concept
REAL = 2  # pictures of known truth to hold against, of each concept
PAIR_SIDE = 2 * SIDE  # pixels: with two things in a picture, each is smaller
BARS: Mapping[str, Mapping[str, float]] = {
    "collage": {"concepts": 0.9, "pairs": 0.85, "first preview": 0.1, "picture": 0.7},
    "easel": {"concepts": 0.85, "in a place": 0.75, "both found": 0.6, "picture": 2.0},
}


@dataclass
class Bench:
    """A painter before its judges.

    Attributes:
        every: One of so many prompts is painted, to be quicker; 1 for all.
    """

    name: str
    painter: Painter
    main: Judge
    strict: Judge
    concepts: Sequence[Concept]
    every: int = 1
    random: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(1))

    @property
    def bars(self) -> Mapping[str, float]:
        """What this painter promises."""
        return BARS[self.name]

    @cached_property
    def asked(self) -> list[int]:
        """The concepts that are painted, by their index."""
        return list(range(0, len(self.concepts), self.every))

    @cached_property
    def portraits(self) -> npt.NDArray[np.uint8]:
        """Pictures (seeds, asked, height, width, 3) of every concept alone, by seed."""
        phrases = [self.concepts[at].phrase for at in self.asked]
        return np.stack([self.paint(phrases, seed) for seed in range(SEEDS)])

    @cached_property
    def readings(self) -> list[Reading]:
        """What the main judge says of the portraits, by seed."""
        return [self.main.read(list(pictures)) for pictures in self.portraits]

    def paint(self, prompts: Sequence[str], seed: int) -> npt.NDArray[np.uint8]:
        """Return the painter's pictures."""
        log.info("%s paints %d pictures, such as %s", self.name, len(prompts), prompts[0])
        return np.stack([self.painter.paint(prompt, seed) for prompt in prompts])

    def real(self, families: Sequence[str], *, plain: bool) -> Batch:
        """Return pictures of every concept alone whose truth is known."""
        return portraits(self.concepts, families, REAL, self.random, plain=plain)


def portraits(
    concepts: Sequence[Concept],
    families: Sequence[str],
    number: int,
    random: torch.Generator,
    *,
    plain: bool,
) -> Batch:
    """Return so many pictures of every concept alone, in the art of these families."""
    things = torch.arange(len(concepts)).repeat(number)
    alone = torch.stack([things, torch.full_like(things, -1)], 1)
    return composer(families, plain=plain).compose(alone, random)


def hits(what: npt.NDArray[np.float32], truth: Sequence[int], best: int) -> float:
    """Return for which share of the pictures the truth is among the judge's best guesses."""
    ranked = np.argsort(-what, axis=1)[:, :best]
    return float((ranked == np.asarray(truth)[:, None]).any(1).mean())
