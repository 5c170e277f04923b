"""Every bad request gets its problem: a table, and what all problems have in common."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from kanvas.images.v1 import records_pb2 as images
from kanvas_gateway.entrypoints.http.bodies import MAX_BODY_BYTES, MAX_DEPTH, MAX_MEMBERS
from kanvas_gateway.entrypoints.http.edge import Edge
from kanvas_gateway.entrypoints.http.problems import MOST_VIOLATIONS
from kanvas_gateway.tokens import PAGE_SECONDS, Tokens
from kanvas_platform.errors import (
    AlreadyExists,
    Conflict,
    DeadlineExceeded,
    InvalidArgument,
    KanvasError,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unavailable,
    Violation,
)
from kanvas_platform.ids import new_id
from kanvas_platform.testing.clock import ManualClock
from tests.contract.gateway.described import DESCRIPTION
from tests.contract.gateway.live_stream import KEY_FILE, make_tokens
from tests.contract.gateway.people import SESSION
from tests.contract.gateway.rest_services import ANA, BEN, JOB, POST, Rest, asgi_client

_POST = {"job_id": JOB, "alt_text": "A fox", "caption": "Fox"}
_SIGN_UP = {"handle": "ana", "password": "correct horse battery"}


@dataclasses.dataclass(frozen=True)
class Bad:
    """A bad request, and what it must get."""

    method: str
    path: str
    status: int
    reason: str
    body: Any = None
    field: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    signed_in: bool = True


_TABLE = [
    Bad("GET", "/v1/nothing", 404, "ROUTE_UNKNOWN"),
    Bad("POST", "/v1/nothing", 404, "ROUTE_UNKNOWN"),
    Bad("GET", "/v1", 404, "ROUTE_UNKNOWN"),
    Bad("GET", "/assets/gone.js", 404, "ROUTE_UNKNOWN"),
    Bad("POST", "/some/place", 404, "ROUTE_UNKNOWN"),
    Bad("PUT", "/v1/posts", 405, "METHOD_NOT_ALLOWED"),
    Bad("POST", "/v1/posts", 400, "NOT_JSON", body=b"{"),
    Bad("POST", "/v1/posts", 400, "NOT_JSON", body=b"[" * 50_000),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=b"[]"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT"),
    Bad("POST", "/v1/posts", 413, "BODY_TOO_LARGE", body=b" " * (MAX_BODY_BYTES + 1)),
    Bad("POST", "/v1/posts", 415, "MEDIA_TYPE_UNSUPPORTED", body=b"a=b",
        headers=(("content-type", "application/x-www-form-urlencoded"),)),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=_POST | {"colour": 1}, field="colour"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body={"job_id": JOB}, field="alt_text"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=_POST | {"caption": 5}, field="caption"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=_POST | {"uses": {"train": "yes"}},
        field="uses.train"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=_POST | {"visibility": "secret"},
        field="visibility"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=_POST | {"job_id": "7"}, field="job_id"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=_POST | {"id": "7"}, field="id"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=b'{"job_id": "\\ud800", "alt_text": ""}',
        field="job_id"),
    Bad("POST", "/v1/posts", 422, "INVALID_ARGUMENT", body=_POST, field="Idempotency-Key",
        headers=(("idempotency-key", "again"),)),
    Bad("POST", "/v1/posts", 401, "IDENTITY_REQUIRED", body=_POST, signed_in=False),
    Bad("GET", "/v1/feeds/home", 401, "IDENTITY_REQUIRED", signed_in=False),
    Bad("GET", "/v1/feeds/global?limit=0", 422, "INVALID_ARGUMENT", field="limit"),
    Bad("GET", "/v1/feeds/global?limit=many", 422, "INVALID_ARGUMENT", field="limit"),
    Bad("GET", "/v1/feeds/global?at_least=-1", 422, "INVALID_ARGUMENT", field="at_least"),
    Bad("GET", "/v1/feeds/global?at_least=9223372036854775808", 422, "INVALID_ARGUMENT",
        field="at_least"),
    Bad("GET", "/v1/posts/7", 422, "INVALID_ARGUMENT", field="post_id"),
    Bad("GET", "/v1/posts/0d27c2ac-2d4d-4f0b-a4bd-6d6f4d3f4c1a", 422, "INVALID_ARGUMENT",
        field="post_id"),
    Bad("PUT", "/v1/accounts/me/follow", 422, "INVALID_ARGUMENT", field="account_id"),
    Bad("POST", "/v1/jobs", 422, "INVALID_ARGUMENT", body={"prompt": "x", "width": 2**40},
        field="width"),
    Bad("POST", "/v1/jobs", 422, "INVALID_ARGUMENT", body={"prompt": "x", "seed": -1},
        field="seed"),
    Bad("POST", "/v1/jobs", 422, "INVALID_ARGUMENT", body={"prompt": "x", "steps": "8"},
        field="steps"),
    Bad("GET", "/v1/jobs", 401, "IDENTITY_REQUIRED", signed_in=False),
    Bad("GET", "/v1/jobs?limit=101", 422, "INVALID_ARGUMENT", field="limit"),
    Bad("DELETE", "/v1/jobs/7/picture", 422, "INVALID_ARGUMENT", field="job_id"),
    Bad("POST", "/v1/accounts", 422, "INVALID_ARGUMENT", body=_SIGN_UP | {"password": None},
        field="password", signed_in=False),
    Bad("GET", "/media/fox.webp", 404, "PICTURE_UNKNOWN"),
    Bad("GET", f"/media/{'AB' * 32}.webp", 404, "PICTURE_UNKNOWN"),
    Bad("GET", f"/media/{'ab' * 32}.jpg", 404, "PICTURE_UNKNOWN"),
    Bad("GET", f"/media/{'ab' * 32}.webp", 404, "PICTURE_UNKNOWN"),
    Bad("GET", "/media/..%2f..%2fetc%2fpasswd", 404, "ROUTE_UNKNOWN"),
    Bad("GET", "/v1/feeds/home", 401, "TOKEN_INVALID", signed_in=False,
        headers=(("authorization", "Bearer not.a.token"),)),
    Bad("GET", "/v1/feeds/home", 401, "TOKEN_INVALID", signed_in=False,
        headers=(("authorization", "Basic YW5hOmFuYQ=="),)),
]  # fmt: skip


async def _send(rest: Rest, bad: Bad) -> Any:
    headers = dict(bad.headers) | (rest.bearer() if bad.signed_in else {})
    content = bad.body if isinstance(bad.body, bytes | None) else json.dumps(bad.body)
    if content is not None:
        headers.setdefault("content-type", "application/json")
    return await rest.http.request(bad.method, bad.path, content=content, headers=headers)


@pytest.mark.parametrize("bad", _TABLE, ids=lambda bad: f"{bad.method} {bad.path} {bad.reason}")
async def test_a_bad_request_gets_its_problem(rest: Rest, bad: Bad) -> None:
    answer = await _send(rest, bad)
    problem = answer.json()
    assert (answer.status_code, problem["reason"]) == (bad.status, bad.reason)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == bad.status
    assert problem["type"] == f"/errors/{bad.reason.lower().replace('_', '-')}"
    assert problem["trace_id"] == answer.headers["kanvas-trace"]
    if bad.status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if bad.field is not None:
        assert bad.field in [one["field"] for one in problem["violations"]]


_SERVICE_ERRORS: list[tuple[KanvasError, int]] = [
    (InvalidArgument(violations=[Violation("caption", "At most 500 characters.")]), 422),
    (NotFound("x", reason="POST_UNKNOWN"), 404),
    (AlreadyExists("x", reason="POST_EXISTS"), 409),
    (Conflict("x", reason="VERSION_CONFLICT"), 409),
    (PermissionDenied("x", reason="NOT_YOURS"), 403),
    (ResourceExhausted("x", reason="QUEUE_FULL", retry_after=2.2), 429),
    (ResourceExhausted("x", reason="OVERLOADED"), 503),
    (Unavailable("x", reason="NOT_FRESH", retry_after=0.25), 503),
    (DeadlineExceeded("x"), 504),
    (KanvasError("x"), 500),
]


@pytest.mark.parametrize(("error", "status"), _SERVICE_ERRORS, ids=str)
async def test_an_error_of_a_service_keeps_its_reason(
    rest: Rest, error: KanvasError, status: int
) -> None:
    rest.described.strict = False
    rest.timeline.says["GetPost"] = error
    answer = await rest.http.get(f"/v1/posts/{POST}")
    problem = answer.json()
    assert (answer.status_code, problem["reason"]) == (status, error.reason)
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    if isinstance(error, InvalidArgument):
        assert problem["violations"] == [{"field": "caption", "message": "At most 500 characters."}]


async def test_the_fields_of_a_job_are_named_as_the_body_names_them(rest: Rest) -> None:
    violation = Violation("spec.steps", "1 to 50.")
    rest.images.says["SubmitJob"] = InvalidArgument("The job is not valid.", violations=[violation])
    answer = await rest.http.post("/v1/jobs", json={"prompt": "a fox"}, headers=rest.bearer())
    assert answer.status_code == 422
    assert answer.json()["violations"] == [{"field": "steps", "message": "1 to 50."}]


async def test_the_wait_is_rounded_up(rest: Rest) -> None:
    rest.timeline.says["GetPost"] = Unavailable("x", retry_after=2.2)
    answer = await rest.http.get(f"/v1/posts/{POST}")
    assert answer.headers["retry-after"] == "3"


async def test_a_fault_of_ours_says_no_more_than_its_trace(rest: Rest) -> None:
    rest.timeline.says["GetPost"] = object()  # not a message: the route trips over it
    answer = await rest.http.get(f"/v1/posts/{POST}")
    problem = answer.json()
    assert (answer.status_code, problem["reason"]) == (500, "INTERNAL")
    assert "object" not in problem["detail"]


async def test_an_expired_token_is_told_from_a_forged_one(
    rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kanvas_gateway.tokens.ACCESS_SECONDS", -10)
    answer = await rest.http.get("/v1/feeds/home", headers=rest.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_EXPIRED")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_stream_token_is_good_for_the_stream_only(rest: Rest) -> None:
    identity = rest.tokens.check(rest.tokens.access(ANA, SESSION).text, "kanvas-api")
    token = rest.tokens.stream(identity).text
    answer = await rest.http.get("/v1/feeds/home", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["reason"] == "TOKEN_INVALID"


@pytest.mark.parametrize(
    "state", [images.JOB_STATE_QUEUED, images.JOB_STATE_FAILED, images.JOB_STATE_CANCELED]
)
async def test_only_a_finished_job_can_be_published(
    rest: Rest, state: images.JobState.ValueType
) -> None:
    rest.images.says["GetJob"].job.state = state
    answer = await rest.http.post("/v1/posts", json=_POST, headers=rest.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (409, "JOB_NOT_FINISHED")
    assert not rest.timeline.asked


async def test_somebody_elses_job_is_unknown(rest: Rest) -> None:
    rest.images.says["GetJob"] = NotFound("No such job.", reason="JOB_UNKNOWN")
    answer = await rest.http.post("/v1/posts", json=_POST, headers=rest.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (404, "JOB_UNKNOWN")


async def test_passwords_cannot_be_tried_without_end(rest: Rest) -> None:
    rest.graph.says["SignIn"] = ResourceExhausted(
        "Too many attempts.", reason="RATE_LIMITED", retry_after=4.2
    )
    answer = await rest.http.post("/v1/sessions", json={"handle": "ana", "password": "guess"})
    assert (answer.status_code, answer.json()["reason"]) == (429, "RATE_LIMITED")
    assert answer.headers["retry-after"] == "5"
    assert "set-cookie" not in answer.headers


class Gate:
    """An application whose first request waits at the gate; later ones walk past."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.reached.is_set():
            self.reached.set()
            await self.opened.wait()
        await self._app(scope, receive, send)


