"""social-graph over gRPC."""

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_gateway.ports import Call
from kanvas_platform.rpc.client import RpcClient

# Hashing a password is slow by design. A busy instance that is given up on too early hashes for
# nobody, and the repeat queues behind it: sign-ups would starve each other for ever. A lost
# instance is noticed by the connection, long before this.
_HASHING_SECONDS = 6.0


class RpcSocialGraph:
    """Implements `SocialGraph`."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self._stub = SocialGraphServiceStub(client.channel)

    async def create_account(
        self, request: graph.CreateAccountRequest, call: Call
    ) -> graph.CreateAccountResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.CreateAccount,
            request,
            timeout=call.timeout,
            attempt_timeout=_HASHING_SECONDS,
            identity=call.account_id,
        )

    async def verify_credentials(
        self, request: graph.VerifyCredentialsRequest, call: Call
    ) -> graph.VerifyCredentialsResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.VerifyCredentials,
            request,
            timeout=call.timeout,
            attempt_timeout=_HASHING_SECONDS,
            identity=call.account_id,
        )

    async def get_account(
        self, request: graph.GetAccountRequest, call: Call
    ) -> graph.GetAccountResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.GetAccount, request, timeout=call.timeout, identity=call.account_id
        )

    async def update_profile(
        self, request: graph.UpdateProfileRequest, call: Call
    ) -> graph.UpdateProfileResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.UpdateProfile, request, timeout=call.timeout, identity=call.account_id
        )

    async def follow(self, request: graph.FollowRequest, call: Call) -> graph.FollowResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.Follow, request, timeout=call.timeout, identity=call.account_id
        )

    async def unfollow(self, request: graph.UnfollowRequest, call: Call) -> graph.UnfollowResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.Unfollow, request, timeout=call.timeout, identity=call.account_id
        )

    async def block(self, request: graph.BlockRequest, call: Call) -> graph.BlockResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.Block, request, timeout=call.timeout, identity=call.account_id
        )

    async def unblock(self, request: graph.UnblockRequest, call: Call) -> graph.UnblockResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.Unblock, request, timeout=call.timeout, identity=call.account_id
        )

    async def list_following(
        self, request: graph.ListFollowingRequest, call: Call
    ) -> graph.ListFollowingResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.ListFollowing, request, timeout=call.timeout, identity=call.account_id
        )

    async def list_followers(
        self, request: graph.ListFollowersRequest, call: Call
    ) -> graph.ListFollowersResponse:
        """See `SocialGraph`."""
        return await self._client.call(
            self._stub.ListFollowers, request, timeout=call.timeout, identity=call.account_id
        )
