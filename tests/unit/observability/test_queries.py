"""A query that asks in vain is noticed."""

import pytest

from tests.unit.observability.queries import complaints, selectors


@pytest.mark.parametrize(
    "query",
    [
        "kanvas_build_info",
        'sum by (service) (rate(kanvas_writer_refused_total{reason="OVERLOADED"}[5m]))',
        'kanvas_stream_accepted_to_frame_seconds_bucket{le="2.0"}',
        'sum by (instance, process) (up{job=~"kanvas-.*"})',
        'slo:error_budget:ratio{slo="pictures"}',
        "kanvas_log_gaps_total unless kanvas_log_gaps_total offset 1h",
    ],
)
def test_a_query_for_what_is_there_is_fine(query: str) -> None:
    assert list(complaints(query)) == []


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("rate(kanvas_writer_refused[5m])", "no such series: kanvas_writer_refused"),
        ("max_over_time((1 + kanvas_nothing)[5m:1m])", "no such series: kanvas_nothing"),
        ('kanvas_build_info{handle="ann"}', "kanvas_build_info has no label handle"),
        ("sum by (reason) (kanvas_build_info)", "nothing here has a label reason"),
        (
            'kanvas_stream_accepted_to_frame_seconds_bucket{le="2.5"}',
            "no bucket of kanvas_stream_accepted_to_frame_seconds_bucket ends at 2.5",
        ),
        ('{service="timeline"}', "no such series: a query without the name of a series"),
    ],
)
def test_a_query_for_what_is_not_there_is_told(query: str, complaint: str) -> None:
    assert list(complaints(query)) == [complaint]


def test_what_is_no_query_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        selectors("sum by (")
