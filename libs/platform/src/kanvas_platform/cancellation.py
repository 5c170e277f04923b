"""Telling a cancellation that somebody asked for from one that a library let through."""

import asyncio


def is_asked_for() -> bool:
    """Return whether the current task has been told to end.

    A `CancelledError` without that comes from elsewhere: a task group would take it for an orderly
    end of the task.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
