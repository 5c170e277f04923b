"""How near one picture comes to another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def decibels(one: Floats, other: Floats) -> float:
    """Return the likeness of pictures from -1 to 1 (their peak signal-to-noise ratio)."""
    return float(10 * np.log10(4 / max(1e-12, float(np.square(one - other).mean()))))
