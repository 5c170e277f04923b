"""What a benchmark says: a measure, its reference of the same run, its bar, and the verdict."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal


class Verdict(StrEnum):
    """What became of a measure's bar."""

    MET = "met"
    MISSED = "missed"
    NOISY = "noisy"
    """The reference missed its stated value: the run says nothing about ours."""
    NONE = "-"
    """There is no bar."""


@dataclass(frozen=True)
class Bar:
    """The limit that a measure has to keep.

    Attributes:
        of: What is compared with the limit: ours, ours divided by the reference, or by how much
            ours exceeds the reference.
        sense: On which side of the limit it has to be.
        limit: In the measure's unit; a ratio has none.
    """

    of: Literal["ours", "ratio", "excess"]
    sense: Literal["at least", "at most"]
    limit: float

    def holds(self, ours: Sequence[float], reference: Sequence[float]) -> bool:
        """Say whether the medians keep the bar."""
        if self.of == "ratio":
            value = statistics.median(paired(ours, reference))
        elif self.of == "excess":
            value = statistics.median(ours) - statistics.median(reference)
        else:
            value = statistics.median(ours)
        return value >= self.limit if self.sense == "at least" else value <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.sense == "at least" else "≤"
        what = {"ours": "", "ratio": "ratio ", "excess": "excess "}[self.of]
        return f"{what}{sign} {number(self.limit)}"


@dataclass(frozen=True)
class Stated:
    """What a reference has to be before anything is said of ours.

    Attributes:
        of: The median of the reference, or its spread: the largest repetition divided by the
            smallest.
        most: The largest good value.
    """

    of: Literal["median", "spread"]
    most: float

    def holds(self, reference: Sequence[float]) -> bool:
        """Say whether the machine was quiet enough."""
        if self.of == "spread":
            return max(reference) <= self.most * min(reference)
        return statistics.median(reference) <= self.most


@dataclass(frozen=True)
class Measure:
    """One row: a value for each repetition, ours and the reference's.

    Attributes:
        topic: What `T=` chooses.
        name: Unique within the topic, the same in every run.
        unit: Of both.
        better: In which direction ours improves.
        ours: A value for each repetition, in order; never empty.
        reference: The same of the reference; empty where there is none. Where it is as long as
            `ours`, repetitions of the same index were measured one right after the other.
        reference_is: What the reference is; empty where there is none.
        bar: None where the measure only informs.
        stated: None where any reference will do.
    """

    topic: str
    name: str
    unit: str
    better: Literal["more", "less"]
    ours: Sequence[float]
    reference: Sequence[float] = ()
    reference_is: str = ""
    bar: Bar | None = None
    stated: Stated | None = None

    @property
    def verdict(self) -> Verdict:
        """What became of the bar."""
        if self.stated is not None and not self.stated.holds(self.reference):
            return Verdict.NOISY
        if self.bar is None:
            return Verdict.NONE
        return Verdict.MET if self.bar.holds(self.ours, self.reference) else Verdict.MISSED

    @property
    def ratio(self) -> float | None:
        """Ours divided by the reference, the median over repetitions; None without reference."""
        return statistics.median(paired(self.ours, self.reference)) if self.reference else None

    def document(self) -> dict[str, Any]:
        """Return the measure as JSON holds it."""
        return {
            "topic": self.topic,
            "name": self.name,
            "unit": self.unit,
            "better": self.better,
            "ours": list(self.ours),
            "reference": list(self.reference),
            "reference_is": self.reference_is,
            "bar": vars(self.bar) if self.bar else None,
            "stated": vars(self.stated) if self.stated else None,
            "verdict": self.verdict.value,
        }

    @classmethod
    def of_document(cls, document: dict[str, Any]) -> Measure:
        """Return the measure of which `document` was made.

        Raises:
            KeyError, TypeError: It is no such document.
        """
        fields = {key: value for key, value in document.items() if key != "verdict"}
        bar, stated = fields.pop("bar"), fields.pop("stated")
        return cls(
            **fields, bar=Bar(**bar) if bar else None, stated=Stated(**stated) if stated else None
        )


def paired(ours: Sequence[float], reference: Sequence[float]) -> list[float]:
    """Return ours divided by the reference, repetition by repetition.

    Where the repetitions do not allow it, ours is divided by the reference's median; without a
    reference the values are ours.
    """
    if not reference:
        return list(ours)
    if len(ours) != len(reference):
        reference = [statistics.median(reference)] * len(ours)
    return [a / b for a, b in zip(ours, reference, strict=True)]


def percentile(values: Sequence[float], share: int) -> float:
    """Return the smallest value that at least `share` percent of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def number(value: float) -> str:
    """Return a number as people read it: three digits that count, thousands apart."""
    size = abs(value)
    if size >= 99.95:
        return f"{value:,.0f}"
    if size >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.9995 else f"{value:.3g}"
