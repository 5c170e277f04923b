"""The table that `make bench` prints."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from kanvas_local.bench.measures import Measure, Verdict, number

HEAD = ("measure", "ours", "reference", "ratio", "bar", "")


def row(measure: Measure) -> tuple[str, ...]:
    """Return the cells of a measure: medians over the repetitions."""
    ours = f"{number(statistics.median(measure.ours))} {measure.unit}".rstrip()
    reference = number(statistics.median(measure.reference)) if measure.reference else "-"
    ratio = "-" if measure.ratio is None else number(measure.ratio)
    bar = str(measure.bar) if measure.bar else "-"
    return (f"{measure.topic}: {measure.name}", ours, reference, ratio, bar, measure.verdict.value)


def line(measure: Measure) -> str:
    """Return a measure in one line, as it is printed when it has just been taken."""
    name, ours, reference, ratio, bar, verdict = row(measure)
    parts = [f"{name}: {ours}"]
    if measure.reference:
        parts.append(f"reference {reference} ({measure.reference_is}), ratio {ratio}")
    if measure.bar:
        parts.append(f"bar {bar}: {verdict}")
    return ", ".join(parts)


def table(measures: Iterable[Measure]) -> str:
    """Return the whole table, in Markdown that also reads well on a terminal."""
    return markdown([HEAD, *(row(measure) for measure in measures)])


def summary(measures: Sequence[Measure]) -> str:
    """Return how many bars were met."""
    counts = dict.fromkeys(Verdict, 0)
    for measure in measures:
        counts[measure.verdict] += 1
    return (
        f"{len(measures)} measures: {counts[Verdict.MET]} bars met, "
        f"{counts[Verdict.MISSED]} missed, {counts[Verdict.NOISY]} rows noisy, "
        f"{counts[Verdict.NONE]} without a bar"
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of equal length as a Markdown table; the first is its head."""
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    lines = [
        "| "
        + " | ".join(
            _cell(cell, width, column)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        + " |"
        for cells in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)
