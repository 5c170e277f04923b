"""Parts of something that has a strong tag, as RFC 9110 section 14 has them asked for."""

import re
from typing import Annotated, Final, NamedTuple

from fastapi import Header

from kanvas_gateway.errors import RangeNotSatisfiable

_RANGE: Final = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)
_DIGITS_MAX: Final = 18
"""Of a number in a range; beyond them nothing of ours is, and to read them would take time."""


RangeAsked = Annotated[
    str,
    Header(
        alias="Range",
        description=(
            "`bytes=<first>-<last>` or `bytes=-<how many>`: the answer is that part (206). Several "
            "ranges, and what is none, are passed over."
        ),
    ),
]
"""Which part is wanted."""

IfRange = Annotated[
    str,
    Header(
        alias="If-Range",
        description="Tag of what you have a part of: if that is there no more, all of it comes.",
    ),
]
"""Of what the client has the rest."""


class Part(NamedTuple):
    """Bytes from `start` on, up to but without `end`."""

    start: int
    end: int


def asked_part(asked: str, if_range: str, *, size: int, tag: str) -> Part | None:
    """Return the part that a read asks for; None where the whole is to be sent.

    That is also where several parts are asked for, where the range is none that one could read, and
    where `If-Range` names something else than what is there: the client begins anew then.

    Args:
        asked: `Range` of the request; empty without.
        if_range: `If-Range` of the request; empty without.
        size: Length of the whole in bytes.
        tag: Its strong tag.

    Raises:
        RangeNotSatisfiable: The whole has no byte of the range.
    """
    match = _RANGE.fullmatch(asked)
    if match is None or if_range.strip() not in ("", tag):
        return None
    first, last = match[1], match[2]
    if max(len(first), len(last)) > _DIGITS_MAX or not (first or last):
        return None
    start, end = (
        (int(first), int(last) + 1 if last else size) if first else (size - int(last), size)
    )
    start, end = max(0, start), min(end, size)
    if first and last and int(last) < int(first):
        return None
    if start >= end:
        raise RangeNotSatisfiable(f"There are {size} bytes.", metadata={"size": str(size)})
    return Part(start, end)
