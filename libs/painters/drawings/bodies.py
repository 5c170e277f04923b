"""Bodies for animals and people that the sets draw as a head only.

A fox in the snow should be a fox, not a face. The body is modelled from soft
shapes (see `Part`), shaded like the 3D set or left plain for the flat one, and the
set's own head goes on top. Lengths are in widths of the head; (0, 0) is its middle,
y runs down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Plane = npt.NDArray[np.float64]
Point = tuple[float, float]
Stroke = tuple[float, float, float]  # x, y, radius
LEFT, RIGHT, TOP, BOTTOM = -0.95, 1.2, -0.75, 1.5
NEAR = 0.15  # how far around a part its shade still falls
FINER = 2  # drawn this much larger, then shrunk, for smooth edges


@dataclass(frozen=True)
class Coat:
    """An animal's colors, "#rrggbb", and its tail: bushy, ringed, round, tufted or none."""

    main: str
    flat: str  # the main color in the flat set
    belly: str
    limb: str
    tail: str
    tip: str = "#ffffff"
    chest: float = 1.0  # size of the pale chest
    stout: float = 1.0  # breadth of the body
    sleeve: float = 0.62  # where along the foreleg its color begins


BODIES = {
    "fox": Coat("#ff8122", "#ff822d", "#fff3e8", "#55302c", "bushy", "#fff6ee"),
    "wolf": Coat("#8b8897", "#9b9b9b", "#eae6ef", "#6a6674", "bushy", "#55515f"),
    "raccoon": Coat("#8b8796", "#9b9b9b", "#d8d3de", "#423d4b", "ringed", "#3d3846"),
    "bear": Coat("#96644c", "#a56953", "#cfa685", "#7c4f3b", "round", stout=1.16, chest=0.9),
    "polar bear": Coat("#f3f0f8", "#f4f4f4", "#ffffff", "#e6e1ee", "round", stout=1.16),
    "panda": Coat("#f6f3fa", "#f4f4f4", "#ffffff", "#4d4670", "none", stout=1.16, sleeve=0.1),
    "koala": Coat("#a8a4b2", "#9b9b9b", "#f4f0f8", "#938e9f", "none", stout=1.1),
    "lion": Coat("#fdb030", "#ffb02e", "#ffdca0", "#f7a127", "tufted", "#70452f", stout=1.05),
    "hamster": Coat("#fdb770", "#f3ad61", "#fff6ec", "#f9aaa6", "none", stout=1.2, chest=1.2),
    "frog": Coat("#34bd82", "#00d26a", "#f7e463", "#2cab76", "none", stout=1.15, chest=1.15),
}


@dataclass(frozen=True)
class Outfit:
    """A person's clothes, "#rrggbb": `skirt` widens the shirt to a dress."""

    shirt: str
    trousers: str
    shoes: str
    skirt: bool = False
    skin: str = "#fdc23c"


PEOPLE = {
    "boy": Outfit("#3f8fe8", "#4a5a86", "#e24b4b"),
    "girl": Outfit("#f0609e", "#fdc23c", "#8a4fc9", skirt=True),
    "child": Outfit("#3fb983", "#5a4f86", "#f08a2c"),
    "baby": Outfit("#9bd4f5", "#9bd4f5", "#9bd4f5"),
    "person": Outfit("#f08a2c", "#3f5a8c", "#6b4a3c"),
    "man": Outfit("#3d7fd0", "#46506b", "#5a3f34"),
    "woman": Outfit("#8f55d1", "#fdc23c", "#c23f6b", skirt=True),
    "older person": Outfit("#7c9a6b", "#6b5f55", "#5a3f34"),
    "old man": Outfit("#6f8a5c", "#6b5f55", "#5a3f34"),
    "old woman": Outfit("#b0628f", "#fdc23c", "#7a4460", skirt=True),
}


@dataclass(frozen=True)
class Part:
    """A soft shape: strokes of a round brush melted together, with one color along it."""

    strokes: tuple[Stroke, ...]
    color: str
    end: str = ""  # color from `turn` on
    turn: float = 1.0
    rings: bool = False
    raised: float = 0.16  # how far from its edge the shape curves
    painted: bool = False  # color on what lies below, no shape of its own


def curve(points: Sequence[Point], radii: Sequence[float], number: int = 240) -> tuple[Stroke, ...]:
    """Return strokes along a Bézier curve through four points."""
    strokes = []
    for t in np.linspace(0, 1, number):
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x = sum(weight * point[0] for weight, point in zip(weights, points, strict=True))
        y = sum(weight * point[1] for weight, point in zip(weights, points, strict=True))
        strokes.append(
            (float(x), float(y), float(np.interp(t, np.linspace(0, 1, len(radii)), radii)))
        )
    return tuple(strokes)


