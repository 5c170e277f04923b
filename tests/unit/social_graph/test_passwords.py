"""Whatever proves a password is an attempt to sign in; and who is let in by what."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.testing.clock import ManualClock
from kanvas_social_graph.create_account import SignUp, create_account
from kanvas_social_graph.domain.attempts import ALL_CLIENTS, ONE_CLIENT
from kanvas_social_graph.errors import (
    AccountExists,
    CredentialsWrong,
    HandleTaken,
    HashingBusy,
    RateLimited,
)
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.update_profile import update_profile
from kanvas_social_graph.verify_credentials import verify_credentials
from tests.unit.social_graph.doubles import GraphLog, PlainPasswords

RIGHT = "correct horse battery"
HERE = Client("192.0.2.1", "")


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
    ) -> tuple[Account, int]:
        asked = SignUp(new_id(), account_id, handle, "Ada", password, HERE)
        return await create_account(
            replace(asked, **changes),
            replica=self.log,
            commands=self.log,
            passwords=self.passwords,
            check=self.check,
            timeout=1.0,
        )

    async def sign_in(
        self, password: str = RIGHT, client: Client = HERE, handle: str = "ada"
    ) -> Account:
        return await verify_credentials(
            handle, password, client, replica=self.log, check=self.check, timeout=1.0
        )

    async def guess_until_refused(self, client: Client = HERE, handle: str = "ada") -> int:
        """Return how many guesses were looked at."""
        for count in range(10_000):
            try:
                with pytest.raises(CredentialsWrong):
                    await self.sign_in("wrong", client, handle)
            except RateLimited:
                return count
        raise AssertionError("never refused")


@pytest.fixture
def graph() -> Graph:
    return Graph()


async def test_a_sign_up_asked_again_gets_its_first_answer(graph: Graph) -> None:
    account_id = new_id()
    first = await graph.sign_up(account_id)
    await graph.sign_up(new_id(), "ben")
    assert await graph.sign_up(account_id) == first
    assert await graph.sign_up(account_id, " ADA") == first


async def test_also_once_the_profile_has_been_changed(graph: Graph) -> None:
    account_id = new_id()
    _, position = await graph.sign_up(account_id)
    changed, _ = await update_profile(
        new_id(), account_id, display_name="Ada L.", bio=None, expected_version=0,
        replica=graph.log, commands=graph.log, timeout=1.0,
    )  # fmt: skip
    assert await graph.sign_up(account_id) == (changed, position)


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
    account, position = await graph.sign_up(account_id)
    assert (account.id, position) == (account_id, 1)


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
    account, position = await graph.sign_up(new_id())
    log.forget(account.id)
    assert await graph.sign_up(account.id) == (account, position)


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
    account, _ = await graph.sign_up(new_id())
    await graph.guess_until_refused()
    await graph.sign_in(client=Client("192.0.2.2", ""))
    # Of those who share an address, a browser that has been let in before is told apart.
    await graph.sign_in(client=Client("192.0.2.1", account.id))
    with pytest.raises(RateLimited):
        await graph.sign_in(client=Client("192.0.2.1", new_id()))


async def test_many_addresses_are_no_way_round(graph: Graph) -> None:
    account, _ = await graph.sign_up(new_id())
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
