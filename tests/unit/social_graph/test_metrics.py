"""A store that fails is not seen as one that is empty, and hides no other metric."""

import math

from prometheus_client import REGISTRY

from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import StoreFailed
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.memory_store import MemoryStore
from kanvas_social_graph.domain.commands import AskExport
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.metrics import observe_state
from tests.unit.social_graph.test_decide import World


class FailingStore(MemoryStore):
    def get(self, key: bytes) -> bytes | None:
        raise StoreFailed("it is away")


def scraped(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)


def test_sizes_are_those_of_the_state() -> None:
    state = GraphState(Space())
    observe_state(state, ManualClock())
    state.blocks[new_id(), new_id()] = 1
    assert (scraped("kanvas_graph_accounts"), scraped("kanvas_graph_blocks")) == (0, 1)


def test_a_size_that_cannot_be_read_is_no_number() -> None:
    observe_state(GraphState(Space(FailingStore())), ManualClock())
    found = scraped("kanvas_graph_follows")
    assert found is not None
    assert math.isnan(found)


def test_how_long_somebody_waits_for_an_export_is_seen() -> None:
    world, clock = World(), ManualClock()
    observe_state(world.state, clock)
    assert scraped("kanvas_graph_export_oldest_seconds") == 0
    world.now = clock.now()
    for handle in ("ada", "ben"):
        world.do(world.account(handle), AskExport(new_id(), 1.0))
        clock.advance(60)
        world.now = clock.now()
    assert scraped("kanvas_graph_exports_asked") == 2
    assert scraped("kanvas_graph_export_oldest_seconds") == 120
