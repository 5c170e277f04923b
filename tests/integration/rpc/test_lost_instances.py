"""Callers leave an instance that was killed or stopped, and come back to it.

Real processes, because what is tested is the kernel's part: a stopped process still accepts
connections and acknowledges bytes.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from kanvas.gateway.v1 import service_pb2, service_pb2_grpc
from kanvas_platform.rpc.client import RpcClient, connect
from tests.patience import PATIENCE_SECONDS
from tests.ports import free_base

REQUEST = service_pb2.GetStreamStatusRequest()
SCRIPT = Path(__file__).with_name("instance.py")

# A stopped process is noticed in 2 s, or later on a busy machine: an attempt that ends by its own
# time-out fails the test.
_NOTICED_SECONDS = PATIENCE_SECONDS / 2

Start = Callable[[int, str], Awaitable[asyncio.subprocess.Process]]


async def listening(process: asyncio.subprocess.Process, address: str) -> None:
    """Return once the process accepts connections."""
    host, _, port = address.rpartition(":")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            assert process.returncode is None, "the instance has ended"
            with suppress(ConnectionRefusedError):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.close()
                return
            await asyncio.sleep(0.05)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start an instance with a number at an address, and wait until it listens.

    The fixture kills all instances when the test ends.
    """
    started: list[asyncio.subprocess.Process] = []

    async def begin(number: int, address: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), str(number), address
        )
        started.append(process)
        await listening(process, address)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Caller:
    """Asks again and again which instance answers."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self._stub = service_pb2_grpc.GatewayServiceStub(client.channel)

    async def number(self) -> int:
        answer = await self._client.call(
            self._stub.GetStreamStatus,
            REQUEST,
            timeout=PATIENCE_SECONDS,
            attempt_timeout=PATIENCE_SECONDS,
        )
        return answer.connections

    async def until_numbers_are(self, wanted: set[int]) -> None:
        """Ask until the last ten answers came from exactly those."""
        numbers: set[int] = set()
        while numbers != wanted:
            numbers = {await self.number() for _ in range(10)}


@pytest.mark.parametrize("loss", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
async def test_no_call_fails_when_one_of_two_is_lost(start: Start, loss: signal.Signals) -> None:
    base = free_base(range(2))
    addresses = [f"127.0.0.1:{base + number}" for number in range(2)]
    first = await start(1, addresses[0])
    await start(2, addresses[1])
    async with AsyncExitStack() as stack:
        client = connect(",".join(addresses))
        stack.push_async_callback(client.close)
        caller = Caller(client)
        await caller.until_numbers_are({1, 2})

        first.send_signal(loss)
        async with asyncio.timeout(_NOTICED_SECONDS):
            calls = [caller.number() for _ in range(20)]
            assert set(await asyncio.gather(*calls)) <= {1, 2}
            await caller.until_numbers_are({2})

        if loss is signal.SIGSTOP:
            first.send_signal(signal.SIGCONT)
        else:
            await first.wait()
            await start(1, addresses[0])
        await caller.until_numbers_are({1, 2})
