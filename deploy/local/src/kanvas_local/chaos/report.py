"""What a mishap showed, as one row of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache

from kanvas_local.chaos.model import Fault, Promise
from kanvas_local.layout import REPOSITORY

_SHOWN = 5
_HARMLESS = frozenset({"408", "429", "503", "504"})
"""Statuses with which a call may be put off."""


@dataclass
class Outcome:
    """What one mishap showed. `skipped` says why it was not tried."""

    name: str
    posts: int = 0
    longest_pause: float = 0.0
    seconds: float = 0.0
    refusals: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    evidence: str = ""
    skipped: str = ""

    @property
    def broken(self) -> list[Promise]:
        """The promises that were broken."""
        return list(dict.fromkeys(fault.promise for fault in self.faults))


def row(outcome: Outcome) -> str:
    """Return one line: the longest pause, what was refused meanwhile, and the verdict."""
    if outcome.skipped:
        return f"{outcome.name:<28} skipped: {outcome.skipped}"
    verdict = f"BROKEN: {'; '.join(outcome.broken)}" if outcome.faults else "kept"
    return (
        f"{outcome.name:<28} {outcome.posts:>4} posts, "
        f"longest pause {outcome.longest_pause:6.2f} s, over in {outcome.seconds:.0f} s, "
        f"refused meanwhile: {_refused(outcome.refusals)}: promises {verdict}"
    )


def details(outcome: Outcome) -> list[str]:
    """Return a line for each fault, the first few of each promise, and where the logs lie."""
    lines = []
    for promise in outcome.broken:
        of_it = [fault.evidence for fault in outcome.faults if fault.promise == promise]
        lines += [f"  BROKEN in {outcome.name}: {promise}: {text}" for text in of_it[:_SHOWN]]
        if len(of_it) > _SHOWN:
            lines.append(f"  … and {len(of_it) - _SHOWN} more of it")
    if outcome.evidence:
        lines.append(f"  the logs lie in {outcome.evidence}")
    return lines


def summary(outcomes: Iterable[Outcome], seconds: float) -> str:
    """Return the last lines: how many, and which were not kept."""
    rows = list(outcomes)
    tried = [outcome for outcome in rows if not outcome.skipped]
    broken = [outcome.name for outcome in tried if outcome.faults]
    lines = [
        f"{len(tried)} rows in {seconds / 60:.1f} min, {len(rows) - len(tried)} skipped, "
        f"promises {'kept in all' if not broken else f'broken in {len(broken)}'}"
    ]
    if broken:
        lines.append(f"broken: {', '.join(broken)}")
    return "\n".join(lines)


@cache
def documented() -> frozenset[str]:
    """Return every reason that `docs/errors.md` explains."""
    text = (REPOSITORY / "docs" / "errors.md").read_text()
    return frozenset(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def judge_answers(refusals: Counter[str], reasons: Collection[str]) -> list[Fault]:
    """Return the answers that no client should have got: not documented, or a fault of ours (500).

    What has no status is a connection that failed: a process that is gone cannot answer.
    """
    faults = []
    for answer, times in refusals.items():
        status, _, reason = answer.partition(" ")
        if status.isdigit() and (status not in _HARMLESS or reason not in reasons):
            faults.append(Fault(Promise.HONEST, f"{answer}, {times} times"))
    return faults


def _refused(refusals: Counter[str]) -> str:
    return ", ".join(f"{answer} × {times}" for answer, times in refusals.most_common()) or "nothing"
