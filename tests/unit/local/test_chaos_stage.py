"""What mishaps need of a machine: clocks that can be put wrong, disks, and a word where not."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kanvas_local.chaos import clock, stage
from kanvas_local.chaos.clock import Clocks
from kanvas_local.chaos.mishaps import choose
from kanvas_local.chaos.stage import why_not

TELL = "import sys, time\nfor _ in sys.stdin: print(time.time(), time.monotonic(), flush=True)"


@pytest.mark.skipif(clock.library() is None, reason="libfaketime is not installed")
def test_a_clock_is_put_wrong_and_right_again_while_its_process_runs(tmp_path: Path) -> None:
    clocks = Clocks(tmp_path)
    environment = {**os.environ, **clocks.environment("timeline-1")}
    with subprocess.Popen(
        [sys.executable, "-c", TELL],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        ask, answer = process.stdin, process.stdout
        assert ask is not None
        assert answer is not None

        def wrong_by() -> float:
            print(file=ask, flush=True)
            told, monotonic = map(float, answer.readline().split())
            assert abs(monotonic - time.monotonic()) < 30, "only the time of day is wrong"
            return told - time.time()

        for offset, low, high in (("+0", -30, 30), ("-2d", -180_000, -170_000), ("+0", -30, 30)):
            clocks.put("timeline-1", offset)
            while not low < wrong_by() < high:
                time.sleep(0.1)
        ask.close()


def test_what_cannot_be_tried_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "library", lambda: None)
    monkeypatch.setattr(stage, "obstacle", lambda: "only root may")
    kill, full, late = (
        choose(name)[0] for name in ("kill-kafka", "full-disk-kafka", "clock-timeline-behind")
    )
    assert why_not(kill) == ""
    assert "only root may" in why_not(full)
    assert "libfaketime is not installed" in why_not(late)
