"""Sockets that are behind: what they get next, and when they keep up again."""

from __future__ import annotations

from typing import Any

import pytest

from kanvas.feed.v1 import records_pb2 as feed
from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.stream.catch_up import CatchUp
from kanvas_gateway.stream.feed_events import entry_of
from kanvas_gateway.stream.keeping_up import KeepingUp
from kanvas_gateway.stream.ring import SLICE_ENTRIES, Entry, Ring
from kanvas_gateway.stream.socket import FeedSubscription, Socket
from kanvas_gateway.stream.streams import parse_stream
from kanvas_platform.ids import new_id
from tests.unit.gateway.test_deliveries import frames_in

ANA, BEN = new_id(), new_id()


class Transport:
    """Takes what is written; may say within a write that the client takes no more."""

    def __init__(self, catch_up: CatchUp) -> None:
        self._catch_up = catch_up
        self.socket = Socket(1, self.write, lambda: None)
        self.full = False
        self.frames: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.frames += frames_in(data)
        if self.full:
            self._catch_up.pause(self.socket)

    def positions(self) -> list[int]:
        found = [int(one["pos"]) for one in self.frames if one["type"] == "event"]
        self.frames.clear()
        return found


class Bench:
    def __init__(self) -> None:
        self.ring = Ring(max_bytes=1 << 26, max_age=1e12)
        self.index: AudienceIndex[Socket] = AudienceIndex()
        self.keeping_up = KeepingUp()
        self.catch_up = CatchUp(ring=self.ring, index=self.index, keeping_up=self.keeping_up)
        self.transport = Transport(self.catch_up)
        self.socket = self.transport.socket

    def post(self, count: int = 1, author: str = BEN) -> None:
        for _ in range(count):
            record = feed.FeedRecord()
            record.post.id, record.post.author.id = new_id(), author
            record.post.visibility = feed.VISIBILITY_PUBLIC
            record.meta.position = record.meta.created_position = self.ring.head + 1
            self.ring.append(entry_of(record, time=0.0, trace=""))
        self.keeping_up.served = self.ring.head

    def quiet(self, count: int) -> None:
        for _ in range(count):
            self.ring.append(Entry(self.ring.head + 1, 0.0))
        self.keeping_up.served = self.ring.head

    def subscribe(self, name: str = "global", from_: int | None = None) -> FeedSubscription:
        subscription = FeedSubscription(name, parse_stream(name), from_)
        self.socket.feeds[subscription.stream.name] = subscription
        self.catch_up.subscribe(self.socket, subscription)
        return subscription

    def pump(self, *, held: bool = False) -> None:
        self.catch_up.pump(held=held)

    def keeps_up(self, name: str = "global") -> bool:
        return self.keeping_up.has(self.socket, name)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_new_subscription_is_answered_and_then_keeps_up(bench: Bench) -> None:
    bench.post(3)
    bench.subscribe(from_=1)
    assert bench.catch_up.wanted.is_set()
    assert len(bench.catch_up) == 1
    assert bench.catch_up.position_of(bench.socket) == 1
    bench.pump()
    assert bench.transport.frames[0]["replayed"] == 2
    assert bench.transport.positions() == [2, 3]
    assert bench.keeps_up()
    assert len(bench.catch_up) == 0
    assert bench.catch_up.position_of(bench.socket) == 3


def test_a_paused_socket_goes_on_from_where_it_was(bench: Bench) -> None:
    bench.subscribe()
    bench.pump()
    bench.catch_up.pause(bench.socket)
    assert not bench.keeps_up()
    bench.post(2)
    bench.pump()
    assert bench.transport.positions() == []
    bench.catch_up.resume(bench.socket)
    bench.pump()
    assert bench.transport.positions() == [1, 2]


def test_a_pause_within_a_write_loses_nothing(bench: Bench) -> None:
    bench.subscribe()
    bench.pump()
    bench.catch_up.pause(bench.socket)
    bench.post(2)
    bench.transport.full = True
    bench.catch_up.resume(bench.socket)
    bench.pump()
    assert not bench.keeps_up()
    bench.transport.full = False
    bench.post(1)
    bench.catch_up.resume(bench.socket)
    bench.pump()
    assert bench.transport.positions() == [1, 2, 3]


