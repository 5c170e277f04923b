"""Signing in and out."""

from typing import Any

from fastapi import APIRouter, Response

from kanvas.graph.v1 import service_pb2 as graph
from kanvas_gateway.entrypoints.http.cookies import Cookies
from kanvas_gateway.entrypoints.http.identity import (
    ClientShown,
    NobodysCall,
    OwnCall,
    SignedInAs,
)
from kanvas_gateway.entrypoints.http.models.sessions import CurrentSession, SignedIn, SignIn
from kanvas_gateway.entrypoints.http.refusals import refuses
from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.presentation import present_account, rfc3339

router = APIRouter(tags=["sessions"])


@router.post(
    "/v1/sessions",
    status_code=201,
    response_model=SignedIn,
    openapi_extra=refuses("CREDENTIALS_WRONG", "RATE_LIMITED"),
)
async def sign_in(
    body: SignIn,
    response: Response,
    services: Services,
    call: NobodysCall,
    *,
    client: ClientShown,
    cookies: Cookies,
) -> dict[str, Any]:
    """Show a handle and its password, get a token."""
    request = graph.VerifyCredentialsRequest(
        handle=body.handle, password=body.password, client=client
    )
    account = (await services.graph.VerifyCredentials(request, **call)).account
    token = services.tokens.access(account.id)
    cookies.sign_in(account.id)
    response.headers["Location"] = "/v1/sessions/current"
    return {
        "account": present_account(account),
        "token": token.text,
        "expires_at": rfc3339(token.expires_at),
    }


@router.get(
    "/v1/sessions/current",
    response_model=CurrentSession,
    openapi_extra=refuses("ACCOUNT_UNKNOWN"),
)
async def get_session(services: Services, identity: SignedInAs, call: OwnCall) -> dict[str, Any]:
    """Say who you are, and get a token for the live stream."""
    request = graph.GetAccountRequest(account_id=identity.account_id)
    account = (await services.graph.GetAccount(request, **call)).account
    return {
        "account": present_account(account),
        "stream_token": services.tokens.stream(identity).text,
        "stream_url": services.stream_url,
    }


@router.delete("/v1/sessions/current", status_code=204)
async def sign_out(cookies: Cookies) -> None:
    """Forget the cookie. A token that you kept stays good until it expires."""
    cookies.sign_out()
