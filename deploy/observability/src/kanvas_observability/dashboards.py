"""Grafana dashboards: what a board is, and its JSON.

Written by hand rather than with Grafana's own library: a board of ours needs some thirty keys of
its format, and these have stayed the same for years.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

_SCHEMA = 39
_COLUMNS = 24
_SIZES = {"timeseries": (12, 8), "stat": (6, 4)}
"""Width and height of a panel, in Grafana's grid."""

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
INSTANCES = 'instance=~"$instance"'
"""What every query of a process asks for: the instances that the reader has chosen."""


@dataclass(frozen=True)
class Query:
    """A query, and how its lines are called; `{{label}}` stands for the value of a label."""

    expr: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """A panel.

    Attributes:
        title: What it shows, in a few words.
        about: What its reader should know.
        unit: Of its values, in Grafana's words.
        queries: What it draws.
        kind: As lines over time, or as the number of this moment.
    """

    title: str
    about: str
    unit: str
    queries: Sequence[Query]
    kind: Literal["timeseries", "stat"] = "timeseries"


@dataclass(frozen=True)
class Board:
    """A dashboard.

    Attributes:
        name: Of its file, and in its address.
        title: For people.
        about: The question that it answers.
        panels: From the left, line by line.
    """

    name: str
    title: str
    about: str
    panels: Sequence[Panel]


def rate(counter: str, *matchers: str) -> str:
    """Return how often a counter rises in a second, of the chosen instances."""
    return f"rate({counter}{{{', '.join([INSTANCES, *matchers])}}}[$__rate_interval])"


def now(gauge: str, *matchers: str) -> str:
    """Return the value of a gauge, of the chosen instances."""
    return f"{gauge}{{{', '.join([INSTANCES, *matchers])}}}"


def total(query: str, *by: str) -> str:
    """Return the sum, of each combination of some labels."""
    return f"sum by ({', '.join(by)}) ({query})" if by else f"sum({query})"


def highest(query: str, *by: str) -> str:
    """Return the highest value, of each combination of some labels."""
    return f"max by ({', '.join(by)}) ({query})" if by else f"max({query})"


def quantile(part: float, histogram: str, *by: str) -> str:
    """Return a quantile of a histogram, of each combination of some labels."""
    return f"histogram_quantile({part:g}, {total(rate(f'{histogram}_bucket'), 'le', *by)})"


def quantiles(histogram: str) -> Sequence[Query]:
    """Return the median and two high quantiles of a histogram, of all instances together."""
    return [Query(quantile(part, histogram), f"p{part * 100:g}") for part in (0.5, 0.95, 0.99)]


def json_of(board: Board) -> str:
    """Return a board as Grafana imports it, a line for each panel."""
    *parts, (last, panels) = _board(board).items()
    head = ",\n".join(f"{_text(name)}: {_text(value)}" for name, value in parts)
    lines = ",\n".join(_text(panel) for panel in panels)
    return f"{{\n{head},\n{_text(last)}: [\n{lines}\n]\n}}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _board(board: Board) -> Mapping[str, Any]:
    return {
        "uid": f"kanvas-{board.name}",
        "title": f"Kanvas: {board.title}",
        "description": board.about,
        "tags": ["kanvas"],
        "schemaVersion": _SCHEMA,
        "editable": False,
        "time": {"from": "now-3h", "to": "now"},
        "refresh": "30s",
        "timezone": "utc",
        "templating": {"list": [_datasource(), _instances()]},
        "links": [
            {"type": "dashboards", "tags": ["kanvas"], "title": "Kanvas", "asDropdown": True}
        ],
        "panels": list(_panels(board.panels)),
    }


def _panels(panels: Sequence[Panel]) -> Iterator[Mapping[str, Any]]:
    x = y = line = 0
    for number, panel in enumerate(panels, start=1):
        width, height = _SIZES[panel.kind]
        if x + width > _COLUMNS:
            x, y, line = 0, y + line, 0
        yield _panel(number, panel, {"x": x, "y": y, "w": width, "h": height})
        x, line = x + width, max(line, height)


def _panel(number: int, panel: Panel, place: Mapping[str, int]) -> Mapping[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "gridPos": place,
        "datasource": _SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + at),
                "datasource": _SOURCE,
                "expr": query.expr,
                "legendFormat": query.legend,
            }
            for at, query in enumerate(panel.queries)
        ],
    }


def _datasource() -> Mapping[str, Any]:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
    }


def _instances() -> Mapping[str, Any]:
    query = "label_values(kanvas_build_info, instance)"
    return {
        "name": "instance",
        "label": "Instance",
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": query, "refId": "instances"},
        "definition": query,
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }
