"""Signing in and out, where one is signed in, and the password."""

from collections.abc import Sequence
from typing import Any, Protocol

from fastapi import APIRouter, BackgroundTasks, Response

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import SessionEnded
from kanvas_gateway.await_copy import await_copy
from kanvas_gateway.entrypoints.http.cookies import Cookies
from kanvas_gateway.entrypoints.http.counted import counted
from kanvas_gateway.entrypoints.http.identity import (
    ClientShown,
    CommandId,
    DeviceShown,
    KnownAs,
    KnownCall,
    Leaver,
    NobodysCall,
    OwnCall,
    SignedInAs,
)
from kanvas_gateway.entrypoints.http.models.sessions import (
    CurrentSession,
    PasswordChange,
    Sessions,
    SessionsEnded,
    SignedIn,
    SignIn,
)
from kanvas_gateway.entrypoints.http.parameters import SessionId
from kanvas_gateway.entrypoints.http.refusals import refuses
from kanvas_gateway.entrypoints.http.services import HttpServices, Services
from kanvas_gateway.entrypoints.http.signing_in import let_in
from kanvas_gateway.ports import Call
from kanvas_gateway.presentation import present_account, present_erasure, present_session
from kanvas_gateway.write_limits import Write
from kanvas_platform.errors import KanvasError
from kanvas_platform.ids import new_id
from kanvas_platform.observability import get_logger

router = APIRouter(tags=["sessions"])

_SIGN_OUT_SECONDS = 2.0
_FOLLOWS = "Accepted. Here it holds already; other gateways and open sockets follow in a moment."
_ENDED_LATER: dict[int | str, dict[str, Any]] = {
    202: {"model": SessionsEnded, "description": "Accepted; sockets close in a moment."}
}

_log = get_logger(__name__)


@router.post(
    "/v1/sessions",
    status_code=201,
    response_model=SignedIn,
    dependencies=counted(Write.SIGN_IN),
    openapi_extra=refuses("CREDENTIALS_WRONG", "RATE_LIMITED", "SESSION_ENDED"),
)
async def sign_in(
    body: SignIn,
    response: Response,
    services: Services,
    call: NobodysCall,
    *,
    key: CommandId,
    client: ClientShown,
    device: DeviceShown,
    cookies: Cookies,
) -> dict[str, Any]:
    """Show a handle and its password, get a session and a token for it.

    An account has at most 50 sessions. With one more, one ends: of those that were never used
    after they began, or else of all, the one that was not used for longest.
    """
    request = graph.SignInRequest(
        command_id=key or new_id(),
        handle=body.handle,
        password=body.password,
        client=client,
        device=device,
    )
    made = await services.graph.SignIn(request, **call)
    response.headers["Location"] = "/v1/sessions/current"
    return let_in(made.account, made.session, services=services, cookies=cookies)


@router.get(
    "/v1/sessions/current",
    response_model=CurrentSession,
    openapi_extra=refuses("ACCOUNT_UNKNOWN"),
)
async def get_session(
    services: Services, identity: KnownAs, call: KnownCall, later: BackgroundTasks
) -> dict[str, Any]:
    """Say who you are, and get a token for the live stream.

    While your account is being deleted, it says until when you can keep it, and gives none.
    """
    request = graph.GetAccountRequest(account_id=identity.account_id)
    account = (await services.graph.GetAccount(request, **call)).account
    later.add_task(services.session_uses.note, identity)
    return {
        "account": present_account(account),
        "stream_token": None if identity.deleting else services.tokens.stream(identity).text,
        "stream_url": services.stream_url,
        "erase_at": present_erasure(account),
    }


