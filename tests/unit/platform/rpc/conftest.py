from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from google.protobuf.descriptor import ServiceDescriptor

from .servers import OPEN, Get, Jobs, Running, Serve, Watch, running


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server with the given answers and options; stopped when the test ends."""
    async with AsyncExitStack() as stack:

        async def start(
            get: Get | None = None,
            watch: Watch | None = None,
            contract: ServiceDescriptor = OPEN,
            **options: Any,
        ) -> Running:
            return await stack.enter_async_context(running(Jobs(get, watch), contract, options))

        yield start