async def test_more_requests_than_there_is_room_for_are_shed(rest: Rest) -> None:
    gate, path = Gate(rest.app), f"/v1/posts/{POST}"
    async with asgi_client(Edge(gate, headers={}, most_at_once=1)) as http:
        held = asyncio.create_task(http.get(path))
        await gate.reached.wait()
        answer = await http.get(path)
        assert (answer.status_code, answer.json()["reason"]) == (503, "OVERLOADED")
        gate.opened.set()
        assert (await held).status_code == 200
        for _ in range(3):
            assert (await http.get(path)).status_code == 200


async def test_reads_that_may_wait_leave_room_for_others(rest: Rest) -> None:
    gate, path = Gate(rest.app), f"/v1/posts/{POST}"
    async with asgi_client(Edge(gate, headers={}, most_at_once=2)) as http:
        held = asyncio.create_task(http.get(f"{path}?at_least=9"))
        await gate.reached.wait()
        answer = await http.get(f"{path}?at%5Fleast=9")
        assert (answer.status_code, answer.json()["reason"]) == (503, "OVERLOADED")
        assert (await http.get(path)).status_code == 200
        gate.opened.set()
        assert (await held).status_code == 200
        for _ in range(3):
            assert (await http.get(f"{path}?at_least=9")).status_code == 200


