"""Somebody who reads a home feed again and again, and counts how often it could not be read."""

import asyncio
from contextlib import suppress

from kanvas.timeline.v1 import service_pb2 as pb
from kanvas_platform.errors import DeadlineExceeded, Unavailable

from .fleet import Someone


class Reader:
    """Reads a home feed from the instances with little memory, without a pause."""

    def __init__(self, someone: Someone, expected: list[str]) -> None:
        self.expected = expected
        self.refusals = 0
        self._someone = someone
        self._task = asyncio.create_task(self._run())

    async def whole(self) -> bool:
        """Whether the whole feed can be read now."""
        try:
            found = await walk(self._someone)
        except (Unavailable, DeadlineExceeded) as error:
            self.refusals += error.reason == "HISTORY_UNAVAILABLE"
            return False
        assert found == self.expected
        return True

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):  # canceled the line before
            await self._task
        await self._someone.client.close()

    async def _run(self) -> None:
        while True:
            await self.whole()


async def walk(reader: Someone) -> list[str]:
    """Return the whole home feed; raise where it cannot be read now."""
    found: list[str] = []
    cursor = ""
    while True:
        request = pb.ListHomeFeedRequest(page_size=40, cursor=cursor)
        page = await reader.client.call(
            reader.stub.ListHomeFeed, request, identity=reader.id, attempts=1, attempt_timeout=2.0
        )
        found += [view.post.id for view in page.views]
        cursor = page.next_cursor
        if not cursor:
            return found
