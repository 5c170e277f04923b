"""The headers that requests and answers may have, as the description of REST tells them.

A test compares their names with those that stand in the code.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from kanvas_gateway.entrypoints.http.cookies import BROWSER

UNCHANGED = "There is what `If-None-Match` names."

_TEXT: dict[str, Any] = {"type": "string"}
_TRACEPARENT: dict[str, Any] = {
    "type": "string",
    "examples": ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
}


def _parameter(name: str, description: str, *, place: str = "header") -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": False,
        "description": description,
        "schema": _TEXT,
    }


def _header(description: str, *, always: bool = True, **schema: Any) -> dict[str, Any]:
    return {"description": description, "required": always, "schema": schema or _TEXT}


PARAMETERS: Mapping[str, dict[str, Any]] = {
    "If-Match": _parameter(
        "If-Match",
        "Tags of which what is there must have one (RFC 9110). Only pictures and archives have a "
        "tag; with `*` it is enough that something is there. Otherwise the answer is 412, and a "
        "write is not done.",
    ),
    "If-None-Match": _parameter(
        "If-None-Match", "Tags of what you have (RFC 9110): if that is there, the answer is 304."
    ),
    "traceparent": _parameter(
        "traceparent",
        "The trace that the request belongs to (W3C Trace Context). One that is malformed is "
        "passed over.",
    )
    | {"schema": _TRACEPARENT},
    BROWSER: _parameter(
        BROWSER,
        "Says who has signed in with this browser before; nobody else can lock them out. Its name "
        f"is `__Host-{BROWSER}` where connections are encrypted.",
        place="cookie",
    ),
}
"""What requests may have that FastAPI does not know of, by name."""

OF_READS = ("If-Match", "If-None-Match", "traceparent")
OF_WRITES = ("If-Match", "traceparent")

FOR_BROWSERS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "Pages of every site may read the answer, without cookies.",
    "Access-Control-Expose-Headers": "The headers of answers that such a page may read.",
    "Content-Security-Policy": "An answer that is opened as a page loads nothing.",
    "Cross-Origin-Opener-Policy": "Pages of other sites have no hold on its window.",
    "Permissions-Policy": "It uses no devices.",
    "Referrer-Policy": "It tells nobody where it was.",
    "Strict-Transport-Security": "Connections stay encrypted, where they are.",
    "X-Content-Type-Options": "What it is, is not guessed.",
}
"""What every answer has for browsers: they are not said again for each of them."""

_OF_OPTIONS = {
    "Allow": "The methods that a path takes; in refusals of others (405) too.",
    "Access-Control-Allow-Headers": "The headers that pages of other sites may send.",
    "Access-Control-Allow-Methods": "The methods that they may use.",
    "Access-Control-Max-Age": "For how many seconds a browser need not ask again.",
}

HEADERS: Mapping[str, dict[str, Any]] = {
    "Accept-Ranges": _header(
        "A picture comes whole; of an archive one may ask for a part.", enum=["bytes", "none"]
    ),
    "Cache-Control": _header("Who may keep the answer, and for how long."),
    "Content-Disposition": _header("The name under which a browser saves it."),
    "Content-Range": _header("Which bytes these are, and of how many.", always=False),
    "Cross-Origin-Resource-Policy": _header(
        "Whether pages of other sites may show it: what everybody may see.",
        enum=["cross-origin", "same-origin"],
    ),
    "ETag": _header("The hash of the picture or the archive, in quotation marks."),
    "Kanvas-Trace": _header(
        "Id of the request in all logs.", type="string", pattern="^[0-9a-f]{32}$"
    ),
    "Location": _header("Path of what was made.", type="string", format="uri-reference"),
    "Retry-After": _header(
        "Seconds before which a repeat is pointless.", type="integer", minimum=1
    ),
    "Set-Cookie": _header(
        "The page's session begins or ends, or its cookie is one that no gateway would take.",
        always=False,
    ),
    "WWW-Authenticate": _header("How to say who you are.", type="string", pattern="^Bearer "),
    "traceparent": _header("The trace that the request belongs to (W3C Trace Context)."),
    **{
        name: _header(f"Of every answer, for browsers. {text}", always=False)
        for name, text in FOR_BROWSERS.items()
    },
    **{name: _header(f"Of answers to OPTIONS. {text}") for name, text in _OF_OPTIONS.items()},
}
"""What answers may have, by name."""

OF_EVERY_ANSWER = ("Cache-Control", "Kanvas-Trace", "traceparent")

OF_STATUS: Mapping[HTTPStatus, Sequence[str]] = {
    HTTPStatus.CREATED: ("Location",),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: ("Content-Range",),
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}


def refer(*names: str) -> dict[str, Any]:
    """Return the headers of an answer, as its description names them.

    Raises:
        KeyError: There is no such header.
    """
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names if HEADERS[name]}
