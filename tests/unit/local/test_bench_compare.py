"""What `make bench-compare` makes of two runs."""

from collections.abc import Sequence

from kanvas_local.bench.compare import changes, joined, table
from kanvas_local.bench.measures import Measure
from kanvas_local.bench.results import Conditions, Result


def _measure(
    ours: Sequence[float], reference: Sequence[float] = (), *, better: str = "more", name: str = "m"
) -> Measure:
    return Measure("stream", name, "/s", "more" if better == "more" else "less", ours, reference)


def _says(before: Measure, after: Measure) -> str:
    (change,) = changes([before], [after])
    return change.says


def test_repetitions_that_overlap_are_noise() -> None:
    assert _says(_measure([10, 11, 12]), _measure([12, 13, 14])) == "noise"
    assert _says(_measure([10, 11, 12]), _measure([13, 14, 15])) == "better"
    assert _says(_measure([13, 14, 15]), _measure([10, 11, 12])) == "worse"


def test_less_is_better_where_the_measure_says_so() -> None:
    assert _says(_measure([13, 14, 15], better="less"), _measure([1, 2, 3], better="less")) == (
        "better"
    )
    assert _says(_measure([1, 2, 3], better="less"), _measure([4, 5, 6], better="less")) == "worse"


def test_a_slower_machine_is_no_change() -> None:
    before = _measure([100, 101, 102], [200, 202, 204])
    after = _measure([75, 75.75, 76.5], [150, 151.5, 153])
    (change,) = changes([before], [after])
    assert (change.says, change.ratio) == ("noise", 1.0)
    assert _says(_measure([100, 101, 102]), _measure([75, 75.75, 76.5])) == "worse"


def test_a_machine_in_another_state_says_nothing() -> None:
    before = _measure([100, 101, 102], [200, 202, 204])
    assert _says(before, _measure([90, 91, 92], [100, 101, 102])) == "machine differed"
    assert _says(_measure([90, 91, 92], [100, 101, 102]), before) == "machine differed"


def test_two_repetitions_say_nothing() -> None:
    assert _says(_measure([1, 1, 1]), _measure([9, 9])) == "too few repetitions"


def test_only_what_both_runs_measured_is_compared() -> None:
    found = changes([_measure([1], name="old"), _measure([1], name="both")],
                    [_measure([2], name="both"), _measure([2], name="new")])  # fmt: skip
    assert [(change.after.name, change.ratio) for change in found] == [("both", 2.0)]


def test_several_runs_of_one_side_are_put_together() -> None:
    first = Result(Conditions.now(), quick=True, measures=[_measure([1, 2], [10, 20])])
    second = Result(Conditions.now(), quick=True, measures=[_measure([3], [30])])
    (measure,) = joined([first, second])
    assert (measure.ours, measure.reference) == ([1, 2, 3], [10, 20, 30])


def test_the_table_says_what_was_before_and_after() -> None:
    text = table(changes([_measure([10, 11, 12])], [_measure([22, 22, 22])]))
    assert [cell.strip() for cell in text.splitlines()[-1].strip("|").split("|")] == [
        "stream: m", "11.0 /s", "22.0 /s", "2.00", "-", "better",
    ]  # fmt: skip
