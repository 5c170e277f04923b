from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from .servers import Get, Jobs, Running, Serve, Watch, running


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server with the given answers and options; stopped when the test ends."""
    async with AsyncExitStack() as stack:

        async def start(
            get: Get | None = None, watch: Watch | None = None, **options: Any
        ) -> Running:
            return await stack.enter_async_context(running(Jobs(get, watch), options))

        yield start
