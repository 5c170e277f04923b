"""Drawings at any height: as sharp as they were stored, the same each time, kept within bounds."""

from __future__ import annotations

import io
import threading
import zipfile
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image

from kanvas_painters.collage.indonesian import indonesian_names
from kanvas_painters.collage.library import REDUCTIONS, SETS, Library, Shelf, library

HEIGHTS = (2, 17, 64, 150, 317, 635)


def picture(side: int) -> Image.Image:
    return Image.new("RGBa", (side, side))


@pytest.mark.parametrize("art", SETS)
def test_the_index_knows_the_size_of_each_file(art: str) -> None:
    packed = files("kanvas_painters.collage") / "library" / f"{art}.zip"
    archive = zipfile.ZipFile(io.BytesIO(packed.read_bytes()))
    for key, drawing in library().drawings.items():
        if art in drawing.sizes:
            data = archive.read(f"{key}.webp")
            assert Image.open(io.BytesIO(data)).size == drawing.sizes[art], key


def test_indonesian_readers_are_told_the_first_name_where_it_differs() -> None:
    names = indonesian_names()
    assert names["fox"] == "rubah"
    assert "zebra" not in names
    assert list(names) == sorted(names)


def test_drawings_have_512_pixels_less_their_empty_border() -> None:
    larger = [max(size) for it in library().drawings.values() for size in it.sizes.values()]
    assert max(larger) <= 540  # those with a body may be a little taller
    assert np.median(larger) > 440


@pytest.mark.parametrize("height", HEIGHTS)
def test_a_drawing_is_as_tall_as_asked_for_and_keeps_its_shape(height: int) -> None:
    pixels = library().pixels("fox", "3d", height)
    assert pixels.shape[0] == height
    assert pixels.shape[1] == max(2, round(height * library().drawings["fox"].aspects["3d"]))


def test_what_was_asked_for_before_changes_nothing() -> None:
    used = Library()
    for height in reversed(HEIGHTS):
        used.pixels("deciduous-tree", "flat", height)
    for height in HEIGHTS:
        fresh = Library().pixels("deciduous-tree", "flat", height)
        assert (used.pixels("deciduous-tree", "flat", height) == fresh).all()


def test_changing_a_layer_changes_no_later_one() -> None:
    first = library().pixels("cloud", "3d", 100)
    kept = first.copy()
    first[...] = 0
    assert (library().pixels("cloud", "3d", 100) == kept).all()


def test_a_reduced_drawing_lies_where_the_whole_one_does() -> None:
    """Halving a side of odd length leaves half a pixel over; it must not stretch the rest."""
    whole = library().pixels("giraffe", "3d", library().drawings["giraffe"].sizes["3d"][1])
    for height in (60, 90, 120, 150, 200):
        small = library().pixels("giraffe", "3d", height)[..., 3]
        large = Image.fromarray(whole[..., 3]).resize(
            (small.shape[1], small.shape[0]), Image.Resampling.BOX
        )
        assert np.abs(small - np.asarray(large)).mean() < 0.01


def test_a_shelf_keeps_what_was_used_last() -> None:
    shelf = Shelf(3 * 4 * 100)
    for name in ("a", "b", "c"):
        shelf.put((name,), picture(10))
    assert shelf.get(("a",)) is not None
    shelf.put(("d",), picture(10))
    assert [name for name in "abcd" if shelf.get((name,))] == ["a", "c", "d"]
    assert shelf.bytes == 1200


def test_a_shelf_holds_no_more_than_it_may() -> None:
    shelf = Shelf(1000)
    shelf.put(("large",), picture(100))
    assert shelf.bytes == 0
    assert shelf.get(("large",)) is None


def test_the_same_picture_put_twice_counts_once() -> None:
    shelf = Shelf(1000)
    shelf.put(("a",), picture(10))
    shelf.put(("a",), picture(10))
    assert shelf.bytes == 400


def test_the_library_stays_within_its_bounds() -> None:
    full, reduced = Shelf(2 << 20), Shelf(1 << 20)
    small = Library(full, reduced)
    keys = list(small.drawings)[:40]

    def read() -> None:
        for key in keys:
            small.pixels(key, "3d", 100)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wholes: list[tuple[object, ...]] = [(key, "3d") for key in keys]
    parts: list[tuple[object, ...]] = [(key, "3d", by) for key in keys for by in REDUCTIONS]
    for shelf, names, most in ((full, wholes, 2 << 20), (reduced, parts, 1 << 20)):
        held = [it for name in names if (it := shelf.get(name)) is not None]
        assert 0 < sum(4 * it.width * it.height for it in held) == shelf.bytes <= most
