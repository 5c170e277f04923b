"""Packs the packed files that ship once more, by zopfli: about 1 % smaller, read as before.

    .venv/bin/uv run --no-project --with zopfli==0.4.3 python libs/painters/drawings/repack.py

Takes two minutes of one core. What is not smaller afterwards stays as it was.
"""

import gzip
from pathlib import Path

import zopfli.gzip  # type: ignore[import-untyped]

PACKAGE = Path(__file__).parents[1] / "src/kanvas_painters"
_ROUNDS = 3


def repack(path: Path) -> None:
    """Replace a file by a smaller one of the same content, where zopfli finds one."""
    before = path.read_bytes()
    content = gzip.decompress(before)
    # Networks are long: without a bound, zopfli chooses a new code for each stretch of weights.
    after = zopfli.gzip.compress(content, numiterations=_ROUNDS, blocksplittingmax=0)
    if len(after) < len(before) and gzip.decompress(after) == content:
        path.write_bytes(after)


if __name__ == "__main__":
    for packed in sorted(PACKAGE.rglob("*.gz")):
        repack(packed)
