"""How many attempts to sign in are kept in mind, and which of them are forgotten first."""

import pytest

from kanvas_social_graph.domain.attempts import ALL_CLIENTS, ONE_CLIENT, Attempts
from kanvas_social_graph.errors import RateLimited

HERE = "192.0.2.1"


@pytest.fixture
def few() -> Attempts:
    """Keep ten in mind."""
    return Attempts(most=10)


def until_refused(counted: Attempts, now: float, address: str = HERE) -> int:
    """Return how many attempts with ada's handle are let through."""
    for count in range(1_000):
        try:
            counted.take("ada", address, now, known=False)
        except RateLimited:
            return count
    raise AssertionError("never refused")


def test_what_was_not_looked_at_pushes_nothing_out(few: Attempts) -> None:
    assert until_refused(few, 0.0) == ONE_CLIENT.burst
    for number in range(50):
        taken = few.take(f"junk{number}", HERE, 0.0, known=False)
        few.give_back(taken, 0.0)
    assert until_refused(few, 0.0) == 0


def test_nor_does_what_has_come_back_with_time(few: Attempts) -> None:
    until_refused(few, 0.0)
    for number in range(8):
        few.take(f"junk{number}", HERE, number / ONE_CLIENT.rate, known=False)
    assert until_refused(few, 8 / ONE_CLIENT.rate) == 8


def test_nor_do_those_that_are_refused(few: Attempts) -> None:
    for number in range(int(ALL_CLIENTS.burst)):
        few.take("ben", f"198.51.100.{number}", 0.0, known=False)
    until_refused(few, 0.0)
    for number in range(50):
        with pytest.raises(RateLimited):
            few.take("ben", f"203.0.113.{number}", 0.0, known=False)
    assert until_refused(few, 0.0) == 0


def test_where_all_are_used_up_the_one_used_longest_ago_is_forgotten(few: Attempts) -> None:
    until_refused(few, 0.0)
    for number in range(50):
        few.take(f"junk{number}", HERE, 0.0, known=False)
    assert until_refused(few, 0.0) == ONE_CLIENT.burst


def test_what_is_given_back_late_leaves_a_newer_count_alone(few: Attempts) -> None:
    early = few.take("ada", HERE, 0.0, known=False)
    for number in range(50):
        few.take(f"junk{number}", HERE, 0.0, known=False)
    until_refused(few, 0.0)
    few.give_back(early, 0.0)
    assert until_refused(few, 0.0) == 0


def test_without_an_address_only_the_bound_of_all_together_holds(few: Attempts) -> None:
    assert until_refused(few, 0.0, address="") == ALL_CLIENTS.burst
    assert until_refused(few, 0.0) == 0


def test_an_address_that_is_none_of_the_internet_counts_as_it_is_written(few: Attempts) -> None:
    assert until_refused(few, 0.0, address="unix:1") == ONE_CLIENT.burst
    assert until_refused(few, 0.0, address="unix:1") == 0
    assert until_refused(few, 0.0, address="unix:2") == ONE_CLIENT.burst


def test_a_refused_attempt_takes_from_nobody_else() -> None:
    counted = Attempts()
    for _ in range(int(ALL_CLIENTS.burst)):
        until_refused(counted, 0.0)
    assert until_refused(counted, 0.0, address="198.51.100.1") == ONE_CLIENT.burst
