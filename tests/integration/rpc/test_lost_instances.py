"""Callers leave an instance that was killed or stopped, and come back to it.

Real processes, because what is tested is the kernel's part: a stopped process still accepts
connections and acknowledges bytes.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from kanvas.imagegen.v1 import service_pb2, service_pb2_grpc
from kanvas_platform.rpc.client import RpcClient, connect

REQUEST = service_pb2.GetJobRequest(job_id="a job")
SCRIPT = Path(__file__).with_name("instance.py")

# Far above the 2 s in which a stopped process is noticed: an attempt that ends by its own
# time-out fails the test.
_ATTEMPT_SECONDS = 15.0

Start = Callable[[str, str], Awaitable[asyncio.subprocess.Process]]


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start an instance with a name at an address; killed when the test ends."""
    started: list[asyncio.subprocess.Process] = []

    async def begin(name: str, address: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(sys.executable, str(SCRIPT), name, address)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Caller:
    """Asks for a name again and again."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self._stub = service_pb2_grpc.ImageGenerationServiceStub(client.channel)

    async def name(self) -> str:
        answer = await self._client.call(
            self._stub.GetJob, REQUEST, timeout=30, attempt_timeout=_ATTEMPT_SECONDS
        )
        return answer.job.id

    async def until_names_are(self, wanted: set[str]) -> None:
        """Ask until the last ten answers came from exactly those."""
        names: set[str] = set()
        while names != wanted:
            names = {await self.name() for _ in range(10)}


@pytest.mark.parametrize("loss", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
async def test_no_call_fails_when_one_of_two_is_lost(start: Start, loss: signal.Signals) -> None:
    addresses = [free_address(), free_address()]
    first = await start("first", addresses[0])
    await start("second", addresses[1])
    async with AsyncExitStack() as stack:
        client = connect(",".join(addresses))
        stack.push_async_callback(client.close)
        caller = Caller(client)
        await caller.until_names_are({"first", "second"})

        first.send_signal(loss)
        async with asyncio.timeout(_ATTEMPT_SECONDS):
            calls = [caller.name() for _ in range(20)]
            assert set(await asyncio.gather(*calls)) <= {"first", "second"}
            await caller.until_names_are({"second"})

        if loss is signal.SIGSTOP:
            first.send_signal(signal.SIGCONT)
        else:
            await first.wait()
            await start("first", addresses[0])
        await caller.until_names_are({"first", "second"})
