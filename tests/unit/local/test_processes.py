"""Signals to real processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kanvas_local.processes import send

THREADS = 8
BUSY = f"""
import hashlib, itertools, threading
data = bytes(1_000_000)  # hashed without the interpreter's lock
def work():
    for _ in itertools.count():
        hashlib.sha256(data)
for _ in range({THREADS}):
    threading.Thread(target=work, daemon=True).start()
print("busy", flush=True)
threading.Event().wait()
"""


@pytest.fixture
def busy() -> Iterator[psutil.Process]:
    """Run a process with many threads that never rest."""
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield psutil.Process(process.pid)
        process.kill()


def test_a_stopped_process_does_nothing_more(busy: psutil.Process) -> None:
    send(busy, signal.SIGSTOP)
    states = [
        task.read_text().rpartition(")")[2].split()[0]
        for task in Path(f"/proc/{busy.pid}/task").glob("*/stat")
    ]
    assert states == ["T"] * (THREADS + 1)
    send(busy, signal.SIGCONT)
    assert busy.status() != psutil.STATUS_STOPPED
