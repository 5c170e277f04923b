"""The catalogue of metrics: all that the services' own code declares, and what their labels say."""

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.utils import floatToGoString

import kanvas_gateway.metrics
import kanvas_imagegen.metrics
import kanvas_platform.cassandra.metrics
import kanvas_platform.kafka.metrics
import kanvas_platform.observability
import kanvas_platform.rpc.metrics
import kanvas_social_graph.metrics
import kanvas_timeline.metrics

MODULES: Mapping[str, ModuleType] = {
    "Every process": kanvas_platform.observability,
    "gRPC": kanvas_platform.rpc.metrics,
    "Logs: writers, readers, state on disk": kanvas_platform.kafka.metrics,
    "Cassandra": kanvas_platform.cassandra.metrics,
    "gateway": kanvas_gateway.metrics,
    "social-graph": kanvas_social_graph.metrics,
    "timeline": kanvas_timeline.metrics,
    "imagegen": kanvas_imagegen.metrics,
}
"""The modules that declare metrics, by what they measure. No other module declares any."""

IN_HELP = "the words behind its name in the metric's help"
"""Of labels whose values differ from metric to metric, and stand in each one's help text."""

LABELS: Mapping[str, str] = {
    "cause": IN_HELP,
    "code": "names of gRPC's status codes",
    "difference": IN_HELP,
    "entity": "kinds of a feed's record: `post`, `post_removed`, `account`, `follow`, `block`",
    "feed": IN_HELP,
    "kind": IN_HELP,
    "method": "methods of the contracts; of HTTP, its methods, or `OTHER`",
    "model": "models that are or were in the catalogue of imagegen",
    "outcome": IN_HELP,
    "reader": "names of readers in the code: `timeline-replica`, `graph-copier`, …",
    "reason": f"{IN_HELP}; in capitals they stand in [errors](errors.md)",
    "request": "messages of the contracts",
    "result": IN_HELP,
    "route": "templates of REST's routes, such as `/v1/posts/{post_id}`, `page`, or `unknown`",
    "service": "the services: `gateway`, `social-graph`, `timeline`, `imagegen`",
    "state": IN_HELP,
    "statement": "a verb of CQL and a table",
    "status": "statuses of HTTP; of gRPC, names of its status codes",
    "stream": "kinds of streams: `global`, `home`, `user`, `tag`, `job`; never a name",
    "topic": "the [topics](topics.md)",
    "version": "versions of Kanvas",
    "view": "tables of the timeline's views",
}
"""Every label that a metric of Kanvas may have, and where its values come from.

Each value costs a series, and everybody who looks at a dashboard reads it. So the values come from
closed sets: no label is an id, and none has text that a person wrote.
"""


class LabelUnknown(LookupError):
    """A metric has a label of which nobody has said where its values come from."""


@dataclass(frozen=True)
class Measured:
    """A metric.

    Attributes:
        name: As it is declared: of a counter, without `_total`.
        kind: counter, gauge or histogram.
        labels: Names of its labels.
        about: Its help text.
        buckets: Upper bounds of a histogram, as they stand in `le`.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    about: str
    buckets: tuple[str, ...] = ()

    @property
    def series(self) -> Sequence[str]:
        """The names under which Prometheus stores it."""
        match self.kind:
            case "counter":
                return [f"{self.name}_total"]
            case "histogram":
                return [f"{self.name}_bucket", f"{self.name}_count", f"{self.name}_sum"]
            case _:
                return [self.name]

    def labels_of(self, series: str) -> frozenset[str]:
        """Return the labels that one of its series has."""
        return frozenset({*self.labels, "le"} if series.endswith("_bucket") else self.labels)


@cache
def own_metrics() -> Mapping[str, Sequence[Measured]]:
    """Return the metrics of Kanvas's own code, by the keys of `MODULES`.

    Raises:
        LabelUnknown: `LABELS` lacks a label.
    """
    return {room: list(_declared_in(module)) for room, module in MODULES.items()}


def _declared_in(module: ModuleType) -> Iterator[Measured]:
    for metric in vars(module).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            yield _measured(metric)


def _measured(metric: Counter | Gauge | Histogram) -> Measured:
    (family,) = metric.describe()
    # The library tells labels and buckets in what it exposes only, and a metric with labels
    # exposes nothing before it is used.
    labels: tuple[str, ...] = metric._labelnames  # noqa: SLF001
    bounds: list[float] = metric._upper_bounds if isinstance(metric, Histogram) else []  # noqa: SLF001
    if unknown := set(labels) - set(LABELS):
        raise LabelUnknown(f"{family.name}: where do values of {sorted(unknown)} come from?")
    return Measured(
        name=family.name,
        kind=family.type,
        labels=labels,
        about=inspect.cleandoc(family.documentation),
        buckets=tuple(floatToGoString(bound) for bound in bounds),  # type: ignore[no-untyped-call]
    )


def is_finite(bucket: str) -> bool:
    """Whether a bucket has an upper bound."""
    return math.isfinite(float(bucket))
