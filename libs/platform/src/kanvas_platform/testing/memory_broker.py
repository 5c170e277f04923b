"""Kafka in memory, with the traps of the real one.

They are kept because data is lost where they are forgotten: a commit returns before its records
can be read, and one topic shows them before the other; an open transaction hides whatever stands
after it; offsets have holes where transaction markers stand; a member that was stopped still
believes that it holds the lease; a producer learns that it was replaced only when it tries to
commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.kafka.broker.port import (
    Appended,
    BatchRefused,
    BrokerUnavailable,
    Fenced,
    Headers,
    OffsetLost,
    OutRecord,
    RawRecord,
)

_FETCH_RECORDS = 500
_HEARTBEAT_SECONDS = 0.3
_RECORD_BYTES = 1024 * 1024


class CommitFault(Enum):
    """What goes wrong with a commit."""

    LOST_BEFORE = "the broker has not decided it, and the producer does not know"
    LOST_AFTER = "the broker has committed it, and the producer does not know"
    REFUSED = "the broker refuses the records"


class _Fate(Enum):
    OPEN = "open"
    COMMITTED = "committed"
    ABORTED = "aborted"


@dataclass(slots=True, eq=False)
class _Transaction:
    fate: _Fate = _Fate.OPEN
    topics: list[str] = field(default_factory=list)
    appended: list[Appended] = field(default_factory=list)


@dataclass(slots=True)
class _Slot:
    """An offset: of a record or, where `raw` is None, of a marker or a removed record."""

    raw: RawRecord | None
    transaction: _Transaction | None = None


class _Topic:
    """The slots of a topic from offset `first` on, readable up to `stable`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.first = 0
        self.slots: list[_Slot] = []
        self.stable = 0
        self._open: list[tuple[int, _Transaction]] = []

    @property
    def end(self) -> int:
        return self.first + len(self.slots)

    def append(self, record: OutRecord, time: float, transaction: _Transaction | None) -> None:
        raw = RawRecord(
            topic=self.name,
            offset=self.end,
            key=record.key,
            value=record.value,
            headers=record.headers,
            time=time,
        )
        if transaction is not None and all(held is not transaction for _, held in self._open):
            self._open.append((self.end, transaction))
        self.slots.append(_Slot(raw, transaction))
        self._move_stable()

    def mark(self, transaction: _Transaction) -> None:
        """Write the marker of a decided transaction."""
        self._open = [(at, held) for at, held in self._open if held is not transaction]
        self.slots.append(_Slot(None))
        self._move_stable()

    def readable(self, offset: int, limit: int) -> tuple[list[RawRecord], int]:
        """Return records from an offset on, and the offset that follows them."""
        found: list[RawRecord] = []
        while offset < self.stable and len(found) < limit:
            slot = self.slots[offset - self.first]
            if slot.raw is not None and _committed(slot):
                found.append(slot.raw)
            offset += 1
        return found, offset

    def _move_stable(self) -> None:
        self.stable = min((at for at, _ in self._open), default=self.end)


