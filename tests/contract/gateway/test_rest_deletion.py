"""Deleting the own account and keeping it after all, as clients of REST meet it."""

from __future__ import annotations

import time

import pytest

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import ACCOUNT_STATE_DELETING, Account, Session
from kanvas_gateway.tokens import PAGE_SECONDS
from kanvas_platform.errors import PermissionDenied
from kanvas_platform.ids import new_id
from tests.contract.gateway.people import SESSION
from tests.contract.gateway.rest_services import ANA, JOB, Rest
from tests.contract.gateway.test_rest_sessions import end_of

DELETION = "/v1/accounts/me/deletion"
PASSWORD = {"password": "correct horse battery"}
FOLLOWING = new_id()
ERASE_AT = "2027-01-15T08:00:00.000Z"


def account(*, deleting: bool) -> Account:
    one = Account(id=ANA, handle="ana", display_name="Ana", version=2)
    if deleting:
        one.state = ACCOUNT_STATE_DELETING
        one.erase_at.FromJsonString(ERASE_AT)
    return one


def session() -> Session:
    one = Session(id=FOLLOWING, account_id=ANA)
    one.expires_at.FromSeconds(int(time.time()) + PAGE_SECONDS + 3600)
    return one


@pytest.fixture
def deleted(rest: Rest) -> Rest:
    """REST before an account whose deletion is answered."""
    rest.graph.says["DeleteAccount"] = graph.DeleteAccountResponse(
        account=account(deleting=True), session=session(), ended=[end_of(SESSION)], position=8
    )
    rest.graph.says["KeepAccount"] = graph.KeepAccountResponse(
        account=account(deleting=False), session=session(), ended=[end_of(SESSION)], position=9
    )
    return rest


def deleting(rest: Rest) -> dict[str, str]:
    token = rest.tokens.access(ANA, FOLLOWING, deleting=True).text
    return {"Authorization": f"Bearer {token}"}


async def test_a_deletion_exchanges_the_session_for_one_that_can_keep_the_account(
    deleted: Rest,
) -> None:
    rest, key = deleted, new_id()
    asked = rest.bearer() | {"Idempotency-Key": key}
    answer = await rest.http.put(DELETION, json=PASSWORD, headers=asked)
    said = answer.json()
    assert (answer.status_code, said["erase_at"], said["ended"]) == (200, ERASE_AT, 1)
    request, call = rest.graph.last("DeleteAccount")
    assert (request.command_id, request.session_id, request.password) == (
        key, SESSION, PASSWORD["password"],
    )  # fmt: skip
    assert call.account_id == ANA
    page = rest.tokens.check(rest.http.cookies["kanvas_session"], "kanvas-page")
    for identity in (page, rest.tokens.check(said["token"], "kanvas-api")):
        assert (identity.session_id, identity.deleting) == (FOLLOWING, True)
    refused = await rest.http.get("/v1/feeds/home", headers=rest.bearer())
    assert refused.json()["reason"] == "SESSION_ENDED"


async def test_a_deletion_that_feeds_do_not_know_yet_says_so(deleted: Rest) -> None:
    deleted.tail.copy(7)
    answer = await deleted.http.put(DELETION, json=PASSWORD, headers=deleted.bearer())
    assert (answer.status_code, answer.json()["applied"]) == (202, False)
    assert answer.json()["detail"]


async def test_a_wrong_password_deletes_nothing(rest: Rest) -> None:
    rest.graph.says["DeleteAccount"] = PermissionDenied("Wrong.", reason="PASSWORD_WRONG")
    answer = await rest.http.put(DELETION, json=PASSWORD, headers=rest.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (403, "PASSWORD_WRONG")
    assert (await rest.http.get("/v1/feeds/home", headers=rest.bearer())).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/feeds/home", None),
        ("GET", "/v1/feeds/global", None),
        ("GET", "/v1/sessions", None),
        ("POST", "/v1/jobs", {"prompt": "a fox"}),
        ("DELETE", f"/v1/jobs/{JOB}", None),
        ("PATCH", "/v1/accounts/me", {"bio": "Still here."}),
        ("PUT", DELETION, PASSWORD),
    ],
)
async def test_who_is_being_deleted_does_nothing_else(
    rest: Rest, method: str, path: str, body: dict[str, str] | None
) -> None:
    asked = len(rest.graph.asked) + len(rest.images.asked)
    answer = await rest.http.request(method, path, json=body, headers=deleting(rest))
    assert (answer.status_code, answer.json()["reason"]) == (403, "ACCOUNT_DELETING")
    assert asked == len(rest.graph.asked) + len(rest.images.asked), "nobody was bothered"


async def test_who_is_being_deleted_sees_until_when_and_can_sign_out(rest: Rest) -> None:
    found = graph.GetAccountResponse(account=account(deleting=True), position=7)
    rest.graph.says["GetAccount"] = found
    answer = await rest.http.get("/v1/sessions/current", headers=deleting(rest))
    said = answer.json()
    assert (answer.status_code, said["erase_at"], said["stream_token"]) == (200, ERASE_AT, None)
    answer = await rest.http.delete("/v1/sessions/current", headers=deleting(rest))
    assert answer.status_code == 204


async def test_who_signs_in_while_being_deleted_can_keep_the_account_only(rest: Rest) -> None:
    rest.graph.says["SignIn"] = graph.SignInResponse(
        account=account(deleting=True), session=session()
    )
    answer = await rest.http.post("/v1/sessions", json={"handle": "ana", **PASSWORD})
    said = answer.json()
    assert (answer.status_code, said["erase_at"]) == (201, ERASE_AT)
    assert rest.tokens.check(said["token"], "kanvas-api").deleting
    assert rest.tokens.check(rest.http.cookies["kanvas_session"], "kanvas-page").deleting


async def test_who_keeps_the_account_gets_a_session_for_everything(deleted: Rest) -> None:
    answer = await deleted.http.delete(DELETION, headers=deleting(deleted))
    said = answer.json()
    assert (answer.status_code, said["erase_at"]) == (200, None)
    request, call = deleted.graph.last("KeepAccount")
    assert (request.session_id, call.account_id) == (FOLLOWING, ANA)
    bearer = {"Authorization": f"Bearer {said['token']}"}
    assert (await deleted.http.get("/v1/feeds/home", headers=bearer)).status_code == 200
    assert not deleted.tokens.check(deleted.http.cookies["kanvas_session"], "kanvas-page").deleting
