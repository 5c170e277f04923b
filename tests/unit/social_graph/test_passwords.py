"""Whatever proves a password is an attempt to sign in; and who is let in by what."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from kanvas.graph.v1.records_pb2 import Account, Device, Session
from kanvas_platform.errors import CommandIdReused, InvalidArgument
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.testing.clock import ManualClock
from kanvas_social_graph.change_password import change_password
from kanvas_social_graph.create_account import SignedUp, SignUp, create_account
from kanvas_social_graph.domain.attempts import ALL_CLIENTS, ONE_CLIENT
from kanvas_social_graph.errors import (
    AccountExists,
    CredentialsWrong,
    HandleTaken,
    HashingBusy,
    PasswordWrong,
    RateLimited,
    SessionEnded,
)
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.sign_in import sign_in
from kanvas_social_graph.update_profile import update_profile
from tests.unit.social_graph.doubles import SECRET, GraphLog, PlainPasswords

RIGHT = "correct horse battery"
HERE = Client("192.0.2.1", "")
DEVICE = Device(app="Firefox", system="Linux")


class Graph:
    """An instance that leads, and people who show it passwords."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.passwords = PlainPasswords()
        self.run_on(GraphLog(self.clock))

    def run_on(self, log: GraphLog) -> None:
        self.log = log
        self.check = PasswordCheck(replica=log, passwords=self.passwords, clock=self.clock)

    async def sign_up(
        self, account_id: str, handle: str = "ada", password: str = RIGHT, **changes: Any
    ) -> SignedUp:
        asked = SignUp(new_id(), account_id, handle, "Ada", password, HERE, DEVICE)
        return await create_account(
            replace(asked, **changes),
            replica=self.log,
            commands=self.log,
            passwords=self.passwords,
            check=self.check,
            secret=SECRET,
            timeout=1.0,
        )

    async def sign_in(
        self, password: str = RIGHT, client: Client = HERE, handle: str = "ada"
    ) -> Account:
        account, _ = await self.session(new_id(), password, client, handle)
        return account

    async def session(
        self,
        command_id: str,
        password: str = RIGHT,
        client: Client = HERE,
        handle: str = "ada",
    ) -> tuple[Account, Session]:
        account, session, _ = await sign_in(
            command_id, handle, password, client, DEVICE,
            replica=self.log, commands=self.log, check=self.check, timeout=1.0,
        )  # fmt: skip
        return account, session

    async def change(
        self, actor: str, session_id: str, old: str, new: str, command_id: str = ""
    ) -> list[str]:
        """Change a password; return which sessions ended."""
        ended, _ = await change_password(
            command_id or new_id(), actor, session_id, old=old, new=new, client=HERE,
            replica=self.log, commands=self.log, passwords=self.passwords, check=self.check,
            now=self.clock.now(), timeout=1.0,
        )  # fmt: skip
        return [one.id for one in ended]

    async def guess_until_refused(self, client: Client = HERE, handle: str = "ada") -> int:
        """Return how many guesses were looked at."""
        for count in range(10_000):
            try:
                with pytest.raises(CredentialsWrong):
                    await self.sign_in("wrong", client, handle)
            except RateLimited:
                return count
        raise AssertionError("never refused")


FIRST = new_id()
"""The command of a sign-up that is repeated."""


@pytest.fixture
def graph() -> Graph:
    return Graph()


async def test_a_sign_up_asked_again_gets_its_first_answer(graph: Graph) -> None:
    account_id = new_id()
    first = await graph.sign_up(account_id, command_id=FIRST)
    await graph.sign_up(new_id(), "ben")
    assert await graph.sign_up(account_id, command_id=FIRST) == first
    assert await graph.sign_up(account_id, " ADA", command_id=FIRST) == first


async def test_also_once_the_profile_has_been_changed(graph: Graph) -> None:
    account_id = new_id()
    first = await graph.sign_up(account_id, command_id=FIRST)
    changed, _ = await update_profile(
        new_id(), account_id, display_name="Ada L.", bio=None, expected_version=0,
        replica=graph.log, commands=graph.log, timeout=1.0,
    )  # fmt: skip
    again = await graph.sign_up(account_id, command_id=FIRST)
    assert again == replace(first, account=changed)


async def test_another_sign_up_with_the_id_is_refused(graph: Graph) -> None:
    account_id = new_id()
    await graph.sign_up(account_id)
    for changes in ({"handle": "eve"}, {"display_name": "Eve"}, {"password": "another password"}):
        with pytest.raises(AccountExists):
            await graph.sign_up(account_id, **changes)
    with pytest.raises(HandleTaken):
        await graph.sign_up(new_id())


