"""Instances of the ledger as processes, on a real Kafka."""

import asyncio
import json
import os
import signal
import sys
import uuid
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kanvas_local.topics import TOPICS, ensure_topics
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import RawRecord
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.testing.ledger import LedgerRecord
from tests.patience import PATIENCE_SECONDS

SCRIPT = Path(__file__).with_name("process.py")

Answer = dict[str, Any]


class Instance:
    """A process that is a candidate for writing a ledger."""

    def __init__(self, process: Process, address: str) -> None:
        self.address = address
        self.leads = False
        self.leadership: list[bool] = []
        self.started = asyncio.Event()
        self._process = process
        self._changed = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def ask(
        self, name: str, amount: int | None = None, *, identifier: str, timeout: float = 5.0
    ) -> Answer:
        """Claim a name or count it up; the answer, or `{"reason": "SILENT"}` without one."""
        given = {"id": identifier, "actor": "ann", "name": name, "timeout": timeout}
        if amount is not None:
            given["amount"] = amount
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[identifier] = waiting
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(given).encode() + b"\n")
        try:
            async with asyncio.timeout(timeout + 1):
                return await waiting
        except TimeoutError:
            return {"reason": "SILENT"}

    async def until_leading(self, held: bool = True) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.leads is not held:
                self._changed.clear()
                await self._changed.wait()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._process.wait()

    async def close(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._listening

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            event = json.loads(line)
            if "leads" in event:
                self.leads = event["leads"]
                self.leadership.append(self.leads)
                self._changed.set()
            elif "started" in event:
                self.started.set()
            elif "id" in event:
                self._settle(event["id"], event)
        for identifier in list(self._waiting):
            self._settle(identifier, {"reason": "DEAD"})

    def _settle(self, identifier: str, answer: Answer) -> None:
        # A command that was repeated while the process slept is answered twice.
        waiting = self._waiting.pop(identifier, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)


Start = Callable[[], Awaitable[Instance]]


class Client:
    """Repeats each command with its id, at whichever instance, until it is acknowledged."""

    def __init__(self, instances: list[Instance]) -> None:
        self._instances = instances
        self.acknowledged: dict[str, int] = {}

    async def claim(self, name: str) -> int:
        return await self._finish(name, None)

    async def add(self, name: str, amount: int = 1) -> int:
        return await self._finish(name, amount)

    async def _finish(self, name: str, amount: int | None) -> int:
        identifier = new_id()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                holders = [i for i in self._instances if i.leads]
                for instance in reversed(holders):
                    answer = await instance.ask(name, amount, identifier=identifier, timeout=1)
                    if "position" in answer:
                        self.acknowledged[identifier] = answer["position"]
                        return int(answer["position"])
                await asyncio.sleep(0.02)


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    given = os.environ.get("KANVAS_TEST_KAFKA")
    return given or str(request.getfixturevalue("stack").kafka)


async def make_logs(bootstrap: str, topic: str) -> None:
    logs = dict.fromkeys((topic, f"{topic}-side", "kanvas.leaders.v1"), TOPICS["kanvas.graph.v1"])
    await ensure_topics(bootstrap, logs | {DEAD_LETTERS_TOPIC: TOPICS[DEAD_LETTERS_TOPIC]})


@pytest.fixture
async def topic(kafka: str) -> str:
    """Name of a new main log, which is also the name of its service."""
    name = f"ledger-{uuid.uuid4().hex[:12]}"
    await make_logs(kafka, name)
    return name


@pytest.fixture
async def start(kafka: str, topic: str) -> AsyncIterator[Start]:
    """Start an instance; killed when the test ends."""
    started: list[Instance] = []

    async def begin() -> Instance:
        address = f"127.0.0.1:{len(started) + 1}"
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), kafka, topic, address, stdin=PIPE, stdout=PIPE
        )
        instance = Instance(process, address)
        started.append(instance)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await instance.started.wait()
        return instance

    yield begin
    for instance in started:
        await instance.close()


@pytest.fixture
async def broker(kafka: str) -> AsyncIterator[KafkaBroker]:
    broker = KafkaBroker(kafka)
    yield broker
    await broker.close()


async def committed(broker: KafkaBroker, topic: str) -> list[RawRecord]:
    """All records of a topic, read committed up to the end."""
    reader = await broker.read(await broker.beginnings([topic]))
    found: list[RawRecord] = []
    end = (await broker.ends([topic]))[topic]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while reader.offset(topic) < end:
            found += await reader.fetch(0.1)
    await reader.close()
    return found


Judge = Callable[[Client], Awaitable[None]]


@pytest.fixture
def judge(broker: KafkaBroker, topic: str) -> Judge:
    """Check that the log is dense and holds what was acknowledged, each command once."""

    async def check(client: Client) -> None:
        records: list[Any] = [
            LedgerRecord.FromString(raw.value) for raw in await committed(broker, topic)
        ]
        metas = [record.meta for record in records]
        assert [meta.position for meta in metas] == list(range(1, len(metas) + 1))
        written = {meta.command_id: meta.position for meta in metas}
        assert len(written) == len(metas)
        assert client.acknowledged.items() <= written.items()
        totals = [record.total for record in records]
        assert totals == list(range(len(records)))

    return check


@pytest.fixture
def client_of() -> Callable[..., Client]:
    def make(*instances: Instance) -> Client:
        return Client(list(instances))

    return make


@pytest.fixture
def committed_of(broker: KafkaBroker) -> Callable[[str], Awaitable[list[RawRecord]]]:
    return lambda topic: committed(broker, topic)
