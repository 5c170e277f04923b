"""The table that `make reader-score` prints, and the list of what was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kanvas_local.bench.measures import Verdict
from kanvas_local.bench.table import markdown
from tests.reader_score.prompts import Prompt
from tests.reader_score.scoring import BARS, Feature, Mark

Marked = Sequence[tuple[Prompt, Sequence[Mark]]]


def table(parts: Mapping[str, Marked]) -> str:
    """Return a row a feature: its share in each part and in all, its bar, the verdict on all."""
    columns = {name: _marks(marked) for name, marked in parts.items()}
    if len(columns) > 1:
        columns["all"] = [mark for marks in columns.values() for mark in marks]
    head = ("what", *columns, "bar", "")
    return markdown([head, *(_row(feature, columns) for feature in Feature)])


def missed(marked: Marked) -> str:
    """Return each prompt that lacks something, and what."""
    return "\n".join(
        "\n".join((prompt.text, *(f"    {mark.feature}: {mark.about}" for mark in lacking)))
        for prompt, marks in marked
        if (lacking := [mark for mark in marks if not mark.met])
    )


def verdict(feature: Feature, marks: Sequence[Mark]) -> Verdict:
    """Return what became of a feature's bar."""
    met = _met(feature, marks)
    if feature not in BARS or not met:
        return Verdict.NONE
    return Verdict.MET if sum(met) >= BARS[feature] * len(met) else Verdict.MISSED


def _row(feature: Feature, columns: Mapping[str, Sequence[Mark]]) -> tuple[str, ...]:
    shares = (
        _share([mark.met for mark in marks if mark.feature is feature])
        for marks in columns.values()
    )
    bar = f"≥ {BARS[feature]:.0%}" if feature in BARS else "-"
    *_, whole = columns.values()
    return (feature, *shares, bar, verdict(feature, whole))


def _met(feature: Feature, marks: Sequence[Mark]) -> list[bool]:
    return [mark.met for mark in marks if mark.feature is feature]


def _share(met: Sequence[bool]) -> str:
    return f"{sum(met) / len(met):.1%} of {len(met)}" if met else "-"


def _marks(marked: Marked) -> list[Mark]:
    return [mark for _, marks in marked for mark in marks]
