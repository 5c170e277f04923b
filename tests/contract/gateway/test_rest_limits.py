"""Bounds on writing, as clients meet them."""

from __future__ import annotations

from ipaddress import ip_network

import httpx
import pytest
from starlette.types import ASGIApp

from kanvas_gateway.entrypoints.http.server import believe_proxies
from kanvas_gateway.write_limits import OF_ACCOUNT, OF_ADDRESS, Write
from kanvas_platform.ids import new_id
from tests.contract.gateway.rest_services import BEN, JOB, POST, Rest

_SIGN_UP = {"handle": "ana", "password": "correct horse battery"}
_COUNTED = [
    (Write.JOB, "POST", "/v1/jobs", {"prompt": "a fox"}),
    (Write.POST, "POST", "/v1/posts", {"job_id": JOB, "alt_text": "A fox"}),
    (Write.FOLLOW, "PUT", f"/v1/accounts/{BEN}/follow", None),
    (Write.FOLLOW, "DELETE", f"/v1/accounts/{BEN}/follow", None),
    (Write.FOLLOW, "PUT", f"/v1/accounts/{BEN}/block", None),
    (Write.FOLLOW, "DELETE", f"/v1/accounts/{BEN}/block", None),
    (Write.LIKE, "PUT", f"/v1/posts/{POST}/like", None),
    (Write.LIKE, "DELETE", f"/v1/posts/{POST}/like", None),
]


@pytest.mark.parametrize(("write", "method", "path", "body"), _COUNTED)
async def test_who_writes_without_end_is_told_to_wait(
    rest: Rest, write: Write, method: str, path: str, body: object
) -> None:
    headers = rest.bearer()
    for _ in range(int(OF_ACCOUNT[write].burst)):
        answer = await rest.http.request(method, path, json=body, headers=headers)
        assert answer.is_success
    refused = await rest.http.request(method, path, json=body, headers=headers)
    assert (refused.status_code, refused.json()["reason"]) == (429, "TOO_MANY_WRITES")
    wait = int(refused.headers["retry-after"])
    assert wait == max(1, round(1 / OF_ACCOUNT[write].rate))
    assert (await rest.http.request(method, path, json=body, headers=rest.bearer(BEN))).is_success
    rest.clock.advance(wait)
    assert (await rest.http.request(method, path, json=body, headers=headers)).is_success


async def test_what_is_not_let_in_is_not_counted(rest: Rest) -> None:
    for _ in range(int(OF_ADDRESS[Write.JOB].burst) + 1):
        answer = await rest.http.post("/v1/jobs", json={"prompt": "a fox"})
        assert answer.json()["reason"] == "IDENTITY_REQUIRED"
    answer = await rest.http.post("/v1/jobs", json={"prompt": "a fox"}, headers=rest.bearer())
    assert answer.is_success


async def _sign_up(app: ASGIApp, peer: str, forwarded: str = "") -> int:
    """Sign up over a connection from somewhere; return the status."""
    transport = httpx.ASGITransport(app=app, client=(peer, 1))
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://kanvas.test") as http:
        return (await http.post("/v1/accounts", json=_SIGN_UP, headers=headers)).status_code


async def _sign_ups_until_refused(app: ASGIApp, peer: str, forwarded: str = "") -> int:
    for count in range(100):
        if await _sign_up(app, peer, forwarded) == 429:
            return count
    raise AssertionError("never refused")


async def test_accounts_of_an_address_are_bounded(rest: Rest) -> None:
    burst = OF_ADDRESS[Write.SIGN_UP].burst
    assert await _sign_ups_until_refused(rest.app, "192.0.2.1") == burst
    assert await _sign_up(rest.app, "192.0.2.2") == 201
    # A header that anybody can write is not believed.
    assert await _sign_up(rest.app, "192.0.2.1", forwarded="203.0.113.7") == 429


async def test_a_trusted_proxy_says_who_asks(rest: Rest) -> None:
    app = believe_proxies(rest.app, [ip_network("10.0.0.0/8")])
    burst = OF_ADDRESS[Write.SIGN_UP].burst
    assert await _sign_ups_until_refused(app, "10.0.0.1", "203.0.113.7") == burst
    assert await _sign_up(app, "10.0.0.2", forwarded="203.0.113.8, 10.0.0.1") == 201
    # What the client itself has written stands before what the proxy has added.
    assert await _sign_up(app, "10.0.0.1", forwarded=f"{new_id()}, 203.0.113.7") == 429
    assert await _sign_up(app, "192.0.2.1", forwarded="203.0.113.7") == 201
