from __future__ import annotations

import pytest

from kanvas_gateway.connection_limit import ConnectionLimit


def test_an_address_has_its_share_and_others_theirs() -> None:
    limit = ConnectionLimit(most=10, each=2)
    assert [limit.take("10.0.0.1") for _ in range(3)] == [True, True, False]
    assert limit.take("10.0.0.2")
    limit.give_back("10.0.0.1")
    assert limit.take("10.0.0.1")


def test_there_is_an_end_to_all_of_them() -> None:
    limit = ConnectionLimit(most=3, each=2)
    assert [limit.take(f"10.0.0.{n}") for n in range(4)] == [True, True, True, False]
    assert limit.full
    limit.give_back("10.0.0.0")
    assert limit.take("10.0.0.9")


def test_behind_a_proxy_one_address_may_hold_all() -> None:
    limit = ConnectionLimit(most=5, each=0)
    assert [limit.take("10.0.0.1") for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("", "", True),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    limit = ConnectionLimit(most=10, each=1)
    assert limit.take(one)
    assert limit.take(other) is not same


def test_nothing_is_kept_of_those_who_left() -> None:
    limit = ConnectionLimit(most=10, each=1)
    for n in range(100):
        assert limit.take(f"10.0.0.{n}")
        assert not limit.take(f"10.0.0.{n}")
        limit.give_back(f"10.0.0.{n}")
    assert not limit.held
    assert not limit.taken
