"""One drawing's pixels: recolored, lit, frosted, and the shadow they throw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .canvas import Array, Color, blurred, color, mix, resized

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class Light:
    """How a scene lights things.

    `side` is -1 for a light from the left to 1 from the right; `ambient` multiplies,
    `key` is added along the lit edge, `bounce` comes up from the ground; `dark` is
    the color of shadows and `shadow` their strength.
    """

    side: float = -0.7
    ambient: Color = (1.0, 1.0, 1.0)
    key: Color = (1.0, 0.96, 0.88)
    rim: float = 0.35
    bounce: Color = (1.0, 1.0, 1.0)
    bounced: float = 0.12
    dark: Color = (0.1, 0.12, 0.25)
    shadow: float = 0.4
    haze: Color = (0.8, 0.88, 0.97)
    modeled: bool = True  # whether it shades things, or only tints them


def hue_of(rgb: Array) -> tuple[Array, Array, Array]:
    """Return hue (0 to 6), saturation and value."""
    high, low = rgb.max(-1), rgb.min(-1)
    span = np.maximum(high - low, 1e-6)
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(
        high == red,
        ((green - blue) / span) % 6,
        np.where(high == green, (blue - red) / span + 2, (red - green) / span + 4),
    )
    return hue.astype(np.float32), (span / np.maximum(high, 1e-6)).astype(np.float32), high


def of_hue(hue: Array, saturation: Array, value: Array) -> Array:
    """Return red, green and blue of hue, saturation and value."""
    k = (np.array([5, 3, 1], dtype=np.float32) + hue[..., None]) % 6
    wave = np.clip(np.minimum(k, 4 - k), 0, 1)
    rgb: Array = value[..., None] * (1 - saturation[..., None] * wave)
    return rgb


def recolored(layer: Array, main: Color, wanted: Color) -> Array:
    """Return the drawing with its main color, and shades of it, changed to another."""
    hue, saturation, value = hue_of(layer[..., :3])
    main_hue, main_saturation, main_value = (float(x[0]) for x in hue_of(color(main)[None]))
    hue_, saturation_, value_ = (float(x[0]) for x in hue_of(color(wanted)[None]))
    apart = np.abs((hue - main_hue + 3) % 6 - 3)
    if main_saturation > 0.2:
        belongs = np.clip(1.6 - apart / 0.5, 0, 1) * np.clip((saturation - 0.12) / 0.15, 0, 1)
    else:
        belongs = np.clip(1.5 - saturation / 0.22, 0, 1) * np.clip(
            1.5 - np.abs(value - main_value) / 0.35, 0, 1
        )
    belongs = blurred(belongs, layer.shape[0] * 0.01)
    relative = value / max(main_value, 0.2)
    new_value = np.clip(value_ * (0.35 + 0.65 * relative), 0, 1)
    if saturation_ < 0.12:
        new_saturation = np.full_like(saturation, saturation_)
    else:
        swing = saturation / max(main_saturation, 0.2) if main_saturation > 0.2 else 1.0
        new_saturation = np.clip(saturation_ * (0.45 + 0.55 * np.asarray(swing)), 0, 1)
    tinted = of_hue(np.full_like(hue, hue_), np.broadcast_to(new_saturation, hue.shape), new_value)
    out = layer.copy()
    out[..., :3] = mix(layer[..., :3], tinted, belongs[..., None])
    return out


def near(first: Color, second: Color) -> bool:
    """Return whether a thing of the first color may pass for a thing of the second."""
    hues, saturations, values = hue_of(np.stack([color(first), color(second)]))
    if saturations.max() < 0.2:
        return bool(abs(values[0] - values[1]) < 0.2)
    apart = abs(float((hues[0] - hues[1] + 3) % 6 - 3))
    close = apart < 0.25 and abs(float(saturations[0] - saturations[1])) < 0.45
    return close and abs(float(values[0] - values[1])) < 0.3


def moved(plane: Array, right: int, down: int) -> Array:
    """Return a plane shifted; what enters is 0."""
    out = np.zeros_like(plane)
    height, width = plane.shape
    target = out[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)]
    target[...] = plane[
        max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)
    ]
    return out


def lit(layer: Array, light: Light, depth: float = 0.0) -> Array:
    """Return the drawing in a scene's light; `depth` from 0 (here) to 1 fades it into the haze."""
    height, width = layer.shape[:2]
    alpha = layer[..., 3]
    out = layer.copy()
    out[..., :3] *= color(light.ambient)
    if light.modeled:
        across = np.linspace(-1, 1, width, dtype=np.float32) * np.float32(light.side)
        down = np.linspace(0, 1, height, dtype=np.float32)
        out[..., :3] *= ((1 + 0.07 * across[None, :]) * (1.03 - 0.1 * down[:, None]))[..., None]
        bounce = light.bounced * down[:, None, None] ** 2
        out[..., :3] = mix(out[..., :3], out[..., :3] * 0.4 + color(light.bounce) * 0.6, bounce)
        # The edge that faces the light shines, also where the drawing ends with its layer.
        reach = max(1, round(height * 0.018))
        solid = blurred(np.pad(alpha, 2 * reach), reach * 0.6)
        edge = np.clip(solid - moved(solid, -round(reach * light.side * 2), reach), 0, 1)
        edge = edge[2 * reach : -2 * reach, 2 * reach : -2 * reach] * alpha
        out[..., :3] += edge[..., None] * color(light.key) * np.float32(light.rim)
    if depth > 0:
        out[..., :3] = mix(out[..., :3], color(light.haze), depth)
    np.clip(out, 0, 1, out=out)
    return out


