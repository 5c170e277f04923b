"""A cursor means something only to the list that it came from."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas_platform.cursor import decode_cursor, encode_cursor
from kanvas_platform.errors import InvalidArgument


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_cursor_comes_back(position: int) -> None:
    assert decode_cursor(encode_cursor(position, kind="home"), kind="home") == position


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidArgument) as caught:
        decode_cursor(encode_cursor(7, kind="home"), kind="followers")
    assert [violation.field for violation in caught.value.violations] == ["cursor"]


@given(st.text(max_size=300))
def test_anything_else_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        position = decode_cursor(text, kind="home")
    except InvalidArgument:
        return
    assert encode_cursor(position, kind="home") == text


@pytest.mark.parametrize(
    "inner",
    [
        "1:home:-1",
        "1:home:",
        "2:home:1",
        "1:home:1:2",
        "1:home:٣",
        f"1:home:{2**63}",
        f"1:home:{'9' * 140}",
    ],
)
def test_forged_insides_are_refused(inner: str) -> None:
    forged = base64.urlsafe_b64encode(inner.encode()).decode().rstrip("=")
    with pytest.raises(InvalidArgument):
        decode_cursor(forged, kind="home")
