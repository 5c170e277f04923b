"""The catalogue has every metric of the code, its page says the same, and no label is an id."""

import re
from pathlib import Path

import pytest
from prometheus_client import Counter

from kanvas_local.layout import REPOSITORY
from kanvas_observability.metric_catalogue import (
    IN_HELP,
    LABELS,
    MODULES,
    LabelUnknown,
    Measured,
    _measured,
    own_metrics,
)
from kanvas_observability.metrics_page import PAGE, page

METRICS = [metric for room in own_metrics().values() for metric in room]
_DECLARES = re.compile(
    r"from prometheus_client import .*\b(Counter|Gauge|Histogram|Summary|Info)\b"
)


def test_the_page_is_what_the_code_declares() -> None:
    assert PAGE.read_text() == page(), "run `make observability`"


def test_no_other_module_declares_a_metric() -> None:
    sources = [*REPOSITORY.glob("services/*/src/**/*.py"), *REPOSITORY.glob("libs/*/src/**/*.py")]
    declaring = {path for path in sources if _DECLARES.search(path.read_text())}
    assert declaring == {Path(str(module.__file__)) for module in MODULES.values()}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_has_the_prefix_and_says_what_it_is(metric: Measured) -> None:
    assert metric.name.startswith("kanvas_")
    assert metric.about
    assert not metric.about.endswith(".")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_time_is_in_seconds_and_a_histogram_says_its_unit(metric: Measured) -> None:
    assert not re.search(r"_(ms|millis|milliseconds|minutes|kb|mb)(_|$)", metric.name)
    if metric.kind == "histogram":
        assert metric.name.endswith(("_seconds", "_bytes", "_commands"))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_values_that_differ_from_metric_to_metric_stand_in_its_help(metric: Measured) -> None:
    own = [label for label in metric.labels if LABELS[label].startswith(IN_HELP)]
    assert [label for label in own if f"{label}: " not in metric.about] == []


def test_no_label_is_an_id_or_a_text() -> None:
    words = {word for label in LABELS for word in label.split("_")}
    told = {"id", "account", "post", "job", "handle", "user", "peer", "address", "text", "prompt"}
    assert words & told == set()


def test_every_label_that_is_explained_is_used() -> None:
    assert set(LABELS) == {label for metric in METRICS for label in metric.labels}


def test_a_label_that_nobody_has_explained_is_refused() -> None:
    with pytest.raises(LabelUnknown, match="account_id"):
        _measured(Counter("kanvas_test_refused", "Says nothing", ["account_id"], registry=None))


def test_series_are_named_as_prometheus_stores_them() -> None:
    by_name = {metric.name: metric for metric in METRICS}
    waited = by_name["kanvas_imagegen_wait_seconds"]
    assert list(waited.series) == [f"{waited.name}{end}" for end in ("_bucket", "_count", "_sum")]
    assert waited.labels_of(waited.series[0]) == {"model", "le"}
    assert waited.labels_of(waited.series[1]) == {"model"}
    assert waited.buckets[-2:] == ("300.0", "+Inf")
    assert by_name["kanvas_stream_opens"].series == ["kanvas_stream_opens_total"]
    assert by_name["kanvas_build_info"].series == ["kanvas_build_info"]
