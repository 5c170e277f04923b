"""What a process has used: CPU time of all its threads, also of those that ended; and memory."""

from __future__ import annotations

import ctypes
import os
import time

import psutil

_libc = ctypes.CDLL(None, use_errno=True)


class Usage:
    """Looks at a process from outside. The process need not be a child.

    Args:
        pid: Of the process.

    Raises:
        ProcessLookupError: There is no such process.
    """

    def __init__(self, pid: int) -> None:
        clock = ctypes.c_int()
        if code := _libc.clock_getcpuclockid(pid, ctypes.byref(clock)):
            raise ProcessLookupError(code, os.strerror(code))
        self._clock = clock.value
        self._process = psutil.Process(pid)

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process has used, to the nanosecond."""
        return time.clock_gettime(self._clock)

    def resident_bytes(self) -> int:
        """Return the memory of the process, without its children's."""
        return int(self._process.memory_info().rss)
