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
from PIL import Image

Plane = npt.NDArray[np.float64]
SIDE = 1024  # pixels at which a drawing is worked out; it gets half of them
REACH = 128  # pixels around a shape that its widest blur still touches
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
    """Return all drawings of ours, as `objects.toml` lists them."""
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
    """Return one SVG element, `SIDE` pixels square."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{element}</svg>'
    png = resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, height=SIDE)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def reach(mask: npt.NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the rows and columns, of even numbers, that a shape and all its blurs touch."""
    slices = []
    for axis in (1, 0):
        solid = np.flatnonzero(mask.any(axis))
        first, last = (solid[0], solid[-1] + 1) if solid.size else (0, 0)
        slices.append(
            slice(max(0, (first - REACH) // 2 * 2), min(SIDE, (last + REACH + 1) // 2 * 2))
        )
    return slices[0], slices[1]


def halved(plane: Plane) -> Plane:
    """Return a plane of half the sides."""
    rows, columns = (side // 2 for side in plane.shape)
    half: Plane = plane.reshape(rows, 2, columns, 2).mean(axis=(1, 3))
    return half


def doubled(plane: Plane) -> Plane:
    """Return a smooth plane of twice the sides."""
    picture = Image.fromarray(plane.astype(np.float32))
    size = (2 * picture.width, 2 * picture.height)
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC), dtype=np.float64)


def soft(plane: Plane, radius: float) -> Plane:
    """Return a plane blurred by three boxes, which is close to a Gauss curve.

    It stays in fractions: bytes would show as steps where the blur is wide.
    """
    half = max(1, round((np.sqrt(4 * radius**2 + 1) - 1) / 2))
    for _ in range(3):
        for _ in range(2):
            sums = np.pad(plane, ((half + 1, half), (0, 0)), mode="edge").cumsum(axis=0)
            plane = ((sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)).T
    return plane


def raised(color: Plane, alpha: Plane, rows: Plane) -> Plane:
    """Return the color of a soft shape that curves towards its edge, with a violet shade.

    `rows` says how much lighter than its color each row is.
    """
    half = halved(alpha)  # blurs need no more pixels
    turned = np.zeros_like(half)  # away from the light, or towards it where below 0
    for radius, strength in ((0.012, 5.0), (0.035, 12.0)):
        down, across = np.gradient(soft(half, SIDE / 2 * radius))
        turned += (across * LIGHT[0] + down * LIGHT[1]) * strength
    turned = doubled(turned)
    shade = np.clip(turned, 0, 0.75)[..., None]
    shine = np.clip(-turned, 0, 0.5)[..., None]
    dark = color * np.array([0.58, 0.42, 0.56]) + np.array([0.05, 0.0, 0.07])
    body = color + (dark - color) * shade + (1 - color) * shine * 0.75
    return np.asarray(np.clip(body * (1 + rows[:, None, None]), 0, 1))


def drawn(item: Thing, *, shaded: bool) -> Image.Image:
    """Return the drawing, raised and lit as in the 3D set or plain as in the flat one."""
    color, alpha = np.zeros((SIDE, SIDE, 3)), np.zeros((SIDE, SIDE))
    rows = np.linspace(0.03, -0.07, SIDE)
    for part in item.parts:
        painted = part.startswith("~")
        whole = np.asarray(raster(part.lstrip("~ ")))
        here = reach(whole[..., 3])
        pixels = whole[here].astype(np.float64) / 255
        tone, mask = pixels[..., :3], pixels[..., 3]
        if shaded and not painted:
            tone = raised(tone, mask, rows[here[0]])
            # A soft shadow on the parts behind it.
            fall = np.roll(doubled(soft(halved(mask), SIDE * 0.006)), round(SIDE * 0.012), axis=0)
            color[here] *= (1 - 0.3 * np.clip(fall - mask, 0, 1))[..., None]
        color[here] += (tone - color[here]) * mask[..., None]
        alpha[here] = np.maximum(alpha[here], mask)
    picture = np.concatenate([color * alpha[..., None], alpha[..., None]], axis=2)
    large = Image.fromarray((picture * 255 + 0.5).astype(np.uint8), mode="RGBa")
    return large.resize((SIDE // 2, SIDE // 2), Image.Resampling.BOX).convert("RGBA")
