"""How far a reader is in one log, and what it makes of the next record."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.clock import Clock
from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker.port import RawRecord
from kanvas_platform.kafka.halting.dead_letters import DeadLetters
from kanvas_platform.kafka.reading.checkpoint import CursorPoint, Witness
from kanvas_platform.kafka.reading.milestones import Milestones
from kanvas_platform.kafka.records import codec
from kanvas_platform.kafka.records.codec import LogEntry, Poison
from kanvas_platform.kafka.records.logs import RESUME_WINDOW_SECONDS, LogSpec
from kanvas_platform.kafka.records.position import is_next, may_follow
from kanvas_platform.observability import get_logger

_SOURCES_KEPT = 4096

_log = get_logger(__name__)

OnGap = Callable[[int, int], None]
"""Called with the position before and the position after a hole where none may be."""


class LogCursor:
    """How far a reader is in one log: admits its records in order, each position once.

    Attributes:
        log: The log.
        offset: Offset of the next record to be admitted; None before it is known.
        position: Position up to which everything has been applied; it can be waited for.
        source: Last source position of a copied record; it can be waited for.
    """

    def __init__(
        self,
        *,
        log: LogSpec,
        clock: Clock,
        dead_letters: DeadLetters,
        reader: str,
        on_gap: OnGap | None,
        on_stale: Callable[[LogEntry], None] | None = None,
        copies: bool = True,
    ) -> None:
        self.log = log
        self.offset: int | None = None
        self.position = Milestones()
        self.source = Milestones()
        self._copied: deque[tuple[int, int]] = deque(maxlen=_SOURCES_KEPT)
        self._clock = clock
        self._dead_letters = dead_letters
        self._reader = reader
        self._on_gap = on_gap
        self._on_stale = on_stale
        self._copies = copies
        # Where this reader began; what stands at or below it was never to be applied here.
        self._began: int | None = None
        # The first copy of a transaction that was displaced: when it was decided, and its source.
        self._lost_copy: tuple[bytes, int] | None = None
        # Up to this moment, by the wall clock, nothing stood after `position`.
        self._complete_until = 0.0
        # The record at `offset` - 1, as far as this process knows it.
        self._last: RawRecord | None = None
        self._witness: Witness | None = None
        self._position_gauge = metrics.position.labels(reader, log.topic)
        self._records = metrics.records.labels(reader, log.topic)
        self._stale = metrics.stale_records.labels(reader, log.topic)
        self._gaps = metrics.gaps.labels(reader, log.topic)

    def read(self, raw: RawRecord) -> LogEntry | Poison:
        """Return the decoded record, or what is wrong with it."""
        try:
            return codec.decode(self.log, raw)
        except Poison as poison:
            return poison

    async def admit(self, raw: RawRecord, entry: LogEntry | Poison) -> LogEntry | None:
        """Return the record if it is to be applied, None if it has been passed over.

        Args:
            raw: The next record of the log.
            entry: What `read` made of it.

        Raises:
            Halted: Too much poison.
            BrokerError: Poison could not be set aside; the record is not passed over.
        """
        if isinstance(entry, Poison):
            await self.reject(raw, entry.reason)
            return None
        if not self._is_possible(entry):
            await self.reject(raw, codec.IMPOSSIBLE)
            return None
        if entry.meta.position <= self.position.value:
            self._stale.inc()
            self._complete_until = max(self._complete_until, raw.time)
            self._leave_behind(raw)
            self._note_lost_copy(entry)
            if self._on_stale is not None:
                self._on_stale(entry)
            return None
        self._check_density(entry.meta.position)
        return self._without_overtaking(entry)

    def applied(self, raw: RawRecord, entry: LogEntry) -> None:
        """Go past a record that was admitted and applied."""
        position = entry.meta.position
        self._dead_letters.accepted()
        self._records.inc()
        self._complete_until = max(self._complete_until, entry.time)
        if entry.meta.source_position:
            self._copied.append((entry.meta.source_position, position))
        self._go_past(raw, position)
        self.source.advance(entry.meta.source_position)

    async def reject(self, raw: RawRecord, reason: str) -> None:
        """Set a record aside and go past it, and past the position that its headers claim.

        Raises:
            Halted: Too much poison.
            BrokerError: It could not be set aside.
        """
        await self._dead_letters.set_aside(raw, reason, secret=self.log.is_secret)
        stated = codec.stated_position(self.log, raw)
        # Only the very next one: a foreign record must not carry the reader away.
        if stated is not None and is_next(stated, self.position.value):
            self._go_past(raw, stated)
        else:
            self._leave_behind(raw)

    def point(self) -> CursorPoint:
        """Return where this cursor stands, for one that reads on from there."""
        if self._last is not None:
            self._witness, self._last = Witness.of(self._last), None
        return CursorPoint(
            offset=self.offset or 0,
            position=self.position.value,
            source=self.source.value,
            complete_until=self._complete_until,
            began=self._began,
            lost_copy=None
            if self._lost_copy is None
            else (self._lost_copy[0].hex(), self._lost_copy[1]),
            witness=self._witness,
        )

    def restore(self, point: CursorPoint) -> None:
        """Read on from where another cursor of the same log stood."""
        self.offset = point.offset
        self.position.advance(point.position)
        self.source.advance(point.source)
        self._position_gauge.set(point.position)
        self._complete_until = point.complete_until
        self._began = point.began
        if point.lost_copy is not None:
            decided, source = point.lost_copy
            self._lost_copy = bytes.fromhex(decided), source
        self._witness = point.witness

    def complete(self, now: float) -> None:
        """Note that at a Unix time nothing stood in the log after the present position."""
        self._complete_until = max(self._complete_until, now)

    def copied_by(self, source_position: int) -> int:
        """Return the lowest known position at which the copy of a source position is present.

        Call it only once that position has been copied. The answer is exact for the last few
        thousand copies; for older ones it is a later position.
        """
        found = self.position.value
        for source, position in reversed(self._copied):
            if source < source_position:
                break
            found = position
        return found

    def _is_possible(self, entry: LogEntry) -> bool:
        """Tell whether the writer can have given this position, and copied that source.

        A reader that followed a record beyond the bounds would take all later records for old.
        """
        meta = entry.meta
        return may_follow(meta.position, self.position.value) and (
            not meta.source_position or may_follow(meta.source_position, self.source.value)
        )

    def _note_lost_copy(self, entry: LogEntry) -> None:
        """Remember a copy that a foreign record has displaced: it is to come again."""
        meta = entry.meta
        if not self._copies or self._began is None or meta.position <= self._began:
            return
        if meta.source_position > self.source.value and self._lost_copy is None:
            self._lost_copy = _decided(meta), meta.source_position

    def _without_overtaking(self, entry: LogEntry) -> LogEntry:
        """Return the record, without its content where it has overtaken a displaced copy.

        Copies are in the order of their sources: a reader that took the later copy would never get
        the missing one. The writer copies both again. Only copies of one transaction can
        overtake each other, and they were decided at one time.
        """
        meta = entry.meta
        if self._lost_copy is None or not meta.source_position:
            return entry
        if self._lost_copy[0] != _decided(meta) or meta.source_position <= self._lost_copy[1]:
            self._lost_copy = None
            return entry
        _log.error(
            "a copy has overtaken a displaced one and is to come again",
            reader=self._reader,
            topic=self.log.topic,
            position=meta.position,
            source_position=meta.source_position,
        )
        empty = self.log.record_type()
        kept = codec.meta_of(empty)
        kept.CopyFrom(meta)
        kept.source_position = 0
        return replace(entry, record=empty, meta=kept, passed_over=True)

    def _leave_behind(self, raw: RawRecord) -> None:
        self.offset = raw.offset + 1
        self._last = raw

    def _go_past(self, raw: RawRecord, position: int) -> None:
        if self._began is None:
            self._began = self.position.value
        self._leave_behind(raw)
        self.position.advance(position)
        self._position_gauge.set(position)

    def _check_density(self, position: int) -> None:
        previous = self.position.value
        if is_next(position, previous):
            return
        # Whatever is missing was appended after `_complete_until`. Compaction may have removed it
        # only if that is longer ago than the window in which logs have no holes.
        if self._complete_until < self._clock.now() - RESUME_WINDOW_SECONDS:
            return
        self._gaps.inc()
        _log.error(
            "positions are missing in a log",
            reader=self._reader,
            topic=self.log.topic,
            after=previous,
            before=position,
        )
        if self._on_gap is not None:
            self._on_gap(previous, position)


def _decided(meta: RecordMeta) -> bytes:
    return meta.decided_at.SerializeToString(deterministic=True)
