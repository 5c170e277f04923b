"""Records as no writer of ours makes them: well-formed messages with any contents."""

from collections.abc import Sequence
from typing import Any, Final, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.kafka.broker.port import Headers, OutRecord
from kanvas_platform.kafka.records.codec import meta_of
from kanvas_platform.kafka.records.logs import LogSpec

F = FieldDescriptor

_INTEGERS: Final = {
    F.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    F.CPPTYPE_UINT32: (0, 2**32 - 1),
    F.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    F.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_BETWEEN: Final = (-1, 0, 1, 2, 1000, 2**30, 2**31 - 2, 2**36, 2**40, 2**53, 2**60, 2**62)
_FLOATS: Final = (0.0, -0.0, 1.5, -1.0, 1e308, float("inf"), float("-inf"), float("nan"))
_ENUM_NUMBERS: Final = (*range(7), 99, -1, 2**31 - 1)


def strange_records(log: LogSpec, texts: Sequence[str]) -> st.SearchStrategy["Strange"]:
    """Return a strategy for records of a log.

    Args:
        log: Where they go to.
        texts: What strings may be, among others: ids and names that mean something there.
    """
    strings = st.sampled_from([*texts, "", "x", "0" * 36, "\u202e\0", "long " * 200])
    keys = st.sampled_from(["", "x", *(f"{kind}:{text}" for kind in _KINDS for text in texts)])
    numbers = st.sampled_from([*_BETWEEN, *_INTEGERS[F.CPPTYPE_INT64]])
    ahead = st.one_of(st.integers(1, 3), numbers)
    return st.builds(
        Strange,
        log=st.just(log),
        record=_messages(log.record_type, strings),
        key=keys,
        ahead=ahead,
        created=st.one_of(st.none(), numbers),
        headers=st.sampled_from(_HEADERS),
    )


class Strange:
    """A record that is not yet in its log.

    Attributes:
        ahead: How far beyond the last position it stands.
        created: `created_position`; where None, its own position.
        headers: What its headers are: right, wrong or none.
    """

    def __init__(
        self,
        *,
        log: LogSpec,
        record: Message,
        key: str,
        ahead: int,
        created: int | None,
        headers: str,
    ) -> None:
        self.log = log
        self.record = record
        self.key = key
        self.ahead = ahead
        self.created = created
        self.headers = headers

    def __repr__(self) -> str:
        place = f"{self.log.topic} +{self.ahead}, created {self.created}"
        return f"{place}, {self.headers} headers, key {self.key!r}: {self.record}"

    def after(self, position: int) -> OutRecord:
        """Return the record as it is sent when its log has come to a position."""
        number = _wrapped(position + self.ahead)
        meta = meta_of(self.record)
        meta.position = number
        meta.created_position = number if self.created is None else self.created
        headers: Headers = (
            ("ce_id", str(number).encode()),
            ("ce_source", self.log.source.encode()),
            ("ce_type", b"kanvas.strange.v1"),
        )
        if self.headers == "huge":
            headers = (("ce_id", b"9" * 5000), *headers[1:])
        elif self.headers == "broken":
            headers = (("ce_id", b"\xff\xfe"), ("ce_source", b""))
        elif self.headers == "none":
            headers = ()
        value = self.record.SerializeToString()
        return OutRecord(self.log.topic, self.key.encode(), value, headers)


_KINDS: Final = ("post", "account", "follow", "block", "job", "like")
_HEADERS: Final = ("right", "right", "right", "right", "huge", "broken", "none")


def _wrapped(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def _messages(
    kind: type[Message], strings: st.SearchStrategy[str], depth: int = 0
) -> st.SearchStrategy[Message]:
    @st.composite
    def message(draw: st.DrawFn) -> Message:
        made = kind()
        oneofs = {
            one.name: draw(st.sampled_from(tuple(one.fields))) for one in kind.DESCRIPTOR.oneofs
        }
        for field in kind.DESCRIPTOR.fields:
            chosen = field.containing_oneof
            if chosen is not None and oneofs[chosen.name] is not field:
                continue
            # What matters most is nearly always there: without it, little can happen.
            if chosen is None and draw(st.integers(0, 9)) == 0:
                continue
            _fill(draw, made, cast("FieldDescriptor", field), strings, depth)
        return made

    return message()


def _fill(
    draw: st.DrawFn, made: Any, field: FieldDescriptor, strings: st.SearchStrategy[str], depth: int
) -> None:
    if field.cpp_type == F.CPPTYPE_MESSAGE:
        inner = getattr(made, field.name)
        if field.is_repeated or depth > 4:
            return
        inner.SetInParent()
        inner.CopyFrom(draw(_messages(type(inner), strings, depth + 1)))
        if field.message_type is RecordMeta.DESCRIPTOR:
            # Without an id the writer itself made it; ids that are none are refused at once.
            inner.command_id = draw(st.sampled_from(["", "", _FUTURE]))
            # A possible source that is a lie is believed: see the known limits in docs/writer.md.
            inner.source_position = draw(st.sampled_from([0, 0, -1, 2**37, 2**62, 2**63 - 1]))
        return
    value = draw(_scalars(field, strings))
    if field.is_repeated:
        getattr(made, field.name).extend([value])
    else:
        setattr(made, field.name, value)


_FUTURE: Final = "ffffffff-ffff-7000-8000-000000000000"


def _scalars(field: FieldDescriptor, strings: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if field.cpp_type == F.CPPTYPE_STRING:
        if field.type == F.TYPE_BYTES:
            return st.binary(max_size=8)
        return strings
    if field.cpp_type == F.CPPTYPE_BOOL:
        return st.booleans()
    if field.cpp_type == F.CPPTYPE_ENUM:
        return st.sampled_from(_ENUM_NUMBERS)
    if field.cpp_type in (F.CPPTYPE_DOUBLE, F.CPPTYPE_FLOAT):
        return st.sampled_from(_FLOATS)
    low, high = _INTEGERS[field.cpp_type]
    return st.sampled_from([low, high, *(n for n in _BETWEEN if low <= n <= high)])
