"""Blocks that hold here before the feed has its copy."""

import pytest
from prometheus_client import REGISTRY

from kanvas_gateway import blocks_ahead
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_platform.testing.clock import ManualClock


class Feed:
    """How far the copy has come, and what sockets were told to hide."""

    def __init__(self) -> None:
        self.copied = 5
        self.hidden: list[tuple[str, str]] = []
        self.clock = ManualClock()
        self.blocks = BlocksAhead(copied=lambda: self.copied, monotonic=self.clock.monotonic)
        self.blocks.hide_with(lambda one, other: self.hidden.append((one, other)))


@pytest.fixture
def feed() -> Feed:
    return Feed()


def test_a_block_hides_both_ways_until_it_is_copied_and_reads_a_little_longer(feed: Feed) -> None:
    feed.blocks.begin("ana", "ben", 7)
    assert feed.hidden == [("ana", "ben"), ("ben", "ana")]
    assert feed.blocks.hidden_from("ana") == {"ben"}
    assert feed.blocks.hidden_from("ben") == {"ana"}
    assert feed.blocks.hidden_from("cleo") == frozenset()
    assert feed.blocks.hidden_from(None) == frozenset()
    feed.copied = 6
    assert feed.blocks.hidden_from("ana") == {"ben"}
    feed.copied = 7
    assert feed.blocks.hidden_from("ana", lag=False) == frozenset()
    feed.clock.advance(1.9)
    assert feed.blocks.hidden_from("ana") == {"ben"}
    feed.clock.advance(0.1)
    assert feed.blocks.hidden_from("ana") == frozenset()


def test_one_that_is_copied_already_is_left_to_the_feed_but_for_reads(feed: Feed) -> None:
    feed.blocks.begin("ana", "ben", 5)
    assert feed.hidden == []
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
    feed.copied = 8
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
    feed.copied = 7
    assert REGISTRY.get_sample_value("kanvas_gateway_blocks_ahead") == 0
    feed.copied = 6  # shows what was kept
    assert feed.blocks.hidden_from("ana") == {"ben"}
