"""What of an erased account goes, by the commands that the eraser submits."""

import pytest

from kanvas.graph.v1.records_pb2 import (
    ACCOUNT_STATE_ERASED,
    Account,
    GraphRecord,
    SessionRecord,
)
from kanvas.graph.v1.service_pb2 import ListErasedAccountsRequest
from kanvas_platform.eraser import KEYS_AT_ONCE
from kanvas_platform.ids import new_id
from kanvas_platform.testing.clock import ManualClock
from kanvas_social_graph.domain.belongings import belongings
from kanvas_social_graph.domain.commands import EraseAccount, EraseBelongings, SetBlock, SetFollow
from kanvas_social_graph.domain.logs import GRAPH
from kanvas_social_graph.domain.sessions import SESSION_SECONDS
from tests.unit.social_graph.doubles import SECRET, GraphLog, graph_stub
from tests.unit.social_graph.test_decide import World


@pytest.fixture
def world() -> World:
    return World()


def erase(world: World, account_id: str) -> None:
    """Delete an account, and let its time pass."""
    handle = world.state.accounts[account_id].handle
    world.deleting(account_id, grace_seconds=60.0)
    world.now += 60.0
    world.do(account_id, EraseAccount(account_id, SECRET.digest(handle)))


def erase_belongings(world: World, account_id: str) -> int:
    """Do what the eraser does; return in how many commands."""
    commands = 0
    while (body := belongings(world.state, account_id)) is not None:
        assert len(body.follows) + len(body.blocks) + len(body.session_ids) <= KEYS_AT_ONCE
        assert world.do("", body)
        commands += 1
    return commands


def test_follows_and_blocks_go_both_ways_and_those_of_others_stay(world: World) -> None:
    ada, ben, cleo, dan = (world.account(name) for name in ("ada", "ben", "cleo", "dan"))
    for who, whom in ((ada, ben), (ben, ada), (cleo, ada), (ben, cleo)):
        world.do(who, SetFollow(whom, active=True))
    for who, whom in ((ada, dan), (dan, ada), (dan, ben)):
        world.do(who, SetBlock(whom, active=True))
    erase(world, ada)
    assert erase_belongings(world, ada) == 1
    state = world.state
    assert [(ben, cleo) in state.follows, (dan, ben) in state.blocks] == [True, True]
    assert [len(state.follows), len(state.blocks)] == [1, 1]
    assert [state.followers.count(who) for who in (ada, ben, cleo)] == [0, 0, 1]
    assert [who for who, _ in state.blockers.descending(ben)] == [dan]
    assert [who for who, _ in state.blocked.descending(dan)] == [ben]


def test_an_account_with_many_followers_goes_in_steps(world: World) -> None:
    ada = world.account("ada")
    fans = [world.account(f"fan{number}") for number in range(KEYS_AT_ONCE + 1)]
    for fan in fans:
        world.do(fan, SetFollow(ada, active=True))
    erase(world, ada)
    assert erase_belongings(world, ada) == 2
    assert len(world.state.follows) == 0


def test_nothing_stays_of_a_device_whose_session_has_ended_by_itself(world: World) -> None:
    ada = world.account("ada")
    session_id = world.deleting(ada, grace_seconds=SESSION_SECONDS + 60.0)
    world.now += SESSION_SECONDS + 60.0
    world.do(ada, EraseAccount(ada, SECRET.digest("ada")))
    body = belongings(world.state, ada)
    assert body == EraseBelongings(ada, (), (), (session_id,))
    (made,) = world.do("", body)
    assert isinstance(made, SessionRecord)
    assert made.session.HasField("ended_at")
    assert not made.session.HasField("device")
    assert belongings(world.state, ada) is None


def test_nothing_goes_of_an_account_that_can_be_kept(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    world.do(ada, SetFollow(ben, active=True))
    world.deleting(ada)
    body = belongings(world.state, ada)
    assert body is not None
    assert world.do("", body) == []


def test_only_what_is_of_the_account_and_still_there_goes(world: World) -> None:
    ada, ben, cleo = (world.account(name) for name in ("ada", "ben", "cleo"))
    world.do(ben, SetFollow(cleo, active=True))
    world.do(ben, SetBlock(ada, active=True))
    bens = world.session(ben)
    erase(world, ada)
    body = EraseBelongings(
        account_id=ada,
        follows=((ben, cleo), (ada, ben)),
        blocks=((ben, cleo), (ben, ada)),
        session_ids=(bens,),
    )
    (made,) = world.do("", body)
    assert isinstance(made, GraphRecord)
    assert (made.block.blocker_id, made.block.blocked_id, made.block.active) == (ben, ada, False)
    assert world.do("", body) == []


def test_erased_accounts_are_found_by_the_position_that_says_so(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    erase(world, ben)
    erase(world, ada)
    found = list(world.state.erased.descending(None))
    assert [account_id for _, account_id in found] == [ada, ben]
    assert list(world.state.erased.descending(None, found[0][0])) == found[1:]


async def test_other_services_learn_which_accounts_are_erased() -> None:
    clock = ManualClock()
    log = GraphLog(clock)
    stub, gone = graph_stub(log, clock), [new_id() for _ in range(3)]
    for position, account_id in enumerate(gone, start=7):
        record = GraphRecord(account=Account(id=account_id, state=ACCOUNT_STATE_ERASED))
        record.meta.position = position
        log.state.apply(GRAPH.topic, record)
    told = await stub.ListErasedAccounts(ListErasedAccountsRequest(), timeout=10)
    assert [(one.position, one.account_id) for one in told.accounts] == [
        (9, gone[2]), (8, gone[1]), (7, gone[0]),
    ]  # fmt: skip
    told = await stub.ListErasedAccounts(ListErasedAccountsRequest(before=8), timeout=10)
    assert [one.account_id for one in told.accounts] == [gone[0]]
