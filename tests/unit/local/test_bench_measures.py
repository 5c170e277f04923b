"""What `make bench` says of a measure, prints, and writes down."""

from pathlib import Path

import pytest

from kanvas_local.bench.measures import Bar, Measure, Stated, Verdict, number, paired, percentile
from kanvas_local.bench.results import Conditions, Result
from kanvas_local.bench.run import ROUNDS, BenchRun
from kanvas_local.bench.table import line, summary, table
from kanvas_local.errors import StackError

RATIO = Bar("ratio", "at least", 0.75)
QUIET = Stated("spread", 1.5)


def _measure(
    name: str = "global 500",
    ours: tuple[float, ...] = (80, 90, 85),
    reference: tuple[float, ...] = (100, 100, 100),
    bar: Bar | None = RATIO,
    stated: Stated | None = QUIET,
) -> Measure:
    return Measure("stream", name, "/s", "more", ours, reference, "C loop", bar, stated)


@pytest.mark.parametrize(
    ("bar", "ours", "reference", "holds"),
    [
        (Bar("ratio", "at least", 0.75), (75, 75, 75), (100, 100, 100), True),
        (Bar("ratio", "at least", 0.75), (74, 74, 99), (100, 100, 100), False),
        (Bar("ours", "at most", 100), (100, 20, 300), (), True),
        (Bar("ours", "at most", 100), (101, 20, 300), (), False),
        (Bar("ours", "at least", 3_000), (2_999,), (), False),
        (Bar("excess", "at most", 50), (70,), (20,), True),
        (Bar("excess", "at most", 50), (71,), (20,), False),
    ],
)
def test_a_bar_is_kept_by_medians(
    bar: Bar, ours: tuple[float, ...], reference: tuple[float, ...], *, holds: bool
) -> None:
    measure = _measure(ours=ours, reference=reference, bar=bar, stated=None)
    assert measure.verdict is (Verdict.MET if holds else Verdict.MISSED)


def test_a_ratio_compares_each_repetition_with_its_own_reference() -> None:
    # The machine became half as fast in the middle: ours and the loop together.
    measure = _measure(ours=(80, 40, 41), reference=(100, 50, 50), stated=None)
    assert measure.ratio == pytest.approx(0.8)
    assert measure.verdict is Verdict.MET


def test_other_numbers_of_repetitions_are_divided_by_the_median() -> None:
    assert paired([10, 20], [1, 2, 90]) == [5, 10]
    assert paired([10, 20], []) == [10, 20]


@pytest.mark.parametrize(
    ("stated", "reference", "quiet"),
    [
        (Stated("median", 75), (75, 74, 200), True),
        (Stated("median", 75), (76, 76, 10), False),
        (Stated("spread", 1.5), (100, 149, 120), True),
        (Stated("spread", 1.5), (100, 151, 120), False),
    ],
)
def test_a_reference_that_misses_its_stated_value_makes_the_row_noisy(
    stated: Stated, reference: tuple[float, ...], *, quiet: bool
) -> None:
    verdict = _measure(reference=reference, stated=stated).verdict
    assert (verdict is not Verdict.NOISY) == quiet


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7


def test_numbers_show_three_digits_that_count() -> None:
    values = [123_456.7, 99.96, 12.345, 1.2345, 0.01234]
    assert [number(value) for value in values] == ["123,457", "100", "12.3", "1.23", "0.0123"]


def test_the_table_has_a_row_for_each_measure() -> None:
    rows = table([_measure(), _measure("home 500", reference=(), bar=None, stated=None)])
    head, rule, first, second = rows.splitlines()
    assert [cell.strip() for cell in first.strip("|").split("|")] == [
        "stream: global 500", "85.0 /s", "100", "0.85", "ratio ≥ 0.75", "met",
    ]  # fmt: skip
    assert [cell.strip() for cell in second.strip("|").split("|")] == [
        "stream: home 500", "85.0 /s", "-", "-", "-", "-",
    ]  # fmt: skip
    assert len({len(head), len(rule), len(first), len(second)}) == 1
    assert line(_measure()).endswith("reference 100 (C loop), ratio 0.85, bar ratio ≥ 0.75: met")


def test_the_summary_counts_verdicts() -> None:
    missed = _measure(ours=(1,), reference=(100,), stated=None)
    noisy = _measure(reference=(1, 2, 3))
    assert summary([_measure(), missed, noisy, noisy]) == (
        "4 measures: 1 bars met, 1 missed, 2 rows noisy, 0 without a bar"
    )


def test_a_run_can_be_read_again(tmp_path: Path) -> None:
    plain = _measure("home 500", reference=(), bar=None, stated=None)
    result = Result(Conditions.now(), quick=True, measures=[_measure(), plain])
    again = Result.read(result.write(tmp_path))
    assert again.conditions == result.conditions
    assert [one.document() for one in again.measures] == [one.document() for one in result.measures]
    assert [one.verdict for one in again.measures] == [Verdict.MET, Verdict.NONE]
    assert again.quick


@pytest.mark.parametrize("text", ["", "{}", '{"format": 0}', "[1]", '{"format": 1, "quick": 1}'])
def test_what_is_no_result_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "some.json"
    path.write_text(text)
    with pytest.raises(StackError, match=r"some\.json is no result of `make bench`"):
        Result.read(path)


async def test_a_noisy_row_is_measured_again_and_the_others_keep_their_first_value(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    run = BenchRun(Result(Conditions.now(), quick=False), said.append, tmp_path)
    rounds = [
        [_measure("quiet", ours=(80,), reference=(100,)), _measure("noisy", reference=(1, 9))],
        [_measure("quiet", ours=(81,), reference=(100,)), _measure("noisy", ours=(90,) * 3)],
        [],
    ]
    await run.take(lambda: _give(rounds))
    assert [(one.name, one.ours[0]) for one in run.result.measures] == [
        ("quiet", 80),
        ("noisy", 90),
    ]
    assert len(rounds) == 1
    assert [text.rpartition(": ")[2] for text in said] == ["met", "noisy", "met"]


async def test_a_row_that_stays_noisy_is_given_up_and_says_so(tmp_path: Path) -> None:
    run = BenchRun(Result(Conditions.now(), quick=False), lambda _: None, tmp_path)
    rounds = [[_measure(reference=(1, 9))] for _ in range(ROUNDS + 1)]
    await run.take(lambda: _give(rounds))
    assert len(rounds) == 1
    assert [one.verdict for one in run.result.measures] == [Verdict.NOISY]


async def test_an_interrupted_run_keeps_the_blocks_that_it_has_measured(tmp_path: Path) -> None:
    run = BenchRun(Result(Conditions.now(), quick=False), lambda _: None, tmp_path)
    await run.take(lambda: _give([[_measure("first")]]))
    with pytest.raises(IndexError):
        await run.take(lambda: _give([]))
    assert run.path is not None
    assert [one.name for one in Result.read(run.path).measures] == ["first"]


async def _give(rounds: list[list[Measure]]) -> list[Measure]:
    return rounds.pop(0)
