"""What ships with the painters: drawings, words, networks."""

from pathlib import Path

import kanvas_painters

MOST_BYTES = 60_000_000


def test_what_both_painters_need_is_at_most_60_mb() -> None:
    package = Path(kanvas_painters.__file__).parent
    folders = [package / name for name in ("collage", "easel", "language", "painting")]
    assert all(folder.is_dir() for folder in folders)
    sizes = {
        str(path.relative_to(package)): path.stat().st_size
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    largest = sorted(sizes, key=lambda name: -sizes[name])[:5]
    assert sum(sizes.values()) <= MOST_BYTES, largest
