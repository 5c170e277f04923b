"""Changes of the graph, and when they hold in feeds and streams."""

import asyncio

from kanvas_local.demo.client import Session
from tests.patience import PATIENCE_SECONDS


async def put_until_applied(session: Session, path: str) -> None:
    """Put a follow or a block in place; return once it holds in feeds and streams as well.

    The gateway waits for that, but answers after seconds that it does not hold yet where the
    machine is busy. To ask again changes nothing, and waits again.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (await session.put(path))["applied"]:
            continue
