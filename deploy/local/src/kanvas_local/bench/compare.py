"""`make bench-compare`: what changed between two runs of `make bench`, and what is noise.

Each side is one result or several of the same commit, whose repetitions are put together. A
measure with a reference is compared as ours divided by the reference, repetition by repetition, so
that a machine which was slower that day changes nothing. A change is called one only where the
repetitions of both sides do not overlap at all; everything else is noise. Where the references
themselves are far apart, the machine was not in the same state, and nothing is said.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kanvas_local.bench.measures import Measure, number, paired
from kanvas_local.bench.results import FOLDER, Result
from kanvas_local.bench.table import markdown
from kanvas_local.errors import StackError

LEAST = 3
"""Fewer repetitions do not overlap by chance too often: of three and three, once in ten times."""

_STATES_APART = 1.5
"""How far apart the references of two runs may be."""


@dataclass(frozen=True)
class Change:
    """One measure in two runs.

    Attributes:
        before: The measure before.
        after: The same measure after.
    """

    before: Measure
    after: Measure

    @property
    def paired(self) -> bool:
        """Whether both runs have a reference, by which ours is divided."""
        return bool(self.before.reference and self.after.reference)

    @property
    def ratio(self) -> float:
        """After divided by before, medians over repetitions."""
        before, after = self._values()
        return statistics.median(after) / statistics.median(before)

    @property
    def says(self) -> str:
        """What to make of it: better, worse, noise, or why nothing can be made of it."""
        before, after = self._values()
        if self.paired and not self._same_state():
            return "machine differed"
        if min(len(before), len(after)) < LEAST:
            return "too few repetitions"
        if min(after) > max(before):
            return "better" if self.after.better == "more" else "worse"
        if max(after) < min(before):
            return "worse" if self.after.better == "more" else "better"
        return "noise"

    def _same_state(self) -> bool:
        before, after = (statistics.median(one.reference) for one in (self.before, self.after))
        return 1 / _STATES_APART <= after / before <= _STATES_APART

    def _values(self) -> tuple[list[float], list[float]]:
        if not self.paired:
            return list(self.before.ours), list(self.after.ours)
        return (
            paired(self.before.ours, self.before.reference),
            paired(self.after.ours, self.after.reference),
        )


def changes(before: Sequence[Measure], after: Sequence[Measure]) -> list[Change]:
    """Return the measures that both sides have, in the order of the second."""
    known = {(measure.topic, measure.name): measure for measure in before}
    both = [measure for measure in after if (measure.topic, measure.name) in known]
    return [Change(known[measure.topic, measure.name], measure) for measure in both]


def joined(results: Sequence[Result]) -> list[Measure]:
    """Return the measures of several runs with all their repetitions."""
    found: dict[tuple[str, str], Measure] = {}
    for measure in (measure for result in results for measure in result.measures):
        key = (measure.topic, measure.name)
        before = found.get(key)
        found[key] = measure if before is None else replace(
            before,
            ours=[*before.ours, *measure.ours],
            reference=[*before.reference, *measure.reference],
        )  # fmt: skip
    return list(found.values())


def table(found: Sequence[Change]) -> str:
    """Return the comparison as a Markdown table."""
    head = ("measure", "before", "after", "ratio", "divided by", "")
    return markdown([head, *(_row(change) for change in found)])


def main() -> int:
    """Print the comparison; return 1 where there is nothing to compare."""
    parser = argparse.ArgumentParser(prog="make bench-compare", description=__doc__)
    parser.add_argument("--before", type=Path, action="append", default=[])
    parser.add_argument("--after", type=Path, action="append", default=[])
    arguments = parser.parse_args()
    try:
        paths = _chosen(arguments.before, arguments.after)
        before, after = ([Result.read(path) for path in side] for side in paths)
        found = changes(joined(before), joined(after))
        if not found:
            raise StackError("The two runs have no measure in common.")
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    for name, results in (("before", before), ("after", after)):
        for result in results:
            print(f"{name}: {result.conditions}{', quick' if result.quick else ''}")
    print(f"\n{table(found)}\n")
    counts = Counter(change.says for change in found)
    print(", ".join(f"{count} {said}" for said, count in sorted(counts.items())))
    return 0


def _chosen(before: list[Path], after: list[Path]) -> tuple[list[Path], list[Path]]:
    if before and after:
        return before, after
    if before or after:
        raise StackError("Name both sides, A=….json and B=….json, or none for the last two runs.")
    runs = sorted(FOLDER.glob("*.json"))
    if len(runs) < 2:
        raise StackError(f"There are not two runs in {FOLDER}: make bench writes one each time.")
    return runs[-2:-1], runs[-1:]


def _row(change: Change) -> tuple[str, ...]:
    before, after = (statistics.median(one.ours) for one in (change.before, change.after))
    unit = change.after.unit
    return (
        f"{change.after.topic}: {change.after.name}",
        f"{number(before)} {unit}".rstrip(),
        f"{number(after)} {unit}".rstrip(),
        f"{change.ratio:.2f}",
        change.after.reference_is if change.paired else "-",
        change.says,
    )


if __name__ == "__main__":
    sys.exit(main())
