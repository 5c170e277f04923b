"""`kanvas.timeline.v1.TimelineService`: each method calls the use case of its name."""

from collections.abc import AsyncIterator
from typing import Any

from kanvas.timeline.v1 import service_pb2 as pb
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceServicer
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.rpc.context import caller, remaining, require_caller
from kanvas_timeline.check_picture import check_picture
from kanvas_timeline.create_post import create_post
from kanvas_timeline.delete_post import delete_post
from kanvas_timeline.find_unshown_pictures import find_unshown_pictures
from kanvas_timeline.get_audience import get_audience, in_parts
from kanvas_timeline.get_post import get_post
from kanvas_timeline.like_post import set_like
from kanvas_timeline.list_feeds import (
    PageRequest,
    list_global_feed,
    list_home_feed,
    list_tag_feed,
    list_user_feed,
)
from kanvas_timeline.list_likes import list_likes
from kanvas_timeline.metrics import read_seconds
from kanvas_timeline.reading.sources import Sources

CONTRACT = pb.DESCRIPTOR.services_by_name["TimelineService"]

CALL_SECONDS = 5.0
"""What a use case may take outside of a call; within one, the call's deadline counts."""

Context = Any  # grpc.aio.ServicerContext of each method's own types; nothing here uses it
_ListRequest = (
    pb.ListHomeFeedRequest
    | pb.ListUserFeedRequest
    | pb.ListGlobalFeedRequest
    | pb.ListTagFeedRequest
)


