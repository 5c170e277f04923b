"""How long tests on servers wait for what has to happen."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 150.0
"""For a server to start, come back, or notice something, on a machine as busy as can be.

No promise of the product: only a test that fails waits so long. Below the limit of a test.
"""


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return once something holds; what never does fails the test."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await _told(holds()):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.05)


async def _told(answer: bool | Awaitable[bool]) -> bool:
    return answer if isinstance(answer, bool) else await answer
