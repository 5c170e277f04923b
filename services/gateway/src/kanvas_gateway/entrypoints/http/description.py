"""The OpenAPI description, made whole: what FastAPI does not know about our routes.

FastAPI describes what a route takes and returns. Here are added: by which reasons it may refuse,
whether one must have signed in, which headers requests and answers have, and what leads from one
route to the next. All of it follows from the dependencies of the routes, so no route can forget to
say it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from kanvas_gateway.entrypoints.http import (
    cookies,
    counted,
    headers,
    identity,
    parameters,
    refusals,
)
from kanvas_gateway.entrypoints.http.models.problems import Problem

_SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The token of a sign-up or a sign-in; good for an hour.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": cookies.SESSION,
        "description": (
            "The same token as a cookie, for the page of this gateway. Its name is "
            "`__Host-kanvas_session` where connections are encrypted. Writes also need the header "
            "`Kanvas-Client: web`."
        ),
    },
}
_SIGNED_IN: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]

_NOT_OURS = ("HTTPValidationError", "ValidationError")

_LINKS: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "sign_up": {
        operation: (operation, {"account_id": "$response.body#/account/id"})
        for operation in ("get_account", "follow", "block", "get_account_feed", "list_followers")
    },
    "submit_job": {
        operation: (operation, {"job_id": "$response.body#/job/id"})
        for operation in ("get_job", "cancel_job", "forget_job")
    },
    "create_post": {
        operation: (operation, {"post_id": "$response.body#/post/id"})
        for operation in ("get_post", "like_post", "unlike_post", "delete_post")
    },
}
"""By operation: what can be asked with what it answered."""


def complete(description: dict[str, Any], routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """Return FastAPI's description of routes, completed.

    Args:
        description: As FastAPI made it; it is changed.
        routes: The routes that it describes.
    """
    components = description["components"]
    components["securitySchemes"] = _SECURITY_SCHEMES
    components["headers"] = dict(headers.HEADERS)
    components["schemas"] = _schemas(components["schemas"])
    for route in iter_route_contexts(routes):
        for method in route.methods or ():
            operation = description["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                _complete(operation, route, method)
    components["parameters"] = _share_parameters(description["paths"])
    components["responses"] = _share_refusals(description["paths"])
    return description


def _schemas(described: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas with our problems in place of FastAPI's errors of validation."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    reasons = sorted((*refusals.STATUSES, *refusals.OF_NO_ROUTE))
    problem["properties"]["reason"] = {"$ref": "#/components/schemas/Reason"}
    ours = {
        **problem.pop("$defs"),
        "Problem": problem,
        "Reason": {"type": "string", "enum": reasons, "title": "Reason"},
    }
    kept = {name: schema for name, schema in described.items() if name not in _NOT_OURS}
    return dict(sorted((kept | ours).items()))


def _complete(operation: dict[str, Any], route: RouteContext, method: str) -> None:
    calls = set(_calls(route.dependant))
    operation["security"] = _security(calls)
    named = operation.pop(refusals.NAMED_BY_ROUTE, [])
    reasons = [*named, *_reasons(operation, calls, writes=method != "GET")]
    responses = operation["responses"]
    for status, of_status in refusals.by_status(reasons).items():
        responses[str(status.value)] = _refusal(of_status, status)
    if method == "GET":
        responses.setdefault("304", {"description": headers.UNCHANGED})
    for code, response in responses.items():
        known = headers.refer(*_headers_of(HTTPStatus(int(code)), calls))
        response["headers"] = known | response.get("headers", {})
    operation["parameters"] = [
        *map(_without_null, operation.get("parameters", [])),
        *_parameters(calls, writes=method != "GET"),
    ]
    links = _links(operation["operationId"])
    for code in ("201", "202"):
        if links and code in responses:
            responses[code]["links"] = links


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)


def _security(calls: Iterable[Callable[..., Any] | None]) -> list[dict[str, list[str]]]:
    if identity.require_known in calls:
        return _SIGNED_IN
    return [{}, *_SIGNED_IN] if identity.find_known in calls else []


def _reasons(
    operation: dict[str, Any], calls: set[Callable[..., Any] | None], *, writes: bool
) -> Iterator[str]:
    """Yield the reasons that follow from what a route takes."""
    known_caller = identity.find_known in calls
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    takes_body = "requestBody" in operation
    calls_services = known_caller or identity.make_nobodys_call in calls
    for holds, reasons in (
        (True, refusals.OF_EVERY_ROUTE),
        (takes_body, refusals.OF_BODIES),
        (takes_body or places, refusals.OF_INPUT),
        ("path" in places, refusals.OF_PATHS),
        (calls_services, refusals.OF_CALLS),
        (calls_services and writes, refusals.OF_WRITES),
        (identity.choose_command_id in calls, refusals.OF_COMMANDS),
        (known_caller, refusals.OF_TOKENS),
        (identity.find_caller in calls, refusals.OF_ACTIVE_ACCOUNTS),
        (known_caller and writes, refusals.OF_WRITES_BY_COOKIE),
        (identity.require_known in calls, refusals.OF_IDENTITY),
        (any(map(counted.counts, calls)), refusals.OF_COUNTED),
        (parameters.read_at_least in calls, refusals.OF_POSITIONS),
    ):
        if holds:
            yield from reasons


def _headers_of(status: HTTPStatus, calls: set[Callable[..., Any] | None]) -> Iterator[str]:
    yield from headers.OF_EVERY_ANSWER
    yield from headers.OF_STATUS.get(status, ())
    gives_cookies = cookies.open_cookies in calls and status < HTTPStatus.BAD_REQUEST
    takes_cookie = identity.find_known in calls and status is HTTPStatus.UNAUTHORIZED
    if gives_cookies or takes_cookie:
        yield "Set-Cookie"


def _parameters(calls: set[Callable[..., Any] | None], *, writes: bool) -> Iterator[dict[str, Any]]:
    """Yield what requests may have besides what FastAPI has read from the route."""
    for name in headers.OF_WRITES if writes else headers.OF_READS:
        yield headers.PARAMETERS[name]
    if identity.describe_client in calls:
        yield headers.PARAMETERS[cookies.BROWSER]


def _without_null(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter as it is: one that is absent has no value, and not FastAPI's `null`."""
    schema = parameter["schema"]
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return parameter
    said = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**parameter, "schema": {**kinds[0], **said}}


