"""Processes named so that a recycled pid is never mistaken for the old process."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass

import psutil

_SAME_START_SECONDS = 0.02
"""Start times are kept in kernel ticks of 10 ms."""


@dataclass(frozen=True)
class ProcessId:
    """A pid and when that process started (seconds since the epoch, as psutil tells it)."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> ProcessId:
        """The process that has `pid` now; `created` 0.0 if it is gone already."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return cls(pid, 0.0)

    def find(self) -> psutil.Process | None:
        """The process, or None when it is gone, a zombie, or the pid is another's now."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < _SAME_START_SECONDS
            alive = same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if alive else None


def is_paused(process: psutil.Process) -> bool:
    """Whether the process, or a child that it depends on, was stopped by a signal."""
    try:
        family = [process, *process.children(recursive=True)]
        return any(member.status() == psutil.STATUS_STOPPED for member in family)
    except psutil.NoSuchProcess:
        return False


def living_children(process: psutil.Process) -> int:
    """How many child processes have not ended, whether or not their end was noticed."""
    return sum(_lives(child) for child in _family(process)[1:])


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def resident_bytes(process: psutil.Process) -> int:
    """Resident memory of the process and its children, added up (shared pages count in each)."""
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
    """The living processes of the group that `leader` led, whether or not it still lives."""
    members = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return members
