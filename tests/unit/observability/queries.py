"""What a query asks for: series and labels, and whether there are such."""

from collections.abc import Iterator, Mapping
from functools import cache

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Expr,
    MatchOp,
    VectorSelector,
    parse,
    walk,
)

from kanvas_observability.foreign_metrics import FOREIGN
from kanvas_observability.metric_catalogue import own_metrics
from kanvas_observability.rule_files import rules

TARGET_LABELS = {"job", "instance", "process"}
"""Those that the scrape adds, and that of the gateway's child."""


@cache
def known_series() -> Mapping[str, frozenset[str]]:
    """Return every series that a query may ask for, with its labels."""
    own = {
        series: metric.labels_of(series)
        for room in own_metrics().values()
        for metric in room
        for series in metric.series
    }
    recorded = {rule["record"]: frozenset(rule["labels"]) for rule in rules() if "record" in rule}
    return {**own, **recorded, **FOREIGN}


@cache
def buckets() -> Mapping[str, tuple[str, ...]]:
    """Return the bounds of the buckets of each histogram, by the name of that series."""
    metrics = (metric for room in own_metrics().values() for metric in room)
    return {f"{metric.name}_bucket": metric.buckets for metric in metrics if metric.buckets}


def selectors(query: str) -> list[VectorSelector]:
    """Return the selectors of a query.

    Raises:
        ValueError: It is no PromQL.
    """
    found: list[VectorSelector] = []

    def visit(expr: Expr) -> None:
        if isinstance(expr, VectorSelector):
            found.append(expr)

    walk(parse(query), visit)
    return found


def grouped_by(query: str) -> set[str]:
    """Return the labels that a query names in `by` and `on`."""
    named: set[str] = set()

    def visit(expr: Expr) -> None:
        if isinstance(expr, AggregateExpr) and expr.modifier is not None:
            named.update(expr.modifier.labels)
        elif (
            isinstance(expr, BinaryExpr)
            and expr.modifier is not None
            and expr.modifier.matching is not None
        ):
            named.update(expr.modifier.matching.labels)

    walk(parse(query), visit)
    return named


def complaints(query: str) -> Iterator[str]:
    """Yield what a query asks for in vain: series, labels, bounds of buckets that are not there."""
    known = known_series()
    had: set[str] = set(TARGET_LABELS)
    for selector in selectors(query):
        name = selector.name or "a query without the name of a series"
        if name not in known:
            yield f"no such series: {name}"
            continue
        had |= known[name]
        for matcher in selector.matchers.matchers:
            if matcher.name not in known[name] | TARGET_LABELS:
                yield f"{name} has no label {matcher.name}"
            if matcher.name == "le" and (
                matcher.op != MatchOp.Equal or matcher.value not in buckets()[name]
            ):
                yield f"no bucket of {name} ends at {matcher.value}"
    for label in sorted(grouped_by(query) - had):
        yield f"nothing here has a label {label}"
