"""The way in of one process."""

from collections.abc import Awaitable, Callable, Collection, Mapping

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.port import OutRecord
from kanvas_platform.testing.memory_broker.cluster import MemoryCluster
from kanvas_platform.testing.memory_broker.leases import MemoryCandidate
from kanvas_platform.testing.memory_broker.process import Process
from kanvas_platform.testing.memory_broker.producer import CommitFault, MemoryProducer
from kanvas_platform.testing.memory_broker.reader import MemoryReader


class MemoryBroker(Process):
    """The `Broker` of one process, and that process.

    Attributes:
        cluster: The cluster it belongs to.
        commit_faults: What goes wrong with the next commits, in order; None for nothing.
    """

    def __init__(
        self,
        *,
        cluster: MemoryCluster | None = None,
        clock: Clock | None = None,
        on_step: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(on_step)
        self.cluster = cluster or MemoryCluster(clock)
        self.commit_faults: list[CommitFault | None] = []

    async def begin(self, transactional_id: str, timeout: float) -> MemoryProducer:
        """See `Broker`."""
        await self.step("begin")
        producer = MemoryProducer(self, self.cluster, transactional_id, next_fault=self._next_fault)
        await self.step("begun")
        return producer

    async def read(self, offsets: Mapping[str, int]) -> MemoryReader:
        """See `Broker`."""
        await self.step("read")
        return MemoryReader(self, self.cluster, offsets)

    async def join_group(self, group: str, topic: str) -> MemoryCandidate:
        """See `Broker`; the group has one lease whatever the topic."""
        await self.step("join group")
        return MemoryCandidate(self, self.cluster.groups, group)

    async def beginnings(self, topics: Collection[str]) -> Mapping[str, int]:
        """See `Broker`."""
        await self.step("beginnings")
        return {name: self.cluster.topic(name).first for name in topics}

    async def ends(self, topics: Collection[str]) -> Mapping[str, int]:
        """See `Broker`."""
        await self.step("ends")
        ends = {name: self.cluster.topic(name).stable for name in topics}
        await self.step("ends answered")
        return ends

    async def offset_at(self, topic: str, time: float) -> int:
        """See `Broker`."""
        await self.step("offset_at")
        return self.cluster.topic(topic).offset_at(time)

    async def send(self, record: OutRecord) -> None:
        """See `Broker`."""
        await self.step("send")
        self.cluster.put(record.topic, record.key, record.value, record.headers)

    async def close(self) -> None:
        """See `Broker`."""

    def _next_fault(self) -> CommitFault | None:
        return self.commit_faults.pop(0) if self.commit_faults else None