def tail(coat: Coat) -> Iterator[Part]:
    """Return the tail, which lies behind everything."""
    if coat.tail in ("bushy", "ringed"):
        path = ((0.1, 1.08), (0.8, 1.22), (0.98, 0.72), (0.74, 0.2))
        yield Part(
            curve(path, (0.09, 0.16, 0.2, 0.2, 0.14, 0.05)),
            coat.main,
            coat.tip,
            0.68,
            rings=coat.tail == "ringed",
        )
    elif coat.tail == "tufted":
        path = ((0.1, 1.08), (0.75, 1.2), (0.85, 0.8), (0.74, 0.42))
        yield Part(curve(path, (0.06, 0.055, 0.05, 0.05)), coat.main)
        yield Part(curve((*path[2:], (0.72, 0.36), (0.72, 0.3)), (0.01, 0.1, 0.02)), coat.tip)
    elif coat.tail == "round":
        yield Part(((0.46 * coat.stout, 1.02, 0.1),), coat.main)


def trunk(coat: Coat) -> Iterator[Part]:
    """Yield the body from behind to the front."""
    wide = coat.stout
    spine = ((0, 0.42), (0, 0.6), (0, 0.72), (0, 1.22 - 0.36 * wide))
    yield Part(curve(spine, (0.27 * wide, 0.3 * wide, 0.36 * wide)), coat.main)
    for side in (-1, 1):
        yield Part(((side * 0.3 * wide, 0.98, 0.2),), coat.main, raised=0.2)
        yield Part(
            curve(
                (
                    (side * 0.3 * wide, 1.15),
                    (side * 0.36 * wide, 1.15),
                    (side * 0.4 * wide, 1.15),
                    (side * 0.44 * wide, 1.16),
                ),
                (0.085, 0.085),
            ),
            coat.limb,
        )
    if coat.chest:
        size = coat.chest
        yield Part(
            curve(
                ((0, 0.46), (0, 0.55), (0, 0.66), (0, 0.78)), (0.19 * size, 0.2 * size, 0.12 * size)
            ),
            coat.belly,
            painted=True,
        )
    for side in (-1, 1):
        leg = curve(
            ((side * 0.15, 0.66), (side * 0.145, 0.82), (side * 0.14, 0.96), (side * 0.14, 1.12)),
            (0.1, 0.095, 0.09),
        )
        yield Part(leg, coat.main, coat.limb, coat.sleeve, raised=0.12)
        paw = ((side * 0.14, 1.15), (side * 0.15, 1.16), (side * 0.155, 1.16), (side * 0.165, 1.16))
        yield Part(curve(paw, (0.095, 0.1)), coat.limb, raised=0.12)


def figure(outfit: Outfit) -> Iterator[Part]:
    """Return a person standing, from the legs up."""
    for side in (-1, 1):
        leg = ((side * 0.12, 0.8), (side * 0.13, 1.0), (side * 0.13, 1.15), (side * 0.13, 1.3))
        yield Part(curve(leg, (0.1, 0.095)), outfit.trousers, raised=0.1)
        shoe = ((side * 0.13, 1.33), (side * 0.15, 1.34), (side * 0.17, 1.34), (side * 0.2, 1.34))
        yield Part(curve(shoe, (0.1, 0.085)), outfit.shoes, raised=0.1)
    hem = 0.34 if outfit.skirt else 0.22
    spine = ((0, 0.48), (0, 0.6), (0, 0.7), (0, 1.16 - hem if outfit.skirt else 0.8))
    yield Part(curve(spine, (0.2, 0.2, hem)), outfit.shirt)
    for side in (-1, 1):
        arm = ((side * 0.2, 0.5), (side * 0.3, 0.56), (side * 0.37, 0.7), (side * 0.38, 0.86))
        yield Part(curve(arm, (0.085, 0.08, 0.085)), outfit.shirt, outfit.skin, 0.72, raised=0.1)


def distance(part: Part, x: Plane, y: Plane) -> tuple[Plane, Plane]:
    """Return signed distance to the shape's edge (inside below 0), and the place along it.

    Exact as far as `NEAR`; beyond it just far.
    """
    nearest, along = np.full(x.shape, 9.0), np.zeros(x.shape)
    for index, (cx, cy, radius) in enumerate(part.strokes):
        near = radius + NEAR
        columns = slice(*np.searchsorted(x[0], (cx - near, cx + near)))
        rows = slice(*np.searchsorted(y[:, 0], (cy - near, cy + near)))
        here = np.hypot(x[rows, columns] - cx, y[rows, columns] - cy) - radius
        closer = here < nearest[rows, columns]
        along[rows, columns][closer] = index / max(1, len(part.strokes) - 1)
        nearest[rows, columns] = np.minimum(nearest[rows, columns], here)
    return nearest, along