class Overtaking(GraphLog):
    """Lets something happen before it takes its first command."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.before: Callable[[], Awaitable[object]] | None = None

    async def submit(self, command: Command, timeout: float) -> Receipt:
        if self.before is not None:
            before, self.before = self.before, None
            await before()
        return await super().submit(command, timeout)


async def test_who_is_overtaken_while_hashing_is_told_the_same(graph: Graph) -> None:
    account_id = new_id()
    log = Overtaking(graph.clock)
    graph.run_on(log)
    log.before = lambda: graph.sign_up(account_id)
    made = await graph.sign_up(account_id)
    assert (made.account.id, made.position) == (account_id, 1)


class ReadingOn(GraphLog):
    """Has the credentials of an account once it is asked to read to the end."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.unread: dict[str, str] = {}

    def forget(self, account_id: str) -> None:
        self.unread[account_id] = self.state.password_hashes[account_id]
        del self.state.password_hashes[account_id]

    async def barrier(self, timeout: float) -> int:
        for account_id, password_hash in self.unread.items():
            self.state.password_hashes[account_id] = password_hash
        return await super().barrier(timeout)


async def test_credentials_that_are_read_after_the_account_are_waited_for(graph: Graph) -> None:
    log = ReadingOn(graph.clock)
    graph.run_on(log)
    first = await graph.sign_up(new_id(), command_id=FIRST)
    log.forget(first.account.id)
    assert await graph.sign_up(first.account.id, command_id=FIRST) == first


async def test_guessing_by_repeated_sign_ups_is_guessing(graph: Graph) -> None:
    account_id = new_id()
    await graph.sign_up(account_id)
    for _ in range(int(ONE_CLIENT.burst)):
        with pytest.raises(AccountExists):
            await graph.sign_up(account_id, password="another password")
    with pytest.raises(RateLimited) as refused:
        await graph.sign_up(account_id)
    assert refused.value.retry_after == pytest.approx(1 / ONE_CLIENT.rate)
    assert await graph.guess_until_refused() == 0


async def test_guesses_are_bounded_and_come_back_with_time(graph: Graph) -> None:
    await graph.sign_up(new_id())
    assert await graph.guess_until_refused() == ONE_CLIENT.burst
    graph.clock.advance(10 / ONE_CLIENT.rate)
    assert await graph.guess_until_refused() == 10


async def test_of_an_unknown_handle_too(graph: Graph) -> None:
    assert await graph.guess_until_refused(handle="nobody") == ONE_CLIENT.burst
    assert await graph.guess_until_refused(handle=" NoBody ") == 0


async def test_right_passwords_and_those_not_looked_at_do_not_count(graph: Graph) -> None:
    await graph.sign_up(new_id())
    for _ in range(50):
        await graph.sign_in()
    graph.passwords.busy = True
    for _ in range(50):
        with pytest.raises(HashingBusy):
            await graph.sign_in("wrong")
    graph.passwords.busy = False
    assert await graph.guess_until_refused() == ONE_CLIENT.burst


async def test_a_stranger_does_not_lock_the_owner_out(graph: Graph) -> None:
    account = (await graph.sign_up(new_id())).account
    await graph.guess_until_refused()
    await graph.sign_in(client=Client("192.0.2.2", ""))
    # Of those who share an address, a browser that has been let in before is told apart.
    await graph.sign_in(client=Client("192.0.2.1", account.id))
    with pytest.raises(RateLimited):
        await graph.sign_in(client=Client("192.0.2.1", new_id()))


async def test_many_addresses_are_no_way_round(graph: Graph) -> None:
    account = (await graph.sign_up(new_id())).account
    looked_at = 0
    for number in range(int(ALL_CLIENTS.burst)):
        looked_at += await graph.guess_until_refused(Client(f"198.51.100.{number}", ""))
    assert looked_at == ALL_CLIENTS.burst
    with pytest.raises(RateLimited):
        await graph.sign_in(client=Client("192.0.2.2", ""))
    await graph.sign_in(client=Client("192.0.2.2", account.id))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
async def test_what_one_address_is(graph: Graph, one: str, other: str, same: bool) -> None:
    await graph.guess_until_refused(Client(one, ""))
    expected = 0 if same else ONE_CLIENT.burst
    assert await graph.guess_until_refused(Client(other, "")) == expected


async def test_a_password_is_right_from_any_keyboard() -> None:
    graph = Graph()
    await graph.sign_up(new_id(), password="caf\u00e9 au lait")
    assert (await graph.sign_in("cafe\u0301 au lait")).handle == "ada"
    with pytest.raises(CredentialsWrong):
        await graph.sign_in("cafe\x00au lait")


async def test_a_repeated_sign_up_whose_session_has_ended_gets_another_one(graph: Graph) -> None:
    first = await graph.sign_up(new_id(), command_id=FIRST)
    assert first.session.id == FIRST
    mine = (await graph.session(new_id()))[1].id
    assert await graph.change(first.account.id, mine, RIGHT, "battery staple") == [FIRST]
    again = await graph.sign_up(first.account.id, password="battery staple", command_id=FIRST)
    assert again.session.id != FIRST
    assert again.session.id in graph.log.state.sessions


