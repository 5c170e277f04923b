"""What surrounds every request: trace, body, room, deadline, log line, metrics, headers.

    trace → count → body → room → deadline → the application

A plain ASGI wrapper, so that nothing is outside of it: not the router, not the page, and not the
errors that nobody foresaw.

A request takes its place among those that are worked on when its body is there, and gives it back
when its answer begins: a place is never held by what a client has yet to send or to take.
"""

import time
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kanvas_gateway import metrics
from kanvas_gateway.entrypoints.http.bodies import Bodies, check_body
from kanvas_gateway.entrypoints.http.problems import problem
from kanvas_platform.errors import KanvasError, Overloaded
from kanvas_platform.observability import bind_traceparent, get_logger, trace_id
from kanvas_platform.rpc.context import bind_deadline

REQUEST_SECONDS = 8.0
_MOST_AT_ONCE = 256
_MAY_WAIT = b"at_least="
_ACCOUNT = "kanvas.account"

_log = get_logger(__name__)


class Edge:
    """The wrapping of the application.

    Args:
        app: The application.
        headers: Sent with every answer that does not have them itself.
        most_at_once: Requests that are worked on; more are refused as `Overloaded`. At most half
            of them are reads that may have to wait for a position.
        bodies: What reads the bodies of requests, within its bounds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        headers: Mapping[str, str],
        most_at_once: int = _MOST_AT_ONCE,
        bodies: Bodies | None = None,
    ) -> None:
        self._app = app
        self._headers = headers
        self._places = _Places(most_at_once)
        self._waits = _Places(most_at_once // 2)
        self._bodies = bodies or Bodies()

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
        try:
            body = await self._bodies.read(scope, receive)
        except KanvasError as error:
            # The rest of the body is not worth reading.
            await problem(error, {"Connection": "close"})(scope, receive, answer.send)
            return
        try:
            check_body(scope, body)
            answer.holds = self._take_places(scope)
            with bind_deadline(REQUEST_SECONDS):
                await self._app(scope, _replay(body, receive), answer.send)
        except KanvasError as error:
            await problem(error)(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001 - answered by now; this is where it is logged
            _log.error("request failed", exc_info=error)
        finally:
            answer.let_go()

    def _take_places(self, scope: Scope) -> "list[_Places]":
        wanted = [self._places]
        if _MAY_WAIT in unquote_to_bytes(scope["query_string"]):
            wanted.append(self._waits)
        if not all(places.left for places in wanted):
            metrics.http_refused.labels("OVERLOADED").inc()
            raise Overloaded("Too many requests at once.", retry_after=1.0)
        for places in wanted:
            places.left -= 1
        metrics.http_in_flight.inc()
        return wanted


def remember_account(scope: Scope, account_id: str) -> None:
    """Have the log line of the request name the account that acts."""
    scope[_ACCOUNT] = account_id


class _Places:
    """How many more may be in progress."""

    def __init__(self, most: int) -> None:
        self.left = most


class _Answer:
    """The answer to a request, sent with the headers that all have.

    Attributes:
        status: Of the answer; 0 before it begins.
        holds: Where the request has a place until then.
    """

    def __init__(self, send: Send, headers: Mapping[str, str], traceparent: str) -> None:
        self._send = send
        self._headers = headers
        self._traceparent = traceparent
        self.status = 0
        self.holds: list[_Places] = []

    def let_go(self) -> None:
        """Give the places back; a second time does nothing."""
        if self.holds:
            metrics.http_in_flight.dec()
        for places in self.holds:
            places.left += 1
        self.holds = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.let_go()
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["Kanvas-Trace"] = trace_id(self._traceparent)
            headers["traceparent"] = self._traceparent
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


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


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
