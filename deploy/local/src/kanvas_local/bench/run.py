"""One run of benchmarks: takes measures, prints them as they come, repeats the noisy ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from kanvas_local.bench.measures import Measure, Verdict
from kanvas_local.bench.results import Result
from kanvas_local.bench.table import line

ROUNDS = 3
"""How often a block of measurements is tried at most while a row is noisy."""

Block = Callable[[], Awaitable[Sequence[Measure]]]


class BenchRun:
    """What topics report to.

    Args:
        result: Filled with what is measured.
        say: Prints a line.
        folder: Where the result is written, anew after each block: a run that is interrupted
            keeps what it has measured.

    Attributes:
        result: What was measured so far.
        path: The file that holds it; None before the first block.
    """

    def __init__(self, result: Result, say: Callable[[str], None], folder: Path) -> None:
        self.result = result
        self.say = say
        self.path: Path | None = None
        self._folder = folder

    @property
    def quick(self) -> bool:
        """Whether a coarse answer in a minute is wanted."""
        return self.result.quick

    def note_settings(self, settings: dict[str, str]) -> None:
        """Note under which unusual settings the next measures are taken."""
        self.result.settings = {**self.result.settings, **settings}
        for name, value in settings.items():
            self.say(f"set for the benchmark: {name}={value}")

    async def take(self, block: Block) -> None:
        """Measure a block, again while any of its rows is noisy, at most `ROUNDS` times.

        A row that was once not noisy keeps that value; one that is noisy to the end stays so.
        """
        kept: dict[str, Measure] = {}
        for _ in range(ROUNDS):
            for measure in await block():
                before = kept.get(measure.name)
                if before is None or before.verdict is Verdict.NOISY:
                    kept[measure.name] = measure
                    self.say(line(measure))
            if all(measure.verdict is not Verdict.NOISY for measure in kept.values()):
                break
        self.result.measures += kept.values()
        self.path = self.result.write(self._folder)
