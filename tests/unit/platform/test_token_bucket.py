import pytest

from kanvas_platform.token_bucket import TokenBucket


def test_a_bucket_allows_a_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(rate=2.0, burst=3.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.wait(0.0) == pytest.approx(0.5)
    assert not bucket.take(0.4)
    assert bucket.take(0.5)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]


def test_what_is_given_back_can_be_taken_again() -> None:
    bucket = TokenBucket(rate=1.0, burst=1.0, now=0.0)
    assert bucket.take(0.0)
    bucket.give_back()
    bucket.give_back()
    assert [bucket.take(0.0) for _ in range(2)] == [True, False]


def test_it_is_full_again_with_time_or_when_all_was_given_back() -> None:
    bucket = TokenBucket(rate=0.5, burst=2, now=0.0)
    assert bucket.full(0.0)
    assert bucket.take(0.0)
    assert not bucket.full(1.9)
    assert bucket.full(2.0)
    bucket.give_back()
    assert bucket.full(0.0)
