"""A world of ledgers in memory, on an event loop where waiting takes no time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError, Unavailable
from kanvas_platform.kafka.broker.port import Headers
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.codec import encode, meta_of
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.testing.ledger import Ledger, LedgerLogs, LedgerRecord
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.virtual_time import LoopClock, VirtualTimeLoop

LOGS = LedgerLogs.named("ledger")


def pytest_asyncio_loop_factories() -> dict[str, type[asyncio.AbstractEventLoop]]:
    """Have the tests of this folder run in virtual time."""
    return {"virtual": VirtualTimeLoop}


class Instance:
    """A process: a broker, a replica and a writer."""

    def __init__(
        self, world: "World", address: str, state: Callable[[Space], Ledger], clock: Clock
    ) -> None:
        self.leadership: list[bool] = []
        self.broker = MemoryBroker(cluster=world.cluster)
        self.replica = Replica(
            broker=self.broker,
            main=LOGS.main,
            sides=[LOGS.side],
            state=state,
            clock=clock,
            name=address,
        )
        self.writer = Writer(
            service="ledger",
            address=address,
            replica=self.replica,
            decide=world.decide,
            broker=self.broker,
            clock=clock,
            on_leadership=self.leadership.append,
        )
        self._tasks = [
            asyncio.create_task(self.replica.run()),
            asyncio.create_task(self.writer.run()),
        ]

    async def leading(self) -> "Instance":
        await eventually(lambda: self.writer.leads)
        return self

    async def outcome(self, command: Command, timeout: float = 5.0) -> Receipt | KanvasError:
        """Return the receipt, or the error that was raised."""
        try:
            return await self.writer.submit(command, timeout)
        except KanvasError as error:
            return error

    async def end(self) -> None:
        """End in good order, as when a deployment replaces the process."""
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results


class World:
    """A cluster, and whatever a test starts on it."""

    def __init__(self) -> None:
        self.clock = LoopClock()
        self.cluster = MemoryCluster(self.clock)
        self.decide: Any = LOGS.decide
        self.instances: list[Instance] = []
        self._readers: list[asyncio.Task[None]] = []

    def start(
        self,
        address: str | None = None,
        state: Callable[[Space], Ledger] = Ledger,
        clock: Clock | None = None,
    ) -> Instance:
        address = address or f"host-{len(self.instances) + 1}:1"
        instance = Instance(self, address, state, clock or self.clock)
        self.instances.append(instance)
        return instance

    async def acknowledged(self, instances: Sequence[Instance], given: Command) -> Receipt:
        """Repeat a command with its id at whoever takes it; a final refusal is raised."""
        async with asyncio.timeout(120):
            while True:
                for instance in instances:
                    try:
                        return await instance.writer.submit(given, 5)
                    except Unavailable:
                        await asyncio.sleep(0.1)

    def follow(self, reader: Any) -> None:
        """Run a reader until the test ends."""
        self._readers.append(asyncio.create_task(reader.run()))

    def main(self) -> list[Any]:
        """Return the committed records of the main log."""
        return self.records(LOGS.main)

    def side(self) -> list[Any]:
        return self.records(LOGS.side)

    def records(self, log: LogSpec) -> list[Any]:
        return [LedgerRecord.FromString(raw.value) for raw in self.cluster.committed(log.topic)]

    def put(
        self,
        position: int,
        *,
        log: LogSpec = LOGS.main,
        name: str = "x",
        total: int = 0,
        headers: Headers = (),
        **meta: Any,
    ) -> None:
        """Append a record with any position, as no writer would."""
        record = LedgerRecord(name=name, owner="ann", total=total)
        fields = {"position": position, "created_position": position, **meta}
        for field, value in fields.items():
            setattr(meta_of(record), field, value)
        out = encode(log, f"name:{name}", "ledger.name.v1", record, "")
        self.cluster.put(out.topic, out.key, out.value, (*out.headers, *headers))

    async def close(self) -> None:
        for task in self._readers:
            task.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        for instance in self.instances:
            instance.broker.wake()
            await instance.end()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.close()


@pytest.fixture
def logs() -> LedgerLogs:
    return LOGS


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait, in virtual time, until something is so."""
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never happened")


@pytest.fixture(name="eventually")
def eventually_fixture() -> Any:
    return eventually


def _positions(records: Sequence[Any]) -> list[int]:
    return [record.meta.position for record in records]


@pytest.fixture
def positions() -> Callable[[Sequence[Any]], list[int]]:
    return _positions
