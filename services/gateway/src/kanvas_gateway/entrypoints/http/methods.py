"""Which methods a path takes: HEAD wherever GET is, OPTIONS everywhere, and `Allow` in refusals.

Here too: pages of other sites may use the interface with a bearer token (CORS). No answer allows
credentials, so a browser sends and shows them nothing by cookie, and `Kanvas-Client`, which writes
by cookie need, is not among the headers that they may send.
"""

from collections.abc import Set as AbstractSet
from re import Pattern

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kanvas_gateway.errors import MethodNotAllowed

FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Allow, Content-Disposition, Content-Range, ETag, Kanvas-Trace, Location, "
        "Retry-After, WWW-Authenticate, traceparent"
    ),
}
"""Headers of every answer that let pages of other sites read it."""

THEY_MAY_SEND = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, "
    "Kanvas-Account, Range, traceparent"
)
"""Headers of requests that pages of other sites may send."""
_PREFLIGHT_SECONDS = 86400


class Methods:
    """The application, asked by the methods that its paths take.

    Args:
        app: The application, whose routes are complete.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._of_paths: dict[str, set[str]] = {}
        self._of_patterns: dict[Pattern[str], set[str]] = {}
        for route in iter_route_contexts(app.routes):
            path = route.path_format or ""
            if "{" in path:
                self._of_patterns.setdefault(route.path_regex, set()).update(route.methods or ())
            else:
                self._of_paths.setdefault(path, set()).update(route.methods or ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request.

        Raises:
            MethodNotAllowed: A route has the path, and none takes the method.
        """
        method, taken = scope["method"], self._taken_at(scope["path"])
        if method == "HEAD" and method not in taken and (not taken or "GET" in taken):
            await self._answer_head(scope, receive, send)
        elif not taken or method in taken:
            await self._app(scope, receive, send)  # without a route it is the page's
        elif method == "OPTIONS":
            await _describe(allowed(taken))(scope, receive, send)
        else:
            raise not_allowed(method, taken)

    def _taken_at(self, path: str) -> AbstractSet[str]:
        """Return what the routes of a path take; of `/accounts/me`, not of `/accounts/{id}` too."""
        if path in self._of_paths:
            return self._of_paths[path]
        found = (methods for pattern, methods in self._of_patterns.items() if pattern.match(path))
        return next(found, frozenset())

    async def _answer_head(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # The server looks at the method in its own scope when it frames the answer.
        as_get: Scope = {**scope, "method": "GET"}
        try:
            await self._app(as_get, receive, send_head)
        finally:
            scope.update({**as_get, "method": "HEAD"})


def allowed(taken: AbstractSet[str]) -> str:
    """Return the value of `Allow` for a path whose routes take some methods."""
    head = {"HEAD"} if "GET" in taken else set()
    return ", ".join(sorted({"OPTIONS", *head, *taken}))


def not_allowed(method: str, taken: AbstractSet[str]) -> MethodNotAllowed:
    """Return the refusal of a method at a path whose routes take others."""
    return MethodNotAllowed(f"{method} is not possible here.", allowed=allowed(taken))


def _describe(allow: str) -> Response:
    """Return the answer to OPTIONS, which is also what a browser asks for before it sends more."""
    headers = {
        "Allow": allow,
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": THEY_MAY_SEND,
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
    return Response(status_code=204, headers=headers)
