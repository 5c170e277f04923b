"""Errors as clients of REST get them: problem details, RFC 9457, for every one of them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from kanvas_gateway import errors as own
from kanvas_gateway.entrypoints.http.cookies import clear_session
from kanvas_platform.errors import (
    Internal,
    InvalidArgument,
    KanvasError,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Violation,
)
from kanvas_platform.observability import current_trace_id

MOST_VIOLATIONS = 20
_MOST_LETTERS = 200

_STATUS_OF_CLASS = {
    "INVALID_ARGUMENT": 422,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "FAILED_PRECONDITION": 409,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
    "INTERNAL": 500,
}
_STATUS_OF_REASON = {
    "NOT_JSON": 400,
    "METHOD_NOT_ALLOWED": 405,
    "BODY_TIMEOUT": 408,
    "PRECONDITION_FAILED": 412,
    "BODY_TOO_LARGE": 413,
    "MEDIA_TYPE_UNSUPPORTED": 415,
    "RANGE_NOT_SATISFIABLE": 416,
    "HEAD_TIMEOUT": 408,
    "HEAD_TOO_LARGE": 431,
    "OVERLOADED": 503,
    "REQUEST_MALFORMED": 400,
}


def http_status(reason: str, kind: type[KanvasError]) -> int:
    """Return the HTTP status of the errors of a class that have a reason."""
    return _STATUS_OF_REASON.get(reason, _STATUS_OF_CLASS[kind.status])


def problem(error: KanvasError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer to a request that met an error."""
    status = http_status(error.reason, type(error))
    document: dict[str, Any] = {
        "type": f"/errors/{error.reason.lower().replace('_', '-')}",
        "title": error.reason.replace("_", " ").capitalize(),
        "status": status,
        "detail": error.message,
        "reason": error.reason,
        "trace_id": current_trace_id(),
    }
    if isinstance(error, InvalidArgument) and error.violations:
        document["violations"] = [
            {"field": _short(one.field), "message": _short(one.message)}
            for one in error.violations[:MOST_VIOLATIONS]
        ]
    return JSONResponse(
        document,
        status_code=status,
        headers={**_headers(error, status), **(headers or {})},
        media_type="application/problem+json",
    )


async def answer_error(request: Request, error: Exception) -> JSONResponse:
    """Answer what a service or the edge itself refused."""
    if not isinstance(error, KanvasError):
        raise error
    answer = problem(error)
    if _is_good_nowhere(error) and "authorization" not in request.headers:
        # The page would send the bad cookie with everything, public reads included.
        clear_session(answer, secure=request.app.state.services.secure_cookies)
    return answer


def _is_good_nowhere(error: KanvasError) -> bool:
    """Say whether no gateway would take the token.

    One that has expired may be good by the clock of another; its cookie ends by itself then.
    """
    if isinstance(error, own.SessionEnded):
        return True
    return isinstance(error, own.TokenInvalid) and not isinstance(error, own.TokenForeign)


async def answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    """Answer a request that does not have the form that the route takes."""
    if not isinstance(error, RequestValidationError):
        raise error
    found: Sequence[Mapping[str, Any]] = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(own.NotJson("The body is not JSON."))
    violations = [Violation(_path(one["loc"]), str(one["msg"])) for one in found[:MOST_VIOLATIONS]]
    return problem(InvalidArgument("The request is not valid.", violations=violations))


async def answer_http(_request: Request, error: Exception) -> JSONResponse:
    """Answer what FastAPI refused: a body that it cannot read, nested too deeply for example."""
    if not isinstance(error, HTTPException):
        raise error
    return problem(own.NotJson("The body cannot be read as JSON."))


async def answer_fault(_request: Request, _error: Exception) -> JSONResponse:
    """Answer a failure that nobody foresaw; the edge logs what it was."""
    return problem(Internal("A fault of ours. The trace id finds it in our logs."))


def _short(text: str) -> str:
    """Return a text as it may be quoted: of bounded length, and without halves of letters."""
    cut = text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"
    return cut.encode(errors="replace").decode()


def _path(location: Sequence[str | int]) -> str:
    """Return where in the request something is, without saying which part of the request."""
    inner = location[1:] if len(location) > 1 else location
    return ".".join(str(one) for one in inner)


def _headers(error: KanvasError, status: int) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, Unauthenticated):
        told = isinstance(error, own.SessionEnded | own.TokenExpired | own.TokenInvalid)
        headers["WWW-Authenticate"] = (
            'Bearer realm="kanvas", error="invalid_token"' if told else 'Bearer realm="kanvas"'
        )
    if isinstance(error, own.MethodNotAllowed):
        headers["Allow"] = error.allowed
    if isinstance(error, own.RangeNotSatisfiable):
        headers["Content-Range"] = f"bytes */{error.metadata['size']}"
    if isinstance(error, ResourceExhausted | Unavailable) or status == 503:
        wait = getattr(error, "retry_after", 0.0)
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    return headers
