"""The drawings that ship with the package: what there is, and their pixels."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..painting.packed import read_packed
from .canvas import straight

Pixels = npt.NDArray[np.float32]
Habitat = Literal["ground", "sky", "water", "deep", "space"]
SETS = ("3d", "flat")
FULL_BYTES = 12 << 20  # of decoded drawings, so that one picture's things are decoded once
REDUCED_BYTES = 48 << 20  # of reduced drawings, so that trees and clouds are at hand
REDUCTIONS = (8, 6, 4, 3, 2)  # by how much; the first that leaves enough pixels is taken


@dataclass(frozen=True)
class Drawing:
    """One concept of the library.

    `height` is in metres, as a child would draw it; `color` is its main color; `sizes` has
    its pixels, width and height, in every set that draws it.
    """

    key: str
    names: tuple[str, ...]
    tags: tuple[str, ...]
    indonesian: tuple[str, ...]
    kind: str
    color: tuple[float, float, float]
    height: float
    habitat: Habitat
    sizes: Mapping[str, tuple[int, int]]

    @cached_property
    def aspects(self) -> Mapping[str, float]:
        """Its width for a height of 1 in every set that draws it."""
        return {name: width / height for name, (width, height) in self.sizes.items()}

    @property
    def name(self) -> str:
        """The name that people read."""
        return self.names[0]


def rgb(text: str) -> tuple[float, float, float]:
    """Return a color "#rrggbb" as three numbers from 0 to 1."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


class Shelf:
    """Pictures by name, at most so many bytes of them; those unused for longest go first.

    Safe to share between threads.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[object, ...], Image.Image] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    def get(self, name: tuple[object, ...]) -> Image.Image | None:
        """Return the picture, if it is still here. It is shared: do not change it."""
        with self._lock:
            picture = self._held.get(name)
            if picture is not None:
                self._held.move_to_end(name)
            return picture

    def put(self, name: tuple[object, ...], picture: Image.Image) -> None:
        """Keep a picture, and drop others if there is no room."""
        with self._lock:
            if name in self._held:
                return  # another thread was quicker, with the same pixels
            self._held[name] = picture
            self.bytes += _size(picture)
            while self.bytes > self._most:
                self.bytes -= _size(self._held.popitem(last=False)[1])


class Library:
    """Drawings by key. Safe to share between threads.

    Besides the files it holds the decoded pixels that its two shelves have room for.

    Args:
        full: Holds whole drawings.
        reduced: Holds drawings whose sides are divided by a whole number.
    """

    def __init__(self, full: Shelf | None = None, reduced: Shelf | None = None) -> None:
        folder = files(__package__) / "library"
        entries = json.loads(read_packed(__package__, "library/index.json.gz"))
        self.drawings: Mapping[str, Drawing] = {entry["key"]: _drawing(entry) for entry in entries}
        self._archives = {
            name: zipfile.ZipFile(io.BytesIO((folder / f"{name}.zip").read_bytes()))
            for name in SETS
        }
        self._lock = threading.Lock()
        self._full = full or Shelf(FULL_BYTES)
        self._reduced = reduced or Shelf(REDUCED_BYTES)

    def pixels(self, key: str, art: str, height: int) -> Pixels:
        """Return the drawing `height` pixels tall: RGBA from 0 to 1, color not multiplied by alpha.

        Falls back to the 3D set where `art` lacks the drawing. The same call gives the same
        pixels, whatever was asked for before.
        """
        drawing = self.drawings[key]
        name = art if art in drawing.sizes else "3d"
        wide, high = drawing.sizes[name]
        by = next((by for by in REDUCTIONS if high >= by * height), 1)
        picture = self._decoded(key, name) if by == 1 else self._smaller(key, name, by)
        size = (max(2, round(wide * height / high)), max(2, height))
        # What a reduction leaves over at the right and below is less than a pixel.
        box = (0, 0, wide / by, high / by)
        resized = picture.resize(size, Image.Resampling.LANCZOS, box)
        return straight(np.asarray(resized, dtype=np.float32) / np.float32(255))

    def _decoded(self, key: str, name: str) -> Image.Image:
        """Return the whole drawing of a set, color multiplied by alpha."""
        picture = self._full.get((key, name))
        if picture is None:
            with self._lock:
                data = self._archives[name].read(f"{key}.webp")
            picture = Image.open(io.BytesIO(data)).convert("RGBa")
            self._full.put((key, name), picture)
        return picture

    def _smaller(self, key: str, name: str, by: int) -> Image.Image:
        """Return the drawing with its sides divided by a whole number."""
        picture = self._reduced.get((key, name, by))
        if picture is None:
            picture = self._decoded(key, name).reduce(by)
            self._reduced.put((key, name, by), picture)
        return picture


def _size(picture: Image.Image) -> int:
    """Return the bytes of an RGBA picture's pixels."""
    return 4 * picture.width * picture.height


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
        sizes={name: (width, height) for name, (width, height) in entry["sets"].items()},
    )


@cache
def library() -> Library:
    """Return the library of this process, read once."""
    return Library()
