"""Whether two things are both there and stand as the words say (b).

The judge's map gives each thing its evidence and its place. A thing is found when its evidence
reaches what only one in forty of the things that are not shown reaches, on real pictures of two
things: half of them plain, half disturbed. The same pictures give the ceiling.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from .bench import PAIR_SIDE, Bench
from .judge import SEEN, composer
from .placing import seen, stands, threshold
from .prompts import Pair, Relation, pairs
from .rows import Row, shown

ALARMS = 1 / 40  # of the things that are not shown
REAL = 240  # pictures of two things whose truth is known


def paired(bench: Bench) -> list[Row]:
    """Return for which share of the pairs both are found, and rightly placed."""
    least, real_found, real_placed = _ceiling(bench)
    asked = pairs(bench.concepts)[:: bench.every]
    pictures = list(bench.paint([pair.prompt for pair in asked], 0))
    where = bench.main.read(pictures, PAIR_SIDE).where
    found, placed = zip(
        *(_judged(each, pair, least) for each, pair in zip(where, asked, strict=True)), strict=True
    )
    title, real = f"{len(asked)} pairs, both found", "real pictures of two"
    rows = [
        Row("b", title, float(np.mean(found)), bar=bench.bars.get("both found"),
            reference=f"{real} {shown(real_found, '%')}; chance {shown(ALARMS**2, '%')}"),
        Row("b", f"{title} and rightly placed", float(np.mean(placed)),
            bar=bench.bars.get("pairs"), reference=f"{real} {shown(real_placed, '%')}"),
    ]  # fmt: skip
    for relation in ("left", "right", "above", "below"):
        of_it = [ok for ok, pair in zip(placed, asked, strict=True) if pair.relation == relation]
        if of_it:
            rows.append(Row("b", f"… of them {relation} ({len(of_it)})", float(np.mean(of_it))))
    return rows


def _judged(where: npt.NDArray[np.float32], pair: Pair, least: float) -> tuple[bool, bool]:
    """Return whether both things of a pair are found, and also stand rightly."""
    first, second = seen(where, pair.first), seen(where, pair.second)
    found = min(first.evidence, second.evidence) >= least
    return found, found and stands(pair.relation, first, second)


def _ceiling(bench: Bench) -> tuple[float, float, float]:
    """Return the least evidence of a find, and how well real pictures of two things do with it."""
    number = max(8, REAL // bench.every)
    things = torch.randint(len(bench.concepts), (number, 2), generator=bench.random)
    things = things[things[:, 0] != things[:, 1]]
    halves = things.tensor_split(2)
    batches = [
        composer(SEEN, plain=plain, side=PAIR_SIDE).compose(half, bench.random)
        for plain, half in zip((True, False), halves, strict=True)
    ]
    where = np.concatenate([bench.main.read_small(batch.pictures).where for batch in batches])
    is_shown = np.concatenate([batch.shown.numpy() > 0 for batch in batches])
    least = threshold(where, is_shown, ALARMS)
    centers = np.concatenate([batch.centers.numpy() for batch in batches])
    found, placed = [], []
    for at, (first, second) in enumerate(things.tolist()):
        pair = Pair("", first, second, _truth(centers[at]))
        both, right = _judged(where[at], pair, least)
        found.append(both)
        placed.append(right)
    return least, float(np.mean(found)), float(np.mean(placed))


def _truth(centers: npt.NDArray[np.float32]) -> Relation:
    """Return how the first really stands to the second: along the axis that parts them more."""
    x, y = centers[1] - centers[0]
    if abs(x) >= abs(y):
        return "left" if x > 0 else "right"
    return "above" if y > 0 else "below"
