"""What becomes of an account that is deleted: who finds it, what it may do, and its handle."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.records_pb2 import (
    ACCOUNT_STATE_DELETING,
    ACCOUNT_STATE_ERASED,
    Account,
    CredentialsRecord,
)
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.client import acting_for
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.timestamps import to_seconds
from kanvas_social_graph.domain.commands import (
    ChangePassword,
    CreateAccount,
    DeleteAccount,
    EraseAccount,
    KeepAccount,
    SetBlock,
    SetFollow,
    UpdateProfile,
)
from kanvas_social_graph.domain.deletion import HANDLE_KEPT_SECONDS
from kanvas_social_graph.errors import (
    AccountDeleting,
    AccountUnknown,
    CredentialsWrong,
    HandleTaken,
    PasswordWrong,
    SessionEnded,
)
from kanvas_social_graph.grace_keeper import LOOK_SECONDS, GraceKeeper
from kanvas_social_graph.kept_handles import HandleSecret
from tests.unit.social_graph.doubles import GRACE_SECONDS, SECRET, GraphLog, graph_stub
from tests.unit.social_graph.test_decide import HASH, World
from tests.unit.social_graph.test_sessions import told

PASSWORD = "correct horse battery"
DIGEST = SECRET.digest("ada")


@pytest.fixture
def world() -> World:
    return World()


def erase(world: World, account_id: str) -> None:
    """Delete an account, and let its time pass."""
    world.deleting(account_id, grace_seconds=60.0)
    world.now += 60.0
    world.do(account_id, EraseAccount(account_id, DIGEST))


def test_a_deletion_says_until_when_it_can_be_taken_back(world: World) -> None:
    ada = world.account("ada")
    world.deleting(ada, grace_seconds=60.0)
    account = world.state.accounts[ada]
    assert account.state == ACCOUNT_STATE_DELETING
    assert to_seconds(account.erase_at) == world.now + 60.0
    assert (account.handle, account.version) == ("ada", 2), "nothing is destroyed"


def test_a_deletion_ends_all_sessions_and_begins_one_where_it_was_asked_for(world: World) -> None:
    ada = world.account("ada")
    other, own, following = world.session(ada), world.session(ada), new_id()
    records = world.do(ada, DeleteAccount(own, following, HASH, 60.0))
    assert world.live(ada) == [following]
    assert sorted(told(records)) == sorted([other, own])
    assert world.state.sessions[following].device.app == "Firefox"


def test_asking_again_puts_nothing_off(world: World) -> None:
    ada = world.account("ada")
    session_id = world.deleting(ada, grace_seconds=60.0)
    due = world.state.accounts[ada].erase_at
    world.now += 30.0
    assert world.do(ada, DeleteAccount(session_id, new_id(), HASH, 60.0)) == []
    assert world.state.accounts[ada].erase_at == due


def test_a_deletion_asks_for_the_present_password_in_a_session_that_goes_on(world: World) -> None:
    ada = world.account("ada")
    session_id = world.session(ada)
    with pytest.raises(PasswordWrong):
        world.do(ada, DeleteAccount(session_id, new_id(), "$old", 60.0))
    with pytest.raises(SessionEnded):
        world.do(ada, DeleteAccount(new_id(), new_id(), HASH, 60.0))


@pytest.mark.parametrize(
    "body",
    [
        lambda ben: UpdateProfile("Ada L.", None, 0),
        lambda ben: SetFollow(ben, active=True),
        lambda ben: SetBlock(ben, active=True),
        lambda ben: ChangePassword("", HASH, "$new"),
    ],
    ids=["profile", "follow", "block", "password"],
)
def test_who_is_being_deleted_does_nothing(world: World, body: Callable[[str], object]) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    asked = body(ben)
    if isinstance(asked, ChangePassword):
        asked = ChangePassword(world.deleting(ada), HASH, "$new")
    else:
        world.deleting(ada)
    with pytest.raises(AccountDeleting):
        world.do(ada, asked)


def test_nobody_follows_or_blocks_anew_who_is_being_deleted(world: World) -> None:
    ada, ben, cleo = (world.account(name) for name in ("ada", "ben", "cleo"))
    world.do(ben, SetFollow(ada, active=True))
    world.deleting(ada)
    for body in (SetFollow(ada, active=True), SetBlock(ada, active=True)):
        with pytest.raises(AccountUnknown):
            world.do(cleo, body)
    assert world.do(ben, SetFollow(ada, active=False)), "what there is can be taken back"
    with pytest.raises(AccountUnknown):
        world.do(ben, SetFollow(new_id(), active=False))


def test_who_keeps_an_account_has_it_as_it_was(world: World) -> None:
    ada = world.account("ada")
    before = Account()
    before.CopyFrom(world.state.accounts[ada])
    session_id, following = world.deleting(ada), new_id()
    records = world.do(ada, KeepAccount(session_id, following))
    before.version += 2
    assert world.state.accounts[ada] == before
    assert (world.live(ada), told(records)) == ([following], [session_id])
    world.now += 15 * 86400
    assert world.state.due(world.now, most=10) == []
    assert world.do(ada, EraseAccount(ada, DIGEST)) == [], "kept since it was found to be due"


def test_only_a_session_that_goes_on_keeps_an_account(world: World) -> None:
    ada = world.account("ada")
    world.deleting(ada)
    with pytest.raises(SessionEnded):
        world.do(ada, KeepAccount(new_id(), new_id()))


def test_nothing_is_erased_before_its_time(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    for who, seconds in ((ben, 120.0), (ada, 60.0)):
        world.deleting(who, grace_seconds=seconds)
    world.now += 59.0
    assert world.state.due(world.now, most=10) == []
    assert world.do(ada, EraseAccount(ada, DIGEST)) == []
    world.now += 61.0
    assert [one.handle for one in world.state.due(world.now, most=10)] == ["ada", "ben"]
    assert [one.handle for one in world.state.due(world.now, most=1)] == ["ada"]


def test_an_erased_account_leaves_no_word_no_hash_and_no_session(world: World) -> None:
    ada = world.account("ada")
    world.do(ada, UpdateProfile(None, "Paints foxes.", 0))
    erase(world, ada)
    state = world.state
    assert state.accounts[ada] == Account(id=ada, version=4, state=ACCOUNT_STATE_ERASED)
    assert state.handles.get("ada") is None
    assert state.password_hashes.get(ada) is None
    assert world.live(ada) == []
    assert state.due(world.now, most=10) == []
    for body in (KeepAccount(new_id(), new_id()), UpdateProfile("Ada", None, 0)):
        with pytest.raises(AccountUnknown):
            world.do(ada, body)


def test_no_record_of_an_erasure_has_the_hash_or_the_handle(world: World) -> None:
    owl = world.account("owl")  # no letters of an id
    world.deleting(owl, grace_seconds=60.0)
    world.now += 60.0
    records = world.do(owl, EraseAccount(owl, SECRET.digest("owl")))
    (credentials,) = (one for one in records if isinstance(one, CredentialsRecord))
    assert (credentials.account_id, credentials.password_hash) == (owl, "")
    assert b"owl" not in b"".join(one.SerializeToString() for one in records)


def test_the_handle_of_an_erased_account_is_kept_for_a_year(world: World) -> None:
    erase(world, world.account("ada"))
    asked = CreateAccount("ada", "Ada", HASH, handle_digest=DIGEST)
    world.now += HANDLE_KEPT_SECONDS - 1
    with pytest.raises(HandleTaken):
        world.do(new_id(), asked)
    world.now += 1
    assert world.do(new_id(), asked)


def test_a_secret_of_few_bytes_is_none() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        HandleSecret(b"short")
    assert HandleSecret(b"x" * 32).digest("ada") != DIGEST


def test_blanks_around_a_secret_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "handle-key"
    path.write_bytes(b"x" * 32 + b"\n")
    assert HandleSecret.read(path).digest("ada") == HandleSecret(b"x" * 32).digest("ada")


class Service:
    """An instance that leads, its keeper, and its people."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.log = GraphLog(self.clock)
        self.stub = graph_stub(self.log, self.clock)
        self.keeper = GraceKeeper(
            replica=self.log, commands=self.log, secret=SECRET, clock=self.clock
        )

    async def sign_up(self, handle: str) -> pb.CreateAccountResponse:
        request = pb.CreateAccountRequest(
            command_id=new_id(), account_id=new_id(), handle=handle, password=PASSWORD
        )
        return await self.stub.CreateAccount(request, timeout=10)

    async def sign_in(self, handle: str) -> pb.SignInResponse:
        request = pb.SignInRequest(command_id=new_id(), handle=handle, password=PASSWORD)
        return await self.stub.SignIn(request, timeout=10)

    async def delete(
        self, account_id: str, session_id: str, password: str = PASSWORD
    ) -> pb.DeleteAccountResponse:
        request = pb.DeleteAccountRequest(
            command_id=new_id(), session_id=session_id, password=password
        )
        return await self.stub.DeleteAccount(request, timeout=10, metadata=acting_for(account_id))

    async def keep(self, account_id: str, session_id: str) -> pb.KeepAccountResponse:
        request = pb.KeepAccountRequest(command_id=new_id(), session_id=session_id)
        return await self.stub.KeepAccount(request, timeout=10, metadata=acting_for(account_id))

    async def finds(self, reader: str | None, *, account_id: str = "", handle: str = "") -> bool:
        by_handle = pb.GetAccountRequest(handle=handle)
        by_id = pb.GetAccountRequest(account_id=account_id)
        try:
            await self.stub.GetAccount(
                by_handle if handle else by_id, timeout=10, metadata=acting_for(reader)
            )
        except AccountUnknown:
            return False
        return True

    async def followers(self, account_id: str) -> list[str]:
        page = await self.stub.ListFollowers(
            pb.ListFollowersRequest(account_id=account_id), timeout=10
        )
        return [one.handle for one in page.accounts]


