"""Conditional requests, as RFC 9110 section 13 has them evaluated where nothing has a date."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kanvas_gateway.entrypoints.http.problems import problem
from kanvas_gateway.errors import PreconditionFailed

_SAFE = frozenset({"GET", "HEAD"})
_CONDITIONS = ("if-match", "if-none-match")
_OF_CONTENT = ("content-length", "content-type")


def failed_condition(headers: Headers, tag: str | None) -> int | None:
    """Return the status with which a condition ends a read; None where the read goes on.

    Args:
        headers: Of the request. Conditions on dates are passed over: nothing here has one.
        tag: Entity tag of what is there; None where it has none.

    Returns:
        304 where the client has what is there; 412 where the client expects something else.
    """
    if not _expected(headers, tag):
        return 412
    return 304 if _is_known(headers, tag) else None


class Conditions:
    """Evaluates the conditions of requests to routes whose answers have no tag: those of JSON.

    Answers with a tag are left to what gave it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request.

        Raises:
            PreconditionFailed: A write expects a tag, and nothing that can be written has one.
        """
        headers = Headers(scope=scope)
        if not any(name in headers for name in _CONDITIONS):
            await self._app(scope, receive, send)
        elif scope["method"] in _SAFE:
            await self._read(scope, receive, send, headers)
        elif not _expected(headers, None):
            raise _failed()
        else:
            await self._app(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        status: int | None = None

        async def send_unless_failed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                judged = message["status"] == 200 and "etag" not in own
                status = failed_condition(headers, None) if judged else None
                if status == 304:
                    message["status"] = status
                    for name in _OF_CONTENT:
                        del own[name]
            elif status == 304:
                message = {**message, "body": b""}
            if status != 412:
                await send(message)

        await self._app(scope, receive, send_unless_failed)
        if status == 412:
            await problem(_failed())(scope, receive, send)


def _expected(headers: Headers, tag: str | None) -> bool:
    """Say whether what is there is what the client expects to be there."""
    expected = _listed(headers, "if-match")
    return (
        not expected
        or "*" in expected
        or (tag is not None and not tag.startswith("W/") and tag in expected)
    )


def _is_known(headers: Headers, tag: str | None) -> bool:
    """Say whether the client has what is there."""
    known = _listed(headers, "if-none-match")
    return "*" in known or (tag is not None and _opaque(tag) in map(_opaque, known))


def _listed(headers: Headers, name: str) -> set[str]:
    # No tag of ours has a comma, so a tag of somebody else that is cut at one matches nothing.
    parts = ",".join(headers.getlist(name)).split(",")
    return {part.strip() for part in parts} - {""}


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/")


def _failed() -> PreconditionFailed:
    return PreconditionFailed("What is there is not what `If-Match` names.")
