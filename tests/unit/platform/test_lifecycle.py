import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kanvas_platform.lifecycle import Connections, Readiness

PROCESS = Path(__file__).with_name("lifecycle_process.py")


def run(
    mode: str, until: str | None, stop: signal.Signals = signal.SIGTERM
) -> tuple[int, list[str]]:
    """Start the process, signal it once it has printed `until`, and return its end."""
    with subprocess.Popen(
        [sys.executable, str(PROCESS), mode], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if until is not None and until in line:
                process.send_signal(stop)
                until = None
        return process.wait(), lines


def said(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("{")]


def logged(lines: list[str], event: str) -> list[dict[str, object]]:
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    return [entry for entry in entries if entry["event"] == event]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_then_cancels_front_door_first(stop: signal.Signals) -> None:
    code, lines = run("plain", until='"started"', stop=stop)

    assert code == 0
    assert said(lines) == [
        "run log",
        "run door",
        "drain door",
        "drain log",
        "end door",
        "end log",
        "served",
    ]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("raises", "builtins.RuntimeError"),
        ("returns", "kanvas_platform.lifecycle.ComponentEnded"),
        ("canceled", "was canceled by nobody"),
    ],
)
def test_a_component_that_ends_takes_the_process_down(mode: str, reason: str) -> None:
    code, lines = run(mode, until=None)

    assert code == 1
    assert "served" not in said(lines)
    assert {"end log", "end door"} <= set(said(lines))
    assert not [line for line in said(lines) if line.startswith("drain")]
    assert reason in json.dumps(logged(lines, "process failed"))


def test_a_drain_that_takes_too_long_is_named_and_given_up() -> None:
    code, lines = run("stuck", until='"started"')

    assert code == 0
    assert logged(lines, "drain took too long, canceling the rest")[0]["component"] == "door"
    assert said(lines)[-3:] == ["end door", "end log", "served"]


def test_a_failed_build_exits_with_its_reason() -> None:
    code, lines = run("unbuildable", until=None)

    assert code == 1
    assert "OSError" in json.dumps(logged(lines, "process failed"))


def test_a_signal_during_the_build_ends_the_process() -> None:
    code, lines = run("slow-build", until="building")

    assert code == 0
    assert logged(lines, "stopped before it was built")


async def test_readiness_names_what_is_missing() -> None:
    ready = Readiness()
    applied = False
    probe: Callable[[], bool] = lambda: applied  # noqa: E731 - reads better than a def here
    ready.require("replica", probe)
    assert (ready(), ready.missing()) == (False, ["replica"])

    applied = True
    assert (ready(), ready.missing()) == (True, [])

    await ready.drain()
    assert (ready(), ready.missing()) == (False, ["draining"])


async def test_connections_are_closed_in_order_once_nobody_uses_them() -> None:
    closed: list[str] = []

    async def close(name: str) -> None:
        closed.append(name)

    component = Connections(lambda: close("broker"), lambda: close("client"))
    task = asyncio.create_task(component.run())
    await asyncio.sleep(0)
    assert closed == []
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert closed == ["broker", "client"]
