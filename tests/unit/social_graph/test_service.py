"""The service as callers meet it: what each method takes, does and answers."""

from collections.abc import Callable

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.records_pb2 import Device
from kanvas_platform.errors import InvalidArgument, NotFresh, PositionUnknown, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import StoreFailed
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.rpc.client import acting_for
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.memory_store import MemoryStore
from kanvas_social_graph import list_sessions
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import AccountUnknown, CredentialsWrong
from tests.unit.social_graph.doubles import GraphLog, graph_stub

RIGHT = "correct horse battery"


class Service:
    """An instance that leads, and its people."""

    def __init__(self) -> None:
        clock = ManualClock()
        self.clock = clock
        self.log = GraphLog(clock)
        self.stub = graph_stub(self.log, clock)

    async def sign_up(self, handle: str) -> str:
        account_id = new_id()
        request = pb.CreateAccountRequest(
            command_id=new_id(), account_id=account_id, handle=handle, password=RIGHT
        )
        made = await self.stub.CreateAccount(request, timeout=10)
        assert (made.account.id, made.position) == (account_id, self.log.position)
        return account_id

    async def found(self, account_id: str, reader: str | None = None) -> pb.GetAccountResponse:
        request = pb.GetAccountRequest(account_id=account_id)
        return await self.stub.GetAccount(request, timeout=10, metadata=acting_for(reader))


@pytest.fixture
def service() -> Service:
    return Service()


async def test_the_password_of_a_sign_up_signs_in(service: Service) -> None:
    ada = await service.sign_up("ada")
    request = pb.SignInRequest(command_id=new_id(), handle=" Ada", password=RIGHT)
    assert (await service.stub.SignIn(request, timeout=10)).account.id == ada
    request.command_id, request.password = new_id(), "another password"
    with pytest.raises(CredentialsWrong):
        await service.stub.SignIn(request, timeout=10)


async def test_a_session_is_listed_with_its_device_until_it_is_ended(service: Service) -> None:
    ada = await service.sign_up("ada")
    device = Device(app="Firefox", system="Linux")
    request = pb.SignInRequest(command_id=new_id(), handle="ada", password=RIGHT, device=device)
    mine = (await service.stub.SignIn(request, timeout=10)).session
    assert (mine.id, mine.device.app, mine.device.system) == (
        request.command_id, "Firefox", "Linux",
    )  # fmt: skip
    as_ada = acting_for(ada)

    async def listed() -> list[str]:
        asked = pb.ListSessionsRequest()
        answer = await service.stub.ListSessions(asked, timeout=10, metadata=as_ada)
        return [session.id for session in answer.sessions]

    first = (await listed())[-1]
    assert await listed() == [mine.id, first]
    end = pb.EndOtherSessionsRequest(command_id=new_id(), session_id=mine.id)
    answer = await service.stub.EndOtherSessions(end, timeout=10, metadata=as_ada)
    assert [ended.id for ended in answer.ended] == [first]
    assert answer.position == service.log.position
    one = pb.EndSessionRequest(command_id=new_id(), session_id=mine.id, asking_session_id=mine.id)
    assert [
        ended.id
        for ended in (await service.stub.EndSession(one, timeout=10, metadata=as_ada)).ended
    ] == [mine.id]
    assert await listed() == []
    again = await service.stub.EndSession(one, timeout=10, metadata=as_ada)
    assert [ended.id for ended in again.ended] == [mine.id], "whose first answer was lost"
    one.command_id = new_id()
    assert not (await service.stub.EndSession(one, timeout=10, metadata=as_ada)).ended


async def test_a_use_shows_in_the_list(service: Service) -> None:
    ada = await service.sign_up("ada")
    service.clock.advance(7200)
    as_ada = acting_for(ada)
    (session,) = (
        await service.stub.ListSessions(pb.ListSessionsRequest(), timeout=10, metadata=as_ada)
    ).sessions
    use = pb.UseSessionRequest(command_id=new_id(), session_id=session.id)
    await service.stub.UseSession(use, timeout=10, metadata=as_ada)
    (after,) = (
        await service.stub.ListSessions(pb.ListSessionsRequest(), timeout=10, metadata=as_ada)
    ).sessions
    assert after.used_at.seconds == session.used_at.seconds + 7200


async def test_a_changed_password_tells_what_ended(service: Service) -> None:
    ada = await service.sign_up("ada")
    request = pb.SignInRequest(command_id=new_id(), handle="ada", password=RIGHT)
    mine = (await service.stub.SignIn(request, timeout=10)).session
    change = pb.ChangePasswordRequest(
        command_id=new_id(), session_id=mine.id, old_password=RIGHT, new_password="battery staple"
    )
    answer = await service.stub.ChangePassword(change, timeout=10, metadata=acting_for(ada))
    assert [ended.account_id for ended in answer.ended] == [ada]
    change.session_id = "mine"
    with pytest.raises(InvalidArgument):
        await service.stub.ChangePassword(change, timeout=10, metadata=acting_for(ada))
    change.session_id = mine.id
    with pytest.raises(AccountUnknown):
        await service.stub.ChangePassword(change, timeout=10, metadata=acting_for(new_id()))


