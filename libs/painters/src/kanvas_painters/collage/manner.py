"""How each style works: which drawings it takes, and what it does before the last touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import canvas
from .canvas import Array, Color

RIM: Color = (0.985, 0.975, 0.95)  # the white core that shows where colored paper is cut
SHADE: Color = (0.09, 0.08, 0.2)
ALIKE = 0.3  # colors nearer than this need something between them


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
    """Return a shape made `reach` pixels larger all around, its corners round."""
    shape: Array = np.clip(canvas.blurred(alpha, max(0.5, reach * 0.75)) * 7 - 0.35, 0, 1)
    return shape


def cut_out(layer: Array, unit: float, *, rim: float = 0.006, lift: float = 1.0) -> Array:
    """Return a drawing cut from paper, with a white rim and its shadow, on a larger layer.

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
    """Return a plane from 0 to 1 in so many levels with hard edges."""
    return np.asarray(np.round(plane * levels) / levels, dtype=np.float32)


def set_off(picture: Array, layer: Array, left: int, top: int, manner: Manner) -> None:
    """Lighten or darken the canvas about a thing that would be lost before it."""
    height, width = picture.shape[:2]
    unit = min(height, width)
    pad = max(2, round(0.05 * unit))
    alpha = np.pad(layer[..., 3], pad)
    x0, y0 = max(0, left - pad), max(0, top - pad)
    x1, y1 = min(width, left - pad + alpha.shape[1]), min(height, top - pad + alpha.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    near = grown(alpha, 0.02 * unit)
    window = (slice(y0 - top + pad, y1 - top + pad), slice(x0 - left + pad, x1 - left + pad))
    ring = ((near - alpha).clip(0, 1))[window]
    solid = layer[..., 3] * (1 - canvas.blurred(layer[..., 3], 0.02 * unit)) + 1e-6
    around = (picture[y0:y1, x0:x1] * ring[..., None]).sum((0, 1)) / max(1e-3, float(ring.sum()))
    edge = (layer[..., :3] * solid[..., None]).sum((0, 1)) / float(solid.sum())
    lost = 1 - float(np.linalg.norm(around - edge)) / ALIKE
    if lost <= 0:
        return
    darker = float(edge.mean()) > min(0.5, float(around.mean()) + 0.1)
    tone = around * canvas.color((0.5, 0.56, 0.68)) if darker else around * 0.3 + 0.68
    plane = near if manner.banded else canvas.blurred(near, 0.018 * unit)
    strength = np.float32(min(0.75, 0.3 + 0.6 * lost) * (0.85 if darker else 0.75))
    canvas.shade(picture, plane * strength, tuple(tone.tolist()), left - pad, top - pad)
