"""Holds answers against the description of REST."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.routing import compile_path

from kanvas_gateway.entrypoints.http.app import describe
from kanvas_gateway.entrypoints.http.headers import FOR_BROWSERS, HEADERS

DESCRIPTION = describe("0")
_ROUTES = [
    (compile_path(path)[0], methods) for path, methods in sorted(DESCRIPTION["paths"].items())
]
_OF_THE_MESSAGE = {"connection", "content-length", "content-type"}
_FOR_BROWSERS = {name.lower() for name in FOR_BROWSERS}
_WHERE_ENCRYPTED = {"strict-transport-security"}


def parameters_of(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a route takes, also what several routes share by name."""
    shared = DESCRIPTION["components"]["parameters"]
    return [
        shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        for parameter in operation["parameters"]
    ]


def responses_of(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the answers of a route by status, also those that several routes share by name."""
    shared = DESCRIPTION["components"]["responses"]
    return {
        status: shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
        for status, response in operation["responses"].items()
    }


class Described:
    """Checks that each answer of a route is one that the description has.

    Attributes:
        strict: False where a test has a service say what it never says.
    """

    def __init__(self) -> None:
        self.strict = True

    async def check(self, answer: httpx.Response) -> None:
        """Fail where the description lacks the answer."""
        operation = _operation(answer.request)
        if operation is None or not self.strict:
            return
        described = responses_of(operation).get(str(answer.status_code))
        assert described is not None, f"{answer.request} answers {answer.status_code}"
        _check_headers(answer, described["headers"])
        if answer.status_code < 400:
            return
        await answer.aread()
        (content,) = described["content"].values()
        reasons = content["schema"]["allOf"][1]["properties"]["reason"]["enum"]
        assert answer.json()["reason"] in reasons


def _check_headers(answer: httpx.Response, described: dict[str, Any]) -> None:
    given = set(answer.headers) - _OF_THE_MESSAGE
    assert given - _FOR_BROWSERS <= {name.lower() for name in described}, answer.request
    always = {name.lower() for name in described if HEADERS[name]["required"]}
    assert (always | _FOR_BROWSERS) - _WHERE_ENCRYPTED <= given, answer.request


def _operation(request: httpx.Request) -> dict[str, Any] | None:
    """Return the operation that a request asks for; None where there is none."""
    for pattern, methods in _ROUTES:
        if pattern.match(request.url.path):
            found: dict[str, Any] | None = methods.get(request.method.lower())
            return found
    return None
