"""What social-graph measures beyond what the platform measures for every service."""

import math
from collections.abc import Callable
from functools import partial

from prometheus_client import Counter, Gauge

from kanvas.graph.v1.records_pb2 import EXPORT_STATE_ASKED, EXPORT_STATE_READY
from kanvas_platform.clock import Clock
from kanvas_platform.kafka.contract import StoreFailed
from kanvas_social_graph.domain.state import GraphState

accounts = Gauge("kanvas_graph_accounts", "Accounts in the applied state")
follows = Gauge("kanvas_graph_follows", "Active follows in the applied state")
blocks = Gauge("kanvas_graph_blocks", "Active blocks in the applied state")
sign_ins = Counter(
    "kanvas_graph_sign_ins",
    "Passwords shown, in repeated sign-ups too, by outcome: accepted, refused, limited",
    ["outcome"],
)
exports = Counter(
    "kanvas_graph_exports",
    "Attempts to make an export, by outcome: made, failed (it is tried again), given_up",
    ["outcome"],
)
export_bytes = Counter("kanvas_graph_export_bytes", "Bytes of the exports that were made")
swept = Counter(
    "kanvas_graph_exports_swept", "Archives that were removed because no record names them"
)
exports_asked = Gauge(
    "kanvas_graph_exports_asked", "Exports that wait or are being made, in the applied state"
)
exports_ready = Gauge(
    "kanvas_graph_exports_ready", "Exports whose archive is kept, in the applied state"
)
export_age = Gauge(
    "kanvas_graph_export_oldest_seconds",
    "How long the export that waits longest has waited, in the applied state; 0 without one",
)


def observe_state(state: GraphState, clock: Clock) -> None:
    """Read what a state holds at each scrape."""
    observed: dict[Gauge, Callable[[], float]] = {
        accounts: lambda: len(state.accounts),
        follows: lambda: len(state.follows),
        blocks: lambda: len(state.blocks),
        exports_asked: lambda: state.count_exports(EXPORT_STATE_ASKED),
        exports_ready: lambda: state.count_exports(EXPORT_STATE_READY),
        export_age: lambda: _oldest(state, clock),
    }
    for gauge, read in observed.items():
        gauge.set_function(partial(_number, read))


def _oldest(state: GraphState, clock: Clock) -> float:
    for due, _ in state.exports_due(EXPORT_STATE_ASKED):
        return max(0.0, clock.now() - due.seconds)
    return 0.0


def _number(read: Callable[[], float]) -> float:
    """Return a number, or none: a store that fails must not hide all other metrics."""
    try:
        return read()
    except StoreFailed:
        return math.nan
