"""Pixels as the files that leave a model: previews, the picture, and its mean color."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

PREVIEW_SIDE = 256
PICTURE_QUALITY = 92
PREVIEW_QUALITY = 75
Bytes = npt.NDArray[np.uint8]


def picture_file(pixels: Bytes) -> bytes:
    """Return a finished picture (height, width, 3) as WebP."""
    return _webp(Image.fromarray(pixels), PICTURE_QUALITY, method=4)


def preview_file(pixels: Bytes) -> bytes:
    """Return a picture (height, width, 3) as WebP of at most 256 pixels a side."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BOX)
    return _webp(picture, PREVIEW_QUALITY, method=0)


def mean_color(pixels: Bytes) -> str:
    """Return the mean color as "#rrggbb", for a page to show before the picture is there."""
    mean = pixels.reshape(-1, 3).mean(0)
    return "#{:02x}{:02x}{:02x}".format(*(round(float(value)) for value in mean))


def _webp(picture: Image.Image, quality: int, *, method: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=method)
    return out.getvalue()
