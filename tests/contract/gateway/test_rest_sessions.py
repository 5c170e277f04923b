"""Where one is signed in, and how that ends, as clients of REST meet it."""

from __future__ import annotations

import time

import pytest

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import Session, SessionEnded
from kanvas_gateway.tokens import Tokens
from kanvas_platform.errors import PermissionDenied, Unavailable
from kanvas_platform.ids import new_id
from tests.contract.gateway.people import SESSION
from tests.contract.gateway.rest_services import ANA, BEN, Rest

OTHER = new_id()


def end_of(session_id: str, account_id: str = ANA) -> SessionEnded:
    ended = SessionEnded(id=session_id, account_id=account_id)
    ended.expires_at.FromSeconds(int(time.time()) + 14 * 86_400)
    return ended


def bearer(tokens: Tokens, session_id: str, account_id: str = ANA) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.access(account_id, session_id).text}"}


@pytest.mark.parametrize(
    ("path", "method"), [("/v1/accounts", "CreateAccount"), ("/v1/sessions", "SignIn")]
)
async def test_tokens_name_the_session_and_the_session_names_the_device(
    rest: Rest, path: str, method: str
) -> None:
    body = {"handle": "ana", "password": "correct horse battery"}
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/1 Firefox/140.0"}
    answer = await rest.http.post(path, json=body, headers=agent)
    assert rest.tokens.check(answer.json()["token"], "kanvas-api").session_id == SESSION
    page = rest.http.cookies["kanvas_session"]
    assert rest.tokens.check(page, "kanvas-page").session_id == SESSION
    device = rest.graph.last(method)[0].device
    assert (device.app, device.system) == ("Firefox", "Linux")


async def test_a_sign_in_that_is_repeated_is_one_command(rest: Rest) -> None:
    body, key = {"handle": "ana", "password": "correct horse battery"}, new_id()
    await rest.http.post("/v1/sessions", json=body, headers={"Idempotency-Key": key})
    assert rest.graph.last("SignIn")[0].command_id == key
    await rest.http.post("/v1/sessions", json=body)
    assert rest.graph.last("SignIn")[0].command_id != key


@pytest.mark.parametrize(
    ("path", "method"), [("/v1/accounts", "CreateAccount"), ("/v1/sessions", "SignIn")]
)
async def test_no_token_outlives_its_session(rest: Rest, path: str, method: str) -> None:
    """Who repeats a sign-in a day later must not be in when its end is forgotten already."""
    made = rest.graph.says[method]
    made.session.expires_at.FromSeconds(int(time.time()) + 1000)
    body = {"handle": "ana", "password": "correct horse battery"}
    answer = await rest.http.post(path, json=body)
    page = rest.tokens.check(rest.http.cookies["kanvas_session"], "kanvas-page")
    access = rest.tokens.check(answer.json()["token"], "kanvas-api")
    assert page.expires_at == access.expires_at == made.session.expires_at.seconds


async def test_sessions_are_listed_and_the_one_that_asks_is_marked(rest: Rest) -> None:
    sessions = [Session(id=SESSION), Session(id=OTHER)]
    sessions[1].device.app, sessions[1].device.system = "Firefox", "Android"
    rest.graph.says["ListSessions"] = graph.ListSessionsResponse(sessions=sessions)
    answer = await rest.http.get("/v1/sessions", headers=rest.bearer())
    listed = answer.json()["sessions"]
    assert [(one["id"], one["current"]) for one in listed] == [(SESSION, True), (OTHER, False)]
    assert (listed[1]["app"], listed[1]["system"]) == ("Firefox", "Android")
    assert rest.graph.last("ListSessions")[1].account_id == ANA


@pytest.mark.parametrize(
    ("method", "path", "called", "named"),
    [
        ("DELETE", f"/v1/sessions/{OTHER}", "EndSession", OTHER),
        ("DELETE", "/v1/sessions", "EndOtherSessions", SESSION),
        ("PUT", "/v1/accounts/me/password", "ChangePassword", SESSION),
    ],
)
async def test_what_ends_is_refused_here_at_once_and_elsewhere_with_the_copy(
    rest: Rest, method: str, path: str, called: str, named: str
) -> None:
    rest.tail.copy(7)
    response = getattr(graph, f"{called}Response")(ended=[end_of(OTHER)], position=8)
    rest.graph.says[called] = response
    body = {"old_password": "old", "new_password": "battery staple"} if method == "PUT" else None
    answer = await rest.http.request(method, path, json=body, headers=rest.bearer())
    assert (answer.status_code, answer.json()["applied"], answer.json()["ended"]) == (202, False, 1)
    request, call = rest.graph.last(called)
    assert (request.session_id, call.account_id) == (named, ANA)
    if called == "EndSession":
        assert request.asking_session_id == SESSION
    refused = await rest.http.get("/v1/feeds/home", headers=bearer(rest.tokens, OTHER))
    assert (refused.status_code, refused.json()["reason"]) == (401, "SESSION_ENDED")
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    assert (await rest.http.get("/v1/feeds/home", headers=rest.bearer())).status_code == 200
    rest.tail.copy(8)
    again = await rest.http.request(method, path, json=body, headers=rest.bearer())
    assert (again.status_code, again.json()["applied"]) == (200, True)


