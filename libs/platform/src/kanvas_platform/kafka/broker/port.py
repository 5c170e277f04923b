"""The port to Kafka: everything that the protocol needs of a broker, and nothing else.

Two adapters pass one contract suite (`tests/contract/kafka`): `aiokafka_broker.KafkaBroker` and
`kanvas_platform.testing.memory_broker.MemoryBroker`. Offsets live on this side of the port only;
topics have one partition.

    BrokerError
    ├── BrokerUnavailable     not now, or no answer in time: unknown whether it happened
    ├── Fenced                another producer with the same transactional id has begun
    ├── BatchRefused          the broker refuses these very records; nothing was committed
    └── OffsetLost             the offset to read from is not in the log any more, or not yet
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Headers = tuple[tuple[str, bytes], ...]


class BrokerError(Exception):
    """Base of what the broker port raises."""


class BrokerUnavailable(BrokerError):
    """The broker cannot be reached or did not answer in time: it may or may not have happened."""


class Fenced(BrokerError):
    """Another producer with the same transactional id has begun; this one can commit no more."""


class BatchRefused(BrokerError):
    """The broker refuses these very records. Nothing of the transaction was or will be committed.

    The only failure that a repeat with the same records cannot cure.
    """


class OffsetLost(BrokerError):
    """The offset to read from is out of the log's range: the log was cut, or made again."""


@dataclass(frozen=True, slots=True)
class OutRecord:
    """A record to be written."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A committed record as it was read.

    Attributes:
        topic: Topic it stands in.
        offset: Its offset there; offsets ascend, with holes.
        key: Its key, if it has one.
        value: Its value; None is a tombstone, which no writer of Kanvas makes.
        headers: Its headers, in order.
        time: Unix time in seconds at which the broker appended it.
    """

    topic: str
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    time: float


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the broker has put a record.

    Attributes:
        offset: The offset at which readers will find it.
        time: Unix time in seconds at which the broker appended it.
    """

    offset: int
    time: float


class Producer(Protocol):
    """A transactional producer. Once `commit` has raised, only `close` may be called."""

    async def commit(self, records: Sequence[OutRecord], timeout: float) -> Sequence[Appended]:
        """Commit the records in one transaction, in the given order within each topic.

        Returns where each record stands, once the broker has decided the commit. Readers may see
        the records a little later, in one topic before the other. Records of others may stand
        between them.

        Raises:
            BatchRefused: See there.
            Fenced: See there.
            BrokerUnavailable: Nobody knows whether the records are or will be committed, until
                the next producer with the same transactional id has begun.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections, without waiting for anything in flight. Never raises."""
        ...


class Reader(Protocol):
    """What reads committed records of some topics, from given offsets on."""

    async def fetch(self, timeout: float) -> Sequence[RawRecord]:
        """Return the next records, in offset order within each topic.

        Returns an empty sequence when nothing came within `timeout` seconds, an unreachable
        broker included.

        Raises:
            OffsetLost: See there.
        """
        ...

    def offset(self, topic: str) -> int:
        """Return the offset of the next record to be fetched, past markers and aborted ones."""
        ...

    def pause(self, topics: Collection[str]) -> None:
        """Fetch nothing of these topics, and of all others, until called again.

        Records of a paused topic that were fetched before come later, none is skipped.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections. Never raises."""
        ...


class Candidate(Protocol):
    """A member of a group of which one holds the lease: the right to try to lead.

    A lease is a hint of whose turn it is, no proof: the proof is the fencing of producers.
    """

    @property
    def holds_lease(self) -> bool:
        """Whether the group has given the lease to this member, as far as it has heard.

        Stays true while the group is being rearranged; turns false when the lease is given to
        another member or this one has been expelled and another has joined.
        """
        ...

    async def changed(self) -> None:
        """Return when `holds_lease` may have changed since the last call returned."""
        ...

    async def confirm(self, timeout: float) -> bool:
        """Ask the group, now, whether this member still holds the lease.

        False also where the group does not answer in time or is being rearranged.
        """
        ...

    async def leave(self) -> None:
        """Leave the group, so that another gets the lease at once. Never raises."""
        ...


class Broker(Protocol):
    """A Kafka cluster."""

    async def begin(self, transactional_id: str, timeout: float) -> Producer:
        """Begin a producer: fence its predecessors and abort what they left open.

        When it returns, nothing of an earlier producer with this transactional id is undecided,
        and all that they committed lies below `ends`.

        Raises:
            BrokerUnavailable: See there.
        """
        ...

    async def read(self, offsets: Mapping[str, int]) -> Reader:
        """Read topics from the given offsets on.

        Raises:
            BrokerUnavailable: See there.
        """
        ...

    async def join_group(self, group: str, topic: str) -> Candidate:
        """Join a group of which one member holds the lease, by the partition of `topic`.

        The member that holds the lease keeps it when others join or leave. A member that does not
        answer loses it after about two seconds.

        Raises:
            BrokerUnavailable: See there.
        """
        ...

    async def beginnings(self, topics: Collection[str]) -> Mapping[str, int]:
        """Return the offset of the first record that is still there, or the end, by topic.

        Raises:
            BrokerUnavailable: See there.
        """
        ...

    async def ends(self, topics: Collection[str]) -> Mapping[str, int]:
        """Return, by topic, the offset below which everything is decided (last stable offset).

        Asked after the call began: a reader whose offset is at or past it has seen everything
        that was readable when the call was made.

        Raises:
            BrokerUnavailable: See there.
        """
        ...

    async def offset_at(self, topic: str, time: float) -> int:
        """Return the offset of the first record appended at or after a Unix time, or the end.

        Raises:
            BrokerUnavailable: See there.
        """
        ...

    async def send(self, record: OutRecord) -> None:
        """Append one record outside any transaction; returns once it is replicated.

        Raises:
            BatchRefused: See there.
            BrokerUnavailable: See there.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections that the broker itself holds. Never raises."""
        ...