async def test_a_sign_in_asked_again_has_its_session_and_not_another(graph: Graph) -> None:
    await graph.sign_up(new_id())
    command_id = new_id()
    first = await graph.session(command_id)
    assert first[1].id == command_id
    assert await graph.session(command_id) == first


async def test_a_sign_in_asked_again_does_not_bring_back_what_has_ended(graph: Graph) -> None:
    account = (await graph.sign_up(new_id())).account
    first, mine = new_id(), new_id()
    for command_id in (first, mine):
        await graph.session(command_id)
    assert first in await graph.change(account.id, mine, RIGHT, RIGHT)
    with pytest.raises(SessionEnded):
        await graph.session(first)


async def test_a_sign_in_asked_again_never_gets_the_session_of_another_account(
    graph: Graph,
) -> None:
    account = (await graph.sign_up(new_id())).account
    await graph.sign_up(new_id(), "ben")
    command_id, mine = new_id(), new_id()
    for each in (command_id, mine):
        await graph.session(each)
    await graph.change(account.id, mine, RIGHT, RIGHT)
    his = (await graph.session(command_id, handle="ben"))[1]
    assert (his.id, his.account_id != account.id) == (command_id, True)
    with pytest.raises(SessionEnded):
        await graph.session(command_id)


async def test_a_changed_password_is_the_only_one_that_signs_in(graph: Graph) -> None:
    made = await graph.sign_up(new_id())
    mine = (await graph.session(new_id()))[1].id
    ended = await graph.change(made.account.id, mine, RIGHT, "battery staple")
    assert ended == [made.session.id]
    await graph.sign_in("battery staple")
    with pytest.raises(CredentialsWrong):
        await graph.sign_in(RIGHT)


async def test_the_old_password_is_asked_for_and_guessing_it_is_guessing(graph: Graph) -> None:
    made = await graph.sign_up(new_id())
    ada, mine = made.account.id, made.session.id
    # Each shows two passwords: the old one, and the new one, which a repeat has made the present.
    for _ in range(int(ONE_CLIENT.burst) // 2):
        with pytest.raises(PasswordWrong):
            await graph.change(ada, mine, "guess", "another guess")
    with pytest.raises(RateLimited):
        await graph.change(ada, mine, RIGHT, "another guess")
    assert await graph.guess_until_refused() == 0


async def test_a_change_of_password_asked_again_changes_nothing_and_is_no_error(
    graph: Graph,
) -> None:
    made = await graph.sign_up(new_id())
    ada, mine = made.account.id, made.session.id
    await graph.change(ada, mine, RIGHT, "battery staple")
    await graph.session(new_id(), "battery staple")
    assert await graph.change(ada, mine, RIGHT, "battery staple") == []
    assert len(graph.log.state.live_sessions(ada, graph.clock.now())) == 2


async def test_a_change_under_the_id_of_another_change_is_not_said_to_be_done(
    graph: Graph,
) -> None:
    made = await graph.sign_up(new_id())
    ada, mine = made.account.id, made.session.id
    await graph.change(ada, mine, RIGHT, "battery staple", FIRST)
    with pytest.raises(CommandIdReused):
        await graph.change(ada, mine, "battery staple", "another horse", FIRST)
    await graph.sign_in("battery staple")


class Salted(PlainPasswords):
    """Gives each hash another salt, as real ones have."""

    def __init__(self) -> None:
        self._salts = itertools.count()

    async def hash(self, password: str) -> str:
        return f"{await super().hash(password)}\0{next(self._salts)}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        return await super().verify((password_hash or "").partition("\0")[0], password)


@pytest.mark.parametrize("command_id", ["", FIRST])
async def test_of_two_tries_at_once_to_change_to_one_password_neither_is_an_error(
    graph: Graph, command_id: str
) -> None:
    made = await graph.sign_up(new_id())
    change = partial(
        graph.change, made.account.id, made.session.id, RIGHT, "battery staple", command_id
    )
    log = Overtaking(graph.clock)
    log.state = graph.log.state
    graph.passwords = Salted()
    graph.run_on(log)
    log.before = change
    assert await change() == []
    await graph.sign_in("battery staple")


async def test_a_new_password_is_what_that_of_a_sign_up_may_be(graph: Graph) -> None:
    made = await graph.sign_up(new_id())
    with pytest.raises(InvalidArgument) as refused:
        await graph.change(made.account.id, made.session.id, RIGHT, "short")
    assert [violation.field for violation in refused.value.violations] == ["new_password"]


async def test_a_session_begun_with_a_password_that_changes_meanwhile_does_not_begin(
    graph: Graph,
) -> None:
    """Or whoever knows the old one would stay in."""
    made = await graph.sign_up(new_id())
    log = Overtaking(graph.clock)
    log.state = graph.log.state
    graph.run_on(log)
    log.before = lambda: graph.change(made.account.id, made.session.id, RIGHT, "battery staple")
    with pytest.raises(CredentialsWrong):
        await graph.sign_in()
    assert len(log.state.live_sessions(made.account.id, graph.clock.now())) == 1
