"""What is written as bytes is read as it was, and what has no bytes is refused."""

from typing import Any

import pytest

from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.store.codecs import (
    ID,
    ID_PAIR,
    NAME,
    NAME_PAIR,
    NOTHING,
    NUMBER,
    TEXT,
    Codec,
    message,
)

META = message(RecordMeta)


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (ID, new_id()),
        (ID_PAIR, (new_id(), new_id())),
        (NUMBER, 0),
        (NUMBER, 2**64 - 1),
        (TEXT, "né 图"),
        (NAME, ""),
        (NAME, "né 图"),
        (NAME_PAIR, ("", "né 图")),
        (NOTHING, None),
        (META, RecordMeta(position=7, actor_id="ann")),
    ],
)
def test_a_value_comes_back(codec: Codec[Any], value: Any) -> None:
    assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (NUMBER, -1),
        (NUMBER, 2**64),
        (ID, ""),
        (ID, "ann"),
        (ID, new_id().upper()),
        (ID, new_id().replace("-", "")),
        (ID_PAIR, (new_id(), "ann")),
        (NAME, "a\0b"),
        (NAME_PAIR, ("a", "\0")),
    ],
)
def test_what_has_no_bytes_is_refused(codec: Codec[Any], value: Any) -> None:
    with pytest.raises(ValueError, match="not a"):
        codec.encode(value)


def test_bytes_sort_as_numbers_and_identifiers_do() -> None:
    numbers = [0, 1, 255, 256, 2**40, 2**63]
    assert sorted(map(NUMBER.encode, numbers)) == [NUMBER.encode(number) for number in numbers]
    ids = sorted(new_id() for _ in range(20))
    assert sorted(map(ID.encode, ids)) == [ID.encode(each) for each in ids]


def test_no_name_is_the_beginning_of_another() -> None:
    names = [NAME.encode(name) for name in ("", "a", "ab", "b")]
    assert names == sorted(names)
    assert not any(a != b and b.startswith(a) for a in names for b in names)


def test_a_field_that_this_release_does_not_know_is_kept() -> None:
    later = RecordMeta(position=7).SerializeToString() + b"\xfa\x3f\x01k"
    assert META.encode(META.decode(later)) == later