def rgb(text: str) -> Plane:
    """Return a color "#rrggbb" from 0 to 1."""
    return np.array([int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def colored(part: Part, along: Plane, x: Plane, y: Plane) -> Plane:
    """Return the part's color at every point, with a ragged change to the color of its end."""
    base = np.broadcast_to(rgb(part.color), (*x.shape, 3))
    if not part.end:
        return base
    if part.rings:
        share = (np.sin(along * 26) > 0.1).astype(float)
    else:
        ragged = along + 0.035 * np.sin(x * 60 + y * 25)
        share = np.clip((ragged - part.turn) / 0.05, 0, 1)
    blend: Plane = base + (rgb(part.end) - base) * share[..., None]
    return blend


def shaded(tone: Plane, inside: Plane, raised: float, across: float) -> Plane:
    """Light from above on the left over a rounded edge, with a violet shade, as the 3D set has."""
    depth = np.clip(-inside / raised, 0, 1)
    z = np.sqrt(np.clip(1 - (1 - depth) ** 2, 0, 1))
    dy, dx = np.gradient(z * raised, across)
    normal = np.stack([-dx, -dy, np.ones_like(dx)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.clip(normal @ np.array([-0.42, -0.62, 0.66]), -0.3, 1.0)
    shade = np.clip(0.62 - light, 0, 1)[..., None]
    shine = np.clip(light - 0.72, 0, 1)[..., None]
    dark = tone * np.array([0.62, 0.42, 0.55]) + np.array([0.05, 0.0, 0.07])
    out: Plane = np.clip(tone + (dark - tone) * shade * 0.9 + shine * 0.28, 0, 1)
    return out


def window(part: Part, columns: Plane, rows: Plane) -> tuple[slice, slice]:
    """Return the rows and columns that a part and its shade touch."""
    brushes = np.array(part.strokes)
    near = brushes[:, 2:].max() + NEAR
    (left, top), (right, bottom) = brushes[:, :2].min(0) - near, brushes[:, :2].max(0) + near
    return (
        slice(*np.searchsorted(rows, (top, bottom))),
        slice(*np.searchsorted(columns, (left, right))),
    )


def lay(
    part: Part, at: tuple[Plane, Plane], color: Plane, alpha: Plane, *, fine: float, shade: bool
) -> None:
    """Lay one part over what there is at places (x, y), `fine` pixels to a length of 1."""
    x, y = at
    inside, along = distance(part, x, y)
    mask = np.clip(0.5 - inside * fine, 0, 1)
    tone = colored(part, along, x, y)
    if part.painted:
        ragged = inside + 0.012 * np.sin(np.arctan2(y - 0.6, x) * 22)
        mask = np.clip(0.5 - ragged * 40, 0, 1) * alpha
        shape = color / np.maximum(color.max(-1, keepdims=True), 0.01)
        color += (tone * (0.8 + 0.2 * shape) - color) * mask[..., None]
        return
    if shade:
        tone = shaded(tone, inside, part.raised, 1 / fine)
        dim = 1 - 0.24 * np.exp(-np.clip(inside, 0, None) / 0.025) * (inside > -0.01)
        color *= np.where(alpha > 0, dim, 1)[..., None]
    else:
        edge = np.clip((inside + 0.02) * 60, 0, 1)
        tone = tone * (1 - 0.12 * edge)[..., None]
    color += (tone - color) * mask[..., None]
    np.maximum(alpha, mask, out=alpha)


def body(parts: Sequence[Part], pixels: float, *, shade: bool) -> Image.Image:
    """Return the parts, the later over the earlier, `pixels` to a length of 1."""
    fine = pixels * FINER
    wide, high = round((RIGHT - LEFT) * fine), round((BOTTOM - TOP) * fine)
    x, y = np.meshgrid(np.arange(wide) / fine + LEFT, np.arange(high) / fine + TOP)
    color, alpha = np.zeros((high, wide, 3)), np.zeros((high, wide))
    for part in parts:
        here = window(part, x[0], y[:, 0])
        lay(part, (x[here], y[here]), color[here], alpha[here], fine=fine, shade=shade)
    premultiplied = np.concatenate([color * alpha[..., None], alpha[..., None]], axis=-1)
    image = Image.fromarray((premultiplied * 255 + 0.5).astype(np.uint8), mode="RGBa")
    return image.resize((wide // FINER, high // FINER), Image.Resampling.BOX).convert("RGBA")


def parts_of(label: str, *, shade: bool) -> tuple[Part, ...]:
    """Return the parts below the head of what Unicode calls `label`."""
    if label in PEOPLE:
        return tuple(figure(PEOPLE[label]))
    coat = BODIES[label] if shade else replace(BODIES[label], main=BODIES[label].flat)
    return (*tail(coat), *trunk(coat))


def embodied(head: Image.Image, label: str, *, shaded: bool) -> Image.Image:
    """Return the whole creature, its head as the set drew it."""
    pixels = float(head.width)
    out = body(parts_of(label, shade=shaded), pixels, shade=shaded)
    left = round(-LEFT * pixels - head.width / 2)
    top = round(-TOP * pixels - head.height / 2)
    if shaded:
        shadow = Image.new("RGBA", out.size)
        soft = Image.new("L", out.size)
        soft.paste(
            head.getchannel("A").point(lambda value: round(value * 0.5)),
            (left, top + round(pixels * 0.05)),
        )
        soft = soft.filter(ImageFilter.GaussianBlur(pixels * 0.03))
        shadow.paste((60, 20, 50, 255), mask=soft)
        shadow.putalpha(
            Image.fromarray(np.minimum(np.asarray(soft), np.asarray(out.getchannel("A"))))
        )
        out.alpha_composite(shadow)
    out.alpha_composite(head, (left, top))
    return out
