"""The formats of values, as schemas describe them. What checks a value stands where it is read."""

from typing import Any

UUID7: dict[str, Any] = {
    "format": "uuid7",
    "pattern": (
        "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$"
    ),
}
"""A UUID of version 7 (RFC 9562), in either case."""

POSITION: dict[str, Any] = {"format": "position", "pattern": "^(0|[1-9][0-9]{0,18})$"}
"""A position: a decimal number below 2^63 as text, since JSON's numbers lose digits above 2^53."""

CURSOR: dict[str, Any] = {"format": "cursor", "pattern": "^[A-Za-z0-9_-]{0,200}$"}
"""What leads to the next page of one list."""

MOMENT: dict[str, Any] = {"format": "date-time"}
"""RFC 3339."""


def text(*, least: int = 0, most: int) -> dict[str, Any]:
    """Return the format of a text that people write.

    Args:
        least: Characters that it has at least, once it is tidied.
        most: Characters that it has at most.
    """
    return {"format": "text", "minLength": least, "maxLength": most}
