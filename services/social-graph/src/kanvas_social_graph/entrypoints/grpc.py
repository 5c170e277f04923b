"""`kanvas.graph.v1.SocialGraphService`: requests in, use cases, responses out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.records_pb2 import Account, SessionEnded
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceServicer
from kanvas_platform.clock import Clock
from kanvas_platform.eraser import FoldedAccounts
from kanvas_platform.errors import InvalidArgument, Violation
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.rpc.context import caller, remaining, require_caller
from kanvas_platform.validation import Violations
from kanvas_social_graph.ask_export import ask_export, find_export
from kanvas_social_graph.change_edges import set_block, set_follow
from kanvas_social_graph.change_password import change_password
from kanvas_social_graph.create_account import SignUp, create_account
from kanvas_social_graph.delete_account import delete_account, keep_account
from kanvas_social_graph.domain import commands as asked
from kanvas_social_graph.domain.rules import gone, hidden
from kanvas_social_graph.end_sessions import end_sessions
from kanvas_social_graph.errors import AccountUnknown
from kanvas_social_graph.exporter import Underway
from kanvas_social_graph.find_account import find_by_handle, find_by_id
from kanvas_social_graph.kept_handles import HandleSecret
from kanvas_social_graph.list_edges import EdgePage, Side, list_edges
from kanvas_social_graph.list_sessions import ended_in_parts
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.ports import GraphReplica, Passwords
from kanvas_social_graph.sign_in import sign_in
from kanvas_social_graph.update_profile import update_profile
from kanvas_social_graph.use_session import use_session

CONTRACT = pb.DESCRIPTOR.services_by_name["SocialGraphService"]

CALL_SECONDS = 5.0
"""Seconds that a use case may take outside of a call. In a call, the call's deadline counts."""

Context = Any  # grpc.aio.ServicerContext of each method's own types; nothing here uses it


