"""Feeds, in pages. Each page says from where the live stream continues it."""

from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter

from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas_gateway.entrypoints.http.identity import Anyone, OwnCall
from kanvas_gateway.entrypoints.http.models.feeds import FeedPage
from kanvas_gateway.entrypoints.http.parameters import AccountId, Paging, Tag
from kanvas_gateway.entrypoints.http.refusals import OF_HISTORY, refuses
from kanvas_gateway.entrypoints.http.services import HttpServices, Services
from kanvas_gateway.ports import Call
from kanvas_gateway.presentation import present_view

router = APIRouter(tags=["feeds"])

_Page = (
    timeline.ListHomeFeedResponse
    | timeline.ListUserFeedResponse
    | timeline.ListGlobalFeedResponse
    | timeline.ListTagFeedResponse
)


@router.get("/v1/feeds/home", response_model=FeedPage, openapi_extra=refuses(*OF_HISTORY))
async def get_home_feed(services: Services, call: OwnCall, paging: Paging) -> dict[str, Any]:
    """Return posts by those whom you follow and by you, newest first."""
    request = timeline.ListHomeFeedRequest(
        page_size=paging.limit, cursor=paging.cursor, at_least=paging.at_least
    )
    return await _present(services.timeline.ListHomeFeed(request, **call), services, call)


@router.get("/v1/feeds/global", response_model=FeedPage, openapi_extra=refuses(*OF_HISTORY))
async def get_global_feed(services: Services, caller: Anyone, paging: Paging) -> dict[str, Any]:
    """Return public posts by everyone, newest first."""
    request = timeline.ListGlobalFeedRequest(
        page_size=paging.limit, cursor=paging.cursor, at_least=paging.at_least
    )
    call = caller.call()
    return await _present(services.timeline.ListGlobalFeed(request, **call), services, call)


@router.get(
    "/v1/feeds/accounts/{account_id}",
    response_model=FeedPage,
    openapi_extra=refuses("ACCOUNT_UNKNOWN", *OF_HISTORY),
)
async def get_account_feed(
    account_id: AccountId,
    services: Services,
    caller: Anyone,
    paging: Paging,
) -> dict[str, Any]:
    """Return posts by one account that you may see, newest first."""
    request = timeline.ListUserFeedRequest(
        account_id=account_id,
        page_size=paging.limit,
        cursor=paging.cursor,
        at_least=paging.at_least,
    )
    call = caller.call()
    return await _present(services.timeline.ListUserFeed(request, **call), services, call)


@router.get("/v1/feeds/tags/{tag}", response_model=FeedPage, openapi_extra=refuses(*OF_HISTORY))
async def get_tag_feed(
    tag: Tag,
    services: Services,
    caller: Anyone,
    paging: Paging,
) -> dict[str, Any]:
    """Return public posts with a tag, newest first."""
    request = timeline.ListTagFeedRequest(
        tag=tag,
        page_size=paging.limit,
        cursor=paging.cursor,
        at_least=paging.at_least,
    )
    call = caller.call()
    return await _present(services.timeline.ListTagFeed(request, **call), services, call)


async def _present(asked: Awaitable[_Page], services: HttpServices, call: Call) -> dict[str, Any]:
    # A block that is copied while the page is made may be missing from it, and is ahead no more.
    hidden = services.blocks.hidden_from(call.account_id)
    page = await asked
    hidden |= services.blocks.hidden_from(call.account_id)
    return {
        "items": [present_view(one) for one in page.views if one.post.author.id not in hidden],
        "next_cursor": page.next_cursor or None,
        "position": str(page.position),
    }
