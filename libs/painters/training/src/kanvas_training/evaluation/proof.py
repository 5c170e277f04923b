"""All parts of the proof for one painter, in order."""

from __future__ import annotations

import logging

import torch

from .bench import Bench
from .concepts import lines, read_concepts
from .judge import judges
from .obedience import obeyed_colors, obeyed_counts
from .painters import Painter
from .recognition import alone, confusions, judged_judges, placed
from .relations import paired
from .rows import Row
from .sharpness import sharpness
from .speed import speed
from .variety import styles, variety

log = logging.getLogger(__name__)
THREADS = 2


def prove(name: str, painter: Painter, *, every: int) -> tuple[list[Row], list[str]]:
    """Return what was measured of a painter, and which concepts were taken for others."""
    torch.set_num_threads(THREADS)
    main, strict = judges()
    bench = Bench(name, painter, main, strict, read_concepts(), every)
    prompts = list(lines("side_by_side.txt"))[::every]
    rows = []
    for part in (alone, paired, obeyed_colors, obeyed_counts, placed, variety, styles):
        rows += part(bench)
        log.info("%s: %s", name, rows[-1].cells())
    rows += speed(painter, prompts, bench.bars)
    if name == "collage":
        rows += sharpness(bench.concepts, every)
    return rows, confusions(bench)


def judges_alone() -> list[Row]:
    """Return how well the judges know pictures whose truth is known."""
    torch.set_num_threads(THREADS)
    main, strict = judges()
    return judged_judges(main, strict, read_concepts())
