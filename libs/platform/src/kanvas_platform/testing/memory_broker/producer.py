"""Writing: one transaction after another, and what may go wrong with each."""

from collections.abc import Callable, Sequence
from enum import Enum

from kanvas_platform.kafka.broker.port import (
    Appended,
    BatchRefused,
    BrokerUnavailable,
    OutRecord,
)
from kanvas_platform.testing.memory_broker.cluster import MemoryCluster
from kanvas_platform.testing.memory_broker.process import Process

_RECORD_BYTES = 1024 * 1024


class CommitFault(Enum):
    """What goes wrong with a commit."""

    LOST_BEFORE = "the broker has not decided it, and the producer does not know"
    LOST_AFTER = "the broker has committed it, and the producer does not know"
    REFUSED = "the broker refuses the records"


class MemoryProducer:
    """The `Producer` in memory."""

    def __init__(
        self,
        process: Process,
        cluster: MemoryCluster,
        transactional_id: str,
        *,
        next_fault: Callable[[], CommitFault | None],
    ) -> None:
        self._process = process
        self._cluster = cluster
        self._id = transactional_id
        self._epoch = cluster.begin(transactional_id)
        self._next_fault = next_fault

    async def commit(self, records: Sequence[OutRecord], timeout: float) -> Sequence[Appended]:
        """See `Producer`."""
        process, cluster = self._process, self._cluster
        await process.step("commit: send")
        cluster.check(self._id, self._epoch)
        fault = self._next_fault()
        if fault is CommitFault.REFUSED or any(len(r.value) > _RECORD_BYTES for r in records):
            raise BatchRefused("too large, or as the test wants it")
        transaction = cluster.open(self._id, records)
        await process.step("commit: end")
        cluster.check(self._id, self._epoch)
        if fault is CommitFault.LOST_BEFORE:
            raise BrokerUnavailable(fault.value)
        cluster.commit(transaction)
        await process.step("commit: answer")
        if fault is CommitFault.LOST_AFTER:
            raise BrokerUnavailable(fault.value)
        return transaction.appended

    async def close(self) -> None:
        """See `Producer`."""
