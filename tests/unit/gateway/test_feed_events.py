"""What each stream says about a record: a function of the record and of nothing else."""

import json
from typing import Any

import pytest

from kanvas.feed.v1 import records_pb2 as feed
from kanvas_gateway.domain.feed_events import entry_of
from kanvas_gateway.domain.ring import Entry

POSITION = 1 << 40 | 8


def entry(record: feed.FeedRecord, *, created: int = POSITION, trace: str = "") -> Entry:
    record.meta.position = POSITION
    record.meta.created_position = created
    record.meta.decided_at.seconds = 1_000
    return entry_of(record, time=1_000.5, trace=trace)


def said(frame: bytes) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(frame[frame.index(b"{") :])
    return read


def post(visibility: "feed.Visibility.ValueType") -> feed.FeedRecord:
    author = feed.Author(id="ana", handle="ana", display_name="Ana")
    record = feed.FeedRecord(post=feed.Post(id="p", author=author, visibility=visibility))
    record.post.picture.media_type = "image/webp"
    return record


def removal(visibility: "feed.Visibility.ValueType") -> feed.FeedRecord:
    removed = feed.PostRemoved(id="p", author_id="ana", visibility=visibility)
    return feed.FeedRecord(post_removed=removed)


def test_a_public_post_is_told_to_home_and_the_world() -> None:
    made = entry(post(feed.VISIBILITY_PUBLIC), trace="ab" * 16)
    for frame, stream in ((made.home, "home"), (made.world, "global")):
        event = said(frame)
        assert (event["stream"], event["event"]) == (stream, "post.created")
        assert (event["pos"], event["id"]) == (str(POSITION), str(POSITION))
        assert event["trace"] == "ab" * 16
        assert event["data"]["id"] == "p"
        assert event["data"]["like_count"] == 0


def test_a_post_for_followers_is_not_told_to_the_world() -> None:
    made = entry(post(feed.VISIBILITY_FOLLOWERS))
    assert said(made.home)["event"] == "post.created"
    assert made.world == b""


def test_a_later_state_of_a_post_is_an_update() -> None:
    made = entry(post(feed.VISIBILITY_PUBLIC), created=POSITION - 1)
    assert said(made.world)["event"] == "post.updated"
    assert "like_count" not in said(made.world)["data"]


def test_the_world_is_told_that_a_public_post_is_gone() -> None:
    made = entry(removal(feed.VISIBILITY_PUBLIC), created=1)
    for frame in (made.home, made.world):
        assert said(frame)["event"] == "post.removed"
        assert said(frame)["data"] == {"id": "p", "author_id": "ana"}


@pytest.mark.parametrize("visibility", [feed.VISIBILITY_FOLLOWERS, feed.VISIBILITY_UNSPECIFIED])
def test_the_world_never_learns_of_a_removal_that_does_not_concern_it(
    visibility: "feed.Visibility.ValueType",
) -> None:
    made = entry(removal(visibility), created=1)
    assert said(made.home)["event"] == "post.removed"
    assert made.world == b""


def test_a_follow_is_for_the_follower_only() -> None:
    record = feed.FeedRecord()
    record.follow.follower_id, record.follow.followee_id = "ana", "bob"
    record.follow.active = True
    made = entry(record)
    assert (made.home, made.world) == (b"", b"")
    [told] = made.directed
    assert (told.account_id, told.about_id, told.world) == ("ana", "bob", b"")
    assert said(told.home)["data"] == {"account_id": "bob", "following": True}


def test_a_block_is_for_both_and_names_the_other() -> None:
    record = feed.FeedRecord()
    record.block.blocker_id, record.block.blocked_id = "ana", "bob"
    record.block.active = True
    made = entry(record)
    assert [(one.account_id, one.about_id) for one in made.directed] == [
        ("ana", "bob"),
        ("bob", "ana"),
    ]
    for one in made.directed:
        assert said(one.world)["event"] == "author.hidden"
        assert said(one.world)["data"] == {"author_id": one.about_id}
        assert not one.unless_hidden


def test_a_profile_makes_no_event_and_keeps_its_position() -> None:
    made = entry(feed.FeedRecord())
    assert (made.position, made.home, made.world, made.directed) == (POSITION, b"", b"", ())
