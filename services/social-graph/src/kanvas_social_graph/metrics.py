"""What social-graph measures beyond what the platform measures for every service."""

import math
from collections.abc import Sized

from prometheus_client import Counter, Gauge

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


def observe_state(state: GraphState) -> None:
    """Read the sizes of a state at each scrape."""
    accounts.set_function(lambda: _size(state.accounts))
    follows.set_function(lambda: _size(state.follows))
    blocks.set_function(lambda: _size(state.blocks))


def _size(table: Sized) -> float:
    """Return a size, or no number: a store that fails must not hide all other metrics."""
    try:
        return len(table)
    except StoreFailed:
        return math.nan
