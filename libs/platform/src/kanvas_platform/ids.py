"""Identifiers: UUID version 7, in canonical lower-case text.

The first 48 bits are milliseconds since 1970, so ids made later sort later, to the millisecond;
the remaining 74 bits are random. The standard library makes them only from Python 3.14 on.
"""

import re
import secrets
import time
import uuid

from kanvas_platform.errors import InvalidArgument, Violation

_MILLISECOND_BITS = 48
_VERSION_7 = 7 << 76
_VARIANT_RFC_9562 = 2 << 62
_CANONICAL_V7 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII
)


def new_id(now: float | None = None) -> str:
    """Make a new identifier.

    Args:
        now: Unix time in seconds that the identifier carries, to the millisecond; the wall
            clock where absent.
    """
    seconds = time.time() if now is None else now
    milliseconds = round(seconds * 1000) & ((1 << _MILLISECOND_BITS) - 1)
    value = milliseconds << 80
    value |= _VERSION_7 | secrets.randbits(12) << 64
    value |= _VARIANT_RFC_9562 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


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
    return (uuid.UUID(identifier).int >> 80) / 1000