@router.delete(
    "/v1/sessions/current",
    status_code=204,
    responses={202: {"description": "The cookie is forgotten; the session goes on for now."}},
)
async def sign_out(
    response: Response, services: Services, leaver: Leaver, cookies: Cookies
) -> None:
    """Forget the cookie, and end its session, or that of the token that you send.

    202 says that the session could not be ended just now: it is listed until it ends by itself.
    """
    cookies.sign_out()
    if leaver is None:
        return
    own = leaver.session_id
    request = graph.EndSessionRequest(command_id=new_id(), session_id=own, asking_session_id=own)
    try:
        call = Call(leaver.account_id, _SIGN_OUT_SECONDS)
        _take(services, (await services.graph.EndSession(request, **call)).ended)
    except KanvasError as error:
        _log.warning("a session goes on though its cookie is forgotten", reason=error.reason)
        response.status_code = 202


@router.get("/v1/sessions", response_model=Sessions)
async def list_sessions(services: Services, identity: SignedInAs, call: OwnCall) -> dict[str, Any]:
    """Return where you are signed in: all sessions that were begun before you ask."""
    found = await services.graph.ListSessions(graph.ListSessionsRequest(), **call)
    return {"sessions": [present_session(one, identity.session_id) for one in found.sessions]}


@router.delete(
    "/v1/sessions",
    response_model=SessionsEnded,
    responses=_ENDED_LATER,
)
async def end_other_sessions(
    response: Response, services: Services, identity: SignedInAs, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Sign out everywhere else."""
    request = graph.EndOtherSessionsRequest(
        command_id=key or new_id(), session_id=identity.session_id
    )
    return await _end(await services.graph.EndOtherSessions(request, **call), services, response)


@router.delete(
    "/v1/sessions/{session_id}",
    response_model=SessionsEnded,
    responses=_ENDED_LATER,
)
async def end_session(
    session_id: SessionId,
    response: Response,
    services: Services,
    identity: SignedInAs,
    call: OwnCall,
    *,
    key: CommandId,
) -> dict[str, Any]:
    """Sign out in one place. Where that session does not go on, nothing ends."""
    request = graph.EndSessionRequest(
        command_id=key or new_id(),
        session_id=session_id,
        asking_session_id=identity.session_id,
    )
    return await _end(await services.graph.EndSession(request, **call), services, response)


@router.put(
    "/v1/accounts/me/password",
    response_model=SessionsEnded,
    responses=_ENDED_LATER,
    openapi_extra=refuses("ACCOUNT_UNKNOWN", "PASSWORD_WRONG", "RATE_LIMITED"),
)
async def change_password(
    body: PasswordChange,
    response: Response,
    services: Services,
    identity: SignedInAs,
    call: OwnCall,
    *,
    key: CommandId,
    client: ClientShown,
) -> dict[str, Any]:
    """Change your password, and sign out everywhere else.

    It shows a password, so it counts as an attempt to sign in.
    """
    request = graph.ChangePasswordRequest(
        command_id=key or new_id(),
        session_id=identity.session_id,
        old_password=body.old_password,
        new_password=body.new_password,
        client=client,
    )
    return await _end(await services.graph.ChangePassword(request, **call), services, response)


class Ending(Protocol):
    """What a service answers that has ended sessions."""

    @property
    def ended(self) -> Sequence[SessionEnded]:
        """Which."""

    @property
    def position(self) -> int:
        """From which position of the graph's log on."""


async def end_here(
    accepted: Ending, services: HttpServices, response: Response, *, follows: str
) -> dict[str, Any]:
    """Take no tokens of the sessions any more, and say whether the feed has the copies.

    Args:
        accepted: What has ended.
        services: Of this gateway.
        response: Gets the status: 202 while the copies are under way.
        follows: What people are told meanwhile.
    """
    _take(services, accepted.ended)
    copy = await await_copy(services.tail, accepted.position)
    response.status_code = 200 if copy.applied else 202
    return {"ended": len(accepted.ended), **copy.json(follows)}


async def _end(accepted: Ending, services: HttpServices, response: Response) -> dict[str, Any]:
    return await end_here(accepted, services, response, follows=_FOLLOWS)


def _take(services: HttpServices, ended: Sequence[SessionEnded]) -> None:
    """Take the tokens of sessions for no good here, before the feed has a copy of their ends."""
    for one in ended:
        services.ended_sessions.end(one)