class MemoryCluster:
    """What several `MemoryBroker`s, each standing for a process, have in common."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.grown = asyncio.Event()
        self._topics: dict[str, _Topic] = {}
        self._epochs: dict[str, int] = {}
        self._transactions: dict[str, _Transaction] = {}
        self._groups: dict[str, list[MemoryCandidate]] = {}

    # What tests look at and do.

    def committed(self, topic: str) -> list[RawRecord]:
        """Return the committed records of a topic, also those that cannot be read yet."""
        slots = self.topic(topic).slots
        return [slot.raw for slot in slots if slot.raw is not None and _committed(slot)]

    def put(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> None:
        """Append a record as a stranger would, outside any transaction."""
        self.topic(topic).append(OutRecord(topic, key, value, headers), self.clock.now(), None)
        self.announce()

    def cut(self, topic: str, below: int) -> None:
        """Remove what stands below an offset, as retention would."""
        log = self.topic(topic)
        del log.slots[: max(0, below - log.first)]
        log.first = max(log.first, below)

    def compact(self, topic: str, below: int) -> None:
        """Remove, below an offset, the records that have a later one with the same key."""
        slots = self.topic(topic).slots
        last = {slot.raw.key: slot.raw.offset for slot in slots if slot.raw is not None}
        for slot in slots:
            raw = slot.raw
            if raw is not None and raw.offset < below and last[raw.key] > raw.offset:
                slot.raw = None

    def expel(self, broker: "MemoryBroker") -> None:
        """Expel a process from its groups, as if it had not answered for too long."""
        for members in self._groups.values():
            members[:] = [member for member in members if member.broker is not broker]
        self.rearranged()

    # What brokers do.

    def topic(self, name: str) -> _Topic:
        """Return a topic, made when it is first named."""
        return self._topics.setdefault(name, _Topic(name))

    def announce(self) -> None:
        """Wake up those who wait for records."""
        self.grown.set()
        self.grown = asyncio.Event()

    def begin(self, transactional_id: str) -> int:
        """Fence and abort the predecessor; return the new producer's epoch."""
        predecessor = self._transactions.get(transactional_id)
        if predecessor is not None and predecessor.fate is _Fate.OPEN:
            predecessor.fate = _Fate.ABORTED
        self._finish(transactional_id)
        self._epochs[transactional_id] = self._epochs.get(transactional_id, 0) + 1
        return self._epochs[transactional_id]

    def check(self, transactional_id: str, epoch: int) -> None:
        """Refuse a producer that was replaced."""
        if self._epochs[transactional_id] != epoch:
            raise Fenced(transactional_id)

    def open(self, transactional_id: str, records: Iterable[OutRecord]) -> _Transaction:
        """Append records that nobody can read yet."""
        # The next transaction waits until the last one is closed.
        self._finish(transactional_id)
        transaction = _Transaction()
        self._transactions[transactional_id] = transaction
        for record in records:
            now = self.clock.now()
            transaction.appended.append(Appended(self.topic(record.topic).end, now))
            self.topic(record.topic).append(record, now, transaction)
            if record.topic not in transaction.topics:
                transaction.topics.append(record.topic)
        return transaction

    def _finish(self, transactional_id: str) -> None:
        last = self._transactions.get(transactional_id)
        if last is not None:
            for topic in list(last.topics):
                self.mark(last, topic)

    def mark(self, transaction: _Transaction, topic: str) -> None:
        """Write the marker of a decided transaction in one topic, once."""
        if topic in transaction.topics:
            transaction.topics.remove(topic)
            self.topic(topic).mark(transaction)
            self.announce()

    def group(self, name: str) -> "list[MemoryCandidate]":
        """Return the members of a group; the first one holds the lease."""
        return self._groups.setdefault(name, [])

    def rearranged(self) -> None:
        """Tell all members which one holds the lease."""
        for members in self._groups.values():
            for member in members:
                member.hear()


