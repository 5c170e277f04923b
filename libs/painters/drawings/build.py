"""Build the collage model's library of drawings from pinned npm packages.

README.md says how to run it. The result lies in the package, so that it travels
with the wheel:

    src/kanvas_painters/collage/library/index.json.gz  what there is, and its names
    src/kanvas_painters/collage/library/3d.zip         WebP with alpha, one a drawing
    src/kanvas_painters/collage/library/flat.zip       the same, flat art, mostly without loss

Every drawing is `SIDE` pixels tall or wide, less its empty border. Building twice from the same
packages on the same kind of processor gives the same bytes.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import resvg_py
from bodies import BODIES, PEOPLE, embodied
from objects import drawn, things
from PIL import Image
from sharpener import Sharpener

from kanvas_painters.collage.emoji_sets import names_of, raster, vector
from kanvas_painters.painting.packed import write_packed

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
LIBRARY = HERE.parent / "src" / "kanvas_painters" / "collage" / "library"
EPOCH = (2026, 1, 1, 0, 0, 0)
SIDE = 512  # pixels of a drawing
HEAD = 264  # that the head of a body is wide, so that the whole has about as many
QUALITY = 76  # of WebP where there is shade: 42 dB beside what was stored
EDGES = 72  # of its alpha: 32 levels, which no eye tells from all on an edge
PLAIN = 88  # of WebP where there is little shade
SYMBOL_FREE = re.compile(r"[^\w '’-]")


@dataclass(frozen=True)
class Chosen:
    """One concept of Unicode that the library holds."""

    hexcode: str
    emoji: str
    label: str
    subgroup: str
    tags: tuple[str, ...]
    facts: dict[str, Any]

    @property
    def key(self) -> str:
        """The label as a file name."""
        return re.sub(r"[^a-z0-9]+", "-", self.label.lower()).strip("-")


def read_json(path: Path) -> Any:
    """Return one JSON file of a package."""
    return json.loads(path.read_text(encoding="utf-8"))


def choose() -> list[Chosen]:
    """Return the concepts that `selection.toml` names, in Unicode's order."""
    selection = tomllib.loads((HERE / "selection.toml").read_text(encoding="utf-8"))
    subgroups = read_json(PACKAGES / "emojibase-data/meta/groups.json")["subgroups"]
    emoji = read_json(PACKAGES / "emojibase-data/en/data.json")
    left_out = set(selection["left_out"]["names"])
    patterns = [re.compile(pattern) for pattern in selection["left_out"]["patterns"]]
    kept = set(selection["kept"]["names"])
    chosen = []
    for entry in sorted(emoji, key=lambda entry: int(entry.get("order", 0))):
        label = str(entry["label"])
        subgroup = subgroups.get(str(entry.get("subgroup")), "")
        wanted = subgroup in selection["subgroups"] and label not in left_out
        wanted = wanted and not any(pattern.search(label) for pattern in patterns)
        if not wanted and label not in kept:
            continue
        facts = {"height": 0.6, "habitat": "ground"}
        facts |= selection["subgroups"].get(subgroup, {})
        facts |= selection["drawings"].get(label, {})
        tags = tuple(entry.get("tags", ()))
        chosen.append(Chosen(entry["hexcode"], entry["emoji"], label, subgroup, tags, facts))
    return chosen


def names_in(language: str) -> dict[str, list[str]]:
    """Return Unicode's names and keywords in one language, the name first, by emoji."""
    path = PACKAGES / f"cldr-annotations-full/annotations/{language}/annotations.json"
    entries = read_json(path)["annotations"]["annotations"]
    return {
        emoji: [*entry.get("tts", []), *entry.get("default", [])]
        for emoji, entry in entries.items()
    }


def raster_3d(hexcode: str) -> Image.Image | None:
    """Return the 3D drawing of a code point, if the set has it."""
    return raster(PACKAGES / "@lobehub/fluent-emoji-3d/assets", hexcode)


class FlatSet:
    """The flat drawings, rasterised from their vectors."""

    def __init__(self) -> None:
        folder = PACKAGES / "@iconify-json/fluent-emoji-flat"
        self._icons = read_json(folder / "icons.json")
        self._names = read_json(folder / "chars.json")

    def raster(self, hexcode: str) -> Image.Image | None:
        """Return the flat drawing of a code point, if the set has it."""
        svg = vector(names_of(hexcode, [self._names]), self._icons)
        if svg is None:
            return None
        png = resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, height=SIDE)
        return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def trim(picture: Image.Image) -> Image.Image:
    """Return the drawing without its transparent border."""
    alpha = np.asarray(picture)[..., 3] > 8
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    return picture.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


