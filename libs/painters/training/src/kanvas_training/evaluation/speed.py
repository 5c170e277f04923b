"""How long a picture and its first preview take on two threads of this machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .painters import Painter
from .rows import Row


@dataclass(frozen=True)
class Timing:
    """One picture's seconds: by the clock, and of processor time in all threads together."""

    preview: float
    preview_cpu: float
    picture: float
    picture_cpu: float


def timed(painter: Painter, prompt: str) -> Timing:
    """Return how long the painter took for its first preview and for the picture."""
    clock, cpu = time.perf_counter(), time.process_time()
    frames = painter.frames(prompt, 0)
    next(frames)
    preview, preview_cpu = time.perf_counter() - clock, time.process_time() - cpu
    for _ in frames:
        pass
    return Timing(preview, preview_cpu, time.perf_counter() - clock, time.process_time() - cpu)


def speed(painter: Painter, prompts: Sequence[str], bars: Mapping[str, float]) -> list[Row]:
    """Return how long pictures take: the median by the clock, beside the slowest and the CPU's."""
    timed(painter, prompts[0])  # the first picture also reads the drawings
    timings = [timed(painter, prompt) for prompt in prompts]
    rows = []
    for what, wall, cpu in (
        ("first preview", [t.preview for t in timings], [t.preview_cpu for t in timings]),
        ("picture", [t.picture for t in timings], [t.picture_cpu for t in timings]),
    ):
        reference = (
            f"slowest {max(wall):.3f} s; processor time {statistics.median(cpu):.3f} s, "
            f"at most {max(cpu):.3f} s"
        )
        middle = statistics.median(wall)
        rows.append(Row("e", f"{what}, median", middle, "s", bars.get(what), reference))
    return rows
