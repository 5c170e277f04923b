"""Deciding the commands of one transaction, each on what the commands before it have made."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

from google.protobuf.message import Message

from kanvas_platform.errors import (
    CommandExpired,
    CommandIdReused,
    InvalidArgument,
    KanvasError,
    Violation,
)
from kanvas_platform.ids import id_time
from kanvas_platform.kafka.broker.port import OutRecord
from kanvas_platform.kafka.contract import (
    STORE_FAILURES,
    Command,
    Decide,
    Receipt,
    State,
    StoreFailed,
    fingerprint,
)
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.reading.window import AHEAD_SECONDS
from kanvas_platform.kafka.records import codec
from kanvas_platform.kafka.records.logs import RECORD_BYTES_MAX, Draft
from kanvas_platform.kafka.records.position import before_epoch
from kanvas_platform.kafka.writing.intake import Pending
from kanvas_platform.observability import get_logger
from kanvas_platform.timestamps import to_timestamp

S = TypeVar("S", bound=State)

COMMANDS_MAX = 500
BYTES_MAX = 2 * 1024 * 1024
_HEADER_BYTES = 400
_LAST_TIME = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

_log = get_logger(__name__)


class Batch(Generic[S]):
    """An open transaction: the fold, a discardable layer over it, and the records decided so far.

    Nothing is answered before the batch is committed: a refusal too may rest on a record of it.

    Attributes:
        records: What is to be committed.
        makers: The commands that made the records, in the order of these.
        numbers: Positions of the records, in the order of these.
        taken: The commands decided, in order.
        base: Applied positions that the batch builds on, by topic.
        positions: Positions after the batch, by topic.
    """

    def __init__(self, *, replica: Replica[S], decide: Decide[S], epoch: int, now: float) -> None:
        self.records: list[OutRecord] = []
        self.makers: list[Pending] = []
        self.numbers: list[int] = []
        self.taken: list[Pending] = []
        self.base: Mapping[str, int] = replica.positions()
        self.positions = dict(self.base)
        self._replica = replica
        self._main = replica.main.topic
        self._decide = decide
        self._before_epoch = before_epoch(epoch)
        self._now = now
        self._overlay = replica.state.overlay()
        self._bytes = 0
        self._source = replica.source_position
        self._created: dict[tuple[str, str], int] = {}
        self._written: list[tuple[str, Message]] = []
        self._receipts: dict[tuple[str, str], tuple[int, Receipt]] = {}
        self._outcomes: list[Receipt | Exception] = []

    @property
    def full(self) -> bool:
        """Whether nothing more should be added."""
        return len(self.taken) >= COMMANDS_MAX or self._bytes >= BYTES_MAX

    def add(self, pending: Pending) -> None:
        """Decide a command. Its answer is given by `settle`.

        Raises:
            StoreFailed: The state cannot be read. The batch is good for nothing but `taken`.
        """
        self.taken.append(pending)
        try:
            outcome: Receipt | Exception = self._answer(pending)
        except STORE_FAILURES as error:
            raise StoreFailed(f"cannot decide now: {error!r}") from error
        except KanvasError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001 - one bad command must not hold the rest
            _log.exception("decision failed")
            outcome = error
        self._outcomes.append(outcome)

    def settle(self) -> None:
        """Give all answers: the batch is committed and applied, or made no record."""
        for pending, outcome in zip(self.taken, self._outcomes, strict=True):
            pending.settle(outcome)

    def _answer(self, pending: Pending) -> Receipt:
        command = pending.command
        mark = fingerprint(command.content)
        first = self._first_answer(pending, mark)
        if first is not None:
            return first
        drafts = self._decide(self._overlay, command, self._now)
        fresh = [d for d in drafts if not 0 < d.source_position <= self._source]
        if not fresh:
            return Receipt(self.positions[self._main], {}, repeated=bool(drafts))
        receipt = self._write(pending, mark, fresh)
        if command.id:
            self._receipts[command.actor, command.id] = (mark, receipt)
        return receipt

    def _first_answer(self, pending: Pending, mark: int) -> Receipt | None:
        """Return the first answer if this is a repeat."""
        command = pending.command
        if not command.id:
            return None
        window = self._replica.commands
        remembered = window.find(command.actor, command.id)
        in_batch = self._receipts.get((command.actor, command.id))
        if remembered is not None:
            known = remembered.fingerprint
            # It is no repeat for the caller if it was our own commit that we lost sight of.
            receipt = window.receipt(remembered, repeated=not pending.attempted)
        elif in_batch is not None:
            known, first = in_batch
            receipt = Receipt(first.position, first.positions, repeated=True)
        else:
            self._check_age(command)
            return None
        if known != mark:
            raise CommandIdReused("The command id was used before, for another command.")
        if remembered is not None and remembered.partial:
            if self._main not in remembered.positions:
                return None  # records are whole states: those of side logs are written once more
            raise KanvasError(
                "Foreign records have displaced a part of this command.",
                reason="COMMAND_DISPLACED",
            )
        return receipt

    def _check_age(self, command: Command) -> None:
        issued = id_time(command.id)
        times = f"it says {_utc(issued)}, the server's clock {_utc(self._now)}"
        if self._replica.commands.expired(command.id, self._now):
            raise CommandExpired(
                f"The command id is too old to tell whether this is a repeat: {times}."
            )
        if issued > self._now + AHEAD_SECONDS:
            violation = Violation(
                "command_id", f"must not carry a time ahead of the server's: {times}"
            )
            raise InvalidArgument("The command id lies in the future.", violations=[violation])

    def _write(self, pending: Pending, mark: int, drafts: Sequence[Draft]) -> Receipt:
        """Give positions to the records of one command, and encode them: all of them or none."""
        numbers, after = self._number(drafts)
        created: dict[tuple[str, str], int] = {}
        encoded: list[OutRecord] = []
        for draft, number in zip(drafts, numbers, strict=True):
            topic = draft.log.topic
            meta = codec.meta_of(draft.record)
            meta.position = number
            meta.created_position = self._created_position(topic, draft.key, number, created)
            meta.command_id = pending.command.id
            meta.fingerprint = mark if pending.command.id else 0
            meta.actor_id = pending.command.actor
            meta.source_position = draft.source_position
            meta.main_position = 0 if topic == self._main else after[self._main]
            meta.decided_at.CopyFrom(to_timestamp(self._now))
            encoded.append(
                codec.encode(draft.log, draft.key, draft.type, draft.record, pending.trace)
            )
        _check_sizes(encoded)
        self._apply(drafts)
        self.records += encoded
        self.makers += [pending] * len(encoded)
        self.numbers += numbers
        self._bytes += sum(_size(record) for record in encoded)
        self._created |= created
        self._source = max(self._source, *(draft.source_position for draft in drafts))
        self.positions = after
        positions = {draft.log.topic: after[draft.log.topic] for draft in drafts}
        return Receipt(after[self._main], positions)

    def _number(self, drafts: Sequence[Draft]) -> tuple[list[int], dict[str, int]]:
        after = dict(self.positions)
        numbers = []
        for draft in drafts:
            topic = draft.log.topic
            if not isinstance(draft.record, draft.log.record_type) or topic not in after:
                raise TypeError(f"not a record of a log of this writer: {draft.type}")
            after[topic] = max(after[topic], self._before_epoch) + 1
            numbers.append(after[topic])
        return numbers, after

    def _created_position(
        self, topic: str, key: str, number: int, created: dict[tuple[str, str], int]
    ) -> int:
        known = self._replica.created_position(topic, key)
        if known is None:
            known = self._created.get((topic, key))
        if known is None:
            known = created.setdefault((topic, key), number)
        return known

    def _apply(self, drafts: Sequence[Draft]) -> None:
        """Apply to the layer; where that fails, make a new layer without these drafts."""
        records = [(draft.log.topic, draft.record) for draft in drafts]
        try:
            for topic, record in records:
                self._overlay.apply(topic, record)
        except Exception:
            self._overlay = self._replica.state.overlay()
            for topic, record in self._written:
                self._overlay.apply(topic, record)
            raise
        self._written += records


def _utc(time: float) -> str:
    # An id can name times beyond the last that a datetime can.
    return datetime.fromtimestamp(min(time, _LAST_TIME), UTC).isoformat(timespec="seconds")


def _check_sizes(records: Sequence[OutRecord]) -> None:
    if any(_size(record) > RECORD_BYTES_MAX for record in records):
        raise InvalidArgument("The command makes a record that is too large.")
    if sum(_size(record) for record in records) > BYTES_MAX:
        raise InvalidArgument("The command makes too many records.")


def _size(record: OutRecord) -> int:
    return len(record.value) + len(record.key) + _HEADER_BYTES
