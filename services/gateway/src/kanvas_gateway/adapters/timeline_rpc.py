"""timeline over gRPC."""

from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.ports import Call
from kanvas_platform.rpc.client import RpcClient

_READ_SECONDS = 1.0  # for one attempt; another instance may be fresher


class RpcTimeline:
    """Implements `Timeline`."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self._stub = TimelineServiceStub(client.channel)

    async def create_post(
        self, request: timeline.CreatePostRequest, call: Call
    ) -> timeline.CreatePostResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.CreatePost, request, timeout=call.timeout, identity=call.account_id
        )

    async def delete_post(
        self, request: timeline.DeletePostRequest, call: Call
    ) -> timeline.DeletePostResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.DeletePost, request, timeout=call.timeout, identity=call.account_id
        )

    async def like_post(
        self, request: timeline.LikePostRequest, call: Call
    ) -> timeline.LikePostResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.LikePost, request, timeout=call.timeout, identity=call.account_id
        )

    async def unlike_post(
        self, request: timeline.UnlikePostRequest, call: Call
    ) -> timeline.UnlikePostResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.UnlikePost, request, timeout=call.timeout, identity=call.account_id
        )

    async def get_post(
        self, request: timeline.GetPostRequest, call: Call
    ) -> timeline.GetPostResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.GetPost,
            request,
            timeout=call.timeout,
            identity=call.account_id,
            attempt_timeout=_READ_SECONDS,
        )

    async def list_home_feed(
        self, request: timeline.ListHomeFeedRequest, call: Call
    ) -> timeline.ListHomeFeedResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.ListHomeFeed,
            request,
            timeout=call.timeout,
            identity=call.account_id,
            attempt_timeout=_READ_SECONDS,
        )

    async def list_user_feed(
        self, request: timeline.ListUserFeedRequest, call: Call
    ) -> timeline.ListUserFeedResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.ListUserFeed,
            request,
            timeout=call.timeout,
            identity=call.account_id,
            attempt_timeout=_READ_SECONDS,
        )

    async def list_global_feed(
        self, request: timeline.ListGlobalFeedRequest, call: Call
    ) -> timeline.ListGlobalFeedResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.ListGlobalFeed,
            request,
            timeout=call.timeout,
            identity=call.account_id,
            attempt_timeout=_READ_SECONDS,
        )

    async def get_audience(
        self, request: timeline.GetAudienceRequest, call: Call
    ) -> timeline.GetAudienceResponse:
        """See `Timeline`."""
        return await self._client.call(
            self._stub.GetAudience,
            request,
            timeout=call.timeout,
            identity=call.account_id,
            attempt_timeout=_READ_SECONDS,
        )
