"""Processes named so that a recycled pid is never mistaken for the old process."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_STOP_SECONDS = 5.0
_STOP_POLL_SECONDS = 0.001


@dataclass(frozen=True)
class ProcessId:
    """A pid, and when that process started, in kernel ticks since the machine did.

    Ticks, not the time of day: that is derived from a boot time which wanders by
    as much as a second between two readers.
    """

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> ProcessId:
        """Return the process that has `pid` now; one that is never found if it is gone already."""
        try:
            return cls(pid, _started(pid))
        except (FileNotFoundError, ProcessLookupError):
            return cls(pid, -1)

    def find(self) -> psutil.Process | None:
        """Return the process, or None when it is gone, a zombie, or the pid is another's now."""
        try:
            process = psutil.Process(self.pid)
            same = _started(self.pid) == self.started
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            return None
        return process if same and _lives(process) else None


def _started(pid: int) -> int:
    return int(_fields(Path(f"/proc/{pid}/stat"))[19])


def _fields(stat: Path) -> list[str]:
    """Return the kernel's line from field 3 on: the name before may hold any sign."""
    return stat.read_text(errors="replace").rpartition(")")[2].split()


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Signal a process. SIGSTOP has reached its last thread when this returns.

    Raises:
        TimeoutError: A thread has not stopped for `_STOP_SECONDS`.
    """
    process.send_signal(number)
    if number != signal.SIGSTOP:
        return
    give_up_at = time.monotonic() + _STOP_SECONDS
    while not _all_stopped(process.pid):
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"process {process.pid} does not stop")
        time.sleep(_STOP_POLL_SECONDS)


def _all_stopped(pid: int) -> bool:
    for task in Path(f"/proc/{pid}/task").glob("*/stat"):
        # A thread may end between the listing and the question.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if _fields(task)[0] != "T":
                return False
    return True


def is_paused(leader: int) -> bool:
    """Return whether a process of the group that `leader` leads was stopped by a signal."""
    return any(_status(member) == psutil.STATUS_STOPPED for member in group_members(leader))


def living_children(process: psutil.Process) -> int:
    """Return how many child processes have not ended, whether or not their end was noticed."""
    return sum(_lives(child) for child in _family(process)[1:])


def _lives(process: psutil.Process) -> bool:
    return _status(process) not in (psutil.STATUS_ZOMBIE, None)


def _status(process: psutil.Process) -> str | None:
    """Return what the kernel says that the process does; None when it is gone."""
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return None


def resident_bytes(process: psutil.Process) -> int:
    """Return the memory of the process and its children; shared pages count in each."""
    total = 0
    for member in _family(process):
        # A child may end between the listing and the question: it holds no memory then.
        with contextlib.suppress(psutil.NoSuchProcess):
            total += int(member.memory_info().rss)
    return total


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the process group that `pid` leads; nothing happens when it is empty."""
    # The group may have ended by itself a moment ago, which is what the caller wants.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def group_members(leader: int) -> list[psutil.Process]:
    """Return the living processes of the group that `leader` led, whether or not it still lives."""
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError):  # it ended this very moment
            if os.getpgid(process.pid) == leader and _lives(process):
                members.append(process)
    return members
