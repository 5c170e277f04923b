"""Everyday things that the emoji sets lack, drawn by us.

Each drawing is a list of SVG elements on a square of 100 by 100, painted from the back to
the front. For the flat set they are taken as they are; for the 3D set every element
becomes a soft raised shape, lit from above on the left as that set is. An element after
a "~" is painted on what lies below it and stays flat.
"""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image, ImageFilter

Plane = npt.NDArray[np.float64]
SIDE = 512  # pixels at which a drawing is worked out
LIGHT = np.array([-0.45, -0.65])  # where it comes from, x and y


@dataclass(frozen=True)
class Thing:
    """A drawing of ours. `height` is in metres, as a child would draw it."""

    names: tuple[str, ...]
    indonesian: tuple[str, ...]
    kind: str
    height: float
    parts: tuple[str, ...]
    habitat: str = "ground"

    @property
    def key(self) -> str:
        """The first name as a file name."""
        return self.names[0].replace(" ", "-")


def things() -> list[Thing]:
    """All drawings of ours, as `objects.toml` lists them."""
    entries = tomllib.loads((Path(__file__).parent / "objects.toml").read_text(encoding="utf-8"))
    return [
        Thing(
            names=tuple(entry["names"]),
            indonesian=tuple(entry["id"]),
            kind=entry["kind"],
            height=entry["height"],
            parts=tuple(line.strip() for line in entry["parts"].strip().splitlines()),
            habitat=entry.get("habitat", "ground"),
        )
        for entry in entries["thing"]
    ]


def raster(element: str) -> Image.Image:
    """One SVG element, `SIDE` pixels square."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{element}</svg>'
    png = resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, height=SIDE)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def soft(plane: Plane, radius: float) -> Plane:
    """A plane from 0 to 1, blurred."""
    picture = Image.fromarray((plane * 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float64) / 255


def raised(color: Plane, alpha: Plane) -> Plane:
    """The color of a soft shape that curves towards its edge, with a violet shade."""
    turned = np.zeros_like(alpha)  # away from the light, or towards it where below 0
    for radius, strength in ((SIDE * 0.012, 5.0), (SIDE * 0.035, 12.0)):
        down, across = np.gradient(soft(alpha, radius))
        turned += (across * LIGHT[0] + down * LIGHT[1]) * strength
    shade = np.clip(turned, 0, 0.75)[..., None]
    shine = np.clip(-turned, 0, 0.5)[..., None]
    dark = color * np.array([0.58, 0.42, 0.56]) + np.array([0.05, 0.0, 0.07])
    rows = np.linspace(0.03, -0.07, alpha.shape[0])[:, None, None]
    body = color + (dark - color) * shade + (1 - color) * shine * 0.75
    return np.asarray(np.clip(body * (1 + rows), 0, 1))


def drawn(item: Thing, *, shaded: bool) -> Image.Image:
    """The drawing, raised and lit as in the 3D set or plain as in the flat one."""
    color, alpha = np.zeros((SIDE, SIDE, 3)), np.zeros((SIDE, SIDE))
    for part in item.parts:
        painted = part.startswith("~")
        pixels = np.asarray(raster(part.lstrip("~ ")), dtype=np.float64) / 255
        tone, mask = pixels[..., :3], pixels[..., 3]
        if shaded and not painted:
            tone = raised(tone, mask)
            # A soft shadow on the parts behind it.
            fall = np.roll(soft(mask, SIDE * 0.012), round(SIDE * 0.012), axis=0)
            color *= (1 - 0.3 * np.clip(fall - mask, 0, 1))[..., None]
        color += (tone - color) * mask[..., None]
        alpha = np.maximum(alpha, mask)
    whole = np.concatenate([color * alpha[..., None], alpha[..., None]], axis=2)
    picture = Image.fromarray((whole * 255 + 0.5).astype(np.uint8), mode="RGBa")
    return picture.resize((SIDE // 2, SIDE // 2), Image.Resampling.BOX).convert("RGBA")