def _refusal(reasons: Sequence[str], status: HTTPStatus) -> dict[str, Any]:
    """Return the description of the answers with one status."""
    this = {"properties": {"reason": {"enum": reasons}, "status": {"const": status.value}}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, this]}
    return {
        "description": f"{status.phrase}: {', '.join(f'`{reason}`' for reason in reasons)}.",
        "content": {"application/problem+json": {"schema": schema}},
    }


def _share_parameters(paths: dict[str, Any]) -> dict[str, Any]:
    """Name each header and cookie of requests once, since most routes take the same ones."""
    shared: dict[str, Any] = {}
    for operation in (operation for methods in paths.values() for operation in methods.values()):
        for place, parameter in enumerate(operation["parameters"]):
            if parameter["in"] in ("header", "cookie"):
                name = parameter["name"]
                shared[name] = parameter
                operation["parameters"][place] = {"$ref": f"#/components/parameters/{name}"}
    return shared


def _share_refusals(paths: dict[str, Any]) -> dict[str, Any]:
    """Name each refusal once, since most routes refuse alike; return them by name."""
    shared: dict[str, Any] = {}
    names: dict[str, str] = {}
    for operation in (operation for methods in paths.values() for operation in methods.values()):
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            phrase = HTTPStatus(int(status)).phrase.title().replace(" ", "").replace("-", "")
            number = 1 + sum(name.startswith(phrase) for name in shared)
            name = names.setdefault(json.dumps(response), f"{phrase}{number}")
            shared[name] = response
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return shared


def _links(operation_id: str) -> dict[str, Any]:
    return {
        name: {"operationId": target, "parameters": known}
        for name, (target, known) in _LINKS.get(operation_id, {}).items()
    }
