"""Two instances of social-graph on a real Kafka: what one accepts, the other knows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_platform.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    KanvasError,
    NotFound,
    Unauthenticated,
)
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.client import RpcClient
from tests.patient_client import connect

PASSWORD = "correct horse battery"

T = TypeVar("T")


@dataclass
class Instance:
    client: RpcClient
    stub: SocialGraphServiceStub

    async def create(self, handle: str, **changes: Any) -> pb.CreateAccountResponse:
        fields: dict[str, Any] = {
            "command_id": new_id(),
            "account_id": new_id(),
            "handle": handle,
            "password": PASSWORD,
        }
        request = pb.CreateAccountRequest(**(fields | changes))
        return await self.client.call(self.stub.CreateAccount, request)

    async def follow(self, actor: str, other: str) -> pb.FollowResponse:
        request = pb.FollowRequest(command_id=new_id(), account_id=other)
        return await self.client.call(self.stub.Follow, request, identity=actor)


@pytest.fixture
async def instances(services: Stack) -> AsyncIterator[list[Instance]]:
    clients = [connect(address(services.ports.grpc("social-graph", n))) for n in (1, 2)]
    yield [Instance(client, SocialGraphServiceStub(client.channel)) for client in clients]
    for client in clients:
        await client.close()


def handle() -> str:
    return f"u{new_id()[-12:]}"


async def reason(answer: Awaitable[T]) -> str:
    with pytest.raises(KanvasError) as caught:
        await answer
    return caught.value.reason


async def test_any_instance_takes_a_sign_up_and_every_instance_finds_it(
    instances: list[Instance],
) -> None:
    for writing, reading in (instances, instances[::-1]):
        name = handle()
        made = await writing.create(name.upper())
        found = await reading.client.call(
            reading.stub.GetAccount, pb.GetAccountRequest(handle=name)
        )
        assert found.account == made.account
        assert found.account.handle == name


async def test_two_at_once_one_wins(instances: list[Instance]) -> None:
    name = handle()
    answers = await asyncio.gather(
        *(instance.create(name) for instance in instances for _ in range(3)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, AlreadyExists)]
    assert len(refused) == 5
    assert {error.reason for error in refused} == {"HANDLE_TAKEN"}


async def test_a_repeated_sign_up_gets_the_first_answer_only_with_its_password(
    instances: list[Instance],
) -> None:
    ids = {"command_id": new_id(), "account_id": new_id()}
    name = handle()
    first = await instances[0].create(name, **ids)
    again = await instances[1].create(name, **ids)
    assert (again.account, again.position) == (first.account, first.position)
    another_key = await instances[1].create(name, account_id=ids["account_id"])
    assert (another_key.account, another_key.position) == (first.account, first.position)
    stolen = instances[1].create(name, **ids, password="another password")
    assert await reason(stolen) == "ACCOUNT_EXISTS"


async def test_credentials(instances: list[Instance]) -> None:
    name = handle()
    made = await instances[0].create(name)
    one = instances[1]

    async def verify(who: str, password: str) -> pb.SignInResponse:
        request = pb.SignInRequest(command_id=new_id(), handle=who, password=password)
        return await one.client.call(one.stub.SignIn, request)

    assert (await verify(name.upper(), PASSWORD)).account == made.account
    for who, password in ((name, "wrong password"), (handle(), PASSWORD)):
        with pytest.raises(Unauthenticated) as caught:
            await verify(who, password)
        assert caught.value.reason == "CREDENTIALS_WRONG"


async def test_attempts_to_sign_in_are_counted_once_for_all_instances(
    instances: list[Instance],
) -> None:
    name = handle()
    account_id = (await instances[0].create(name)).account.id

    def guess(number: int, address: str = "192.0.2.1") -> Awaitable[object]:
        one = instances[number % 2]
        request = pb.SignInRequest(command_id=new_id(), handle=name, password=f"guess {number}")
        request.client.address = address
        return one.client.call(one.stub.SignIn, request)

    reasons = [await reason(guess(number)) for number in range(20)]
    assert reasons == ["CREDENTIALS_WRONG"] * 20
    # One comes back every 5 s, so a few more may be looked at where hashing is slow.
    while reasons[-1] != "RATE_LIMITED":
        reasons.append(await reason(guess(len(reasons))))
    assert await reason(guess(len(reasons), "192.0.2.2")) == "CREDENTIALS_WRONG"
    # A sign-up that is asked again proves a password as well.
    client, wrong = pb.Client(address="192.0.2.1"), "a wrong password"
    again = [
        await reason(
            instances[1].create(name, account_id=account_id, password=wrong, client=client)
        )
        for _ in range(5)
    ]
    assert "RATE_LIMITED" in again


async def test_every_violation_is_named(instances: list[Instance]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        await instances[0].create("9", account_id="x", password="short")
    fields = {violation.field for violation in caught.value.violations}
    assert fields == {"handle", "account_id", "password"}


async def test_edges_in_pages_newest_first(instances: list[Instance]) -> None:
    one, two = instances
    reader = (await one.create(handle())).account.id
    followed = [(await one.create(handle())).account.id for _ in range(5)]
    position = 0
    for other in followed:
        position = (await one.follow(reader, other)).position
    found: list[str] = []
    cursor = ""
    while True:
        page = await two.client.call(
            two.stub.ListFollowing,
            pb.ListFollowingRequest(
                account_id=reader, page_size=2, cursor=cursor, at_least=position
            ),
        )
        found += [account.id for account in page.accounts]
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == followed[::-1]


async def test_refusals(instances: list[Instance]) -> None:
    one = instances[0]
    reader = (await one.create(handle())).account.id
    other = (await one.create(handle())).account.id
    for answer, expected in (
        (one.follow(reader, reader), FailedPrecondition),
        (one.follow(reader, new_id()), NotFound),
    ):
        with pytest.raises(expected):
            await answer
    block = pb.BlockRequest(command_id=new_id(), account_id=reader)
    await one.client.call(one.stub.Block, block, identity=other)
    assert await reason(one.follow(reader, other)) == "BLOCKED"
    nobody = pb.FollowRequest(command_id=new_id(), account_id=other)
    assert await reason(one.client.call(one.stub.Follow, nobody)) == "IDENTITY_REQUIRED"
    bad = pb.ListFollowersRequest(account_id=reader, cursor="!!")
    assert await reason(one.client.call(one.stub.ListFollowers, bad)) == "INVALID_ARGUMENT"


async def test_an_edit_names_the_version_that_it_saw(instances: list[Instance]) -> None:
    one, two = instances
    actor = (await one.create(handle())).account.id

    async def edit(name: str, version: int) -> pb.UpdateProfileResponse:
        request = pb.UpdateProfileRequest(
            command_id=new_id(), display_name=name, expected_version=version
        )
        return await two.client.call(two.stub.UpdateProfile, request, identity=actor)

    assert (await edit("Ada", 1)).account.version == 2
    assert await reason(edit("Eve", 1)) == "VERSION_CONFLICT"
