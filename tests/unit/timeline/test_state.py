"""The fold: what records make of the state, also of those that say nothing here."""

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord, ReactionRecord
from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_store import contents
from kanvas_timeline.domain.logs import FEED, REACTIONS, copy_draft
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.testing.make import follow_record, numbered_id
from kanvas_timeline.testing.world import World


def test_an_entity_of_a_later_contract_moves_the_source_and_nothing_else() -> None:
    space = Space()
    state = TimelineState(space, recent_bytes=1_000)
    record = FeedRecord()
    record.meta.source_position = 7
    state.apply(FEED.topic, record)
    assert state.copied == 7
    assert len(contents(space)) == 1


def test_a_like_that_is_taken_back_is_gone() -> None:
    world = World()
    ada = world.account("ada")
    post = world.post(ada)
    world.like(ada, post)
    world.like(ada, post, liked=False)
    assert not world.state.likes.has(post, ada)
    assert world.state.likes.count(post) == 0
    assert list(world.state.likes.of_account(ada)) == []


def test_of_a_like_whose_record_compaction_took_only_the_end_is_seen() -> None:
    state = TimelineState(Space(), recent_bytes=1_000)
    post, ada = numbered_id(1), numbered_id(2)
    record = ReactionRecord(post_id=post, account_id=ada, liked=False, like_count=3)
    state.apply(REACTIONS.topic, record)
    assert (state.likes.has(post, ada), state.likes.count(post)) == (False, 3)


def test_what_a_layer_is_told_the_state_below_does_not_know() -> None:
    world = World()
    ada, ben = world.account("ada"), world.account("ben")
    layer = world.state.overlay()
    copied = copy_draft(follow_record(ada, ben), 99).record
    layer.apply(FEED.topic, copied)
    for graph, edges in ((layer.graph, {ben}), (world.state.graph, set())):
        assert ((ada, ben) in graph.follows) == bool(edges)
        assert graph.following(ada) == edges


def test_an_entity_of_a_later_graph_cannot_be_copied() -> None:
    with pytest.raises(ValueError, match="nothing to copy"):
        copy_draft(GraphRecord(), 1)
