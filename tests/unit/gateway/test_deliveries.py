"""A pass gives every socket what the rules say, and costs no more than it has to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas.feed.v1 import records_pb2 as feed
from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.stream.deliveries import choose_deliveries, take_slice
from kanvas_gateway.stream.feed_events import entry_of
from kanvas_gateway.stream.keeping_up import KeepingUp, Subscribers
from kanvas_gateway.stream.protocol import MAX_SUBSCRIPTIONS
from kanvas_gateway.stream.ring import SLICE_BYTES, SLICE_ENTRIES, Entry
from kanvas_gateway.stream.rules import event_for
from kanvas_gateway.stream.socket import FeedSubscription, Socket
from kanvas_gateway.stream.streams import parse_stream
from kanvas_platform.ids import new_id

PEOPLE = [new_id() for _ in range(3)]
STREAMS = ["global", "home", *(f"user:{person}" for person in PEOPLE), "tag:fox", "tag:snow"]


class Scene:
    """Sockets that keep up, with the sets of their viewers."""

    def __init__(self) -> None:
        self.index: AudienceIndex[Socket] = AudienceIndex()
        self.keeping_up = KeepingUp()
        self.sockets: list[Socket] = []
        self.written: list[tuple[Socket, bytes]] = []
        self.position = 0

    def socket(
        self, streams: Iterable[str], account: str | None = None, *, behind: bool = False
    ) -> Socket:
        socket = Socket(
            len(self.sockets), lambda data: self.written.append((socket, data)), lambda: None
        )
        if account is not None:
            viewer = self.index.viewer(account) or self.index.add(account)
            viewer.sockets.append(socket)
            socket.account_id, socket.viewer = account, viewer
        for name in streams:
            subscription = FeedSubscription(name, parse_stream(name), None)
            subscription.answered = True
            socket.feeds[name] = subscription
        socket.behind = behind
        if not behind:
            self.keeping_up.add(socket)
        self.sockets.append(socket)
        return socket

    def post(
        self, author: str, *, public: bool = True, tags: Iterable[str] = (), update: bool = False
    ) -> Entry:
        record = feed.FeedRecord()
        record.post.id, record.post.author.id = new_id(), author
        record.post.visibility = feed.VISIBILITY_PUBLIC if public else feed.VISIBILITY_FOLLOWERS
        for tag in tags:
            record.post.tags.add(name=tag)
        return self.entry(record, update=update)

    def entry(self, record: feed.FeedRecord, *, update: bool = False) -> Entry:
        self.position += 1
        record.meta.position = self.position
        record.meta.created_position = 1 if update else self.position
        return entry_of(record, time=0.0, trace="")

    def pass_of(self, *entries: Entry) -> dict[Socket, list[dict[str, Any]]]:
        made = choose_deliveries(entries, self.keeping_up, self.index)
        self.written.clear()
        made.write()
        read = {socket: frames_in(data) for socket, data in self.written}
        assert len(read) == len(self.written), "one write each"
        assert sum(made.events.values()) == sum(map(len, read.values()))
        assert made.size == sum(len(data) for _, data in self.written)
        return read


def frames_in(data: bytes) -> list[dict[str, Any]]:
    frames = []
    while data:
        start, length = 2, data[1]
        if length == 126:
            start, length = 4, int.from_bytes(data[2:4], "big")
        frames.append(json.loads(data[start : start + length]))
        data = data[start + length :]
    return frames


def test_a_burst_is_one_write_of_the_same_bytes_for_everybody() -> None:
    scene = Scene()
    sockets = [scene.socket(["global"]) for _ in range(3)]
    entries = [scene.post(PEOPLE[0]) for _ in range(4)]
    made = choose_deliveries(entries, scene.keeping_up, scene.index)
    made.write()
    assert [socket for socket, _ in scene.written] == sockets
    assert len({id(data) for _, data in scene.written}) == 1
    assert made.events == {"global": 12}


def test_a_post_for_followers_is_framed_once_for_all_who_have_the_stream_of_its_author() -> None:
    scene = Scene()
    sockets = []
    for _ in range(3):
        sockets.append(scene.socket([f"user:{PEOPLE[0]}"], account := new_id()))
        viewer = scene.index.viewer(account)
        assert viewer is not None
        scene.index.install(viewer, [PEOPLE[0]], [], 0)
    entry = scene.post(PEOPLE[0], public=False)
    made = choose_deliveries([entry], scene.keeping_up, scene.index)
    assert list(made.own) == sockets
    assert len({id(frame) for frames in made.own.values() for frame in frames}) == 1


def test_a_stream_that_nobody_has_costs_nothing() -> None:
    scene = Scene()
    scene.socket([])
    made = choose_deliveries([scene.post(PEOPLE[0], tags=["fox"])], scene.keeping_up, scene.index)
    assert not made.common
    assert not made.own
    assert not made.events


def test_whoever_is_behind_gets_nothing_from_a_pass() -> None:
    scene = Scene()
    scene.socket(["global", "home"], PEOPLE[0], behind=True)
    scene.index.install(scene.index.add(PEOPLE[1]), [], [PEOPLE[0]], 0)
    assert scene.pass_of(scene.post(PEOPLE[0])) == {}


def test_a_socket_with_all_streams_gets_each_of_them_once() -> None:
    scene = Scene()
    socket = scene.socket(STREAMS, PEOPLE[0])
    frames = scene.pass_of(scene.post(PEOPLE[0], tags=["fox"]))[socket]
    assert sorted(one["stream"] for one in frames) == sorted(
        ["global", "home", f"user:{PEOPLE[0]}", "tag:fox"]
    )


def test_what_a_pass_looks_at_does_not_grow_with_the_streams_that_sockets_have() -> None:
    class Counting(KeepingUp):
        asked = 0

        def on(self, name: str) -> Subscribers | None:
            self.asked += 1
            return super().on(name)

    scene = Scene()
    scene.keeping_up = counting = Counting()
    for number in range(100):
        scene.socket([f"tag:t{number}x{other}" for other in range(15)])
    reached = scene.socket(["tag:fox"])
    entry = scene.post(PEOPLE[0], tags=["fox"])
    counting.asked = 0
    assert list(scene.pass_of(entry)) == [reached]
    assert counting.asked <= 2 * len(entry.told)


def test_a_stream_that_is_not_answered_yet_brings_nothing_to_whom_an_entry_is_about() -> None:
    scene = Scene()
    socket = scene.socket(["global"], PEOPLE[0])
    socket.feeds["home"] = FeedSubscription("home", parse_stream("home"), None)
    record = feed.FeedRecord()
    record.follow.follower_id, record.follow.followee_id = PEOPLE[:2]
    followed = scene.entry(record)
    assert scene.pass_of(followed) == {}
    socket.feeds["home"].answered = True
    assert [frame["event"] for frame in scene.pass_of(followed)[socket]] == ["home.changed"]


def test_of_two_who_block_each_other_one_may_not_show_the_other_again() -> None:
    scene = Scene()
    ana, ben, _ = PEOPLE
    socket = scene.socket(["global"], ana)
    viewer = scene.index.viewer(ana)
    assert viewer is not None
    record = feed.FeedRecord()
    record.block.blocker_id, record.block.blocked_id = ben, ana
    lifted = scene.entry(record)
    scene.index.install(viewer, [], [ben], 0)
    assert scene.pass_of(lifted) == {}
    scene.index.install(viewer, [], [], 0)
    assert [frame["event"] for frame in scene.pass_of(lifted)[socket]] == ["author.shown"]


posts = st.tuples(
    st.just("post"),
    st.sampled_from(PEOPLE),
    st.booleans(),
    st.sets(st.sampled_from(["fox", "snow"])),
    st.booleans(),
)
edges = st.tuples(st.sampled_from(["follow", "block"]), st.permutations(PEOPLE), st.booleans())
removals = st.tuples(st.just("removal"), st.sampled_from(PEOPLE), st.booleans())
someone = st.tuples(
    st.none() | st.sampled_from(PEOPLE), st.sets(st.sampled_from(STREAMS)), st.booleans()
)
sets = st.fixed_dictionaries({
    person: st.tuples(st.sets(st.sampled_from(PEOPLE)), st.sets(st.sampled_from(PEOPLE)))
    for person in PEOPLE
})  # fmt: skip


def _play(scene: Scene, act: tuple[Any, ...]) -> Entry:
    match act:
        case ("post", author, public, tags, update):
            return scene.post(author, public=public, tags=tags, update=update)
        case ("removal", author, public):
            record = feed.FeedRecord()
            record.post_removed.id, record.post_removed.author_id = new_id(), author
            record.post_removed.visibility = (
                feed.VISIBILITY_PUBLIC if public else feed.VISIBILITY_FOLLOWERS
            )
        case ("follow", people, active):
            record = feed.FeedRecord()
            record.follow.follower_id, record.follow.followee_id = people[0], people[1]
            record.follow.active = active
        case ("block", people, active):
            record = feed.FeedRecord()
            record.block.blocker_id, record.block.blocked_id = people[0], people[1]
            record.block.active = active
    return scene.entry(record)


@given(st.lists(someone, max_size=8), sets, st.lists(posts | edges | removals, max_size=6))
def test_every_socket_gets_what_the_rule_says_stream_by_stream(
    sockets: list[tuple[str | None, set[str], bool]],
    sets: dict[str, tuple[set[str], set[str]]],
    acts: list[tuple[Any, ...]],
) -> None:
    scene = Scene()
    for account, streams, behind in sockets:
        scene.socket(streams if account else streams - {"home"}, account, behind=behind)
    for person, (following, hidden) in sets.items():
        viewer = scene.index.viewer(person) or scene.index.add(person)
        scene.index.install(viewer, following - {person}, hidden - {person}, 0)
    entries = [_play(scene, act) for act in acts]
    got = scene.pass_of(*entries)
    for socket in scene.sockets:
        frames = got.get(socket, [])
        for subscription in socket.feeds.values():
            stream = subscription.stream
            events = (event_for(one, stream, socket.viewer, scene.index) for one in entries)
            due = [stream.frame(event) for event in events if event is not None]
            expected = [] if socket.behind else frames_in(b"".join(due))
            assert [one for one in frames if one["stream"] == stream.name] == expected


def test_a_slice_is_what_one_write_may_hold_for_a_socket_with_all_streams() -> None:
    scene = Scene()
    entries = [scene.post(PEOPLE[0], tags=["fox"]) for _ in range(200)]
    assert len(take_slice(entries, scene.keeping_up)) == 200, "nobody gets any of it"
    scene.socket(["global"])
    taken = len(take_slice(entries, scene.keeping_up))
    assert text_of(entries[:taken]) <= SLICE_BYTES < text_of(entries[: taken + 1])
    scene.socket(["tag:fox"])
    taken = len(take_slice(entries, scene.keeping_up))
    assert 2 * text_of(entries[:taken]) <= SLICE_BYTES < 2 * text_of(entries[: taken + 1])


def text_of(entries: Iterable[Entry]) -> int:
    return sum(entry.text for entry in entries)


@pytest.mark.parametrize("about", ["a removal", "a block"])
def test_a_slice_is_small_also_for_a_socket_that_gets_an_entry_on_many_streams(about: str) -> None:
    scene = Scene()
    scene.socket([f"tag:t{number}x" for number in range(MAX_SUBSCRIPTIONS)], PEOPLE[0])
    record = feed.FeedRecord()
    if about == "a removal":
        record.post_removed.id, record.post_removed.author_id = new_id(), PEOPLE[1]
        record.post_removed.visibility = feed.VISIBILITY_PUBLIC
    else:
        record.block.blocker_id, record.block.blocked_id = PEOPLE[1], PEOPLE[0]
        record.block.active = True
    entry = scene.entry(record)
    slice_ = take_slice([entry] * SLICE_ENTRIES, scene.keeping_up)
    [(_, frames)] = scene.pass_of(*slice_).items()
    assert len(frames) == len(slice_) * MAX_SUBSCRIPTIONS
    assert SLICE_BYTES / 3 < sum(len(data) for _, data in scene.written) < SLICE_BYTES * 1.5


def test_a_slice_has_at_least_one_entry_and_an_end() -> None:
    scene = Scene()
    scene.socket(["global"])
    large = scene.post(PEOPLE[0])
    event = large.told["global"].others
    assert event is not None
    many = SLICE_BYTES // len(event) + 1
    big = Entry(1, 0.0, told={"global": large.told["global"]})
    assert take_slice([big] * (many + 5), scene.keeping_up) == [big] * (many - 1)
    empty = Entry(1, 0.0)
    assert len(take_slice([empty] * (SLICE_ENTRIES + 1), scene.keeping_up)) == SLICE_ENTRIES