class MemoryBroker:
    """The `Broker` of one process.

    Attributes:
        cluster: The cluster it belongs to.
        commit_faults: What goes wrong with the next commits, in order; None for nothing.
        on_step: Awaited at each point where a process may be stopped or killed, with the name of
            the point.
        reachable: While False, calls raise BrokerUnavailable.
    """

    def __init__(
        self,
        *,
        cluster: MemoryCluster | None = None,
        clock: Clock | None = None,
        on_step: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self.cluster = cluster or MemoryCluster(clock)
        self.commit_faults: list[CommitFault | None] = []
        self.on_step = on_step
        self.reachable = True
        self._running = asyncio.Event()
        self._running.set()
        self._candidates: list[MemoryCandidate] = []
        self._markers: set[asyncio.Task[None]] = set()

    @property
    def stopped(self) -> bool:
        """Whether the process is stopped."""
        return not self._running.is_set()

    def stop(self) -> None:
        """Stop the process, as SIGSTOP does: nothing goes out, nothing comes in."""
        self._running.clear()

    def wake(self) -> None:
        """Let the process go on, as SIGCONT does. Its next heartbeat tells it what it missed."""
        self._running.set()
        asyncio.get_running_loop().call_later(_HEARTBEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        for candidate in self._candidates:
            candidate.rejoin()

    async def step(self, name: str) -> None:
        """Pass a point at which the process may be stopped, killed or cut off."""
        await self._running.wait()
        if self.on_step is not None:
            await self.on_step(name)
            await self._running.wait()
        await asyncio.sleep(0)
        if not self.reachable:
            raise BrokerUnavailable(f"not reachable: {name}")

    async def begin(self, transactional_id: str, timeout: float) -> "MemoryProducer":
        """See `Broker`."""
        await self.step("begin")
        epoch = self.cluster.begin(transactional_id)
        await self.step("begun")
        return MemoryProducer(self, transactional_id, epoch)

    async def read(self, offsets: Mapping[str, int]) -> "MemoryReader":
        """See `Broker`."""
        await self.step("read")
        return MemoryReader(self, offsets)

    async def join_group(self, group: str, topic: str) -> "MemoryCandidate":
        """See `Broker`; the group has one lease whatever the topic."""
        await self.step("join group")
        candidate = MemoryCandidate(self, group)
        self._candidates.append(candidate)
        candidate.rejoin()
        return candidate

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
        log = self.cluster.topic(topic)
        raws = (slot.raw for slot in log.slots if slot.raw is not None)
        return next((raw.offset for raw in raws if raw.time >= time), log.stable)

    async def send(self, record: OutRecord) -> None:
        """See `Broker`."""
        await self.step("send")
        self.cluster.put(record.topic, record.key, record.value, record.headers)

    async def close(self) -> None:
        """See `Broker`."""

    def forget(self, candidate: "MemoryCandidate") -> None:
        """Let a candidate go for good."""
        self._candidates.remove(candidate)

    def schedule_markers(self, transaction: _Transaction) -> None:
        """Write the markers of a decided transaction, a little later and one by one."""
        task = asyncio.create_task(self._write_markers(transaction))
        self._markers.add(task)
        task.add_done_callback(self._markers.discard)

    async def _write_markers(self, transaction: _Transaction) -> None:
        # The broker does this, not the process: it goes on while that is stopped.
        for topic in list(transaction.topics):
            for _ in range(3):
                await asyncio.sleep(0)
            self.cluster.mark(transaction, topic)


class MemoryProducer:
    """The `Producer` in memory."""

    def __init__(self, broker: MemoryBroker, transactional_id: str, epoch: int) -> None:
        self._broker = broker
        self._id = transactional_id
        self._epoch = epoch

    async def commit(self, records: Sequence[OutRecord], timeout: float) -> Sequence[Appended]:
        """See `Producer`."""
        broker, cluster = self._broker, self._broker.cluster
        await broker.step("commit: send")
        cluster.check(self._id, self._epoch)
        fault = broker.commit_faults.pop(0) if broker.commit_faults else None
        if fault is CommitFault.REFUSED or any(len(r.value) > _RECORD_BYTES for r in records):
            raise BatchRefused("too large, or as the test wants it")
        transaction = cluster.open(self._id, records)
        await broker.step("commit: end")
        cluster.check(self._id, self._epoch)
        if fault is CommitFault.LOST_BEFORE:
            raise BrokerUnavailable(fault.value)
        transaction.fate = _Fate.COMMITTED
        broker.schedule_markers(transaction)
        await broker.step("commit: answer")
        if fault is CommitFault.LOST_AFTER:
            raise BrokerUnavailable(fault.value)
        return transaction.appended

    async def close(self) -> None:
        """See `Producer`."""


class MemoryReader:
    """The `Reader` in memory."""

    def __init__(self, broker: MemoryBroker, offsets: Mapping[str, int]) -> None:
        self._broker = broker
        self._offsets = dict(offsets)
        self._paused: frozenset[str] = frozenset()
        self._step = f"fetch: {', '.join(offsets)}"

    async def fetch(self, timeout: float) -> Sequence[RawRecord]:
        """See `Reader`."""
        with suppress(BrokerUnavailable):  # a reader that cannot reach the broker finds nothing
            await self._broker.step(self._step)
            if records := self._next():
                return records
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._broker.cluster.grown.wait()
        with suppress(BrokerUnavailable):
            await self._broker.step(self._step)
            return self._next()
        return ()

    def offset(self, topic: str) -> int:
        """See `Reader`."""
        return self._offsets[topic]

    def pause(self, topics: Collection[str]) -> None:
        """See `Reader`."""
        self._paused = frozenset(topics)

    async def close(self) -> None:
        """See `Reader`."""

    def _next(self) -> list[RawRecord]:
        found: list[RawRecord] = []
        for name in self._offsets:
            if name in self._paused:
                continue
            topic = self._broker.cluster.topic(name)
            if not topic.first <= self._offsets[name] <= topic.end:
                raise OffsetLost(f"{name} has no offset {self._offsets[name]}")
            records, self._offsets[name] = topic.readable(self._offsets[name], _FETCH_RECORDS)
            found += records
        return found


class MemoryCandidate:
    """The `Candidate` in memory."""

    def __init__(self, broker: MemoryBroker, group: str) -> None:
        self.broker = broker
        self._group = group
        self._holds_lease = False
        self._changed = asyncio.Event()

    @property
    def holds_lease(self) -> bool:
        """See `Candidate`."""
        return self._holds_lease

    async def changed(self) -> None:
        """See `Candidate`."""
        await self._changed.wait()
        self._changed.clear()

    async def confirm(self, timeout: float) -> bool:
        """See `Candidate`."""
        try:
            async with asyncio.timeout(timeout):
                await self.broker.step("confirm")
        except (BrokerUnavailable, TimeoutError):
            return False
        members = self.broker.cluster.group(self._group)
        return bool(members) and members[0] is self

    async def leave(self) -> None:
        """See `Candidate`; a stopped process cannot say good-bye."""
        self.broker.forget(self)
        if self.broker.stopped:
            return
        members = self.broker.cluster.group(self._group)
        if self in members:
            members.remove(self)
        self.broker.cluster.rearranged()

    def rejoin(self) -> None:
        """Become a member, if not one already."""
        members = self.broker.cluster.group(self._group)
        if self not in members:
            members.append(self)
        self.broker.cluster.rearranged()

    def hear(self) -> None:
        """Learn which member holds the lease; a stopped process learns nothing."""
        if not self.broker.stopped:
            self._holds_lease = self.broker.cluster.group(self._group)[0] is self
            self._changed.set()


def _committed(slot: _Slot) -> bool:
    return slot.transaction is None or slot.transaction.fate is _Fate.COMMITTED
