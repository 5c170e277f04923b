"""What surrounds every request: trace, room, body, deadline, log line, metrics, headers.

    trace → count → room → body → deadline → the application

A plain ASGI wrapper, so that nothing is outside of it: not the router, not the page, and not the
errors that nobody foresaw.
"""

import asyncio
import time
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kanvas_gateway import metrics
from kanvas_gateway.entrypoints.http.problems import problem
from kanvas_gateway.errors import BodyTimeout, BodyTooLarge, MediaTypeUnsupported
from kanvas_platform.errors import KanvasError, Overloaded
from kanvas_platform.observability import bind_traceparent, get_logger, trace_id
from kanvas_platform.rpc.context import bind_deadline

MAX_BODY_BYTES = 64 * 1024
REQUEST_SECONDS = 8.0
_BODY_SECONDS = 10.0
_MOST_AT_ONCE = 256
_ACCOUNT = "kanvas.account"

_log = get_logger(__name__)


class Edge:
    """Wraps the application.

    Args:
        app: The application.
        headers: Sent with every answer that does not have them itself.
        most_at_once: Requests in progress; more are refused as `Overloaded`.
    """

    def __init__(
        self, app: ASGIApp, *, headers: Mapping[str, str], most_at_once: int = _MOST_AT_ONCE
    ) -> None:
        self._app = app
        self._headers = headers
        self._room = most_at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with bind_traceparent(Headers(scope=scope).get("traceparent")) as traceparent:
            answer = _Answer(send, self._headers, traceparent)
            started = time.monotonic()
            try:
                await self._serve(scope, receive, answer)
            finally:
                _observe(scope, answer, time.monotonic() - started)

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        if self._room <= 0:
            metrics.http_refused.labels("OVERLOADED").inc()
            refusal = Overloaded("Too many requests at once.", retry_after=1.0)
            await problem(refusal)(scope, receive, answer.send)
            return
        self._room -= 1
        metrics.http_in_flight.inc()
        try:
            body = await _read_body(scope, receive)
            with bind_deadline(REQUEST_SECONDS):
                await self._app(scope, _replay(body, receive), answer.send)
        except KanvasError as error:
            # The rest of the body is not worth reading.
            close = {"Connection": "close"}
            await problem(error, close)(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001 - answered by now; this is where it is logged
            _log.error("request failed", exc_info=error)
        finally:
            self._room += 1
            metrics.http_in_flight.dec()


def remember_account(scope: Scope, account_id: str) -> None:
    """Have the log line of the request name the account that acts."""
    scope[_ACCOUNT] = account_id


class _Answer:
    """Sends the answer, with the headers that all have."""

    def __init__(self, send: Send, headers: Mapping[str, str], traceparent: str) -> None:
        self._send = send
        self._headers = headers
        self._traceparent = traceparent
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["Kanvas-Trace"] = trace_id(self._traceparent)
            headers["traceparent"] = self._traceparent
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """Read the whole body; it is small, or it is refused.

    Raises:
        BodyTooLarge: It is, or says that it will be.
        BodyTimeout: It comes too slowly.
        MediaTypeUnsupported: It is not declared as JSON.
    """
    headers = Headers(scope=scope)
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"A body has at most {MAX_BODY_BYTES} bytes.")
    if "transfer-encoding" not in headers and declared == "0":
        return b""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return b""
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > MAX_BODY_BYTES:
                    raise BodyTooLarge(f"A body has at most {MAX_BODY_BYTES} bytes.")
    except TimeoutError as error:
        raise BodyTimeout("The body did not arrive in time.") from error
    declared_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and declared_type != "application/json":
        raise MediaTypeUnsupported("Bodies are application/json.")
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _observe(scope: Scope, answer: _Answer, seconds: float) -> None:
    """Count and log a request: by its route, since a path may hold a handle."""
    route = getattr(scope.get("route"), "path", None) or scope.get("kanvas.route", "unknown")
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    metrics.http_requests.labels(method, route, str(answer.status)).inc()
    metrics.http_seconds.labels(method, route).observe(seconds)
    _log.info(
        "request",
        method=method,
        route=route,
        status=answer.status,
        milliseconds=round(seconds * 1000, 1),
        account_id=scope.get(_ACCOUNT),
    )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
