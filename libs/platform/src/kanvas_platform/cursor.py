"""Page cursors: a position in a list of one kind, opaque to clients."""

import base64
import binascii

from kanvas_platform.errors import InvalidArgument, Violation

_LONGEST = 200
_HIGHEST = 2**63 - 1


def encode_cursor(position: int, *, kind: str) -> str:
    """Return a cursor after the entry at `position` of a list of this kind: base64url text."""
    return base64.urlsafe_b64encode(f"1:{kind}:{position}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, kind: str) -> int:
    """Return the position, from 0 to 2**63 - 1, that `encode_cursor` was given for the same kind.

    Raises:
        InvalidArgument: It is anything else; the violation names the field `cursor`.
    """
    try:
        if len(cursor) > _LONGEST:
            raise ValueError("too long")
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        version, found, position = text.split(":")
        if (version, found) != ("1", kind) or not position.isdigit():
            raise ValueError("not of this list")
        if int(position) > _HIGHEST:
            raise ValueError("higher than any position")
        return int(position)
    except (ValueError, binascii.Error, UnicodeError) as error:
        violation = Violation(field="cursor", message="Not a cursor of this list.")
        raise InvalidArgument("The cursor is not valid.", violations=(violation,)) from error
