"""How often one may write."""

from ipaddress import ip_network

import pytest

from kanvas_gateway.errors import TooManyWrites
from kanvas_gateway.write_limits import OF_ACCOUNT, OF_ADDRESS, Write, WriteLimits
from kanvas_platform.testing.clock import ManualClock

HERE, THERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def limits(clock: ManualClock) -> WriteLimits:
    return WriteLimits(
        clock=clock, exempt=[ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]
    )


def until_refused(
    limits: WriteLimits, write: Write, account_id: str | None = "ana", address: str = HERE
) -> int:
    """Return how many are let through."""
    for count in range(10_000):
        try:
            limits.count(write, account_id=account_id, address=address)
        except TooManyWrites:
            return count
    raise AssertionError("never refused")


@pytest.mark.parametrize("write", OF_ACCOUNT)
def test_an_account_has_its_bound_wherever_it_comes_from(limits: WriteLimits, write: Write) -> None:
    assert until_refused(limits, write) == OF_ACCOUNT[write].burst
    assert until_refused(limits, write, address=THERE) == 0
    assert until_refused(limits, write, account_id="ben") == OF_ACCOUNT[write].burst


@pytest.mark.parametrize("write", OF_ACCOUNT)
def test_an_address_has_its_bound_however_many_accounts(limits: WriteLimits, write: Write) -> None:
    def one_after_another(address: str) -> int:
        people = range(100)
        return sum(until_refused(limits, write, f"{address}-{one}", address) for one in people)

    assert one_after_another(HERE) == OF_ADDRESS[write].burst
    assert one_after_another(THERE) == OF_ADDRESS[write].burst


def test_sign_ups_are_counted_by_address_alone(limits: WriteLimits, clock: ManualClock) -> None:
    def sign_ups(address: str) -> int:
        return until_refused(limits, Write.SIGN_UP, None, address)

    burst, rate = OF_ADDRESS[Write.SIGN_UP].burst, OF_ADDRESS[Write.SIGN_UP].rate
    assert sign_ups(HERE) == burst
    assert sign_ups(THERE) == burst
    clock.advance(3 / rate)
    assert sign_ups(HERE) == 3


def test_of_ipv6_a_household_is_one_address(limits: WriteLimits) -> None:
    assert until_refused(limits, Write.SIGN_UP, None, "2001:db8::1") > 0
    assert until_refused(limits, Write.SIGN_UP, None, "2001:db8::ffff:2") == 0
    assert until_refused(limits, Write.SIGN_UP, None, "2001:db8:0:1::1") > 0


def test_what_is_done_is_counted_apart_from_what_else_is_done(limits: WriteLimits) -> None:
    until_refused(limits, Write.LIKE)
    assert until_refused(limits, Write.FOLLOW) == OF_ACCOUNT[Write.FOLLOW].burst


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8:1::7"])
def test_a_network_may_be_exempt(limits: WriteLimits, address: str) -> None:
    with pytest.raises(AssertionError, match="never refused"):
        until_refused(limits, Write.POST, address=address)


def test_without_an_address_the_account_alone_is_bounded(limits: WriteLimits) -> None:
    assert until_refused(limits, Write.POST, address="") == OF_ACCOUNT[Write.POST].burst
    with pytest.raises(AssertionError, match="never refused"):
        until_refused(limits, Write.SIGN_UP, None, "")
