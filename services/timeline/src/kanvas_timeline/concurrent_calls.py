"""Several calls to the views at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from kanvas_timeline.errors import HistoryUnavailable

Call = Callable[[], Awaitable[object]]


async def concurrently(calls: Iterable[Call], *, at_once: int) -> None:
    """Make all calls, so many at a time; when one fails, cancel the others.

    Raises:
        HistoryUnavailable: The first that has failed.
    """
    room = asyncio.Semaphore(at_once)

    async def run(call: Call) -> None:
        async with room:
            await call()

    try:
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(run(call))
    except* HistoryUnavailable as failures:
        first = failures.exceptions[0]
    else:
        return
    # Raised within the block above, it would come as a group.
    raise first
