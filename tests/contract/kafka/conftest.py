"""The brokers that the contract is tested on: the double, and Kafka."""

import os
import uuid
from collections.abc import AsyncIterator, Iterable

import pytest

from kanvas_local.topics import TOPICS, ensure_topics
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster


class Testbed:
    """A cluster, and brokers that each stand for a process."""

    __test__ = False

    def __init__(self, bootstrap: str | None) -> None:
        self._bootstrap = bootstrap
        self._cluster = MemoryCluster()
        self._brokers: list[Broker] = []

    def broker(self) -> Broker:
        broker: Broker
        if self._bootstrap is None:
            broker = MemoryBroker(cluster=self._cluster)
        else:
            broker = KafkaBroker(self._bootstrap)
        self._brokers.append(broker)
        return broker

    async def logs(self, *suffixes: str) -> list[str]:
        """Make empty topics."""
        stem = f"contract-{uuid.uuid4().hex[:12]}"
        names = [f"{stem}{suffix}" for suffix in suffixes]
        await self._make(names)
        return names

    async def _make(self, names: Iterable[str]) -> None:
        if self._bootstrap is not None:
            await ensure_topics(self._bootstrap, dict.fromkeys(names, TOPICS["kanvas.graph.v1"]))

    async def close(self) -> None:
        for broker in self._brokers:
            await broker.close()


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.servers)])
async def testbed(request: pytest.FixtureRequest) -> AsyncIterator[Testbed]:
    bootstrap = None
    if request.param == "kafka":
        bootstrap = os.environ.get("KANVAS_TEST_KAFKA") or request.getfixturevalue("stack").kafka
    bed = Testbed(bootstrap)
    yield bed
    await bed.close()
