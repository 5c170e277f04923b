"""Deleting the own account, and keeping it after all."""

from typing import Any

from fastapi import APIRouter, Response

from kanvas.graph.v1 import service_pb2 as graph
from kanvas_gateway.entrypoints.http.cookies import Cookies
from kanvas_gateway.entrypoints.http.counted import counted
from kanvas_gateway.entrypoints.http.identity import (
    ClientShown,
    CommandId,
    KnownAs,
    KnownCall,
    OwnCall,
    SignedInAs,
)
from kanvas_gateway.entrypoints.http.models.sessions import AccountDeletion, AccountTurned
from kanvas_gateway.entrypoints.http.refusals import refuses
from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.entrypoints.http.sessions import end_here
from kanvas_gateway.entrypoints.http.signing_in import let_in
from kanvas_gateway.write_limits import Write
from kanvas_platform.ids import new_id

router = APIRouter(tags=["accounts"])

_LATER: dict[int | str, dict[str, Any]] = {
    202: {"model": AccountTurned, "description": "Accepted; feeds and streams follow in a moment."}
}
_FOLLOWS = "Accepted. Feeds, streams and other gateways follow as soon as they have their copy."


@router.put(
    "/v1/accounts/me/deletion",
    response_model=AccountTurned,
    responses=_LATER,
    dependencies=counted(Write.DELETION),
    openapi_extra=refuses("ACCOUNT_UNKNOWN", "PASSWORD_WRONG", "RATE_LIMITED"),
)
async def delete_account(
    body: AccountDeletion,
    response: Response,
    services: Services,
    identity: SignedInAs,
    call: OwnCall,
    *,
    key: CommandId,
    client: ClientShown,
    cookies: Cookies,
) -> dict[str, Any]:
    """Delete your account. Until `erase_at` you can keep it; then it is erased for good.

    Meanwhile it is hidden from everybody and does nothing. You are signed out everywhere, and get a
    session that can keep the account. A repeat is answered with `SESSION_ENDED`: sign in, and see.
    It shows a password, so it counts as an attempt to sign in.
    """
    request = graph.DeleteAccountRequest(
        command_id=key or new_id(),
        session_id=identity.session_id,
        password=body.password,
        client=client,
    )
    deleted = await services.graph.DeleteAccount(request, **call)
    ended = await end_here(deleted, services, response, follows=_FOLLOWS)
    entry = let_in(deleted.account, deleted.session, services=services, cookies=cookies)
    return entry | ended


@router.delete(
    "/v1/accounts/me/deletion",
    response_model=AccountTurned,
    responses=_LATER,
    openapi_extra=refuses("ACCOUNT_UNKNOWN"),
)
async def keep_account(
    response: Response,
    services: Services,
    identity: KnownAs,
    call: KnownCall,
    *,
    key: CommandId,
    cookies: Cookies,
) -> dict[str, Any]:
    """Keep your account after all: everything is as it was.

    You are signed out everywhere, and get a session that may do everything again. An account that
    is not being deleted stays as it is, with its sessions.
    """
    request = graph.KeepAccountRequest(command_id=key or new_id(), session_id=identity.session_id)
    kept = await services.graph.KeepAccount(request, **call)
    ended = await end_here(kept, services, response, follows=_FOLLOWS)
    return let_in(kept.account, kept.session, services=services, cookies=cookies) | ended