@pytest.fixture
def service() -> Service:
    return Service()


async def test_an_account_is_hidden_from_all_others_until_it_is_kept(service: Service) -> None:
    ada, ben = await service.sign_up("ada"), await service.sign_up("ben")
    who, other = ada.account.id, ben.account.id
    follow = pb.FollowRequest(command_id=new_id(), account_id=other)
    await service.stub.Follow(follow, timeout=10, metadata=acting_for(who))
    deleted = await service.delete(who, ada.session.id)
    assert deleted.account.erase_at.seconds == int(service.clock.now()) + GRACE_SECONDS
    assert [one.id for one in deleted.ended] == [ada.session.id]
    for reader in (None, other):
        assert not await service.finds(reader, account_id=who)
        assert not await service.finds(reader, handle="ada")
    assert await service.finds(who, account_id=who)
    assert await service.followers(other) == []
    with pytest.raises(AccountUnknown):
        await service.followers(who)

    again = await service.sign_in("ada")
    assert again.account.state == ACCOUNT_STATE_DELETING
    kept = await service.keep(who, again.session.id)
    assert kept.account.handle == "ada"
    assert {one.id for one in kept.ended} == {deleted.session.id, again.session.id}
    assert await service.finds(other, handle="ada")
    assert await service.followers(other) == ["ada"]


