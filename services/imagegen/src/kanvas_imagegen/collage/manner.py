"""How each style works: which drawings it takes, and what it does before the last touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import canvas
from .canvas import Array, Color

RIM: Color = (0.985, 0.975, 0.95)  # the white core that shows where colored paper is cut
SHADE: Color = (0.09, 0.08, 0.2)


@dataclass(frozen=True)
class Manner:
    """A style's way of working.

    `art` is the set of drawings; `modeled` things are lit and shaded; `banded` fills are
    of one color with hard edges; `sheets` of paper lie over one another with a cut rim
    and a shadow; `washes` are thin and gather at their edges; `graded` pictures end with
    bloom and a vignette.
    """

    art: str
    modeled: bool = False
    banded: bool = False
    sheets: bool = False
    washes: bool = False
    graded: bool = False


MANNERS = {
    "3d": Manner("3d", modeled=True, graded=True),
    "flat": Manner("flat", banded=True),
    "watercolor": Manner("flat", washes=True),
    "ink": Manner("3d", modeled=True),
    "pixel": Manner("flat"),
    "paper": Manner("flat", banded=True, sheets=True),
}


def grown(alpha: Array, reach: float) -> Array:
    """A shape made `reach` pixels larger all around, its corners round."""
    shape: Array = np.clip(canvas.blurred(alpha, max(0.5, reach * 0.75)) * 7 - 0.35, 0, 1)
    return shape


def cut_out(layer: Array, unit: float, *, rim: float = 0.006, lift: float = 1.0) -> Array:
    """A drawing cut from paper: its white rim and the shadow of the sheet, on a larger layer.

    The drawing stays in the middle. `unit` is the picture's shorter side in pixels; `lift`
    says how far the sheet stands off the one below.
    """
    edge = max(1.0, rim * unit)
    soft = max(1.2, 0.011 * unit * lift)
    pad = int(edge + 3 * soft) + 1
    wide = np.pad(layer, ((pad, pad), (pad, pad), (0, 0)))
    paper = grown(wide[..., 3], edge)
    fall = round(soft * 0.9)
    shadow = np.roll(canvas.blurred(paper, soft), fall, axis=0) * np.float32(0.5)
    ink = wide[..., 3:]
    sheet = canvas.mix(np.broadcast_to(canvas.color(RIM), wide[..., :3].shape), wide[..., :3], ink)
    solid = np.maximum(paper, wide[..., 3])
    alpha = solid + shadow * (1 - solid)
    tone = (
        canvas.color(SHADE)
        + (sheet - canvas.color(SHADE)) * (solid / np.maximum(alpha, 1 / 255)).clip(0, 1)[..., None]
    )
    return np.asarray(np.concatenate([tone, alpha[..., None]], axis=2), dtype=np.float32)


def stepped(plane: Array, levels: int) -> Array:
    """A plane from 0 to 1 in so many levels with hard edges."""
    return np.asarray(np.round(plane * levels) / levels, dtype=np.float32)
