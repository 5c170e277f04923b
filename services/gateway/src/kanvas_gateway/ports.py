"""What the gateway needs of others. Adapters and the doubles of the tests implement these.

Requests and answers are the messages of the contracts. Every method raises the `KanvasError` that
the service answered, `Unavailable` where no instance answers, and `DeadlineExceeded` where the
time of the call is over.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.timeline.v1 import service_pb2 as timeline


@dataclass(frozen=True, slots=True)
class Call:
    """For whom a call is made, and how long it may take.

    Attributes:
        account_id: Account that acts; None for somebody who is not signed in.
        timeout: Seconds that are left for it, repeats included.
    """

    account_id: str | None
    timeout: float


class SocialGraph(Protocol):
    """Accounts, follows and blocks: `kanvas.graph.v1.SocialGraphService`."""

    async def create_account(
        self, request: graph.CreateAccountRequest, call: Call
    ) -> graph.CreateAccountResponse:
        """Make an account."""

    async def verify_credentials(
        self, request: graph.VerifyCredentialsRequest, call: Call
    ) -> graph.VerifyCredentialsResponse:
        """Check a handle and its password."""

    async def get_account(
        self, request: graph.GetAccountRequest, call: Call
    ) -> graph.GetAccountResponse:
        """Return one account."""

    async def update_profile(
        self, request: graph.UpdateProfileRequest, call: Call
    ) -> graph.UpdateProfileResponse:
        """Change the caller's profile."""

    async def follow(self, request: graph.FollowRequest, call: Call) -> graph.FollowResponse:
        """Follow an account."""

    async def unfollow(self, request: graph.UnfollowRequest, call: Call) -> graph.UnfollowResponse:
        """Follow an account no longer."""

    async def block(self, request: graph.BlockRequest, call: Call) -> graph.BlockResponse:
        """Block an account."""

    async def unblock(self, request: graph.UnblockRequest, call: Call) -> graph.UnblockResponse:
        """Lift a block."""

    async def list_following(
        self, request: graph.ListFollowingRequest, call: Call
    ) -> graph.ListFollowingResponse:
        """Return a page of those whom an account follows."""

    async def list_followers(
        self, request: graph.ListFollowersRequest, call: Call
    ) -> graph.ListFollowersResponse:
        """Return a page of those who follow an account."""


class Timeline(Protocol):
    """Posts and feeds: `kanvas.timeline.v1.TimelineService`."""

    async def create_post(
        self, request: timeline.CreatePostRequest, call: Call
    ) -> timeline.CreatePostResponse:
        """Publish a post of the caller."""

    async def delete_post(
        self, request: timeline.DeletePostRequest, call: Call
    ) -> timeline.DeletePostResponse:
        """Delete a post of the caller."""

    async def like_post(
        self, request: timeline.LikePostRequest, call: Call
    ) -> timeline.LikePostResponse:
        """Like a post."""

    async def unlike_post(
        self, request: timeline.UnlikePostRequest, call: Call
    ) -> timeline.UnlikePostResponse:
        """Take a like back."""

    async def get_post(
        self, request: timeline.GetPostRequest, call: Call
    ) -> timeline.GetPostResponse:
        """Return one post."""

    async def list_home_feed(
        self, request: timeline.ListHomeFeedRequest, call: Call
    ) -> timeline.ListHomeFeedResponse:
        """Return a page of the caller's home."""

    async def list_user_feed(
        self, request: timeline.ListUserFeedRequest, call: Call
    ) -> timeline.ListUserFeedResponse:
        """Return a page of an account's posts."""

    async def list_global_feed(
        self, request: timeline.ListGlobalFeedRequest, call: Call
    ) -> timeline.ListGlobalFeedResponse:
        """Return a page of everyone's public posts."""

    async def get_audience(
        self, request: timeline.GetAudienceRequest, call: Call
    ) -> timeline.GetAudienceResponse:
        """Return the sets that the caller's streams are filtered by."""


class Images(Protocol):
    """Generation jobs: `kanvas.imagegen.v1.ImageGenerationService`."""

    async def submit_job(
        self, request: imagegen.SubmitJobRequest, call: Call
    ) -> imagegen.SubmitJobResponse:
        """Accept a job."""

    async def get_job(self, request: imagegen.GetJobRequest, call: Call) -> imagegen.GetJobResponse:
        """Return a job of the caller."""

    async def cancel_job(
        self, request: imagegen.CancelJobRequest, call: Call
    ) -> imagegen.CancelJobResponse:
        """Cancel a job of the caller."""

    async def list_models(
        self, request: imagegen.ListModelsRequest, call: Call
    ) -> imagegen.ListModelsResponse:
        """Return what can paint."""

    def watch_job(
        self, request: imagegen.WatchJobRequest, call: Call
    ) -> AsyncIterator[imagegen.WatchJobResponse]:
        """Follow a job of the caller until its final state or until the time is over."""


class Pictures(Protocol):
    """Finished pictures, by name. Their bytes never change."""

    async def read(self, name: str) -> bytes:
        """Return the bytes of a picture.

        Raises:
            PictureUnknown: There is none of that name.
            Unavailable: The store does not answer.
        """

    async def size(self, name: str) -> int:
        """Return the length of a picture in bytes; raises as `read` does."""


class FeedTail(Protocol):
    """The own tail of `kanvas.feed.v1`."""

    @property
    def position(self) -> int:
        """Position that was delivered last; 0 before the first."""

    @property
    def source_position(self) -> int:
        """Position of the graph's log up to which copies were delivered."""

    def fresh(self, within: float = 1.0) -> bool:
        """Say whether a read that started at most that many seconds ago reached the end."""

    async def wait_for_source(self, source_position: int, timeout: float) -> int:
        """Wait until a position of the graph's log has been copied and delivered.

        Returns:
            The feed position by which it had been.

        Raises:
            Unavailable: `POSITION_NOT_REACHED`, not within that many seconds.
        """

    async def barrier(self, timeout: float) -> int:
        """Wait until everything committed before the call is delivered; return the position.

        Raises:
            Unavailable: Not within that many seconds.
        """
