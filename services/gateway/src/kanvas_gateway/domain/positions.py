"""Positions as clients write them: decimal strings, since JSON numbers lose digits above 2^53."""

import re

from kanvas_platform.errors import InvalidArgument, Violation

_LARGEST = 2**63 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def parse_position(text: str, field: str) -> int:
    """Return the position that a client names.

    Args:
        text: Decimal digits.
        field: Where it came in, for the violation.

    Raises:
        InvalidArgument: It is not a decimal number from 0 to 2^63 - 1, or has needless zeros.
    """
    if _DECIMAL.fullmatch(text) and int(text) <= _LARGEST:
        return int(text)
    violation = Violation(field=field, message="Not a position.")
    raise InvalidArgument("A position is a decimal string.", violations=(violation,))