def _nested(depth: int) -> bytes:
    return json.dumps(_POST).encode()[:-1] + b', "deep": ' + b"[" * depth + b"]" * depth + b"}"


_FLOODS: dict[str, tuple[bytes, int, str]] = {
    "7,000 fields": (b"{" + b",".join(b'"%x":1' % n for n in range(7_000)) + b"}",
                     422, "INVALID_ARGUMENT"),
    "as many as an object may have": (json.dumps({f"f{n}": n for n in range(MAX_MEMBERS)}).encode(),
                                      422, "INVALID_ARGUMENT"),
    "fields of a field": (json.dumps(_POST | {"uses": {f"f{n}": 1 for n in range(4_000)}}).encode(),
                          422, "INVALID_ARGUMENT"),
    "objects in a list": (b'{"uses": [' + b"{}," * 20_000 + b"{}]}", 422, "INVALID_ARGUMENT"),
    "numbers in a list": (b"[" + b"1," * 30_000 + b"1]", 422, "INVALID_ARGUMENT"),
    "a long name": (json.dumps(_POST | {"x" * 60_000: 1}).encode(), 422, "INVALID_ARGUMENT"),
    "long names": (json.dumps({f"{n:02}" * 500: 1 for n in range(60)}).encode(),
                   422, "INVALID_ARGUMENT"),
    "half a letter as a name": (b'{"\\ud800": 1}', 422, "INVALID_ARGUMENT"),
    "a name twice": (b'{"job_id": "a", "job_id": "b"}', 422, "INVALID_ARGUMENT"),
    "a long number": (b'{"job_id": ' + b"9" * 60_000 + b"}", 400, "NOT_JSON"),
    "a number of 4,000 digits": (b'{"job_id": ' + b"9" * 4_000 + b"}", 422, "INVALID_ARGUMENT"),
    "a number beyond all": (b'{"job_id": 1e999}', 422, "INVALID_ARGUMENT"),
    "no number": (b'{"job_id": NaN}', 400, "NOT_JSON"),
    "infinity": (b'{"job_id": -Infinity}', 400, "NOT_JSON"),
    "not UTF-8": (json.dumps(_POST).encode("utf-16"), 400, "NOT_JSON"),
    "too deep": (_nested(MAX_DEPTH + 1), 422, "INVALID_ARGUMENT"),
    "far too deep": (_nested(30_000), 400, "NOT_JSON"),
    "objects far too deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, "NOT_JSON"),
}  # fmt: skip


