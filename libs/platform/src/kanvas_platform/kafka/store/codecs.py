"""How keys and values of a table are written as bytes. Explicit, so that a format has a version."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from google.protobuf.message import Message

from kanvas_platform.ids import ID_BYTES, pack_id, unpack_id

T = TypeVar("T")
M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """A pair of functions, each the other's inverse.

    Attributes:
        encode: Return the bytes of a value. Raises ValueError for what has none.
        decode: Return the value of such bytes.
    """

    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]


NUMBER_BYTES: Final = 8


def _encode_number(number: int) -> bytes:
    try:
        return number.to_bytes(NUMBER_BYTES, "big")
    except OverflowError as error:
        raise ValueError("not a number from 0 to 2^64 - 1") from error


def _decode_number(data: bytes) -> int:
    return int.from_bytes(data, "big")


ID: Final[Codec[str]] = Codec(pack_id, unpack_id)
"""An identifier: 16 bytes. Later ones sort later, to the millisecond."""

NUMBER: Final[Codec[int]] = Codec(_encode_number, _decode_number)
"""A number from 0 to 2^64 - 1: 8 bytes, big-endian, so that bytes sort as numbers do."""

BYTES: Final[Codec[bytes]] = Codec(bytes, bytes)
"""Bytes as they are."""

TEXT: Final[Codec[str]] = Codec(str.encode, bytes.decode)
"""A text: UTF-8."""

_END: Final = b"\0"


def _encode_name(name: str) -> bytes:
    encoded = name.encode()
    if _END in encoded:
        raise ValueError("not a name: it has a zero byte")
    return encoded + _END


NAME: Final[Codec[str]] = Codec(_encode_name, lambda data: data[:-1].decode())
"""A text without a zero byte, which ends it: UTF-8. None is the beginning of another, or empty."""


def _encode_names(pair: tuple[str, str]) -> bytes:
    first, second = pair
    return _encode_name(first) + _encode_name(second)


def _decode_names(data: bytes) -> tuple[str, str]:
    first, second, _ = data.split(_END)
    return first.decode(), second.decode()


NAME_PAIR: Final[Codec[tuple[str, str]]] = Codec(_encode_names, _decode_names)
"""Two names."""

NOTHING: Final[Codec[None]] = Codec(lambda _: b"", lambda _: None)
"""No bytes: for the only key of a table, the only group of an index, a member that says nothing."""


def _encode_pair(pair: tuple[str, str]) -> bytes:
    first, second = pair
    return pack_id(first) + pack_id(second)


def _decode_pair(data: bytes) -> tuple[str, str]:
    return unpack_id(data[:ID_BYTES]), unpack_id(data[ID_BYTES:])


ID_PAIR: Final[Codec[tuple[str, str]]] = Codec(_encode_pair, _decode_pair)
"""Two identifiers: 32 bytes."""


def message(kind: type[M]) -> Codec[M]:
    """Return the codec of a protobuf message. Fields that this release does not know are kept."""
    return Codec(lambda value: value.SerializeToString(deterministic=True), kind.FromString)
