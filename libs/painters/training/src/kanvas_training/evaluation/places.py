"""Which of the named places a picture shows, learned from collage's pictures of them.

That is circular for collage: its figure says that its places differ, not that they are good.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kanvas_painters.collage.composition import Composition

from .concepts import read_concepts
from .judge import Judge
from .prompts import PLACES

Pixels = npt.NDArray[np.uint8]
SHOWN = 24  # pictures of each place
KEPT_BACK = 4  # of them, to test with
SIDE = 128  # pixels
FIRST_SEED = 1000  # no seed of the evaluation
SMOOTH = 30.0  # of the ridge: how little single features may weigh


class Places:
    """Tells places apart by coarse texture and color. `ceiling`: how often it is right."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        pictures, truth = [], []
        concepts = read_concepts()
        for at, phrase in enumerate(PLACES):
            for number in range(SHOWN):
                thing = concepts[(at + number * 7) % len(concepts)].phrase
                painting = Composition(f"{thing} {phrase}", "", "", FIRST_SEED + number, SIDE, SIDE)
                *_, last = painting.paint(8)
                pictures.append(last)
                truth.append(at)
        features = judge.texture(pictures, grid=4)
        self._mean, self._spread = features.mean(0), features.std(0) + 1e-3
        back = np.arange(len(truth)) % SHOWN < KEPT_BACK
        scaled = self._scaled(features)
        targets = np.eye(len(PLACES))[truth]
        kept = scaled[~back]
        ridge = kept.T @ kept + SMOOTH * np.eye(kept.shape[1])
        self._weights = np.linalg.solve(ridge, kept.T @ targets[~back])
        guessed = (scaled[back] @ self._weights).argmax(1)
        self.ceiling = float((guessed == np.array(truth)[back]).mean())

    def _scaled(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        scaled = (features.astype(np.float64) - self._mean) / self._spread
        return np.concatenate([scaled, np.ones((len(scaled), 1))], 1)

    def named(self, pictures: Sequence[Pixels]) -> list[str]:
        """Return the place that each picture shows."""
        names = list(PLACES.values())
        scores = self._scaled(self._judge.texture(pictures, grid=4)) @ self._weights
        return [names[at] for at in scores.argmax(1)]
