"""Lines that say what a long step is doing."""

from __future__ import annotations

import sys
import time

_PLAIN_INTERVAL_SECONDS = 3.0
_TERMINAL_INTERVAL_SECONDS = 0.2


class ProgressLines:
    """Reports to a person.

    On a terminal an unfinished step rewrites its own line; into a file or a
    pipe it prints a line every few seconds. A finished step always prints.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stdout.isatty()
        self._next = 0.0
        self._open = False

    def say(self, line: str) -> None:
        """Print `line` for good."""
        if self._quiet:
            return
        self._close()
        print(line, flush=True)

    def update(self, line: str) -> None:
        """Show `line` for the moment; calls that come too fast are dropped."""
        now = time.monotonic()
        if self._quiet or now < self._next:
            return
        interval = _TERMINAL_INTERVAL_SECONDS if self._terminal else _PLAIN_INTERVAL_SECONDS
        self._next = now + interval
        if self._terminal:
            print(f"\r\x1b[K{line}", end="", flush=True)
            self._open = True
        else:
            print(line, flush=True)

    def _close(self) -> None:
        if self._open:
            print("\r\x1b[K", end="")
            self._open = False