async def test_the_cookie_of_a_session_that_was_ended_is_taken_away(rest: Rest) -> None:
    """Or the page could not even read what everybody may see."""
    rest.ended.end(end_of(OTHER))
    cookie = rest.cookie(rest.tokens.page(ANA, OTHER).text)
    answer = await rest.http.get("/v1/feeds/global", headers=cookie)
    assert (answer.status_code, answer.json()["reason"]) == (401, "SESSION_ENDED")
    assert 'kanvas_session=""' in answer.headers["set-cookie"]
    by_program = await rest.http.get("/v1/feeds/global", headers=bearer(rest.tokens, OTHER))
    assert "set-cookie" not in by_program.headers


async def test_another_account_with_that_session_is_not_meant(rest: Rest) -> None:
    rest.ended.end(end_of(OTHER, BEN))
    answer = await rest.http.get("/v1/feeds/home", headers=bearer(rest.tokens, OTHER))
    assert answer.status_code == 200


async def test_a_gateway_that_has_just_started_takes_no_token_and_keeps_cookies(
    rest: Rest,
) -> None:
    rest.ended.lose()
    cookie = rest.cookie(rest.tokens.page(ANA, SESSION).text)
    answer = await rest.http.get("/v1/feeds/home", headers=cookie)
    assert (answer.status_code, answer.json()["reason"]) == (503, "SESSIONS_UNKNOWN")
    assert "retry-after" in answer.headers
    assert "set-cookie" not in answer.headers
    assert (await rest.http.get("/v1/feeds/global")).status_code == 200
    rest.ended.complete()
    assert (await rest.http.get("/v1/feeds/home", headers=cookie)).status_code == 200


async def test_a_wrong_old_password_is_no_end_of_the_session(rest: Rest) -> None:
    rest.graph.says["ChangePassword"] = PermissionDenied("Wrong.", reason="PASSWORD_WRONG")
    body = {"old_password": "guess", "new_password": "battery staple"}
    answer = await rest.http.put("/v1/accounts/me/password", json=body, headers=rest.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (403, "PASSWORD_WRONG")


@pytest.mark.parametrize("by_cookie", [True, False])
async def test_signing_out_ends_the_session(rest: Rest, by_cookie: bool) -> None:
    rest.graph.says["EndSession"] = graph.EndSessionResponse(ended=[end_of(SESSION)], position=8)
    shown = rest.cookie(rest.tokens.page(ANA, SESSION).text) if by_cookie else rest.bearer()
    answer = await rest.http.delete("/v1/sessions/current", headers=shown)
    assert answer.status_code == 204
    assert 'kanvas_session=""' in answer.headers["set-cookie"]
    request, call = rest.graph.last("EndSession")
    assert (request.session_id, call.account_id) == (SESSION, ANA)
    assert request.asking_session_id == SESSION
    refused = await rest.http.get("/v1/sessions/current", headers=shown)
    assert refused.json()["reason"] == "SESSION_ENDED"


async def test_signing_out_forgets_the_cookie_even_where_nobody_answers(rest: Rest) -> None:
    rest.graph.says["EndSession"] = Unavailable("Away.")
    cookie = rest.cookie(rest.tokens.page(ANA, SESSION).text)
    answer = await rest.http.delete("/v1/sessions/current", headers=cookie)
    assert (answer.status_code, answer.json()) == (202, None)
    assert 'kanvas_session=""' in answer.headers["set-cookie"]


@pytest.mark.parametrize("shown", [{"Cookie": "kanvas_session=old"}, {"Authorization": "Bearer x"}])
async def test_signing_out_with_what_signs_nobody_in_ends_nothing(
    rest: Rest, shown: dict[str, str]
) -> None:
    answer = await rest.http.delete("/v1/sessions/current", headers=shown)
    assert answer.status_code == 204
    assert not rest.graph.asked


async def test_an_open_page_tells_that_its_session_is_used_once_an_hour(rest: Rest) -> None:
    for _ in range(3):
        await rest.http.get("/v1/sessions/current", headers=rest.bearer())
    used = [request for method, request, _ in rest.graph.asked if method == "UseSession"]
    assert [request.session_id for request in used] == [SESSION]


async def test_a_read_is_answered_where_its_use_cannot_be_noted(rest: Rest) -> None:
    rest.graph.says["UseSession"] = Unavailable("Away.")
    answer = await rest.http.get("/v1/sessions/current", headers=rest.bearer())
    assert answer.status_code == 200