def _texts() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield each text of each body: the route, the field, and a body that is taken otherwise."""
    for path, operations in DESCRIPTION["paths"].items():
        for method, operation in operations.items():
            if "requestBody" not in operation:
                continue
            named = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            schema = DESCRIPTION["components"]["schemas"][named.rpartition("/")[2]]
            for field, described in schema["properties"].items():
                kinds = [described, *described.get("anyOf", ())]
                if any(kind.get("type") == "string" for kind in kinds):
                    yield method, path, field, schema["examples"][0]


@pytest.mark.parametrize(("method", "path", "field", "body"), [*_texts()])
async def test_half_of_a_character_is_named_with_its_field(
    rest: Rest, method: str, path: str, field: str, body: dict[str, Any]
) -> None:
    content = json.dumps(body | {field: "fox \ud83e"}).encode()
    headers = rest.bearer() | {"Content-Type": "application/json"}
    answer = await rest.http.request(method, path, content=content, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["reason"]) == (422, "INVALID_ARGUMENT")
    assert [violation["field"] for violation in problem["violations"]] == [field]
    assert not [*rest.graph.asked, *rest.timeline.asked, *rest.images.asked]


@pytest.mark.parametrize(("body", "status", "reason"), _FLOODS.values(), ids=_FLOODS)
async def test_answers_are_short_whatever_comes_in(
    rest: Rest, body: bytes, status: int, reason: str
) -> None:
    assert len(body) <= MAX_BODY_BYTES
    headers = rest.bearer() | {"Content-Type": "application/json"}
    answer = await rest.http.post("/v1/posts", content=body, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["reason"]) == (status, reason)
    assert len(answer.content) < 8 * 1024
    assert len(problem.get("violations", [])) <= MOST_VIOLATIONS
    assert not rest.timeline.asked


async def test_violations_of_a_service_are_cut_as_well(rest: Rest) -> None:
    many = [Violation("caption" * 1_000, "No. " * 1_000) for _ in range(500)]
    rest.timeline.says["GetPost"] = InvalidArgument(violations=many)
    answer = await rest.http.get(f"/v1/posts/{POST}")
    assert len(answer.json()["violations"]) == MOST_VIOLATIONS
    assert len(answer.content) < 16 * 1024


async def test_a_write_by_cookie_needs_the_header_of_the_page(rest: Rest) -> None:
    cookie = rest.cookie(rest.tokens.page(ANA, SESSION).text)
    path = f"/v1/accounts/{new_id()}/follow"
    refused = await rest.http.put(path, headers=cookie)
    assert (refused.status_code, refused.json()["reason"]) == (403, "CLIENT_HEADER_REQUIRED")
    taken = await rest.http.put(path, headers=cookie | {"Kanvas-Client": "web"})
    assert taken.status_code == 200
    assert (await rest.http.get("/v1/feeds/home", headers=cookie)).status_code == 200


@pytest.mark.parametrize("write", [True, False])
async def test_nothing_is_done_or_shown_as_somebody_else(rest: Rest, write: bool) -> None:
    """Another tab of the same browser has signed in, and the cookie is theirs now."""
    shown = rest.cookie(rest.tokens.page(BEN, SESSION).text) | {"Kanvas-Client": "web"}
    method, path = (
        ("PUT", f"/v1/accounts/{new_id()}/follow") if write else ("GET", "/v1/feeds/home")
    )
    refused = await rest.http.request(method, path, headers=shown | {"Kanvas-Account": ANA})
    assert (refused.status_code, refused.json()["reason"]) == (409, "ACCOUNT_DIFFERS")
    assert not rest.graph.asked
    assert not rest.timeline.asked
    taken = await rest.http.request(method, path, headers=shown | {"Kanvas-Account": BEN})
    assert taken.status_code == 200


@pytest.mark.parametrize("shown", ["", "ana", ANA[:-1]])
async def test_an_account_that_nobody_can_be_is_refused(rest: Rest, shown: str) -> None:
    for headers in ({}, rest.bearer()):
        answer = await rest.http.get(
            "/v1/feeds/global", headers=headers | {"Kanvas-Account": shown}
        )
        assert (answer.status_code, answer.json()["reason"]) == (422, "INVALID_ARGUMENT")
        assert answer.json()["violations"][0]["field"] == "Kanvas-Account"


async def test_a_bad_cookie_is_taken_away(rest: Rest) -> None:
    answer = await rest.http.get("/v1/feeds/global", headers=rest.cookie("old"))
    assert answer.json()["reason"] == "TOKEN_INVALID"
    assert 'kanvas_session=""' in answer.headers["set-cookie"]


async def test_a_cookie_that_another_gateway_would_take_stays(rest: Rest, tmp_path: Path) -> None:
    def made_at(now: float) -> str:
        # With the key of `rest`, which lies there.
        return Tokens(key_file=tmp_path / KEY_FILE, clock=ManualClock(now)).page(ANA, SESSION).text

    future = made_at(time.time() + 120)
    expired = made_at(time.time() - PAGE_SECONDS - 1)
    another_key = make_tokens(tmp_path).page(ANA, SESSION).text
    for token, reason in [
        (another_key, "TOKEN_INVALID"),
        (future, "TOKEN_INVALID"),
        (expired, "TOKEN_EXPIRED"),
    ]:
        answer = await rest.http.get("/v1/feeds/global", headers=rest.cookie(token))
        assert (answer.status_code, answer.json()["reason"]) == (401, reason)
        assert "set-cookie" not in answer.headers


async def test_signing_in_works_beside_a_bad_cookie(rest: Rest) -> None:
    answer = await rest.http.post(
        "/v1/sessions",
        json={"handle": "ana", "password": "correct horse battery"},
        headers=rest.cookie("old"),
    )
    assert answer.status_code == 201
