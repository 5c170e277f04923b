"""Records as they stand in Kafka: protobuf values under CloudEvents headers in binary mode."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import parse_id
from kanvas_platform.kafka.broker.port import Headers, OutRecord, RawRecord
from kanvas_platform.kafka.records import numbers
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.records.position import POSITION_MAX
from kanvas_platform.timestamps import to_seconds

_SPEC_VERSION: Final = b"1.0"
_CONTENT_TYPE: Final = b"application/protobuf"

UNDECODABLE = "undecodable"
WRONG_META = "wrong_meta"
IMPOSSIBLE = "impossible_number"

_POSITION_DIGITS_MAX: Final = 19


class Poison(Exception):
    """A record that this reader can never use.

    Attributes:
        reason: One of a closed set, safe for labels and headers.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A decoded record of a log."""

    record: Message
    meta: RecordMeta
    key: str
    type: str
    time: float
    trace: str
    offset: int
    passed_over: bool = False
    """Whether it takes its position and says nothing: `record` has been emptied."""


def event_headers(
    *, identifier: str, source: str, event: str, subject: str, time: float, trace: str
) -> Headers:
    """Return CloudEvents 1.0 headers in binary mode.

    Args:
        identifier: `ce_id`; the position, in decimal, for records of a log.
        source: `ce_source`.
        event: `ce_type`.
        subject: `ce_subject`, the key of the entity.
        time: Unix time in seconds.
        trace: `traceparent`; left out where empty.
    """
    headers = (
        ("ce_specversion", _SPEC_VERSION),
        ("ce_id", identifier.encode()),
        ("ce_source", source.encode()),
        ("ce_type", event.encode()),
        ("ce_subject", subject.encode()),
        ("ce_time", datetime.fromtimestamp(time, UTC).isoformat().encode()),
        ("content-type", _CONTENT_TYPE),
    )
    return (*headers, ("traceparent", trace.encode())) if trace else headers


def meta_of(record: Message) -> RecordMeta:
    """Return the `meta` of a record of any log; changes to it are changes to the record."""
    # Any: the record types are only known to the services; LogSpec states that they have it.
    dynamic: Any = record
    meta: RecordMeta = dynamic.meta
    return meta


def encode(log: LogSpec, key: str, event: str, record: Message, trace: str) -> OutRecord:
    """Return a record whose `meta` is filled in as it is to be written."""
    meta = meta_of(record)
    headers = event_headers(
        identifier=str(meta.position),
        source=log.source,
        event=event,
        subject=key,
        time=to_seconds(meta.decided_at),
        trace=trace,
    )
    return OutRecord(log.topic, key.encode(), record.SerializeToString(), headers)


def decode(log: LogSpec, raw: RawRecord) -> LogEntry:
    """Return the record.

    Raises:
        Poison: It is not a record that a writer of this log made: it cannot be parsed, its meta
            is not one, its headers contradict it, or it holds a number or a time that no writer
            gives.
    """
    if raw.value is None or raw.key is None:
        raise Poison(UNDECODABLE)
    try:
        record = log.record_type.FromString(raw.value)
        key = raw.key.decode()
        headers = {name: value.decode() for name, value in raw.headers}
    except (DecodeError, UnicodeDecodeError) as error:
        raise Poison(UNDECODABLE) from error
    meta = meta_of(record)
    if not 0 < meta.created_position <= meta.position:
        raise Poison(WRONG_META)
    if meta.command_id and not _is_id(meta.command_id):
        raise Poison(WRONG_META)
    if headers.get("ce_id") != str(meta.position) or headers.get("ce_source") != log.source:
        raise Poison(WRONG_META)
    if meta.position > POSITION_MAX or meta.source_position < 0 or meta.main_position < 0:
        raise Poison(IMPOSSIBLE)
    if not (numbers.is_time(meta.decided_at) and numbers.are_possible(record)):
        raise Poison(IMPOSSIBLE)
    return LogEntry(
        record=record,
        meta=meta,
        key=key,
        type=headers.get("ce_type", ""),
        time=raw.time,
        trace=headers.get("traceparent", ""),
        offset=raw.offset,
    )


def _is_id(text: str) -> bool:
    try:
        parse_id(text)
    except InvalidArgument:
        return False
    return True


def stated_position(log: LogSpec, raw: RawRecord) -> int | None:
    """Return the position that a record claims in its headers, its value being unreadable.

    A record that the log's writer made occupies its position even where nobody can read it.
    """
    headers = dict(raw.headers)
    identifier = headers.get("ce_id", b"")
    if headers.get("ce_source") != log.source.encode():
        return None
    # Longer ones are no positions, and Python refuses to read the longest.
    if not identifier.isdigit() or len(identifier) > _POSITION_DIGITS_MAX:
        return None
    return int(identifier)
