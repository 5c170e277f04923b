"""Unix time in seconds and protobuf's timestamps."""

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from kanvas_platform.timestamps import to_seconds, to_timestamp


def test_nanoseconds_are_a_fraction_of_a_second() -> None:
    assert to_seconds(Timestamp(seconds=1_700_000_000, nanos=250_000_000)) == 1_700_000_000.25


def test_a_moment_that_is_not_set_is_the_beginning_of_time() -> None:
    assert to_seconds(Timestamp()) == 0.0


@given(st.floats(0, 253_402_300_799))
def test_there_and_back_loses_less_than_a_float_does(seconds: float) -> None:
    assert abs(to_seconds(to_timestamp(seconds)) - seconds) <= 1e-4
