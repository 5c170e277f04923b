"""Who makes a request: a bearer token, or the page's cookie."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import Device
from kanvas_gateway.device_names import device_of
from kanvas_gateway.entrypoints.http.cookies import read_browser, read_session
from kanvas_gateway.entrypoints.http.edge import remember_account
from kanvas_gateway.entrypoints.http.models.formats import UUID7
from kanvas_gateway.entrypoints.http.services import HttpServices, Services
from kanvas_gateway.errors import (
    AccountDeleting,
    AccountDiffers,
    ClientHeaderRequired,
    TokenExpired,
    TokenInvalid,
)
from kanvas_gateway.ports import Call
from kanvas_gateway.tokens import Identity
from kanvas_platform.errors import IdentityRequired
from kanvas_platform.ids import new_id, parse_id
from kanvas_platform.rpc.context import remaining

_SAFE = frozenset({"GET", "HEAD"})
_DEFAULT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes the request.

    Attributes:
        identity: What the token says; None without one.
    """

    identity: Identity | None

    def call(self) -> Call:
        """Return for whom, and for how long, the services may work on the request."""
        account_id = None if self.identity is None else self.identity.account_id
        return Call(account_id, remaining(_DEFAULT_SECONDS))


_bearer = HTTPBearer(auto_error=False, description="Access token of a sign-in.")


async def find_known(
    request: Request,
    services: Services,
    _described: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    account: Annotated[
        str | None,
        Header(
            alias="Kanvas-Account",
            description=(
                "For whom you act, as far as you know. Where the token or the cookie is of "
                "somebody else, the request is refused."
            ),
            json_schema_extra=UUID7,
        ),
    ] = None,
    client: Annotated[
        str | None,
        Header(
            alias="Kanvas-Client",
            description="`web` in writes by cookie, which are refused without it.",
        ),
    ] = None,
) -> Caller:
    """Return who makes the request, also while their account is being deleted.

    A token that is no good is never passed over.

    Raises:
        InvalidArgument: `Kanvas-Account` is not a UUIDv7.
        TokenExpired, TokenInvalid: See there.
        SessionEnded: The session of the token was ended.
        SessionsUnknown: This gateway cannot tell yet whether it was.
        ClientHeaderRequired: A cookie alone does not show that our page wrote the request.
        AccountDiffers: `Kanvas-Account` names another account than the token.
    """
    shown = None if account is None else parse_id(account, "Kanvas-Account")
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenInvalid("The authorization header holds no bearer token.")
        identity = services.tokens.check(token.strip(), "kanvas-api")
        return _found(request, services, identity, shown)
    cookie = read_session(request, secure=services.secure_cookies)
    if not cookie:
        return Caller(None)
    if request.method not in _SAFE and client != "web":
        raise ClientHeaderRequired("Writes by cookie need the header `Kanvas-Client: web`.")
    return _found(request, services, services.tokens.check(cookie, "kanvas-page"), shown)


Known = Annotated[Caller, Depends(find_known)]
"""Who makes the request, if they say so, also while their account is being deleted."""


async def find_caller(caller: Known) -> Caller:
    """Return who makes the request.

    Raises:
        AccountDeleting: Their account is being deleted.
    """
    if caller.identity is not None and caller.identity.deleting:
        raise AccountDeleting("Your account is being deleted. Keep it to go on.")
    return caller


def _found(
    request: Request, services: HttpServices, identity: Identity, shown: str | None
) -> Caller:
    services.ended_sessions.check(identity.account_id, identity.session_id)
    # A cookie is the browser's: another tab may have signed in as somebody else since.
    if shown not in (None, identity.account_id):
        raise AccountDiffers("The token is not of the account that `Kanvas-Account` names.")
    remember_account(request.scope, identity.account_id)
    return Caller(identity)


async def find_leaver(request: Request, services: Services) -> Identity | None:
    """Return who wants to be signed out; None where what they show signs nobody in.

    Whatever they show, they are to be signed out, so nothing is refused here.
    """
    _, _, bearer = request.headers.get("authorization", "").partition(" ")
    cookie = read_session(request, secure=services.secure_cookies)
    try:
        if bearer:
            return services.tokens.check(bearer.strip(), "kanvas-api")
        return services.tokens.check(cookie, "kanvas-page") if cookie else None
    except (TokenExpired, TokenInvalid):
        return None