class Timeline(TimelineServiceServicer):
    """Takes a request apart, calls the use case, puts the response together."""

    def __init__(self, *, sources: Sources, commands: Commands) -> None:
        self._sources = sources
        self._commands = commands

    async def CreatePost(  # noqa: N802 - the contract's name
        self, request: pb.CreatePostRequest, context: Context
    ) -> pb.CreatePostResponse:
        """See the contract."""
        view, position = await create_post(
            request,
            require_caller(),
            commands=self._commands,
            sources=self._sources,
            timeout=remaining(CALL_SECONDS),
        )
        return pb.CreatePostResponse(view=view, position=position)

    async def DeletePost(  # noqa: N802 - the contract's name
        self, request: pb.DeletePostRequest, context: Context
    ) -> pb.DeletePostResponse:
        """See the contract."""
        position = await delete_post(
            request.command_id,
            require_caller(),
            request.post_id,
            commands=self._commands,
            timeout=remaining(CALL_SECONDS),
        )
        return pb.DeletePostResponse(position=position)

    async def LikePost(  # noqa: N802 - the contract's name
        self, request: pb.LikePostRequest, context: Context
    ) -> pb.LikePostResponse:
        """See the contract."""
        return pb.LikePostResponse(like_count=await self._set_like(request, liked=True))

    async def UnlikePost(  # noqa: N802 - the contract's name
        self, request: pb.UnlikePostRequest, context: Context
    ) -> pb.UnlikePostResponse:
        """See the contract."""
        return pb.UnlikePostResponse(like_count=await self._set_like(request, liked=False))

    async def GetPost(  # noqa: N802 - the contract's name
        self, request: pb.GetPostRequest, context: Context
    ) -> pb.GetPostResponse:
        """See the contract."""
        with read_seconds.labels("post").time():
            view, position = await get_post(
                request.post_id,
                caller(),
                request.at_least,
                sources=self._sources,
                timeout=remaining(CALL_SECONDS),
            )
        return pb.GetPostResponse(view=view, position=position)

    async def ListHomeFeed(  # noqa: N802 - the contract's name
        self, request: pb.ListHomeFeedRequest, context: Context
    ) -> pb.ListHomeFeedResponse:
        """See the contract."""
        with read_seconds.labels("home").time():
            page = await list_home_feed(
                require_caller(),
                _page_request(request),
                sources=self._sources,
                timeout=remaining(CALL_SECONDS),
            )
        return pb.ListHomeFeedResponse(
            views=page.posts, next_cursor=page.next_cursor, position=page.position
        )

    async def ListUserFeed(  # noqa: N802 - the contract's name
        self, request: pb.ListUserFeedRequest, context: Context
    ) -> pb.ListUserFeedResponse:
        """See the contract."""
        with read_seconds.labels("user").time():
            page = await list_user_feed(
                request.account_id,
                caller(),
                _page_request(request),
                sources=self._sources,
                timeout=remaining(CALL_SECONDS),
            )
        return pb.ListUserFeedResponse(
            views=page.posts, next_cursor=page.next_cursor, position=page.position
        )

    async def ListGlobalFeed(  # noqa: N802 - the contract's name
        self, request: pb.ListGlobalFeedRequest, context: Context
    ) -> pb.ListGlobalFeedResponse:
        """See the contract."""
        with read_seconds.labels("global").time():
            page = await list_global_feed(
                caller(),
                _page_request(request),
                sources=self._sources,
                timeout=remaining(CALL_SECONDS),
            )
        return pb.ListGlobalFeedResponse(
            views=page.posts, next_cursor=page.next_cursor, position=page.position
        )

    async def ListTagFeed(  # noqa: N802 - the contract's name
        self, request: pb.ListTagFeedRequest, context: Context
    ) -> pb.ListTagFeedResponse:
        """See the contract."""
        with read_seconds.labels("tag").time():
            page = await list_tag_feed(
                request.tag,
                caller(),
                _page_request(request),
                sources=self._sources,
                timeout=remaining(CALL_SECONDS),
            )
        return pb.ListTagFeedResponse(
            views=page.posts, next_cursor=page.next_cursor, position=page.position
        )

    async def ListLikes(  # noqa: N802 - the contract's name
        self, request: pb.ListLikesRequest, context: Context
    ) -> pb.ListLikesResponse:
        """See the contract."""
        with read_seconds.labels("likes").time():
            page = await list_likes(
                require_caller(),
                page_size=request.page_size,
                cursor=request.cursor,
                sources=self._sources,
                timeout=remaining(CALL_SECONDS),
            )
        return pb.ListLikesResponse(
            likes=page.likes, next_cursor=page.next_cursor, position=page.position
        )

    async def GetAudience(  # noqa: N802 - the contract's name
        self, request: pb.GetAudienceRequest, context: Context
    ) -> AsyncIterator[pb.GetAudienceResponse]:
        """See the contract."""
        with read_seconds.labels("audience").time():
            audience = await get_audience(
                require_caller(),
                request.at_least,
                sources=self._sources,
                timeout=remaining(CALL_SECONDS),
            )
        for part in in_parts(audience):
            yield pb.GetAudienceResponse(
                following_ids=part.following_ids,
                hidden_ids=part.hidden_ids,
                position=part.position,
            )

    async def CheckPicture(  # noqa: N802 - the contract's name
        self, request: pb.CheckPictureRequest, context: Context
    ) -> pb.CheckPictureResponse:
        """See the contract."""
        with read_seconds.labels("picture").time():
            found = await check_picture(
                request.sha256, caller(), sources=self._sources, timeout=remaining(CALL_SECONDS)
            )
        return pb.CheckPictureResponse(author_id=found.author_id or "", public=found.public)

    async def FindUnshownPictures(  # noqa: N802 - the contract's name
        self, request: pb.FindUnshownPicturesRequest, context: Context
    ) -> pb.FindUnshownPicturesResponse:
        """See the contract."""
        unshown = await find_unshown_pictures(
            request.sha256s, replica=self._sources.replica, timeout=remaining(CALL_SECONDS)
        )
        return pb.FindUnshownPicturesResponse(sha256s=unshown)

    async def _set_like(
        self, request: pb.LikePostRequest | pb.UnlikePostRequest, *, liked: bool
    ) -> int:
        return await set_like(
            request.command_id,
            require_caller(),
            request.post_id,
            liked=liked,
            commands=self._commands,
            sources=self._sources,
            timeout=remaining(CALL_SECONDS),
        )


def _page_request(request: _ListRequest) -> PageRequest:
    return PageRequest(
        page_size=request.page_size, cursor=request.cursor, at_least=request.at_least
    )