async def test_a_gateway_that_starts_is_told_of_all_ends_in_parts(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_sessions, "MOST_IN_PART", 2)
    asked = pb.ListEndedSessionsRequest()

    async def parts() -> list[list[str]]:
        answer = service.stub.ListEndedSessions(asked, timeout=10)
        return [[ended.id for ended in part.ended] async for part in answer]

    assert await parts() == [[]]
    ada = await service.sign_up("ada")
    ids = []
    for number in range(4):
        if number == 3:
            service.clock.advance(86_400)
        request = pb.SignInRequest(command_id=new_id(), handle="ada", password=RIGHT)
        ids.append((await service.stub.SignIn(request, timeout=10)).session.id)
        end = pb.EndSessionRequest(
            command_id=new_id(), session_id=ids[-1], asking_session_id=ids[-1]
        )
        await service.stub.EndSession(end, timeout=10, metadata=acting_for(ada))
    assert await parts() == [[ids[2], ids[1]], [ids[0]], [ids[3]]]


async def test_nobody_is_told_of_sessions_by_an_instance_that_may_lack_the_last_ones(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_ada = acting_for(await service.sign_up("ada"))

    async def barrier(timeout: float) -> int:
        raise NotFresh(f"Not within {timeout:.0f} s.")

    monkeypatch.setattr(service.log, "barrier", barrier)
    told = service.stub.ListEndedSessions(pb.ListEndedSessionsRequest(), timeout=10)
    with pytest.raises(NotFresh):
        assert not [part async for part in told]
    with pytest.raises(NotFresh):
        await service.stub.ListSessions(pb.ListSessionsRequest(), timeout=10, metadata=as_ada)


async def test_an_account_is_found_by_id_and_by_handle(service: Service) -> None:
    ada = await service.sign_up("ada")
    by_handle = pb.GetAccountRequest(handle="ADA", at_least=1)
    assert (await service.stub.GetAccount(by_handle, timeout=10)).account.id == ada
    assert (await service.found(ada)).account.handle == "ada"


class Away(MemoryStore):
    def get(self, key: bytes) -> bytes | None:
        raise StoreFailed(f"/var/lib/{key!r}: Input/output error")


async def test_another_instance_is_asked_where_a_state_cannot_be_read(service: Service) -> None:
    service.log.state = GraphState(Space(Away()))
    with pytest.raises(Unavailable) as caught:
        await service.found(new_id())
    assert (caught.value.status, caught.value.reason) == ("UNAVAILABLE", "UNAVAILABLE")
    assert "/var" not in caught.value.message


@pytest.mark.parametrize(
    "request_", [pb.GetAccountRequest(account_id=new_id()), pb.GetAccountRequest(handle="nobody")]
)
async def test_who_is_not_there_is_unknown(
    service: Service, request_: pb.GetAccountRequest
) -> None:
    with pytest.raises(AccountUnknown):
        await service.stub.GetAccount(request_, timeout=10)


@pytest.mark.parametrize(
    ("request_", "field"),
    [(pb.GetAccountRequest(), "by"), (pb.GetAccountRequest(account_id="x"), "account_id")],
)
async def test_a_request_that_names_nobody_is_refused(
    service: Service, request_: pb.GetAccountRequest, field: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        await service.stub.GetAccount(request_, timeout=10)
    assert [violation.field for violation in caught.value.violations] == [field]


async def test_a_read_includes_the_position_that_it_names_or_says_that_there_is_none(
    service: Service,
) -> None:
    ada = await service.sign_up("ada")
    request = pb.ListFollowersRequest(account_id=ada, at_least=service.log.position)
    assert (await service.stub.ListFollowers(request, timeout=10)).position == request.at_least
    request.at_least += 1
    with pytest.raises(PositionUnknown):
        await service.stub.ListFollowers(request, timeout=10)


async def test_a_follow_and_a_block_show_in_the_relationship_until_they_are_taken_back(
    service: Service,
) -> None:
    ada, ben = await service.sign_up("ada"), await service.sign_up("ben")
    as_ada = acting_for(ada)

    async def act(method: str, request: Callable[..., object]) -> None:
        body = request(command_id=new_id(), account_id=ben)
        answer = await getattr(service.stub, method)(body, timeout=10, metadata=as_ada)
        assert answer.position == service.log.position

    await act("Follow", pb.FollowRequest)
    found = await service.found(ben, ada)
    assert (found.relationship.following, found.follower_count) == (True, 1)
    assert (await service.found(ada, ben)).relationship.followed_by
    assert not (await service.found(ada)).HasField("relationship"), "for somebody signed in only"
    await act("Unfollow", pb.UnfollowRequest)
    assert not (await service.found(ben, ada)).relationship.following
    await act("Block", pb.BlockRequest)
    assert (await service.found(ben, ada)).relationship.blocking
    await act("Unblock", pb.UnblockRequest)
    assert not (await service.found(ben, ada)).relationship.blocking


async def test_a_profile_changes_in_the_fields_that_are_named(service: Service) -> None:
    ada = await service.sign_up("ada")
    request = pb.UpdateProfileRequest(command_id=new_id(), bio=" Paints. ", expected_version=1)
    changed = await service.stub.UpdateProfile(request, timeout=10, metadata=acting_for(ada))
    account = changed.account
    assert (account.display_name, account.bio, account.version) == ("ada", "Paints.", 2)
    assert changed.position == service.log.position


async def test_everything_that_is_wrong_with_a_profile_is_named_at_once(service: Service) -> None:
    ada = await service.sign_up("ada")
    request = pb.UpdateProfileRequest(
        command_id="x", display_name="", bio="x" * 301, expected_version=-1
    )
    with pytest.raises(InvalidArgument) as caught:
        await service.stub.UpdateProfile(request, timeout=10, metadata=acting_for(ada))
    fields = {violation.field for violation in caught.value.violations}
    assert fields == {"command_id", "display_name", "bio", "expected_version"}
