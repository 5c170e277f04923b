"""How sensitive the fields of a record are, as its contract says."""

from collections.abc import Iterator, Sequence
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from kanvas.privacy.v1 import privacy_pb2

Class = privacy_pb2.Class


def messages_of(record: type[Message]) -> Sequence[Descriptor]:
    """Return the messages of ours that a record can hold, itself first, each once."""
    found: dict[str, Descriptor] = {}
    # Typed as one of two classes, of which one is the other's implementation.
    waiting = [cast(Descriptor, record.DESCRIPTOR)]
    while waiting:
        message = waiting.pop(0)
        if message.full_name not in found:
            found[message.full_name] = message
            waiting += [inner for field in message.fields if (inner := inner_message(field))]
    return list(found.values())


def inner_message(field: FieldDescriptor) -> Descriptor | None:
    """Return the message of ours that a field holds, whose fields have classes of their own."""
    message: Descriptor | None = field.message_type
    return None if message is None or message.full_name.startswith("google.") else message


def fields_of(record: type[Message]) -> Iterator[FieldDescriptor]:
    """Yield each field that holds a value, in a record and in the messages that it can hold."""
    for message in messages_of(record):
        yield from (field for field in message.fields if inner_message(field) is None)


def class_of(field: FieldDescriptor) -> Class.ValueType:
    """Return how sensitive the content of a field is; CLASS_UNSPECIFIED where nothing says so."""
    given: Class.ValueType = field.GetOptions().Extensions[privacy_pb2.field]
    return given


def holds_secret(record: type[Message]) -> bool:
    """Tell whether nobody but the service that writes a record may have its bytes."""
    return any(class_of(field) == Class.CLASS_SECRET for field in fields_of(record))
