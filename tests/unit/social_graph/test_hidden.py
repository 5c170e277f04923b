"""What those see of an account who block it or are blocked by it, and everybody else."""

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas_platform.rpc.client import acting_for
from kanvas_platform.testing.clock import ManualClock
from kanvas_social_graph.domain.commands import SetBlock, SetFollow, UpdateProfile
from tests.unit.social_graph.doubles import GraphLog, graph_stub
from tests.unit.social_graph.test_decide import World


class Reading:
    """The service as readers meet it, over a state."""

    def __init__(self, world: World) -> None:
        clock = ManualClock()
        log = GraphLog(clock)
        log.state = world.state
        self.stub = graph_stub(log, clock)

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
