"""What the description of REST cannot say of values, for Schemathesis (see schemathesis.toml)."""

from __future__ import annotations

import os
import time
from collections.abc import MutableMapping
from typing import Any

import schemathesis
from hypothesis import strategies as st

from kanvas_gateway.entrypoints.http.models.samples import PICTURE
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import derived_id, new_id, parse_id

_STARTED = time.time()
_OWN_ACCOUNT = os.environ["KANVAS_ACCOUNT"]
_TEXTS = frozenset(
    ("alt_text", "bio", "caption", "display_name", "negative_prompt", "password", "prompt")
)

for _name, _values in {
    "uuid7": st.integers(0, 2**32).map(lambda number: derived_id(_STARTED, str(number).encode())),
    # From 2^63 on they are refused: a pattern of digits could say that only at length.
    "position": (st.integers(0, 2**40) | st.integers(2**40, 2**63 - 1)).map(str),
    "cursor": st.just(""),  # all others come out of pages
    "handle": st.from_regex(r"[a-z][a-z0-9_]{2,29}", fullmatch=True),
    "picture-name": st.just(PICTURE),
    "tag": st.from_regex(r"[a-z]{1,20}", fullmatch=True),
}.items():
    schemathesis.openapi.format(_name, _values)


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext, case: schemathesis.Case[Any], _kwargs: dict[str, Any]
) -> None:
    """Make of what a schema allows what gets further than to the first refusal."""
    headers: MutableMapping[str, Any] = case.headers or {}
    # Nearly every tag names something else than what is there; test_rest_methods.py asks by tags.
    headers.pop("If-Match", None)
    if _is_id(headers.get("Kanvas-Account")):
        headers["Kanvas-Account"] = _OWN_ACCOUNT
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = _new(headers["Idempotency-Key"])
    # A job that is not published yet leads to no post: to one that nobody has, then.
    if case.path_parameters:
        case.path_parameters = {
            name: new_id() if value in (None, "None") else value
            for name, value in case.path_parameters.items()
        }
        # The session of the token would take every later request with it.
        if _is_id(case.path_parameters.get("session_id")):
            case.path_parameters["session_id"] = new_id()
    if isinstance(case.body, dict):
        case.body = {name: _acceptable(name, value) for name, value in case.body.items()}
        # The right password would delete the account of every later request.
        if case.path.endswith("/me/deletion") and isinstance(case.body.get("password"), str):
            case.body["password"] = f"no {case.body['password']}"


def _acceptable(name: str, value: Any) -> Any:
    """Return what a body may have: no id of another command, and no text of controls.

    Lengths stay, so those that are too short or too long are refused as before.
    """
    if name == "id":
        return _new(value)
    if name in _TEXTS and isinstance(value, str):
        return "".join(each if each.isascii() and each.isalnum() else "x" for each in value)
    return value


def _is_id(value: object) -> bool:
    try:
        parse_id(str(value))
    except InvalidArgument:
        return False
    return True


def _new(value: Any) -> Any:
    """Return an id that no command had, with the time of now; what is no id stays what it is."""
    return new_id() if _is_id(value) else value
