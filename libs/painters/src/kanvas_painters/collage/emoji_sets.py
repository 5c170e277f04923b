"""The drawing of a code point in a set of emoji, as npm packages keep it.

Two workshops read such packages: `drawings`, which builds the library, and `training`, which
shows other hands' drawings of the same things. Code points are written as in emojibase, such as
"1f441-fe0f-200d-1f5e8"; packages may leave out "fe0f" or add it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image


def raster(folder: Path, code: str) -> Image.Image | None:
    """Return the raster drawing (RGBA) of a code point; None where the folder has none."""
    bare = code.lower()
    for name in (bare, f"{bare}-fe0f", bare.replace("-fe0f", "")):
        path = folder / f"{name}.webp"
        if path.exists():
            return Image.open(path).convert("RGBA")
    return None


def names_of(code: str, charts: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the names of a code point in the charts of icon sets, without repeats."""
    bare = code.lower()
    found = [chart.get(bare) or chart.get(bare.replace("-fe0f", "")) for chart in charts]
    return list(dict.fromkeys(name for name in found if name))


def vector(names: Sequence[str], icons: Mapping[str, Any]) -> str | None:
    """Return the drawing of the first name that an icon set has, as SVG; None where it has none."""
    name = next((name for name in names if name in icons["icons"]), None)
    if name is None:
        return None
    icon = icons["icons"][name]
    width = icon.get("width", icons.get("width", 32))
    height = icon.get("height", icons.get("height", 32))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f"{icon['body']}</svg>"
    )
