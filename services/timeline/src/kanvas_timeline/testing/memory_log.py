"""The feed's log, its writer and its replica in one object, without Kafka and without waiting."""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import Message

from kanvas.feed.v1.records_pb2 import (
    FeedRecord,
    NotificationRecord,
    ReactionRecord,
    TrainingRecord,
)
from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.clock import Clock
from kanvas_platform.errors import NotFresh, PositionNotReached, PositionUnknown
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.records.logs import Draft
from kanvas_timeline.domain.decide import decide
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.domain.state import TimelineState

Record = FeedRecord | NotificationRecord | ReactionRecord | TrainingRecord


@dataclass(frozen=True)
class Written:
    """A record of the log."""

    topic: str
    key: str
    record: Record


class MemoryLog:
    """Implements `Commands` and `FeedReplica`: decides, numbers and folds at once.

    Attributes:
        state: What the records fold into.
        written: Every record, of all topics, in the order of commitment.
        fresh: Whether the replica can show that it is close to the end.
        barriers: How often a barrier was asked for.
        leads: Whether it takes commands; it always does.
    """

    def __init__(self, state: TimelineState, clock: Clock) -> None:
        self.state = state
        self.written: list[Written] = []
        self.fresh = True
        self.barriers = 0
        self.leads = True
        self._clock = clock
        self._positions: dict[str, int] = {}
        self._created: dict[tuple[str, str], int] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}

    @property
    def position(self) -> int:
        """See the port."""
        return self._positions.get(FEED.topic, 0)

    def records(self, topic: str) -> Iterator[Record]:
        """Return the records of one topic, in order."""
        return (written.record for written in self.written if written.topic == topic)

    def commit(self, command: Command) -> Receipt:
        """Decide a command, write what it makes and fold it."""
        first = self._receipts.get((command.id, command.actor))
        if command.id and first is not None:
            return Receipt(first.position, first.positions, repeated=True)
        drafts = decide(self.state, command, self._clock.now())
        positions: dict[str, int] = {}
        for draft in drafts:
            positions[draft.log.topic] = self.write(draft, command.id)
        receipt = Receipt(positions.get(FEED.topic, self.position), positions)
        self._receipts[command.id, command.actor] = receipt
        return receipt

    def write(self, draft: Draft, command_id: str = "") -> int:
        """Write and fold one record, whatever `decide` would say of it; return its position."""
        record = draft.record
        position = self._number(draft.log.topic, draft.key, record)
        meta = self._meta(record)
        meta.source_position = draft.source_position
        meta.command_id = command_id
        meta.decided_at.FromMilliseconds(round(self._clock.now() * 1000))
        self._append(Written(draft.log.topic, draft.key, self._record(record)))
        return position

    def fold(self, written: Written) -> None:
        """Fold a record that was written elsewhere, as a replica of another instance does."""
        self._positions[written.topic] = written.record.meta.position
        self.state.apply(written.topic, written.record)

    async def submit(self, command: Command, timeout: float) -> Receipt:
        """See the port."""
        return self.commit(command)

    async def until_fresh(self, timeout: float) -> None:
        """See the port."""
        if not self.fresh:
            raise NotFresh("The end of the log is out of reach.")

    async def wait_for(self, position: int, timeout: float) -> None:
        """See the port; nothing comes by waiting."""
        if position > self.position:
            raise PositionNotReached("The position was not reached.")

    async def include(self, position: int, timeout: float) -> None:
        """See the port."""
        if position > self.position:
            raise PositionUnknown("The log ends before it.")

    async def barrier(self, timeout: float) -> int:
        """See the port."""
        self.barriers += 1
        return self.position

    def _number(self, topic: str, key: str, record: Message) -> int:
        position = self._positions.get(topic, 0) + 1
        self._positions[topic] = position
        meta = self._meta(record)
        meta.position = position
        meta.created_position = self._created.setdefault((topic, key), position)
        if topic != FEED.topic:
            meta.main_position = self.position
        return position

    def _append(self, written: Written) -> None:
        self.written.append(written)
        self.state.apply(written.topic, written.record)

    @staticmethod
    def _record(record: Message) -> Record:
        assert isinstance(record, Record)  # noqa: S101 - decide makes nothing else
        return record

    def _meta(self, record: Message) -> RecordMeta:
        return self._record(record).meta
