"""What can go wrong before or while the stack starts.

`StackError` is for people: its text is one clear sentence that says what is
wrong and what to do. The command line prints it and exits with 1; anything
else that escapes is a bug and shows its traceback.
"""

from __future__ import annotations


class StackError(Exception):
    """The stack cannot do what was asked; the message says why and what to do."""


class UnitDied(StackError):
    """A process died before it was ever ready; the message carries the end of its log."""
