"""Accounts, profiles, follows and blocks."""

from typing import Any, Protocol

from fastapi import APIRouter, Response

from kanvas.graph.v1 import service_pb2 as graph
from kanvas_gateway.await_copy import await_copy
from kanvas_gateway.entrypoints.http.cookies import Cookies
from kanvas_gateway.entrypoints.http.counted import counted
from kanvas_gateway.entrypoints.http.headers import refer
from kanvas_gateway.entrypoints.http.identity import (
    Anyone,
    ClientShown,
    CommandId,
    DeviceShown,
    NobodysCall,
    OwnCall,
    identify_command,
)
from kanvas_gateway.entrypoints.http.models.accounts import (
    AccountPage,
    AccountView,
    Applied,
    ProfileChange,
    ProfileChanged,
)
from kanvas_gateway.entrypoints.http.models.sessions import SignedUp, SignUp
from kanvas_gateway.entrypoints.http.parameters import AccountId, AtLeast, Handle, Paging
from kanvas_gateway.entrypoints.http.refusals import refuses
from kanvas_gateway.entrypoints.http.services import HttpServices, Services
from kanvas_gateway.entrypoints.http.signing_in import let_in
from kanvas_gateway.ports import Call
from kanvas_gateway.presentation import present_account, present_relationship
from kanvas_gateway.write_limits import Write
from kanvas_platform.ids import new_id

router = APIRouter(tags=["accounts"])

_NOT_YET = "Accepted, and not yet in feeds and streams."
_APPLIED_LATER: dict[int | str, dict[str, Any]] = {202: {"model": Applied, "description": _NOT_YET}}
_OF_AN_ACCOUNT = refuses("ACCOUNT_UNKNOWN")
_OF_AN_EDGE = refuses("ACCOUNT_UNKNOWN", "SELF_FOLLOW")
_FOLLOWS = "Accepted. Feeds and streams follow as soon as they have their copy."
_BLOCK_FOLLOWS = (
    "Accepted. Here you are hidden from each other already. Other gateways and other devices "
    "follow as soon as feeds have their copy; until then you may still be seen there."
)


@router.post(
    "/v1/accounts",
    status_code=201,
    response_model=SignedUp,
    responses={202: {"model": SignedUp, "description": _NOT_YET, "headers": refer("Location")}},
    dependencies=counted(Write.SIGN_UP),
    openapi_extra=refuses("ACCOUNT_EXISTS", "HANDLE_TAKEN", "RATE_LIMITED"),
)
async def sign_up(
    body: SignUp,
    response: Response,
    services: Services,
    call: NobodysCall,
    *,
    key: CommandId,
    client: ClientShown,
    device: DeviceShown,
    cookies: Cookies,
) -> dict[str, Any]:
    """Make an account, and sign in to it.

    202 says that the account is made but not yet known to feeds: repeat, with the same id. A
    repeat shows the password again, so it counts as an attempt to sign in.
    """
    command_id, account_id = identify_command(key, body.id)
    request = graph.CreateAccountRequest(
        command_id=command_id,
        account_id=account_id,
        handle=body.handle,
        display_name=body.display_name,
        password=body.password,
        client=client,
        device=device,
    )
    made = await services.graph.CreateAccount(request, **call)
    copy = await await_copy(services.tail, made.position)
    response.status_code = 201 if copy.applied else 202
    response.headers["Location"] = f"/v1/accounts/{made.account.id}"
    return {
        **let_in(made.account, made.session, services=services, cookies=cookies),
        **copy.json("Accepted. Feeds do not know the account yet: repeat with this id."),
    }


@router.get("/v1/accounts/{account_id}", response_model=AccountView, openapi_extra=_OF_AN_ACCOUNT)
async def get_account(
    account_id: AccountId, services: Services, caller: Anyone, at_least: AtLeast
) -> dict[str, Any]:
    """Return an account."""
    request = graph.GetAccountRequest(account_id=account_id, at_least=at_least)
    return await _view(services, request, caller.call())


@router.get("/v1/handles/{handle}", response_model=AccountView, openapi_extra=_OF_AN_ACCOUNT)
async def get_account_by_handle(
    handle: Handle, services: Services, caller: Anyone, at_least: AtLeast
) -> dict[str, Any]:
    """Return the account that has a handle."""
    request = graph.GetAccountRequest(handle=handle, at_least=at_least)
    return await _view(services, request, caller.call())