def main_color(picture: Image.Image) -> str:
    """Return the color that most of the drawing has, as "#rrggbb"."""
    pixels = np.asarray(picture).reshape(-1, 4)
    solid = pixels[pixels[:, 3] > 200][:, :3].astype(np.int64)
    bins = (solid // 32 * np.array([64, 8, 1])).sum(1)
    weight = 1 + (solid.max(1) - solid.min(1)) / 64
    best = np.bincount(bins, weights=weight).argmax()
    mean = solid[bins == best].mean(0)
    return "#{:02x}{:02x}{:02x}".format(*(round(value) for value in mean))


def encoded(picture: Image.Image, *, shaded: bool) -> bytes:
    """Return the drawing as WebP.

    Plain areas with sharp edges are mostly smaller without loss than with it, our bodies not.
    """
    lossy, lossless = io.BytesIO(), io.BytesIO()
    quality = QUALITY if shaded else PLAIN
    picture.save(lossy, "WEBP", quality=quality, method=6, alpha_quality=EDGES if shaded else 95)
    if shaded:
        return lossy.getvalue()
    picture.save(lossless, "WEBP", lossless=True, method=6)
    return min(lossless.getvalue(), lossy.getvalue(), key=len)


def pack(path: Path, files: dict[str, bytes]) -> None:
    """Write a zip without compression (WebP has its own) and without dates that differ."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(f"{name}.webp", EPOCH), files[name])


def plain(names: list[str]) -> list[str]:
    """Return names in lower case, without symbols and repeats."""
    cleaned = (SYMBOL_FREE.sub(" ", name.lower()).replace("’", "'").strip() for name in names)
    return list(dict.fromkeys(name for name in cleaned if name))


def narrowed(picture: Image.Image, width: int) -> Image.Image:
    """Return the drawing that many pixels wide."""
    size = (width, round(picture.height * width / picture.width))
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def drawings(
    chosen: Chosen, flat: FlatSet, sharpener: Sharpener
) -> Iterator[tuple[str, Image.Image]]:
    """Yield every drawing of a concept, with the name of its set."""
    shaded = raster_3d(chosen.hexcode)
    found = {
        "3d": None if shaded is None else sharpener.doubled(shaded),
        "flat": flat.raster(chosen.hexcode),
    }
    for name, picture in found.items():
        if picture is None:
            continue
        if chosen.label in BODIES or chosen.label in PEOPLE:
            head = narrowed(trim(picture), HEAD)
            yield name, embodied(head, chosen.label, shaded=name == "3d")
        else:
            yield name, picture


def entries(files: dict[str, dict[str, bytes]]) -> Iterator[dict[str, Any]]:
    """Yield the index of Unicode's concepts; their drawings go into `files`, by set and key."""
    english, indonesian = names_in("en"), names_in("id")
    also = tomllib.loads((HERE / "selection.toml").read_text(encoding="utf-8"))["names"]
    flat, sharpener = FlatSet(), Sharpener()
    for chosen in choose():
        found = dict(drawings(chosen, flat, sharpener))
        if "3d" not in found:
            continue  # the default style must have them all
        bare = chosen.emoji.replace("\ufe0f", "")
        yield {
            "key": chosen.key,
            "names": plain([chosen.label, *english.get(bare, [])[:1], *also.get(chosen.label, [])]),
            "tags": plain([*chosen.tags, *english.get(bare, [])]),
            "id": plain(indonesian.get(bare, [])),
            "kind": chosen.subgroup,
            "color": main_color(found["3d"]),
            **chosen.facts,
            "sets": stored(chosen.key, found, files),
        }


def own_entries(files: dict[str, dict[str, bytes]]) -> Iterator[dict[str, Any]]:
    """Yield the index of our own drawings, which go into `files` likewise."""
    for item in things():
        found = {"3d": drawn(item, shaded=True), "flat": drawn(item, shaded=False)}
        yield {
            "key": item.key,
            "names": plain(list(item.names)),
            "tags": plain(list(item.names)),
            "id": plain(list(item.indonesian)),
            "kind": item.kind,
            "color": main_color(found["3d"]),
            "height": item.height,
            "habitat": item.habitat,
            "sets": stored(item.key, found, files),
        }


def stored(
    key: str, found: dict[str, Image.Image], files: dict[str, dict[str, bytes]]
) -> dict[str, tuple[int, int]]:
    """Encode the drawings of one key; return their sizes by set."""
    sizes = {}
    for name, picture in found.items():
        trimmed = trim(picture)
        sizes[name] = trimmed.size
        files[name][key] = encoded(trimmed, shaded=name == "3d")
    return sizes


def main() -> int:
    """Write the library; say what it holds."""
    files: dict[str, dict[str, bytes]] = {"3d": {}, "flat": {}}
    index = [*entries(files), *own_entries(files)]
    twice = [key for key, number in Counter(it["key"] for it in index).items() if number > 1]
    if twice:
        raise SystemExit(f"two drawings have the name {', '.join(twice)}")
    LIBRARY.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in index)
    write_packed(LIBRARY / "index.json.gz", f"[\n{lines}\n]\n".encode())
    for name, contents in files.items():
        pack(LIBRARY / f"{name}.zip", contents)
    sys.stdout.write(f"{len(index)} concepts, {sum(map(len, files.values()))} drawings\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
