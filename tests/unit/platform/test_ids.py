import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import derived_id, id_time, new_id, parse_id


@given(st.integers(min_value=0, max_value=2**48 - 1))
def test_an_id_carries_its_time_to_the_millisecond(milliseconds: int) -> None:
    assert id_time(new_id(milliseconds / 1000)) == milliseconds / 1000


@given(st.floats(min_value=0, max_value=2e9), st.floats(min_value=0.001, max_value=1e6))
def test_ids_made_later_sort_later(now: float, later: float) -> None:
    assert new_id(now) < new_id(now + later + 0.001)


def test_an_id_is_a_uuid_of_version_7() -> None:
    parsed = uuid.UUID(new_id())
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(1) for _ in range(1000)}) == 1000


@given(st.integers(min_value=0, max_value=2**48 - 1), st.binary())
def test_a_derived_id_is_one_and_carries_its_time(milliseconds: int, cause: bytes) -> None:
    identifier = derived_id(milliseconds / 1000, cause)
    assert parse_id(identifier) == identifier
    assert id_time(identifier) == milliseconds / 1000


def test_a_derived_id_depends_on_time_and_cause_alone() -> None:
    # Literal, because ids in logs must come out the same in every version of the program.
    assert derived_id(1_700_000_000, b"a:b:7") == "018bcfe5-6800-7fa6-aff4-e25234f52721"
    assert derived_id(1_700_000_000, b"a:b:8") != derived_id(1_700_000_000, b"a:b:7")


def test_parsing_gives_canonical_text() -> None:
    identifier = new_id()
    assert parse_id(identifier.upper()) == identifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not an id",
        str(uuid.uuid4()),
        "{01890a5d-ac96-774b-bcce-b302099a8057}",
        "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057",
        "01890a5dac96774bbcceb302099a8057",
        " 01890a5d-ac96-774b-bcce-b302099a8057",
        "01890a5d-ac96-774b-bcce-b302099a8057\n",
        "01890a5d-ac96-774b-ccce-b302099a8057",
        "٠1890a5d-ac96-774b-bcce-b302099a8057",
    ],
)
def test_what_is_not_one_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_id(text, "job_id")
    assert [violation.field for violation in caught.value.violations] == ["job_id"]
    assert text not in caught.value.message or not text
