import pytest

from kanvas_gateway.domain.positions import parse_position
from kanvas_platform.errors import InvalidArgument


@pytest.mark.parametrize("text", ["0", "1", "8041", str(2**63 - 1), str(1 << 40 | 1)])
def test_a_position_is_a_decimal_string(text: str) -> None:
    assert parse_position(text, "from") == int(text)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "٣", "1e3", str(2**63), "9" * 40])
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse_position(text, "from")
    assert refused.value.violations[0].field == "from"
