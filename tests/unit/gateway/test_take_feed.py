"""What comes of a record of the feed, and of those that are missing."""

from types import SimpleNamespace
from typing import Any

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_gateway.take_feed import FeedIntake
from kanvas_platform.kafka.reading.tail import Delivered
from kanvas_platform.kafka.records.position import before_epoch

EPOCH = before_epoch(3)


class Noted:
    """An intake whose fan-out and audiences note what they are told."""

    def __init__(self, applied: int) -> None:
        self.said: list[str] = []
        fan_out: Any = SimpleNamespace(
            applied=applied,
            take=lambda *_, **__: self.said.append("take"),
            lose=lambda found: self.said.append(f"lose {found}"),
        )
        audiences: Any = SimpleNamespace(
            apply=lambda _: self.said.append("apply"), reload=lambda: self.said.append("reload")
        )
        self.intake = FeedIntake()
        self.intake.hand_to(fan_out, audiences)

    def take(self, position: int) -> list[str]:
        delivered = Delivered(
            record=FeedRecord(),
            position=position,
            offset=0,
            key="k",
            type="t",
            time=1.0,
            trace="",
        )
        self.intake.take(delivered)
        return self.said


@pytest.mark.parametrize(
    ("applied", "position"),
    [(0, EPOCH | 7), (EPOCH | 7, EPOCH | 8), (before_epoch(2) | 9, EPOCH | 1)],
    ids=["the first ever", "the next", "the first of an epoch"],
)
def test_where_nothing_is_missing_the_record_is_taken(applied: int, position: int) -> None:
    assert Noted(applied).take(position) == ["take", "apply"]


@pytest.mark.parametrize(
    ("applied", "position"),
    [(EPOCH | 7, EPOCH | 9), (before_epoch(2) | 9, EPOCH | 2)],
    ids=["within an epoch", "at the start of an epoch"],
)
def test_what_is_missing_is_announced_before_what_follows(applied: int, position: int) -> None:
    assert Noted(applied).take(position) == [f"lose {position}", "reload", "take", "apply"]