class SocialGraph(SocialGraphServiceServicer):
    """The service over a replica of the graph and the way to its writer."""

    def __init__(
        self,
        *,
        replica: GraphReplica,
        commands: Commands,
        passwords: Passwords,
        secret: HandleSecret,
        grace_seconds: float,
        clock: Clock,
        underway: Underway,
        export_pause_seconds: float,
    ) -> None:
        self._replica = replica
        self._commands = commands
        self._passwords = passwords
        self._secret = secret
        self._grace_seconds = grace_seconds
        self._clock = clock
        self._underway = underway
        self._export_pause_seconds = export_pause_seconds
        self._check = PasswordCheck(replica=replica, passwords=passwords, clock=clock)

    async def CreateAccount(  # noqa: N802 - the contract's name
        self, request: pb.CreateAccountRequest, context: Context
    ) -> pb.CreateAccountResponse:
        """See the contract."""
        sign_up = SignUp(
            command_id=request.command_id,
            account_id=request.account_id,
            handle=request.handle,
            display_name=request.display_name,
            password=request.password,
            client=_client(request.client),
            device=request.device,
        )
        made = await create_account(
            sign_up,
            replica=self._replica,
            commands=self._commands,
            passwords=self._passwords,
            check=self._check,
            secret=self._secret,
            timeout=remaining(CALL_SECONDS),
        )
        return pb.CreateAccountResponse(
            account=made.account, session=made.session, position=made.position
        )

    async def SignIn(  # noqa: N802
        self, request: pb.SignInRequest, context: Context
    ) -> pb.SignInResponse:
        """See the contract."""
        account, session, position = await sign_in(
            request.command_id,
            request.handle,
            request.password,
            _client(request.client),
            request.device,
            replica=self._replica,
            commands=self._commands,
            check=self._check,
            timeout=remaining(CALL_SECONDS),
        )
        return pb.SignInResponse(account=account, session=session, position=position)

    async def ChangePassword(  # noqa: N802
        self, request: pb.ChangePasswordRequest, context: Context
    ) -> pb.ChangePasswordResponse:
        """See the contract."""
        ended, position = await change_password(
            request.command_id,
            require_caller(),
            request.session_id,
            old=request.old_password,
            new=request.new_password,
            client=_client(request.client),
            replica=self._replica,
            commands=self._commands,
            passwords=self._passwords,
            check=self._check,
            now=self._clock.now(),
            timeout=remaining(CALL_SECONDS),
        )
        return pb.ChangePasswordResponse(ended=ended, position=position)

    async def DeleteAccount(  # noqa: N802
        self, request: pb.DeleteAccountRequest, context: Context
    ) -> pb.DeleteAccountResponse:
        """See the contract."""
        turned = await delete_account(
            request.command_id,
            require_caller(),
            request.session_id,
            request.password,
            _client(request.client),
            grace_seconds=self._grace_seconds,
            replica=self._replica,
            commands=self._commands,
            check=self._check,
            now=self._clock.now(),
            timeout=remaining(CALL_SECONDS),
        )
        return pb.DeleteAccountResponse(
            account=turned.account,
            session=turned.session,
            ended=turned.ended,
            position=turned.position,
        )

    async def KeepAccount(  # noqa: N802
        self, request: pb.KeepAccountRequest, context: Context
    ) -> pb.KeepAccountResponse:
        """See the contract."""
        turned = await keep_account(
            request.command_id,
            require_caller(),
            request.session_id,
            replica=self._replica,
            commands=self._commands,
            now=self._clock.now(),
            timeout=remaining(CALL_SECONDS),
        )
        return pb.KeepAccountResponse(
            account=turned.account,
            session=turned.session,
            ended=turned.ended,
            position=turned.position,
        )

    async def ListSessions(  # noqa: N802
        self, request: pb.ListSessionsRequest, context: Context
    ) -> pb.ListSessionsResponse:
        """See the contract."""
        # Whoever looks whether a stranger is signed in must not be told of a moment ago.
        await self._reach_end()
        sessions = self._replica.state.live_sessions(require_caller(), self._clock.now())
        return pb.ListSessionsResponse(sessions=sessions)

    async def EndSession(  # noqa: N802
        self, request: pb.EndSessionRequest, context: Context
    ) -> pb.EndSessionResponse:
        """See the contract."""
        body = asked.EndSession(request.session_id, request.asking_session_id)
        ended, position = await self._end(request.command_id, body)
        return pb.EndSessionResponse(ended=ended, position=position)

    async def EndOtherSessions(  # noqa: N802
        self, request: pb.EndOtherSessionsRequest, context: Context
    ) -> pb.EndOtherSessionsResponse:
        """See the contract."""
        body = asked.EndOtherSessions(request.session_id)
        ended, position = await self._end(request.command_id, body)
        return pb.EndOtherSessionsResponse(ended=ended, position=position)

    async def UseSession(  # noqa: N802
        self, request: pb.UseSessionRequest, context: Context
    ) -> pb.UseSessionResponse:
        """See the contract."""
        await use_session(
            request.command_id,
            require_caller(),
            request.session_id,
            commands=self._commands,
            timeout=remaining(CALL_SECONDS),
        )
        return pb.UseSessionResponse()

    async def ListEndedSessions(  # noqa: N802
        self, request: pb.ListEndedSessionsRequest, context: Context
    ) -> AsyncIterator[pb.ListEndedSessionsResponse]:
        """See the contract."""
        # Whoever asks has lost sight of the feed: what was ended before the call must be told.
        await self._reach_end()
        for part in ended_in_parts(self._replica, self._clock.now()):
            yield pb.ListEndedSessionsResponse(ended=part)
            await asyncio.sleep(0)  # there may be very many, and others wait

    async def AskExport(  # noqa: N802
        self, request: pb.AskExportRequest, context: Context
    ) -> pb.AskExportResponse:
        """See the contract."""
        export = await ask_export(
            request.command_id,
            require_caller(),
            replica=self._replica,
            commands=self._commands,
            pause_seconds=self._export_pause_seconds,
            timeout=remaining(CALL_SECONDS),
        )
        return pb.AskExportResponse(export=export)

    async def GetExport(  # noqa: N802
        self, request: pb.GetExportRequest, context: Context
    ) -> pb.GetExportResponse:
        """See the contract."""
        export = find_export(require_caller(), replica=self._replica)
        response = pb.GetExportResponse(export=export)
        if self._underway.export_id == export.id:
            response.progress.CopyFrom(self._underway.progress)
        return response

    async def ListErasedAccounts(  # noqa: N802
        self, request: pb.ListErasedAccountsRequest, context: Context
    ) -> pb.ListErasedAccountsResponse:
        """See the contract."""
        await self._reach_end()
        accounts = FoldedAccounts(self._replica.state.erased)
        return pb.ListErasedAccountsResponse(
            accounts=[
                pb.ErasedAccount(account_id=account_id, position=position)
                for position, account_id in await accounts.before(request.before or None)
            ]
        )

    async def GetAccount(  # noqa: N802
        self, request: pb.GetAccountRequest, context: Context
    ) -> pb.GetAccountResponse:
        """See the contract."""
        await self._include(request.at_least)
        account = await self._find(request)
        state, asking = self._replica.state, caller()
        if account is None or gone(state, asking, account.id):
            raise AccountUnknown("There is no such account.")
        response = pb.GetAccountResponse(account=account, position=self._replica.position)
        if hidden(state, asking, account.id):
            response.hidden = True
            response.account.ClearField("bio")
        else:
            response.following_count = state.following.count(account.id)
            response.follower_count = state.followers.count(account.id)
        if asking and asking != account.id:
            response.relationship.following = (asking, account.id) in state.follows
            response.relationship.followed_by = (account.id, asking) in state.follows
            response.relationship.blocking = (asking, account.id) in state.blocks
        return response

    async def UpdateProfile(  # noqa: N802
        self, request: pb.UpdateProfileRequest, context: Context
    ) -> pb.UpdateProfileResponse:
        """See the contract."""
        account, position = await update_profile(
            request.command_id,
            require_caller(),
            display_name=request.display_name if request.HasField("display_name") else None,
            bio=request.bio if request.HasField("bio") else None,
            expected_version=request.expected_version,
            replica=self._replica,
            commands=self._commands,
            timeout=remaining(CALL_SECONDS),
        )
        return pb.UpdateProfileResponse(account=account, position=position)

    async def Follow(  # noqa: N802
        self, request: pb.FollowRequest, context: Context
    ) -> pb.FollowResponse:
        """See the contract."""
        return pb.FollowResponse(position=await self._set_follow(request, active=True))

    async def Unfollow(  # noqa: N802
        self, request: pb.UnfollowRequest, context: Context
    ) -> pb.UnfollowResponse:
        """See the contract."""
        return pb.UnfollowResponse(position=await self._set_follow(request, active=False))

    async def Block(  # noqa: N802
        self, request: pb.BlockRequest, context: Context
    ) -> pb.BlockResponse:
        """See the contract."""
        return pb.BlockResponse(position=await self._set_block(request, active=True))

    async def Unblock(  # noqa: N802
        self, request: pb.UnblockRequest, context: Context
    ) -> pb.UnblockResponse:
        """See the contract."""
        return pb.UnblockResponse(position=await self._set_block(request, active=False))

    async def ListFollowing(  # noqa: N802
        self, request: pb.ListFollowingRequest, context: Context
    ) -> pb.ListFollowingResponse:
        """See the contract."""
        page = await self._list(Side.FOLLOWING, request)
        return pb.ListFollowingResponse(
            accounts=page.accounts, next_cursor=page.next_cursor, position=self._replica.position
        )

    async def ListFollowers(  # noqa: N802
        self, request: pb.ListFollowersRequest, context: Context
    ) -> pb.ListFollowersResponse:
        """See the contract."""
        page = await self._list(Side.FOLLOWERS, request)
        return pb.ListFollowersResponse(
            accounts=page.accounts, next_cursor=page.next_cursor, position=self._replica.position
        )

    async def _reach_end(self) -> None:
        """Take in what was written before the call, by whichever instance."""
        await self._replica.barrier(min(CALL_SECONDS, remaining(CALL_SECONDS)))

    async def _include(self, at_least: int) -> None:
        await self._replica.until_fresh(remaining(CALL_SECONDS))
        if at_least > 0:
            await self._replica.include(at_least, remaining(CALL_SECONDS))

    async def _find(self, request: pb.GetAccountRequest) -> Account | None:
        match request.WhichOneof("by"):
            case "account_id":
                violations = Violations()
                account_id = violations.identifier("account_id", request.account_id)
                violations.raise_if_any()
                return await find_by_id(
                    account_id, replica=self._replica, timeout=remaining(CALL_SECONDS)
                )
            case "handle":
                return await find_by_handle(
                    request.handle, replica=self._replica, timeout=remaining(CALL_SECONDS)
                )
            case _:
                violation = Violation(field="by", message="Name an account_id or a handle.")
                raise InvalidArgument(violations=[violation])

    async def _end(
        self, command_id: str, body: asked.EndSession | asked.EndOtherSessions
    ) -> tuple[Sequence[SessionEnded], int]:
        return await end_sessions(
            command_id,
            require_caller(),
            body,
            replica=self._replica,
            commands=self._commands,
            now=self._clock.now(),
            timeout=remaining(CALL_SECONDS),
        )

    async def _set_follow(
        self, request: pb.FollowRequest | pb.UnfollowRequest, *, active: bool
    ) -> int:
        return await set_follow(
            request.command_id,
            require_caller(),
            request.account_id,
            active=active,
            commands=self._commands,
            timeout=remaining(CALL_SECONDS),
        )

    async def _set_block(
        self, request: pb.BlockRequest | pb.UnblockRequest, *, active: bool
    ) -> int:
        return await set_block(
            request.command_id,
            require_caller(),
            request.account_id,
            active=active,
            commands=self._commands,
            timeout=remaining(CALL_SECONDS),
        )

    async def _list(
        self, side: Side, request: pb.ListFollowingRequest | pb.ListFollowersRequest
    ) -> EdgePage:
        await self._include(request.at_least)
        return list_edges(
            self._replica.state,
            side,
            request.account_id,
            reader_id=caller(),
            page_size=request.page_size,
            cursor=request.cursor,
        )


def _client(client: pb.Client) -> Client:
    return Client(address=client.address, known_account_id=client.known_account_id)