def frosted(layer: Array, random: np.random.Generator, thickness: float, tone: Color) -> Array:
    """Return the drawing with snow lying on everything that faces up."""
    height, width = layer.shape[:2]
    reach = max(2, round(height * thickness))
    alpha = np.pad(layer[..., 3], ((reach, 0), (0, 0)))
    ragged = 1 + 0.5 * resized(
        random.standard_normal((2, max(2, width // 6))).astype(np.float32), width, 2
    )
    rows = np.arange(height + reach, dtype=np.float32)[:, None]
    solid = alpha > 0.5
    above = np.maximum.accumulate(np.where(solid, -1.0, rows), axis=0)
    depth = np.where(solid, rows - above, 0)
    cap = np.clip(1.2 - depth / (reach * np.clip(ragged[0], 0.3, 1.6)[None, :]), 0, 1)
    cap = blurred(np.clip(cap * 2, 0, 1) * solid, max(0.6, reach * 0.12))[reach:]
    out = layer.copy()
    lightness = 0.86 + 0.14 * np.clip(1.2 - depth[reach:] / reach, 0, 1)
    snow = color(tone) * lightness[..., None]
    out[..., :3] = mix(out[..., :3], snow.astype(np.float32), cap[..., None])
    return out


def foot(alpha: Array) -> tuple[float, float]:
    """Return where the drawing touches the ground: centre and width, as shares of its width."""
    height = alpha.shape[0]
    base = np.flatnonzero((alpha[int(height * 0.9) :] > 0.4).any(0))
    if base.size == 0:
        return 0.5, 0.6
    width = alpha.shape[1]
    return float(base[0] + base[-1]) / 2 / width, max(0.25, float(base[-1] - base[0]) / width)


def cast(alpha: Array, light: Light) -> tuple[Array, int, int]:
    """Return the shadow that falls behind a thing: a plane, and where its corner lies.

    The corner is counted from the left and the foot of the drawing.
    """
    height, width = alpha.shape
    long = max(6, round(height * 0.2))
    lean = round(-light.side * height * 0.42)
    pad = abs(lean) + 14
    flat = resized(alpha, width, long)
    out = np.zeros((long + 28, width + 2 * pad), dtype=np.float32)
    for row in range(long):
        away = 1 - row / long
        shift = pad + round(lean * away)
        out[row + 14, shift : shift + width] = flat[row] * (1 - 0.6 * away)
    return blurred(out, max(2.0, height * 0.014)), -pad, -(long + 14)
