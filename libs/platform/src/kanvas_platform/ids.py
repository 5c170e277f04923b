"""Identifiers: UUID version 7, in canonical lower-case text.

The first 48 bits are milliseconds since 1970, so ids made later sort later, to the millisecond;
the remaining 74 bits are random, or come from a cause. The standard library makes them only from
Python 3.14 on.
"""

import hashlib
import re
import secrets
import time
import uuid
from functools import lru_cache

from kanvas_platform.errors import InvalidArgument, Violation

ID_BYTES = 16
"""An identifier, packed."""

_MILLISECOND_BITS = 48
_REST_BITS = 80
_PACKED_KEPT = 4096  # a record names each of its ids several times, as keys and as members
_VERSION_MASK = 0xF << 76
_VERSION_7 = 7 << 76
_VARIANT_MASK = 0b11 << 62
_VARIANT_RFC_9562 = 0b10 << 62
_CANONICAL_V7 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII
)


def new_id(now: float | None = None) -> str:
    """Make a new identifier.

    Args:
        now: Unix time in seconds that the identifier carries, to the millisecond; the wall
            clock where absent.
    """
    return _compose(time.time() if now is None else now, secrets.randbits(_REST_BITS))


def derived_id(now: float, cause: bytes) -> str:
    """Make an identifier that depends on nothing but the arguments, for pure decisions.

    Args:
        now: Unix time in seconds that the identifier carries, to the millisecond.
        cause: What the identifier is made for; different causes give different identifiers.
    """
    digest = hashlib.sha256(cause).digest()[: _REST_BITS // 8]
    return _compose(now, int.from_bytes(digest, "big"))


def parse_id(text: str, field: str = "id") -> str:
    """Return the identifier in canonical form.

    Args:
        text: 36 characters with hyphens, in either case.
        field: Path of the field it came in, for the violation.

    Raises:
        InvalidArgument: It is not a UUID of version 7.
    """
    canonical = text.lower()
    if not _CANONICAL_V7.fullmatch(canonical):
        violation = Violation(field, "must be a UUID of version 7")
        raise InvalidArgument(f"{field} is not a UUID of version 7.", violations=[violation])
    return canonical


def id_time(identifier: str) -> float:
    """Return the Unix time in seconds, to the millisecond, that a canonical identifier carries."""
    return (uuid.UUID(identifier).int >> _REST_BITS) / 1000


def _compose(now: float, rest: int) -> str:
    milliseconds = round(now * 1000) & ((1 << _MILLISECOND_BITS) - 1)
    value = milliseconds << _REST_BITS | rest
    value = value & ~_VERSION_MASK | _VERSION_7
    value = value & ~_VARIANT_MASK | _VARIANT_RFC_9562
    return str(uuid.UUID(int=value))


@lru_cache(maxsize=_PACKED_KEPT)
def pack_id(identifier: str) -> bytes:
    """Return the 16 bytes of a canonical identifier; their order is that of the text.

    Raises:
        ValueError: It is not in canonical form.
    """
    try:
        packed = bytes.fromhex(identifier.replace("-", ""))
    except ValueError:
        packed = b""
    # `fromhex` forgives much: capitals, blanks, hyphens anywhere.
    if len(packed) != ID_BYTES or unpack_id(packed) != identifier:
        raise ValueError("not an identifier in canonical form")
    return packed


def unpack_id(packed: bytes) -> str:
    """Return the identifier that `pack_id` packed."""
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
