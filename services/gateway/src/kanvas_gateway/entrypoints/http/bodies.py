"""Bodies of requests: they come in time, hold little memory together, and are small JSON.

All of it is checked before anything else looks at them, since what validates fields names every
one that is wrong: a body of 7,000 fields would get an answer of 400 KB.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from kanvas_gateway import metrics
from kanvas_gateway.errors import BodyTimeout, BodyTooLarge, MediaTypeUnsupported, NotJson
from kanvas_platform.errors import InvalidArgument, Overloaded, Violation
from kanvas_platform.text import is_unicode

MAX_BODY_BYTES = 64 * 1024
MAX_MEMBERS = 64
MAX_DEPTH = 8
_MAX_VALUES = 256
_BODY_SECONDS = 10.0
_MOST_BYTES = 32 * 1024 * 1024


class Bodies:
    """The bodies of requests that are being read.

    Args:
        most_bytes: What all bodies that are still coming may hold together.
        seconds: Within which a body must have come.
    """

    def __init__(self, *, most_bytes: int = _MOST_BYTES, seconds: float = _BODY_SECONDS) -> None:
        self._left = most_bytes
        self._seconds = seconds

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """Read the whole body of a request; b"" where it has none.

        Raises:
            BodyTooLarge: It is, or says that it will be.
            BodyTimeout: It comes too slowly.
            Overloaded: Too much of other bodies is waiting for its rest.
        """
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and (len(declared) > 9 or int(declared) > MAX_BODY_BYTES):
            raise _too_large()
        if "transfer-encoding" not in headers and declared == "0":
            return b""
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                await self._collect(body, receive)
        except TimeoutError as error:
            raise BodyTimeout("The body did not arrive in time.") from error
        finally:
            self._hold(-len(body))
        return bytes(body)

    async def _collect(self, body: bytearray, receive: Receive) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BodyTimeout("The client left before the body was there.")
            part = message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) + len(part) > MAX_BODY_BYTES:
                raise _too_large()
            if len(part) > self._left:
                metrics.http_refused.labels("OVERLOADED").inc()
                raise Overloaded("Too many bodies at once.", retry_after=1.0)
            body += part
            self._hold(len(part))

    def _hold(self, size: int) -> None:
        self._left -= size
        metrics.http_body_bytes.inc(size)


def check_body(scope: Scope, body: bytes) -> None:
    """Refuse a body that is not JSON, or JSON such as no route takes.

    Raises:
        MediaTypeUnsupported: It is not declared as JSON.
        NotJson: It is not JSON in UTF-8.
        InvalidArgument: It holds too much, too deep, a name twice, or half a character.
    """
    if not body:
        return
    declared = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    if declared != "application/json":
        raise MediaTypeUnsupported("Bodies are application/json.")
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_Objects().take, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        raise NotJson("The body cannot be read as JSON.") from error
    _measure(value)


class _Objects:
    """The objects of one body, made as long as they are few and small."""

    def __init__(self) -> None:
        self._made = 0

    def take(self, members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        self._made += 1
        if self._made > _MAX_VALUES or len(members) > MAX_MEMBERS:
            raise _too_much()
        _refuse_halves(members)
        found = dict(members)
        if len(found) < len(members):
            raise InvalidArgument("An object of the body names a field twice.")
        return found


def _refuse_halves(members: Sequence[tuple[str, Any]]) -> None:
    """Refuse texts that JSON can write but nobody can send on: half a character (`\\ud83e`)."""
    halves = [
        name if is_unicode(name) else "?"
        for name, value in members
        if not is_unicode(name) or (isinstance(value, str) and not is_unicode(value))
    ]
    if halves:
        raise InvalidArgument(
            "A text of the body is not Unicode.",
            violations=tuple(Violation(field, "Contains half of a character.") for field in halves),
        )


def _measure(body: object) -> None:
    """Walk the body without recursion, and no further than it may reach."""
    waiting = [(body, 1)]
    values = 1
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict):
            inner: Sequence[object] = list(value.values())
        elif isinstance(value, list):
            inner = value
        else:
            continue
        values += len(inner)
        if depth > MAX_DEPTH or values > _MAX_VALUES:
            raise _too_much()
        waiting.extend((one, depth + 1) for one in inner)


def _no_number(_text: str) -> float:
    raise ValueError("NaN and Infinity are not JSON")


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"A body has at most {MAX_BODY_BYTES} bytes.")


def _too_much() -> InvalidArgument:
    return InvalidArgument(
        f"A body has at most {_MAX_VALUES} values, {MAX_MEMBERS} of them in an object, "
        f"and {MAX_DEPTH} levels."
    )
