"""What was measured, a row for each promise, as text, as Markdown and as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["%", "s", "px", "dB", ""]
DIGITS = {"%": 1, "s": 3, "px": 2, "dB": 1, "": 2}
MOST = ("s", "px")  # units in which less is better


@dataclass(frozen=True)
class Row:
    """One thing measured.

    Attributes:
        part: Which part of the proof it belongs to, from "a" to "f".
        what: What was measured.
        ours: The painter's figure: a share from 0 to 1 for "%", else in its unit.
        unit: How the figure is to be read.
        bar: The promise, where there is one; seconds and pixels must stay under it, all else
            must reach it.
        reference: What to hold the figure against, in words.
    """

    part: str
    what: str
    ours: float
    unit: Unit = "%"
    bar: float | None = None
    reference: str = ""

    @property
    def verdict(self) -> str:
        """Whether the promise was kept: "met", "missed", or "" where nothing was promised."""
        if self.bar is None:
            return ""
        kept = self.ours <= self.bar if self.unit in MOST else self.ours >= self.bar
        return "met" if kept else "missed"

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """Return part, what, bar, ours, reference and verdict, as people read them."""
        sign = "≤" if self.unit in MOST else "≥"
        bar = f"{sign} {shown(self.bar, self.unit)}" if self.bar is not None else ""
        ours = shown(self.ours, self.unit)
        return self.part, self.what, bar, ours, self.reference, self.verdict


def shown(figure: float, unit: Unit) -> str:
    """Return a figure as people read it: "91.5 %", "0.240 s", "1.70"."""
    scaled = 100 * figure if unit == "%" else figure
    return f"{scaled:.{DIGITS[unit]}f} {unit}".strip()


HEAD = ("", "what", "bar", "ours", "reference", "")


def as_text(rows: Sequence[Row]) -> str:
    """Return the rows in columns."""
    table = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in table) for at in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a table."""
    table = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in table) + "\n"


def as_json(rows: Sequence[Row]) -> str:
    """Return the rows with their verdicts."""
    listed = [{**dataclasses.asdict(row), "verdict": row.verdict} for row in rows]
    return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"
