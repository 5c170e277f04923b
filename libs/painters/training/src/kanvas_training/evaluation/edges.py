"""How wide the edge of a thing is in a picture: pixels from 10 to 90 % of the way across."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

REACH = 9.0  # pixels on either side of an edge that are looked at
PLAIN = 4.5  # from here on, they are the thing or its ground
FINE = 0.1  # pixels between two of the places along that line
CONTRAST = 0.25  # of the brightest channel: an edge that parts less from its ground is left out
UNEVEN = 0.04  # of that contrast: how much either side may vary
POINTS = 300  # places on an edge, for each thing

Plane = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]


def between(plane: Plane, rows: Values, columns: Values) -> Values:
    """Return a picture's values at places between its pixels, along straight lines."""
    top, left = np.floor(rows).astype(np.int64), np.floor(columns).astype(np.int64)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    upper = plane[top, left] * (1 - right) + plane[top, left + 1] * right
    lower = plane[top + 1, left] * (1 - right) + plane[top + 1, left + 1] * right
    mixed: Values = upper * (1 - down) + lower * down
    return mixed


def widths(picture: Plane, shape: Plane) -> list[float]:
    """Return the widths, in pixels, of a thing's edge from 10 to 90 % of the way to its ground.

    Args:
        picture: (height, width, 3) from 0 to 1.
        shape: (height, width) from 0 to 1, how much of each pixel the thing covers.

    The line across the edge follows the shape's steepest way. Where either side is not plain,
    or the two are alike, there is no telling, and the place is left out.
    """
    down, across = np.gradient(shape)
    steep = np.hypot(down, across)
    rows, columns = np.nonzero((np.abs(shape - 0.5) < 0.2) & (steep > 0.05))
    margin = int(REACH) + 2
    inner = (rows >= margin) & (rows < shape.shape[0] - margin)
    inner &= (columns >= margin) & (columns < shape.shape[1] - margin)
    rows, columns = rows[inner], columns[inner]
    chosen = slice(None, None, max(1, len(rows) // POINTS))
    rows, columns = rows[chosen], columns[chosen]
    along = np.arange(-REACH, REACH + FINE / 2, FINE)
    lines = between(
        picture,
        rows[:, None] + along * (down / np.maximum(steep, 1e-6))[rows, columns][:, None],
        columns[:, None] + along * (across / np.maximum(steep, 1e-6))[rows, columns][:, None],
    )
    outside, inside = along < -PLAIN, along > PLAIN
    found = []
    for line in lines:
        ground, thing = line[outside].mean(0), line[inside].mean(0)
        channel = int(np.abs(thing - ground).argmax())
        step = thing[channel] - ground[channel]
        if abs(step) < CONTRAST:
            continue
        share = (line[:, channel] - ground[channel]) / step
        if max(share[outside].std(), share[inside].std()) > UNEVEN:
            continue
        middle = int(np.abs(np.where(np.abs(along) < 3, share, 9) - 0.5).argmin())
        low = np.flatnonzero(share[:middle] <= 0.1)
        high = np.flatnonzero(share[middle:] >= 0.9)
        if low.size and high.size:
            first, last = int(low[-1]), middle + int(high[0])
            found.append(_crossed(along, share, 0.9, last - 1) - _crossed(along, share, 0.1, first))
    return found


def _crossed(along: Values, share: Values, level: float, at: int) -> float:
    """Return where between one place and the next a level is reached."""
    step = share[at + 1] - share[at]
    part = (level - share[at]) / step if abs(step) > 1e-9 else 0.0
    return float(along[at] + FINE * part)
