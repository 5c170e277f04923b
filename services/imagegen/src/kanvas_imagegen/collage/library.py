"""The drawings that ship with the package: what there is, and their pixels."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from .canvas import straight

Pixels = npt.NDArray[np.float32]
Habitat = Literal["ground", "sky", "water", "deep", "space"]
SETS = ("3d", "flat")


@dataclass(frozen=True)
class Drawing:
    """One concept of the library.

    `height` is in metres, as a child would draw it; `color` is its main color; `aspects`
    has its width for a height of 1 in every set that draws it.
    """

    key: str
    names: tuple[str, ...]
    tags: tuple[str, ...]
    indonesian: tuple[str, ...]
    kind: str
    color: tuple[float, float, float]
    height: float
    habitat: Habitat
    aspects: Mapping[str, float]

    @property
    def name(self) -> str:
        """The name that people read."""
        return self.names[0]


def rgb(text: str) -> tuple[float, float, float]:
    """A color "#rrggbb" as three numbers from 0 to 1."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


class Library:
    """Drawings by key. Safe to share between threads."""

    def __init__(self) -> None:
        folder = files(__package__) / "library"
        entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.drawings: Mapping[str, Drawing] = {entry["key"]: _drawing(entry) for entry in entries}
        self._archives = {
            name: zipfile.ZipFile(io.BytesIO((folder / f"{name}.zip").read_bytes()))
            for name in SETS
        }
        self._lock = threading.Lock()

    def pixels(self, key: str, art: str, height: int) -> Pixels:
        """The drawing `height` pixels tall: float RGBA from 0 to 1, color not multiplied by alpha.

        Falls back to the 3D set where `art` lacks the drawing.
        """
        name = art if art in self.drawings[key].aspects else "3d"
        with self._lock:
            data = self._archives[name].read(f"{key}.webp")
        picture = Image.open(io.BytesIO(data)).convert("RGBa")
        width = max(2, round(picture.width * height / picture.height))
        resized = picture.resize((width, max(2, height)), Image.Resampling.LANCZOS)
        return straight(np.asarray(resized, dtype=np.float32) / 255)


def _drawing(entry: dict[str, Any]) -> Drawing:
    return Drawing(
        key=entry["key"],
        names=tuple(entry["names"]),
        tags=tuple(entry["tags"]),
        indonesian=tuple(entry["id"]),
        kind=entry["kind"],
        color=rgb(entry["color"]),
        height=float(entry["height"]),
        habitat=entry["habitat"],
        aspects={name: width / height for name, (width, height) in entry["sets"].items()},
    )


@cache
def library() -> Library:
    """The library of this process, read once."""
    return Library()
