"""Scenes without things in them, by collage: backgrounds that a judge must look past."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from kanvas_painters.collage.composition import Composition
from kanvas_training.places import WORK

from .composites import SIDE

PLACES = (
    "snow", "beach", "sea", "lake", "underwater", "forest", "autumn", "meadow", "garden",
    "savanna", "desert", "mountains", "city", "space", "moon surface", "sky", "indoors",
    "candy land", "studio",
)  # fmt: skip
HOURS = ("", " at night", " at sunset", " in the rain", " in the fog")


def empty_scenes(seeds: int) -> Tensor:
    """Return pictures of every place at every hour: uint8 (n, 3, SIDE, SIDE), kept once made."""
    path = WORK / f"scenes-{SIDE}-{seeds}.npy"
    if not path.exists():
        made = [
            _scene(f"{place}{hour}", seed)
            for place in PLACES
            for hour in HOURS
            for seed in range(seeds)
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, np.stack(made))
    return torch.from_numpy(np.load(path)).permute(0, 3, 1, 2).contiguous()


def _scene(prompt: str, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    painting = Composition(prompt, "", "3d", seed, 2 * SIDE, 2 * SIDE)
    *_, last = painting.paint(8)
    return np.asarray(Image.fromarray(last).resize((SIDE, SIDE), Image.Resampling.BOX))
