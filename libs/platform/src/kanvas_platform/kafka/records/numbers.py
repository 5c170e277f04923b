"""Which numbers and times a record may hold, whatever it is about.

A log may hold a record that its writer did not make. All numbers in Kanvas's records count,
measure or name something: none is negative, and all can be written in JSON without losing digits.
What a state adds to such a number stays a number of its type, so that no record makes a later
decision fail.
"""

import math
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from kanvas.log.v1.record_pb2 import RecordMeta

INT32_MAX: Final = 2**30 - 1
"""Highest value of a 32-bit integer: it can be counted up for ever."""

INT64_MAX: Final = 2**53 - 1
"""Highest value of a 64-bit integer, but for positions: JSON loses the digits of higher ones."""

SECONDS_MAX: Final = 253_402_300_799
"""The last second of the year 9999, the last one that a calendar here can show."""

_NANOS_MAX: Final = 999_999_999

_INTEGERS: Final = {
    FieldDescriptor.CPPTYPE_INT32: INT32_MAX,
    FieldDescriptor.CPPTYPE_UINT32: INT32_MAX,
    FieldDescriptor.CPPTYPE_INT64: INT64_MAX,
    FieldDescriptor.CPPTYPE_UINT64: INT64_MAX,
}
_FLOATS: Final = frozenset({FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT})
_MESSAGE: Final = FieldDescriptor.CPPTYPE_MESSAGE


def are_possible(message: Message) -> bool:
    """Tell whether every number and time in a message, at any depth, can be a real one.

    Not looked at: `RecordMeta`, which has bounds of its own, enumerations, which are open, and
    fields that this release does not know.
    """
    if isinstance(message, Timestamp):
        return is_time(message)
    for field in _with_numbers(message.DESCRIPTOR):
        value: Any = getattr(message, field.name)
        if field.cpp_type == _MESSAGE:
            if field.is_repeated:
                fine = all(are_possible(one) for one in value)
            else:
                fine = not message.HasField(field.name) or are_possible(value)
        elif field.is_repeated:
            fine = all(_is_possible(field, one) for one in value)
        else:
            fine = _is_possible(field, value)
        if not fine:
            return False
    return True


def is_time(time: Timestamp) -> bool:
    """Tell whether a time lies in the years 1970 to 9999."""
    return 0 <= time.seconds <= SECONDS_MAX and 0 <= time.nanos <= _NANOS_MAX


def _is_possible(field: FieldDescriptor, value: float) -> bool:
    if field.cpp_type in _FLOATS:
        return math.isfinite(value) and value >= 0
    return 0 <= value <= _INTEGERS[field.cpp_type]


@cache
def _with_numbers(kind: Descriptor) -> tuple[FieldDescriptor, ...]:
    """Return the fields of a type that hold numbers, themselves or further down."""
    return tuple(
        field
        for field in kind.fields
        if field.cpp_type in _INTEGERS
        or field.cpp_type in _FLOATS
        or (field.cpp_type == _MESSAGE and _holds_numbers(field.message_type))
    )


def _holds_numbers(kind: Descriptor | None) -> bool:
    """Tell whether a type holds numbers at any depth. It may contain itself."""
    seen = {RecordMeta.DESCRIPTOR.full_name}
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        if each is None or each.full_name in seen:
            continue
        seen.add(each.full_name)
        for field in each.fields:
            if field.cpp_type in _INTEGERS or field.cpp_type in _FLOATS:
                return True
            if field.cpp_type == _MESSAGE:
                waiting.append(field.message_type)
    return False
