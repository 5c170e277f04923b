"""The headers that the code of REST reads or writes are those that its description has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from kanvas_gateway.entrypoints import http
from kanvas_gateway.entrypoints.http.app import describe
from kanvas_gateway.entrypoints.http.headers import FOR_BROWSERS
from kanvas_gateway.entrypoints.http.methods import FOR_OTHER_SITES, THEY_MAY_SEND

_FOLDER = Path(http.__file__).parent
_DESCRIBE = {"headers.py", "description.py"}
_WITH_HYPHEN = re.compile(r"[A-Za-z]+(-[A-Za-z]+)+")
_WITHOUT = {
    "accept", "age", "allow", "authorization", "connection", "cookie", "date", "etag", "expect",
    "expires", "forwarded", "from", "host", "link", "location", "origin", "pragma", "range",
    "referer", "server", "te", "traceparent", "tracestate", "trailer", "upgrade", "vary", "via",
    "warning",
}  # fmt: skip
_NO_HEADERS = {
    "cross-origin", "date-time", "kanvas-api", "kanvas-browser", "kanvas-page", "no-cache",
    "no-referrer", "no-store", "picture-name", "same-origin", "sign-in", "sign-up", "warning",
    "x-refuses",
}  # fmt: skip
_OF_NO_OPERATION = {
    "accept": "whether a path where nothing is gets the page or a problem",
    "accept-encoding": "of files of the page",
    "connection": "of the message, not of its content",
    "content-encoding": "of files of the page",
    "content-length": "of the message",
    "content-type": "OpenAPI says it as the media type of a content",
    "host": "of the message",
    "transfer-encoding": "of the message",
    "vary": "of files of the page",
}
_BY_SECURITY = {"authorization", "cookie"}
_BY_STARLETTE = {"set-cookie"}
_EVERY_PAGE_MAY_READ = {"cache-control"}  # says the Fetch standard; no page may read Set-Cookie


def _constants() -> Iterator[str]:
    for path in _FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())) if path.name not in _DESCRIBE else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                text = node.value
                yield (text if isinstance(text, str) else text.decode("latin-1")).lower()


def _in_code() -> set[str]:
    found = {text for text in _constants() if _WITH_HYPHEN.fullmatch(text) or text in _WITHOUT}
    assert found >= _NO_HEADERS
    return found - _NO_HEADERS


def _taken() -> dict[str, str]:
    """Return what requests may have, by name, and its place."""
    return {name: one["in"] for name, one in describe("0")["components"]["parameters"].items()}


def _given() -> set[str]:
    return set(describe("0")["components"]["headers"])


def test_every_header_in_the_code_is_described_and_no_other() -> None:
    taken = {name for name, place in _taken().items() if place == "header"}
    described = {name.lower() for name in taken | _given()}
    assert _in_code() - _BY_SECURITY == described - _BY_STARLETTE | set(_OF_NO_OPERATION)


def test_every_header_of_answers_is_named_by_one_or_is_for_browsers() -> None:
    components = describe("0")["components"]
    operations = [one for methods in describe("0")["paths"].values() for one in methods.values()]
    answers = [answer for one in operations for answer in one["responses"].values()]
    named = {
        name
        for answer in [*answers, *components["responses"].values()]
        for name in answer.get("headers", {})
    }
    of_options = {"Allow"} | {
        f"Access-Control-{what}" for what in ("Allow-Headers", "Allow-Methods", "Max-Age")
    }
    assert named == _given() - set(FOR_BROWSERS) - of_options


def test_pages_of_other_sites_may_send_and_read_what_is_described() -> None:
    taken = {name for name, place in _taken().items() if place == "header"}
    assert set(THEY_MAY_SEND.split(", ")) == (
        # A browser says itself what it is.
        taken - {"Kanvas-Client", "User-Agent"} | {"Authorization", "Content-Type"}
    )
    readable = FOR_OTHER_SITES["Access-Control-Expose-Headers"]
    for_scripts = {name.lower() for name in _given() - set(FOR_BROWSERS)} - _BY_STARLETTE
    of_browsers = {name for name in for_scripts if name.startswith(("access-control", "cross-"))}
    assert set(readable.lower().split(", ")) == for_scripts - of_browsers - _EVERY_PAGE_MAY_READ