Leaver = Annotated[Identity | None, Depends(find_leaver)]
"""Who wants to be signed out."""

Anyone = Annotated[Caller, Depends(find_caller)]
"""Who makes the request, if they say so."""


async def require_known(caller: Known) -> Identity:
    """Return who makes the request, also while their account is being deleted.

    Raises:
        IdentityRequired: They do not say.
    """
    if caller.identity is None:
        raise IdentityRequired("Sign in first, or send a bearer token.")
    return caller.identity


KnownAs = Annotated[Identity, Depends(require_known)]
"""Who makes the request, also while their account is being deleted; refused without."""


async def make_known_call(caller: Known, _: KnownAs) -> Call:
    """Return the call of somebody who has signed in, also while their account is being deleted."""
    return caller.call()


KnownCall = Annotated[Call, Depends(make_known_call)]
"""The call of somebody who has signed in, also while their account is being deleted."""


async def require_identity(identity: KnownAs, _: Anyone) -> Identity:
    """Return who makes the request."""
    return identity


SignedInAs = Annotated[Identity, Depends(require_identity)]
"""Who makes the request; refused without."""


async def make_call(caller: Anyone, _: SignedInAs) -> Call:
    """Return the call of somebody who has signed in."""
    return caller.call()


OwnCall = Annotated[Call, Depends(make_call)]
"""The call of somebody who has signed in."""


async def make_nobodys_call() -> Call:
    """Return a call for nobody, whatever cookie there may still be."""
    return Call(None, remaining(_DEFAULT_SECONDS))


NobodysCall = Annotated[Call, Depends(make_nobodys_call)]
"""A call of signing up or in: an old cookie must not be in its way."""


async def find_address(request: Request, services: Services) -> str:
    """Return the network address of the client; empty where a proxy hides it."""
    client = request.client if services.knows_addresses else None
    return "" if client is None else client.host


Address = Annotated[str, Depends(find_address)]
"""The network address of the client; empty where it is not known."""


async def describe_client(request: Request, services: Services, address: Address) -> graph.Client:
    """Return what tells one client from another where attempts to sign in are counted."""
    shown = read_browser(request, secure=services.secure_cookies)
    known = "" if shown is None else _account_known_by(services, shown)
    return graph.Client(address=address, known_account_id=known)


def _account_known_by(services: HttpServices, shown: str) -> str:
    try:
        return services.tokens.check(shown, "kanvas-browser").account_id
    except (TokenExpired, TokenInvalid):
        return ""  # it opens nothing, so there is nothing to refuse


ClientShown = Annotated[graph.Client, Depends(describe_client)]
"""Who asks, as far as can be told."""


async def describe_device(
    user_agent: Annotated[
        str,
        Header(
            alias="User-Agent",
            description="What you sign in with; its name in plain words is shown in the list.",
        ),
    ] = "",
) -> Device:
    """Return on what somebody signs in, in plain words."""
    return device_of(user_agent)


DeviceShown = Annotated[Device, Depends(describe_device)]
"""On what they ask, as far as their program says."""


async def choose_command_id(
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description=(
                "UUIDv7 of the present time; a repeat with the same one gets the first answer."
            ),
            json_schema_extra=UUID7,
        ),
    ] = None,
) -> str:
    """Return the id under which a write is done once; a new one where the client names none.

    Raises:
        InvalidArgument: It is not a UUIDv7.
    """
    if idempotency_key is None:
        return ""
    return parse_id(idempotency_key, "Idempotency-Key")


CommandId = Annotated[str, Depends(choose_command_id)]
"""The `Idempotency-Key` of the request; empty without one."""


def identify_command(key: str, entity: str | None) -> tuple[str, str]:
    """Return the ids of a command that makes something, and of what it makes.

    A repeat must name the same of both, so each stands in for the other where it is absent.

    Raises:
        InvalidArgument: The entity's is not a UUIDv7.
    """
    entity_id = key if entity is None else parse_id(entity, "id")
    entity_id = entity_id or new_id()
    return key or entity_id, entity_id
