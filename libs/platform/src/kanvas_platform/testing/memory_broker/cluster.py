"""What all processes share: topics, transactions and groups."""

import asyncio
from collections.abc import Iterable

from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.kafka.broker.port import Appended, Fenced, Headers, OutRecord, RawRecord
from kanvas_platform.testing.memory_broker.leases import Groups
from kanvas_platform.testing.memory_broker.log import Fate, Topic, Transaction
from kanvas_platform.testing.memory_broker.process import Process


class MemoryCluster:
    """What several `MemoryBroker`s, each standing for a process, have in common.

    Attributes:
        clock: Gives records their times.
        groups: Who holds which lease.
        grown: Set when more can be read, and then replaced by another one.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.groups = Groups()
        self.grown = asyncio.Event()
        self._topics: dict[str, Topic] = {}
        self._epochs: dict[str, int] = {}
        self._transactions: dict[str, Transaction] = {}
        self._markers: set[asyncio.Task[None]] = set()

    # What tests look at and do.

    def committed(self, topic: str) -> list[RawRecord]:
        """Return the committed records of a topic, also those that cannot be read yet."""
        return self.topic(topic).committed()

    def put(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> None:
        """Append a record as a stranger would, outside any transaction."""
        self.topic(topic).append(OutRecord(topic, key, value, headers), self.clock.now(), None)
        self._announce()

    def cut(self, topic: str, below: int) -> None:
        """Remove what stands below an offset, as retention would."""
        self.topic(topic).cut(below)

    def compact(self, topic: str, below: int) -> None:
        """Remove, below an offset, the records that have a later one with the same key."""
        self.topic(topic).compact(below)

    def expel(self, process: Process) -> None:
        """Expel a process from its groups, as if it had not answered for too long."""
        self.groups.expel(process)

    # What brokers do.

    def topic(self, name: str) -> Topic:
        """Return a topic, made when it is first named."""
        return self._topics.setdefault(name, Topic(name))

    def begin(self, transactional_id: str) -> int:
        """Fence and abort the predecessor; return the new producer's epoch."""
        predecessor = self._transactions.get(transactional_id)
        if predecessor is not None and predecessor.fate is Fate.OPEN:
            predecessor.fate = Fate.ABORTED
        self._finish(transactional_id)
        self._epochs[transactional_id] = self._epochs.get(transactional_id, 0) + 1
        return self._epochs[transactional_id]

    def check(self, transactional_id: str, epoch: int) -> None:
        """Refuse a producer that was replaced.

        Raises:
            Fenced: It was.
        """
        if self._epochs[transactional_id] != epoch:
            raise Fenced(transactional_id)

    def open(self, transactional_id: str, records: Iterable[OutRecord]) -> Transaction:
        """Append records that nobody can read yet."""
        # The next transaction waits until the last one is closed.
        self._finish(transactional_id)
        transaction = Transaction()
        self._transactions[transactional_id] = transaction
        for record in records:
            now = self.clock.now()
            topic = self.topic(record.topic)
            transaction.appended.append(Appended(topic.end, now))
            topic.append(record, now, transaction)
            if record.topic not in transaction.topics:
                transaction.topics.append(record.topic)
        return transaction

    def commit(self, transaction: Transaction) -> None:
        """Decide that records are to be read; topics show them a little later, one by one."""
        transaction.fate = Fate.COMMITTED
        task = asyncio.create_task(self._write_markers(transaction))
        self._markers.add(task)
        task.add_done_callback(self._markers.discard)

    async def _write_markers(self, transaction: Transaction) -> None:
        for topic in list(transaction.topics):
            for _ in range(3):
                await asyncio.sleep(0)
            self._mark(transaction, topic)

    def _finish(self, transactional_id: str) -> None:
        last = self._transactions.get(transactional_id)
        if last is not None:
            for topic in list(last.topics):
                self._mark(last, topic)

    def _mark(self, transaction: Transaction, topic: str) -> None:
        """Write the marker of a decided transaction in one topic, once."""
        if topic in transaction.topics:
            transaction.topics.remove(topic)
            self.topic(topic).mark(transaction)
            self._announce()

    def _announce(self) -> None:
        """Wake up those who wait for records."""
        self.grown.set()
        self.grown = asyncio.Event()