async def test_a_wrong_password_deletes_nothing(service: Service) -> None:
    ada = await service.sign_up("ada")
    with pytest.raises(PasswordWrong):
        await service.delete(ada.account.id, ada.session.id, "another password")
    assert await service.finds(None, handle="ada")
    with pytest.raises(AccountUnknown):
        await service.delete(new_id(), ada.session.id)


async def test_what_changes_nothing_leaves_the_session_that_asked(service: Service) -> None:
    ada = await service.sign_up("ada")
    kept = await service.keep(ada.account.id, ada.session.id)
    assert (kept.session.id, list(kept.ended)) == (ada.session.id, [])
    with pytest.raises(SessionEnded):
        await service.keep(ada.account.id, new_id())


async def test_the_leader_erases_who_is_due_and_the_handle_stays_taken(service: Service) -> None:
    ada = await service.sign_up("ada")
    await service.delete(ada.account.id, ada.session.id)
    service.clock.advance(GRACE_SECONDS)
    service.log.leads = False
    await service.keeper.look()
    assert await service.finds(ada.account.id, account_id=ada.account.id), "others lead"
    service.log.leads = True
    await service.keeper.look()
    assert not await service.finds(ada.account.id, account_id=ada.account.id)
    with pytest.raises(CredentialsWrong):
        await service.sign_in("ada")
    with pytest.raises(HandleTaken):
        await service.sign_up("Ada")


async def test_who_could_not_be_erased_is_erased_at_the_next_look(service: Service) -> None:
    ada = await service.sign_up("ada")
    await service.delete(ada.account.id, ada.session.id)
    service.log.down = True
    keeping = asyncio.create_task(service.keeper.run())
    service.clock.advance(GRACE_SECONDS)
    await settle()
    assert service.log.state.due(service.clock.now(), most=1), "the log did not answer"
    service.log.down = False
    service.clock.advance(LOOK_SECONDS)
    await settle()
    assert not await service.finds(ada.account.id, account_id=ada.account.id)
    keeping.cancel()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