@router.patch(
    "/v1/accounts/me",
    response_model=ProfileChanged,
    openapi_extra=refuses("ACCOUNT_UNKNOWN", "VERSION_CONFLICT"),
)
async def change_profile(
    body: ProfileChange, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Change your profile."""
    request = graph.UpdateProfileRequest(
        command_id=key or new_id(),
        display_name=body.display_name,
        bio=body.bio,
        expected_version=body.expected_version,
    )
    changed = await services.graph.UpdateProfile(request, **call)
    return {"account": present_account(changed.account), "position": str(changed.position)}


@router.get(
    "/v1/accounts/{account_id}/following",
    response_model=AccountPage,
    openapi_extra=_OF_AN_ACCOUNT,
)
async def list_following(
    account_id: AccountId,
    services: Services,
    caller: Anyone,
    paging: Paging,
) -> dict[str, Any]:
    """Return whom an account follows."""
    request = graph.ListFollowingRequest(
        account_id=account_id,
        page_size=paging.limit,
        cursor=paging.cursor,
        at_least=paging.at_least,
    )
    return _page(await services.graph.ListFollowing(request, **caller.call()))


@router.get(
    "/v1/accounts/{account_id}/followers",
    response_model=AccountPage,
    openapi_extra=_OF_AN_ACCOUNT,
)
async def list_followers(
    account_id: AccountId,
    services: Services,
    caller: Anyone,
    paging: Paging,
) -> dict[str, Any]:
    """Return who follows an account."""
    request = graph.ListFollowersRequest(
        account_id=account_id,
        page_size=paging.limit,
        cursor=paging.cursor,
        at_least=paging.at_least,
    )
    return _page(await services.graph.ListFollowers(request, **caller.call()))


@router.put(
    "/v1/accounts/{account_id}/follow",
    response_model=Applied,
    responses=_APPLIED_LATER,
    dependencies=counted(Write.FOLLOW),
    openapi_extra=refuses("ACCOUNT_UNKNOWN", "BLOCKED", "SELF_FOLLOW"),
)
async def follow(
    account_id: AccountId, response: Response, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Follow an account. 202: committed, and not yet in feeds and streams."""
    request = graph.FollowRequest(command_id=key or new_id(), account_id=account_id)
    return await _apply(await services.graph.Follow(request, **call), services, response, _FOLLOWS)


@router.delete(
    "/v1/accounts/{account_id}/follow",
    response_model=Applied,
    responses=_APPLIED_LATER,
    dependencies=counted(Write.FOLLOW),
    openapi_extra=_OF_AN_EDGE,
)
async def unfollow(
    account_id: AccountId, response: Response, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Follow an account no longer."""
    request = graph.UnfollowRequest(command_id=key or new_id(), account_id=account_id)
    return await _apply(
        await services.graph.Unfollow(request, **call), services, response, _FOLLOWS
    )


@router.put(
    "/v1/accounts/{account_id}/block",
    response_model=Applied,
    responses=_APPLIED_LATER,
    dependencies=counted(Write.FOLLOW),
    openapi_extra=_OF_AN_EDGE,
)
async def block(
    account_id: AccountId, response: Response, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Block an account: neither of you sees the other any more.

    202: committed, and at once in force at this gateway; `detail` says what follows.
    """
    request = graph.BlockRequest(command_id=key or new_id(), account_id=account_id)
    accepted = await services.graph.Block(request, **call)
    await services.blocks.begin(_own(call), account_id, accepted.position)
    return await _apply(accepted, services, response, _BLOCK_FOLLOWS)


@router.delete(
    "/v1/accounts/{account_id}/block",
    response_model=Applied,
    responses=_APPLIED_LATER,
    dependencies=counted(Write.FOLLOW),
    openapi_extra=_OF_AN_EDGE,
)
async def unblock(
    account_id: AccountId, response: Response, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Lift a block."""
    request = graph.UnblockRequest(command_id=key or new_id(), account_id=account_id)
    accepted = await services.graph.Unblock(request, **call)
    await services.blocks.end(_own(call), account_id)
    return await _apply(accepted, services, response, _FOLLOWS)


class _Positioned(Protocol):
    @property
    def position(self) -> int: ...


def _own(call: Call) -> str:
    return call.account_id or ""  # a call of somebody who has signed in has one


async def _apply(
    accepted: _Positioned, services: HttpServices, response: Response, until_then: str
) -> dict[str, Any]:
    copy = await await_copy(services.tail, accepted.position)
    response.status_code = 200 if copy.applied else 202
    return copy.json(until_then)


async def _view(
    services: HttpServices, request: graph.GetAccountRequest, call: Call
) -> dict[str, Any]:
    found = await services.graph.GetAccount(request, **call)
    related = found.HasField("relationship")
    return {
        "account": present_account(found.account),
        "following_count": found.following_count,
        "follower_count": found.follower_count,
        "relationship": present_relationship(found.relationship) if related else None,
        "hidden": found.hidden,
        "position": str(found.position),
    }


def _page(page: graph.ListFollowingResponse | graph.ListFollowersResponse) -> dict[str, Any]:
    return {
        "accounts": [present_account(account) for account in page.accounts],
        "next_cursor": page.next_cursor or None,
        "position": str(page.position),
    }
