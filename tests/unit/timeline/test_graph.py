"""The copied graph: what its decoded sets say is what the edges say, whatever happened between."""

from contextlib import suppress

import pytest

from kanvas.graph.v1.records_pb2 import Block, Follow
from kanvas_platform.kafka.store.space import Space
from kanvas_timeline.domain import graph as module
from kanvas_timeline.domain.graph import CopiedGraph
from kanvas_timeline.testing.make import numbered_id

ADA, BEN, CLEO = (numbered_id(number) for number in range(3))


def follow(graph: CopiedGraph, who: str, whom: str, *, active: bool = True) -> None:
    graph.apply_follow(Follow(follower_id=who, followee_id=whom, active=active))


def test_a_set_that_was_asked_for_is_asked_for_again_after_a_change() -> None:
    graph = CopiedGraph(Space())
    follow(graph, ADA, BEN)
    assert graph.following(ADA) == {BEN}
    follow(graph, ADA, CLEO)
    assert graph.following(ADA) == {BEN, CLEO}
    follow(graph, ADA, BEN, active=False)
    assert graph.following(ADA) == {CLEO}
    assert ((ADA, CLEO) in graph.follows, (ADA, BEN) in graph.follows) == (True, False)


def test_a_set_that_somebody_holds_does_not_change() -> None:
    graph = CopiedGraph(Space())
    follow(graph, ADA, BEN)
    held = graph.following(ADA)
    follow(graph, ADA, CLEO)
    assert held == {BEN}


def test_a_record_that_fails_halfway_leaves_no_set_behind() -> None:
    space = Space()
    graph = CopiedGraph(space)
    follow(graph, ADA, BEN)
    assert graph.following(ADA) == {BEN}
    with suppress(ZeroDivisionError), space.whole():
        follow(graph, ADA, CLEO)
        raise ZeroDivisionError
    assert graph.following(ADA) == {BEN}
    assert (ADA, CLEO) not in graph.follows


def test_blocks_hide_both_ways_before_and_after_they_were_asked_for() -> None:
    graph = CopiedGraph(Space())
    graph.apply_block(Block(blocker_id=ADA, blocked_id=BEN, active=True))
    for _ in range(2):
        assert graph.blocked_either_way(ADA, BEN)
        assert graph.blocked_either_way(BEN, ADA)
        assert not graph.blocked_either_way(ADA, CLEO)
        assert (graph.hidden_from(ADA), graph.hidden_from(BEN)) == ({BEN}, {ADA})
    graph.apply_block(Block(blocker_id=ADA, blocked_id=BEN, active=False))
    assert not graph.blocked_either_way(ADA, BEN)
    assert (graph.hidden_from(ADA), graph.hidden_from(BEN)) == (set(), set())


def test_decoded_sets_are_bounded_and_those_asked_for_last_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_DECODED_IDS", 2)
    monkeypatch.setattr(module, "_SET_AS_IDS", 0)
    graph = CopiedGraph(Space())
    for who in (ADA, BEN, CLEO):
        follow(graph, who, numbered_id(9))
    first, second = graph.following(ADA), graph.following(BEN)
    graph.following(ADA)
    graph.following(CLEO)
    assert graph.following(ADA) is first
    assert graph.following(BEN) is not second
    assert graph.following(BEN) == second
