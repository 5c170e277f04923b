"""What the description of each route says, and that its examples work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from kanvas_gateway.entrypoints.http.refusals import STATUSES
from tests.contract.gateway.described import DESCRIPTION, parameters_of, responses_of
from tests.contract.gateway.whole_kanvas import Kanvas, whole_kanvas

_OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_TAKES_THE_JOB = "DELETE /v1/jobs/{job_id}/picture"
_SIGNS_OUT = "DELETE /v1/sessions/current"
_CHANGES_PASSWORD = "PUT /v1/accounts/me/password"
_DELETES, _KEEPS = (f"{method} /v1/accounts/me/deletion" for method in ("PUT", "DELETE"))
_SIGNS_NOBODY_IN = {
    "POST /v1/accounts",
    "POST /v1/sessions",
    "DELETE /v1/sessions/current",
    "GET /v1/config",
    "GET /.well-known/jwks.json",
}


@pytest.fixture(scope="module")
def kanvas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kanvas]:
    with whole_kanvas(tmp_path_factory.mktemp("kanvas")) as running:
        yield running


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference: str = schema.get("$ref", "")
    found: dict[str, Any] = DESCRIPTION["components"]["schemas"].get(reference.rpartition("/")[2])
    return found or schema


def _example(schema: dict[str, Any]) -> Any:
    return _resolved(schema)["examples"][0]


def _body(operation: dict[str, Any]) -> Any:
    """Return the example of the body; None where a route takes none."""
    if "requestBody" not in operation:
        return None
    return _example(operation["requestBody"]["content"]["application/json"]["schema"])


def _ask(http: httpx.Client, name: str) -> httpx.Response:
    method, _, path = name.partition(" ")
    operation = _OPERATIONS[name]
    known = {
        parameter["name"]: _example(parameter["schema"])
        for parameter in parameters_of(operation)
        if parameter["required"]
    }
    return http.request(method, path.format(**known), json=_body(operation))


def _readers_first(name: str) -> tuple[int, bool, int]:
    method, _, path = name.partition(" ")
    return _METHODS.index(method), name == _TAKES_THE_JOB, -path.count("/")


def test_the_example_of_every_route_works(kanvas: Kanvas) -> None:
    """In an order that takes away last what others read."""
    turning, last = (_DELETES, _KEEPS), (_CHANGES_PASSWORD, _SIGNS_OUT)
    others = [name for name in _OPERATIONS if name not in (*turning, *last)]
    names = sorted(others, key=_readers_first)
    with kanvas.client() as http:
        answers = {name: _ask(http, name) for name in names}
        for name in turning:  # each answers with the only token that is good afterwards
            answers[name] = _ask(http, name)
            http.headers["Authorization"] = f"Bearer {answers[name].json()['token']}"
        answers |= {name: _ask(http, name) for name in last}
    assert {name: a.text for name, a in answers.items() if not a.is_success} == {}


@pytest.mark.parametrize("name", _OPERATIONS)
def test_a_route_says_how_it_refuses(name: str) -> None:
    responses = responses_of(_OPERATIONS[name])
    assert "default" not in responses
    assert any(status.startswith("2") for status in responses)
    for status, response in responses.items():
        assert "Kanvas-Trace" in response["headers"]
        if int(status) >= 400:
            ((media_type, content),) = response["content"].items()
            assert media_type == "application/problem+json"
            problem, this = content["schema"]["allOf"]
            assert problem == {"$ref": "#/components/schemas/Problem"}
            reasons = this["properties"]["reason"]["enum"]
            assert {STATUSES[reason] for reason in reasons} == {int(status)}
    assert {"400", "412", "429", "431", "500", "503"} <= set(responses)
    assert ("413" in responses) == ("requestBody" in _OPERATIONS[name])


@pytest.mark.parametrize("name", _OPERATIONS)
def test_a_route_says_who_may_ask(kanvas: Kanvas, name: str) -> None:
    security = _OPERATIONS[name]["security"]
    assert (security == []) == (name in _SIGNS_NOBODY_IN)
    required = {} not in security and name not in _SIGNS_NOBODY_IN
    assert ("401" in _OPERATIONS[name]["responses"]) == (name not in _SIGNS_NOBODY_IN) or (
        name == "POST /v1/sessions"
    )
    with httpx.Client(base_url=kanvas.url, trust_env=False) as nobody:
        answer = _ask(nobody, name)
    assert (answer.status_code == 401) == required


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operation in _OPERATIONS.values()]
    assert len(set(names)) == len(names)
    linked = {
        link["operationId"]
        for operation in _OPERATIONS.values()
        for response in responses_of(operation).values()
        for link in response.get("links", {}).values()
    }
    assert linked <= set(names)
