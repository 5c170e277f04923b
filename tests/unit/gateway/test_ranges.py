"""Which part of an archive a read asks for."""

import pytest

from kanvas_gateway.entrypoints.http.ranges import asked_part
from kanvas_gateway.errors import RangeNotSatisfiable

SIZE = 1000
TAG = '"ab"'


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-499", (0, 500)),
        ("bytes=500-", (500, 1000)),
        ("bytes=999-999", (999, 1000)),
        ("bytes=500-5000", (500, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("BYTES = 1 - 2", (1, 3)),
    ],
)
def test_a_part_is_sent(asked: str, part: tuple[int, int]) -> None:
    assert asked_part(asked, "", size=SIZE, tag=TAG) == part
    assert asked_part(asked, TAG, size=SIZE, tag=TAG) == part


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,5-6", "items=0-1", "bytes=a-b", "bytes=٣-٤",
     "bytes=0-" + "9" * 5000, "bytes=1", "0-1"],
)  # fmt: skip
def test_what_is_no_range_gets_the_whole(asked: str) -> None:
    assert asked_part(asked, "", size=SIZE, tag=TAG) is None


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_beyond_the_end_there_is_nothing(asked: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        asked_part(asked, "", size=SIZE, tag=TAG)
    assert refused.value.metadata == {"size": "1000"}


@pytest.mark.parametrize("known", ['"other"', 'W/"ab"', "Sun, 29 Nov 2026 00:00:00 GMT"])
def test_who_has_a_part_of_something_else_gets_the_whole(known: str) -> None:
    assert asked_part("bytes=0-1", known, size=SIZE, tag=TAG) is None
    assert asked_part("bytes=2000-", known, size=SIZE, tag=TAG) is None
