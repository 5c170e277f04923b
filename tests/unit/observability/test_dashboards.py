"""Dashboards ask for what there is, show every metric, and are what their code says."""

import json
import re
from collections.abc import Iterator

import pytest

from kanvas_observability.boards import BOARDS, DASHBOARDS
from kanvas_observability.dashboards import Board, Panel, Query, json_of
from kanvas_observability.metric_catalogue import own_metrics
from tests.unit.observability.queries import (
    TARGET_LABELS,
    complaints,
    grouped_by,
    known_series,
    selectors,
)


def of(query: Query) -> str:
    """Return a query as Grafana sends it: with a time for the variable."""
    return query.expr.replace("$__rate_interval", "5m")


def queries(board: Board) -> Iterator[Query]:
    return (query for panel in board.panels for query in panel.queries)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_dashboard_is_what_its_code_says(board: Board) -> None:
    written = (DASHBOARDS / f"{board.name}.json").read_text()
    assert written == json_of(board), "run `make observability`"


def test_no_dashboard_is_left_over() -> None:
    assert {path.name for path in DASHBOARDS.iterdir()} == {
        f"{board.name}.json" for board in BOARDS
    }


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_panels_ask_for_what_there_is(board: Board) -> None:
    assert [complaint for query in queries(board) for complaint in complaints(of(query))] == []


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_lines_are_called_by_labels_that_they_have(board: Board) -> None:
    for query in queries(board):
        named = set(re.findall(r"\{\{(\w+)\}\}", query.legend))
        series = {str(selector.name) for selector in selectors(of(query))}
        own = {label for name in series for label in known_series()[name]} | TARGET_LABELS
        aggregated = "by (" in query.expr or query.expr.startswith(("sum(", "max("))
        assert named <= (grouped_by(of(query)) if aggregated else own), query


def test_every_metric_of_the_catalogue_stands_on_a_dashboard() -> None:
    shown = {
        str(selector.name)
        for board in BOARDS
        for query in queries(board)
        for selector in selectors(of(query))
    }
    missing = [
        metric.name
        for room in own_metrics().values()
        for metric in room
        if not shown & set(metric.series)
    ]
    assert missing == []


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_panel_is_explained_and_lies_beside_the_others(board: Board) -> None:
    titles = [panel.title for panel in board.panels]
    assert len(set(titles)) == len(titles)
    covered: set[tuple[int, int]] = set()
    for panel in json.loads(json_of(board))["panels"]:
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & covered
        covered |= cells


def test_panels_fill_a_line_and_begin_the_next() -> None:
    def panel(kind: str) -> Panel:
        return Panel(kind, "It counts.", "short", [Query("up", "")], kind)  # type: ignore[arg-type]

    board = Board("b", "b", "Why?", [panel("stat"), panel("stat"), *[panel("timeseries")] * 3])
    places = [each["gridPos"] for each in json.loads(json_of(board))["panels"]]
    assert [(place["x"], place["y"]) for place in places] == [
        (0, 0), (6, 0), (12, 0), (0, 8), (12, 8),
    ]  # fmt: skip
