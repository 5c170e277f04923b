"""The service as callers meet it: what each method takes, does and answers."""

from collections.abc import Callable

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas_platform.errors import InvalidArgument, PositionUnknown, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import StoreFailed
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.rpc.client import acting_for
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.memory_store import MemoryStore
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import AccountUnknown, CredentialsWrong
from tests.unit.social_graph.doubles import GraphLog, graph_stub

RIGHT = "correct horse battery"


class Service:
    """An instance that leads, and its people."""

    def __init__(self) -> None:
        clock = ManualClock()
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
    request = pb.VerifyCredentialsRequest(handle=" Ada", password=RIGHT)
    assert (await service.stub.VerifyCredentials(request, timeout=10)).account.id == ada
    request.password = "another password"
    with pytest.raises(CredentialsWrong):
        await service.stub.VerifyCredentials(request, timeout=10)


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
