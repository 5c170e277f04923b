"""What those see of an account who block it or are blocked by it, and everybody else."""

from types import SimpleNamespace
from typing import Any

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas_platform.testing.clock import ManualClock
from kanvas_social_graph.domain.commands import SetBlock, SetFollow, UpdateProfile
from kanvas_social_graph.entrypoints import grpc
from tests.unit.social_graph.test_decide import World


class Reading:
    """The service as readers meet it, over a state."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        async def barrier(timeout: float) -> int:
            return world.position if timeout else 0

        replica: Any = SimpleNamespace(
            state=world.state, position=7, check_fresh=lambda: None, barrier=barrier
        )
        unused: Any = None
        self.service = grpc.SocialGraph(
            replica=replica, commands=unused, passwords=unused, clock=ManualClock()
        )
        self._monkeypatch = monkeypatch

    async def account(self, reader: str | None, account_id: str) -> pb.GetAccountResponse:
        self._monkeypatch.setattr(grpc, "caller", lambda: reader)
        return await self.service.GetAccount(pb.GetAccountRequest(account_id=account_id), None)

    async def lists(self, reader: str | None, account_id: str) -> list[list[str]]:
        self._monkeypatch.setattr(grpc, "caller", lambda: reader)
        pages = (
            await self.service.ListFollowing(pb.ListFollowingRequest(account_id=account_id), None),
            await self.service.ListFollowers(pb.ListFollowersRequest(account_id=account_id), None),
        )
        return [[account.handle for account in page.accounts] for page in pages]


@pytest.fixture
def world() -> World:
    return World()


async def test_a_block_leaves_handle_and_name_both_ways(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben, cleo = (world.account(name) for name in ("ada", "ben", "cleo"))
    for one in (ada, ben):
        world.do(one, UpdateProfile(None, "Paints.", 0))
        world.do(one, SetFollow(cleo, active=True))
        world.do(cleo, SetFollow(one, active=True))
    reading = Reading(world, monkeypatch)
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
