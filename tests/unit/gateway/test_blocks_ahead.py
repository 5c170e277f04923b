"""Blocks that hold here before the feed has its copy."""

import pytest
from prometheus_client import REGISTRY

from kanvas_gateway import blocks_ahead
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_platform.testing.clock import ManualClock


class Feed:
    """How far the copy has come, and the blocks that are ahead of it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.blocks = BlocksAhead(monotonic=self.clock.monotonic)
        self.blocks.note_copy(5)


@pytest.fixture
def feed() -> Feed:
    return Feed()


def test_a_block_hides_both_ways_until_it_is_copied_and_reads_a_little_longer(feed: Feed) -> None:
    assert feed.blocks.begin("ana", "ben", 7), "sockets have to be told"
    assert feed.blocks.hidden_from("ana") == {"ben"}
    assert feed.blocks.hidden_from("ben") == {"ana"}
    assert feed.blocks.hidden_from("cleo") == frozenset()
    assert feed.blocks.hidden_from(None) == frozenset()
    feed.blocks.note_copy(6)
    assert feed.blocks.hidden_from("ana") == {"ben"}
    feed.blocks.note_copy(7)
    assert feed.blocks.hidden_from("ana", lag=False) == frozenset()
    feed.clock.advance(1.9)
    assert feed.blocks.hidden_from("ana") == {"ben"}
    feed.clock.advance(0.1)
    assert feed.blocks.hidden_from("ana") == frozenset()


def test_one_that_is_copied_already_is_left_to_the_feed_but_for_reads(feed: Feed) -> None:
    assert not feed.blocks.begin("ana", "ben", 5), "sockets know it from the feed"
    assert feed.blocks.hidden_from("ana", lag=False) == frozenset()
    assert feed.blocks.hidden_from("ana") == {"ben"}
    feed.clock.advance(2)
    assert feed.blocks.hidden_from("ana") == frozenset()


def test_lifting_one_leaves_that_of_the_other(feed: Feed) -> None:
    feed.blocks.begin("ana", "ben", 7)
    feed.blocks.begin("ben", "ana", 8)
    feed.blocks.end("ana", "ben")
    feed.blocks.end("ana", "cleo")
    assert feed.blocks.hidden_from("ana") == {"ben"}
    feed.blocks.note_copy(8)
    assert feed.blocks.hidden_from("ana") == {"ben"}
    feed.blocks.end("ben", "ana")
    assert feed.blocks.hidden_from("ana") == frozenset()


def test_they_are_bounded(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks_ahead, "_MOST", 2)
    for number in range(3):
        feed.blocks.begin("ana", f"b{number}", 7)
    assert feed.blocks.hidden_from("ana") == {"b1", "b2"}


def test_measuring_changes_nothing(feed: Feed) -> None:
    feed.blocks.begin("ana", "ben", 7)
    assert REGISTRY.get_sample_value("kanvas_gateway_blocks_ahead") == 1
    feed.blocks.note_copy(7)
    assert REGISTRY.get_sample_value("kanvas_gateway_blocks_ahead") == 0
    assert feed.blocks.hidden_from("ana", lag=False) == frozenset()
