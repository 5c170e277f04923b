"""The stack that is measured: fresh, on ports of its own, stopped at the end."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Mapping

from kanvas_local.bench.cpu import Usage
from kanvas_local.layout import REPOSITORY
from kanvas_local.stack import Stack

BASE_PORT = 11380
SPARE_PORT = BASE_PORT + 39
"""Not used by the stack."""
_ROOT = REPOSITORY / ".local" / "bench"
_RESTART_SECONDS = 120.0
_POLL_SECONDS = 0.1


@contextlib.asynccontextmanager
async def stage(
    *, instances: int = 1, env: Mapping[str, Mapping[str, str]] | None = None
) -> AsyncIterator[Stack]:
    """Give a stack without data, nothing of it started; stop it in the end.

    Raises:
        StackError: One that was left running cannot be stopped.
    """
    await asyncio.to_thread(Stack.at(_ROOT).stop)
    shutil.rmtree(_ROOT, ignore_errors=True)
    stack = Stack(_ROOT, BASE_PORT, instances=instances, env=env)
    try:
        yield stack
    finally:
        await asyncio.to_thread(stack.stop)


async def fresh(stack: Stack, unit: str) -> Usage:
    """Kill a process of a service, and look at the next one once it is ready.

    So each block of measurements meets a process that remembers nothing of the block before.
    """
    before = await asyncio.to_thread(stack.kill, unit)
    async with asyncio.timeout(_RESTART_SECONDS):
        while True:
            state = stack.state.units[unit]
            if state.process and state.process.pid != before and state.phase == "ready":
                return Usage(state.process.pid)
            await asyncio.sleep(_POLL_SECONDS)
