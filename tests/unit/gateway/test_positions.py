import pytest

from kanvas_gateway.domain.positions import parse_position
from kanvas_gateway.domain.token_bucket import TokenBucket
from kanvas_platform.errors import InvalidArgument


@pytest.mark.parametrize("text", ["0", "1", "8041", str(2**63 - 1), str(1 << 40 | 1)])
def test_a_position_is_a_decimal_string(text: str) -> None:
    assert parse_position(text, "from") == int(text)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "٣", "1e3", str(2**63), "9" * 40])
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse_position(text, "from")
    assert refused.value.violations[0].field == "from"


def test_a_bucket_allows_a_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(rate=2.0, burst=3.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.wait(0.0) == pytest.approx(0.5)
    assert not bucket.take(0.4)
    assert bucket.take(0.5)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
