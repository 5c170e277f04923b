"""What those see of an account who block it or are blocked by it, and everybody else."""

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.rpc.client import acting_for
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub
from kanvas_social_graph.domain.commands import SetBlock, SetFollow, UpdateProfile
from kanvas_social_graph.entrypoints.grpc import SocialGraph
from tests.unit.social_graph.test_decide import World


class Folded:
    """The state of a world, as an instance that is at the end of the log has it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.state = world.state

    @property
    def position(self) -> int:
        return self._world.position

    def check_fresh(self, within: float = 1.0) -> None:
        assert within

    async def wait_for(self, position: int, timeout: float) -> None:
        assert timeout
        assert position <= self.position

    async def include(self, position: int, timeout: float) -> None:
        await self.wait_for(position, timeout)

    async def barrier(self, timeout: float) -> int:
        return self.position if timeout else 0

    def created_position(self, topic: str, key: str) -> int | None:
        raise AssertionError(f"a read asked when {key} was made in {topic}")


class NoWriter:
    """No read gives a command."""

    leads = False

    async def submit(self, command: Command, timeout: float) -> Receipt:
        raise AssertionError(f"a read gave {command}, within {timeout} s")


class NoPasswords:
    """No read looks at a password."""

    async def hash(self, password: str) -> str:
        raise AssertionError(f"a read hashed {password}")

    async def verify(self, password_hash: str | None, password: str) -> bool:
        raise AssertionError(f"a read checked {password} against {password_hash}")


class Reading:
    """The service as readers meet it, over a state."""

    def __init__(self, world: World) -> None:
        servicer = SocialGraph(
            replica=Folded(world),
            commands=NoWriter(),
            passwords=NoPasswords(),
            clock=ManualClock(),
        )
        self.stub = local_stub(SocialGraphServiceStub, servicer)

    async def account(self, reader: str | None, account_id: str) -> pb.GetAccountResponse:
        request = pb.GetAccountRequest(account_id=account_id)
        return await self.stub.GetAccount(request, timeout=10, metadata=acting_for(reader))

    async def lists(self, reader: str | None, account_id: str) -> list[list[str]]:
        metadata = acting_for(reader)
        pages = (
            await self.stub.ListFollowing(
                pb.ListFollowingRequest(account_id=account_id), timeout=10, metadata=metadata
            ),
            await self.stub.ListFollowers(
                pb.ListFollowersRequest(account_id=account_id), timeout=10, metadata=metadata
            ),
        )
        return [[account.handle for account in page.accounts] for page in pages]


@pytest.fixture
def world() -> World:
    return World()


async def test_a_block_leaves_handle_and_name_both_ways(world: World) -> None:
    ada, ben, cleo = (world.account(name) for name in ("ada", "ben", "cleo"))
    for one in (ada, ben):
        world.do(one, UpdateProfile(None, "Paints.", 0))
        world.do(one, SetFollow(cleo, active=True))
        world.do(cleo, SetFollow(one, active=True))
    reading = Reading(world)
    for reader, other in ((ada, ben), (ben, ada)):
        assert not (await reading.account(reader, other)).hidden
        assert await reading.lists(reader, other) == [["cleo"], ["cleo"]]

    world.do(ada, SetBlock(ben, active=True))
    for reader, other in ((ada, ben), (ben, ada)):
        found = await reading.account(reader, other)
        assert found.hidden
        assert (found.account.handle, found.account.bio) == (world.state.accounts[other].handle, "")
        assert found.account.display_name
        assert (found.following_count, found.follower_count) == (0, 0)
        assert found.relationship.blocking == (reader == ada)
        assert await reading.lists(reader, other) == [[], []]
    for anybody in (None, cleo, ada):
        found = await reading.account(anybody, ada)
        assert (found.hidden, found.account.bio, found.follower_count) == (False, "Paints.", 1)
        assert await reading.lists(anybody, ada) == [["cleo"], ["cleo"]]
    assert world.state.accounts[ben].bio == "Paints.", "only the answer lacks it"

    world.do(ada, SetBlock(ben, active=False))
    assert not (await reading.account(ben, ada)).hidden