def test_a_long_way_behind_is_served_slice_by_slice(bench: Bench) -> None:
    bench.quiet(SLICE_ENTRIES + 1)
    bench.post(1)
    for name in ("global", f"user:{BEN}"):
        bench.subscribe(name, from_=0)
    bench.pump()
    assert bench.transport.positions() == []
    assert not bench.keeps_up(), "the second subscription has not even been answered"
    for _ in range(3):
        bench.pump()
    assert bench.transport.positions() == [SLICE_ENTRIES + 2] * 2
    assert bench.keeps_up()
    assert bench.keeps_up(f"user:{BEN}")


def test_a_slice_is_no_larger_than_one_write_may_be(bench: Bench) -> None:
    bench.post(1_000)
    bench.subscribe(from_=0)
    slices = []
    while not bench.keeps_up():
        bench.pump()
        slices.append(bench.transport.positions())
    assert len(slices) > 1
    assert [one for part in slices for one in part] == list(range(1, 1_001))


def test_nothing_of_a_feed_is_sent_while_it_is_held(bench: Bench) -> None:
    bench.post(1)
    bench.subscribe(from_=0)
    bench.pump(held=True)
    assert bench.transport.frames == []
    assert not bench.catch_up.wanted.is_set(), "it would be asked again without end"
    bench.catch_up.pump_all()
    bench.pump()
    assert bench.transport.positions() == [1]


def test_a_viewer_whose_sets_are_not_known_waits(bench: Bench) -> None:
    viewer = bench.index.add(ANA)
    viewer.sockets.append(bench.socket)
    bench.socket.viewer = viewer
    bench.subscribe()
    bench.pump()
    assert bench.transport.frames == []
    viewer.ready = True
    bench.catch_up.go_on(viewer)
    bench.pump()
    assert bench.transport.frames[0]["state"] == "live"
    bench.catch_up.suspend(viewer)
    assert not bench.keeps_up()


def test_a_position_ahead_waits_until_it_is_reached(bench: Bench) -> None:
    bench.post(1)
    bench.subscribe("global")
    subscription = bench.subscribe(f"user:{BEN}", from_=3)
    assert bench.catch_up.asked.is_set()
    bench.pump()
    assert bench.keeps_up(), "the other one does not wait for it"
    assert bench.catch_up.waiting() == [subscription]
    bench.post(1)
    bench.catch_up.open_reached()
    assert bench.catch_up.waiting() == [subscription]
    bench.post(2)
    bench.catch_up.open_reached()
    bench.pump()
    states = [one["state"] for one in bench.transport.frames if one["type"] == "subscribed"]
    assert states == ["live", "resumed"]
    assert bench.catch_up.waiting() == []


def test_a_position_that_nobody_gave_out_is_said_to_be_unknown(bench: Bench) -> None:
    bench.post(1)
    asked = [bench.subscribe("global", from_=3), bench.subscribe(f"user:{BEN}", from_=2)]
    bench.catch_up.refuse_beyond(2, asked)
    bench.pump()
    [answer] = bench.transport.frames
    assert (answer["id"], answer["reason"]) == ("global", "POSITION_UNKNOWN")
    assert bench.catch_up.waiting() == asked[1:]
    bench.catch_up.refuse_beyond(2, asked)
    assert bench.catch_up.waiting() == asked[1:]


def test_whoever_has_left_is_written_nothing(bench: Bench) -> None:
    bench.subscribe()
    bench.catch_up.leave(bench.socket)
    bench.catch_up.nudge(bench.socket)
    bench.pump()
    bench.catch_up.pause(bench.socket)
    assert bench.transport.frames == []
    assert len(bench.catch_up) == 0


def test_what_a_ring_has_lost_is_told_to_those_who_kept_up(bench: Bench) -> None:
    bench.subscribe()
    bench.pump()
    bench.transport.frames.clear()
    bench.ring.restart(9, "POSITIONS_LOST")
    bench.catch_up.fall_behind_all()
    bench.keeping_up.served = 9
    bench.catch_up.pump_all()
    bench.pump()
    [answer] = bench.transport.frames
    assert (answer["state"], answer["position"]) == ("gap", "9")


def test_unsubscribing_leaves_nothing_behind(bench: Bench) -> None:
    bench.subscribe("tag:fox")
    bench.pump()
    assert bench.keeping_up.names("tag") == {"tag:fox": None}
    bench.catch_up.unsubscribe(bench.socket, bench.socket.feeds.pop("tag:fox"))
    assert bench.keeping_up.on("tag:fox") is None
    assert not bench.keeping_up.names("tag")
