"""One log, read record by record, for readers without a state."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from google.protobuf.message import Message

from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.errors import DeadlineExceeded, ResourceExhausted, Unavailable
from kanvas_platform.kafka.broker.port import Broker, BrokerError, RawRecord
from kanvas_platform.kafka.contract import STORE_FAILURES
from kanvas_platform.kafka.halting.dead_letters import DeadLetters, Halted
from kanvas_platform.kafka.reading.log_cursor import LogCursor, OnGap
from kanvas_platform.kafka.reading.log_reader import LogReader
from kanvas_platform.kafka.reading.read_loop import ReadLoop
from kanvas_platform.kafka.records.codec import LogEntry
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.records.seek import last_before, offset_after
from kanvas_platform.observability import bind_traceparent, get_logger

R = TypeVar("R", bound=Message)

_PASSING = (Unavailable, DeadlineExceeded, ResourceExhausted)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Start at the first record that is there."""


@dataclass(frozen=True, slots=True)
class AtPosition:
    """Start with the record after a position: everything up to it has been seen."""

    position: int


@dataclass(frozen=True, slots=True)
class Since:
    """Start with the first record appended at or after a Unix time in seconds."""

    time: float


Start = Beginning | AtPosition | Since


@dataclass(frozen=True, slots=True)
class Delivered(Generic[R]):
    """A record as its reader gets it.

    Attributes:
        record: The decoded record; not to be changed.
        position: Its position in the log.
        offset: Kafka offset of the record: to be told to an operator, and for nothing else.
        key: Key of the entity.
        type: CloudEvents type; "" where the record names none.
        time: Unix time in seconds at which the broker appended it.
        trace: `traceparent` of the command that made it; "" where there is none.
    """

    record: R
    position: int
    offset: int
    key: str
    type: str
    time: float
    trace: str


class Tail(LogReader, Generic[R]):
    """A reader that calls back for each record of a log, in order, each position once.

    The callback sees `position` still at the record before its own. While it awaits, nothing
    more is read. Where it raises Unavailable, DeadlineExceeded, ResourceExhausted or what tells
    of a full disk or memory (`STORE_FAILURES`), the same record is tried again, for ever, with
    growing pauses; any other exception sets the record aside as poison and goes on.

    A hole where compaction cannot have made one is counted, logged and given to `on_gap` with
    the positions before and after it; then reading goes on behind it.
    """

    def __init__(
        self,
        *,
        broker: Broker,
        log: LogSpec,
        on_record: Callable[[Delivered[R]], Awaitable[None] | None],
        start: Start,
        clock: Clock,
        name: str,
        on_gap: OnGap | None = None,
    ) -> None:
        """Make a tail; `run` reads.

        Args:
            broker: Where the log is.
            log: The log.
            on_record: Called for each record.
            start: Where to start.
            clock: Time.
            name: Name of the reader in logs and metrics, unique in the process.
            on_gap: See the class.
        """
        cursor = LogCursor(
            log=log,
            clock=clock,
            dead_letters=DeadLetters(broker=broker, reader=name),
            reader=name,
            on_gap=on_gap,
        )
        self._sink = _TailSink(
            broker=broker,
            cursor=cursor,
            on_record=cast("Callable[[Delivered[Message]], Awaitable[None] | None]", on_record),
            start=start,
            clock=clock,
            name=name,
        )
        loop = ReadLoop(broker=broker, clock=clock, topics=[log.topic], sink=self._sink, name=name)
        super().__init__(name=name, cursor=cursor, loop=loop)


class _TailSink:
    def __init__(
        self,
        *,
        broker: Broker,
        cursor: LogCursor,
        on_record: Callable[[Delivered[Message]], Awaitable[None] | None],
        start: Start,
        clock: Clock,
        name: str,
    ) -> None:
        self._broker = broker
        self._cursor = cursor
        self._on_record = on_record
        self._start = start
        self._clock = clock
        self._name = name

    async def start(self, *, lost: bool) -> Mapping[str, int]:
        cursor, broker, log = self._cursor, self._broker, self._cursor.log
        if cursor.offset is None:
            cursor.offset = await self._first_offset()
        elif lost:
            cursor.offset = await find_again(broker, log, cursor.position.value)
        return {log.topic: cursor.offset}

    async def take(self, records: Sequence[RawRecord]) -> None:
        for raw in records:
            entry = await self._cursor.admit(raw, self._cursor.read(raw))
            if entry is None:
                continue
            failed = await self._call_back(entry)
            if failed is None:
                self._cursor.applied(raw, entry)
            else:
                await self._cursor.reject(raw, "callback")

    def applied_offset(self, topic: str, read: int) -> int:
        return read

    def crowded(self) -> Collection[str]:
        return ()

    def complete(self, now: float) -> None:
        self._cursor.complete(now)

    async def _first_offset(self) -> int:
        broker, log = self._broker, self._cursor.log
        match self._start:
            case AtPosition(position) if position > 0:
                offset = await find_again(broker, log, position)
                self._cursor.position.advance(position)
            case Since(time):
                offset = await broker.offset_at(log.topic, time)
                last = await last_before(broker, log, offset)
                self._cursor.position.advance(last.position)
                self._cursor.complete(last.time)
            case _:
                offset = (await broker.beginnings([log.topic]))[log.topic]
        return offset

    async def _call_back(self, entry: LogEntry) -> Exception | None:
        delivered = Delivered(
            record=entry.record,
            position=entry.meta.position,
            offset=entry.offset,
            key=entry.key,
            type=entry.type,
            time=entry.time,
            trace=entry.trace,
        )
        backoff = Backoff(self._clock)
        with bind_traceparent(entry.trace):
            while True:
                try:
                    answer = self._on_record(delivered)
                    if answer is not None:
                        await answer
                except (*STORE_FAILURES, *_PASSING) as error:
                    _log.warning("record waits", reader=self._name, error=repr(error))
                    await backoff.pause()
                except BrokerError:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever it is, the log goes on
                    _log.exception(
                        "callback failed", reader=self._name, position=delivered.position
                    )
                    return error
                else:
                    return None


async def find_again(broker: Broker, log: LogSpec, position: int) -> int:
    """Return an offset to read on from after a position.

    Raises:
        Halted: The log ends before the position: it is not the log that was read.
        BrokerError: The log cannot be read.
    """
    end = (await broker.ends([log.topic]))[log.topic]
    last = await last_before(broker, log, end)
    if last.position < position:
        raise Halted(
            f"{log.topic} ends at position {last.position}, before {position}: "
            "it is not the log that was read",
            topic=log.topic,
            offset=end,
            cause="log_replaced",
        )
    return await offset_after(broker, log, position)
