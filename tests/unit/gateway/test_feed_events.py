"""What each stream is told of a record: a function of the record and of nothing else."""

import json
from typing import Any

import pytest

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.graph.v1 import records_pb2 as graph
from kanvas_gateway.stream.feed_events import entry_of
from kanvas_gateway.stream.ring import Entry
from kanvas_gateway.stream.streams import KINDS, Event, parse_stream
from kanvas_platform.ids import new_id

POSITION = 1 << 40 | 8
ANA, BEN = new_id(), new_id()
OPEN = ["global", f"user:{ANA}", "tag:fox"]


def entry(record: feed.FeedRecord, *, created: int = POSITION, trace: str = "") -> Entry:
    record.meta.position = POSITION
    record.meta.created_position = created
    record.meta.decided_at.seconds = 1_000
    return entry_of(record, time=1_000.5, trace=trace)


def said(event: Event | None, stream: str = "global") -> dict[str, Any]:
    assert event is not None
    frame = parse_stream(stream).frame(event)
    read: dict[str, Any] = json.loads(frame[frame.index(b"{") :])
    assert list(read)[:2] == ["type", "stream"]
    return read


def told(made: Entry, stream: str) -> tuple[str, str]:
    """Return the event for those who follow the author, and the one for others."""
    one = made.told_on(parse_stream(stream))
    if one is None:
        return "", ""
    followers, others = one.followers, one.others
    return (
        said(followers, stream)["event"] if followers else "",
        said(others, stream)["event"] if others else "",
    )


def post(visibility: "feed.Visibility.ValueType", *tags: str) -> feed.FeedRecord:
    author = feed.Author(id=ANA, handle="ana", display_name="Ana", version=1)
    record = feed.FeedRecord(post=feed.Post(id="p", author=author, visibility=visibility))
    record.post.picture.media_type = "image/webp"
    for tag in tags:
        record.post.tags.add(name=tag)
    return record


def removal(visibility: "feed.Visibility.ValueType") -> feed.FeedRecord:
    removed = feed.PostRemoved(id="p", author_id=ANA, visibility=visibility)
    return feed.FeedRecord(post_removed=removed)


def profile(name: str) -> feed.FeedRecord:
    account = graph.Account(id=ANA, handle="ana", display_name=name, version=2)
    return feed.FeedRecord(account=account)


def test_a_public_post_stands_on_every_stream_of_its_author_and_tags() -> None:
    made = entry(post(feed.VISIBILITY_PUBLIC, "fox"), trace="ab" * 16)
    assert told(made, "home") == ("post.created", "")
    for stream in OPEN:
        assert told(made, stream) == ("post.created", "post.created")
    for stream in (f"user:{BEN}", "tag:snow"):
        assert told(made, stream) == ("", "")
    event = said(made.told["global"].others)
    assert event["data"]["author"] == {
        "id": ANA,
        "handle": "ana",
        "display_name": "Ana",
        "version": 1,
    }
    assert (event["pos"], event["id"]) == (str(POSITION), str(POSITION))
    assert event["trace"] == "ab" * 16
    assert event["data"]["id"] == "p"
    assert event["data"]["like_count"] == 0


def test_an_event_names_the_stream_on_which_it_is_sent() -> None:
    made = entry(post(feed.VISIBILITY_PUBLIC, "fox"))
    for stream in ("home", *OPEN):
        told_on = made.told_on(parse_stream(stream))
        assert told_on is not None
        assert said(told_on.followers, stream)["stream"] == stream


def test_a_post_for_followers_is_told_to_them_only_and_stands_on_no_tag() -> None:
    made = entry(post(feed.VISIBILITY_FOLLOWERS, "fox"))
    assert told(made, "home") == told(made, f"user:{ANA}") == ("post.created", "")
    assert told(made, "global") == told(made, "tag:fox") == ("", "")


def test_a_later_state_of_a_post_is_an_update() -> None:
    made = entry(post(feed.VISIBILITY_PUBLIC, "fox"), created=POSITION - 1)
    for stream in OPEN:
        assert told(made, stream) == ("post.updated", "post.updated")
    assert "like_count" not in said(made.told["global"].others)["data"]


def test_whoever_has_a_tag_open_that_a_post_has_no_more_must_lose_it() -> None:
    made = entry(post(feed.VISIBILITY_PUBLIC, "fox"), created=POSITION - 1)
    assert told(made, "tag:snow") == ("post.removed", "post.removed")


def test_a_post_that_is_for_followers_now_is_taken_from_all_others() -> None:
    made = entry(post(feed.VISIBILITY_FOLLOWERS, "fox"), created=POSITION - 1)
    assert told(made, "home") == ("post.updated", "")
    assert told(made, f"user:{ANA}") == ("post.updated", "post.removed")
    for stream in ("global", "tag:fox", "tag:snow"):
        assert told(made, stream) == ("post.removed", "post.removed")


def test_everybody_is_told_that_a_public_post_is_gone() -> None:
    made = entry(removal(feed.VISIBILITY_PUBLIC), created=1)
    for stream in ("global", f"user:{ANA}", "tag:any"):
        assert told(made, stream) == ("post.removed", "post.removed")
    assert said(made.told["home"].followers)["data"] == {"id": "p", "author_id": ANA}


@pytest.mark.parametrize("visibility", [feed.VISIBILITY_FOLLOWERS, feed.VISIBILITY_UNSPECIFIED])
def test_others_never_learn_of_a_removal_that_does_not_concern_them(
    visibility: "feed.Visibility.ValueType",
) -> None:
    made = entry(removal(visibility), created=1)
    assert told(made, "home") == told(made, f"user:{ANA}") == ("post.removed", "")
    assert told(made, "global") == told(made, "tag:any") == ("", "")


def test_a_follow_is_for_the_follower_on_home_and_on_the_other_account() -> None:
    record = feed.FeedRecord()
    record.follow.follower_id, record.follow.followee_id = ANA, BEN
    record.follow.active = True
    made = entry(record)
    assert made.told == {}
    [directed] = made.directed
    assert (directed.account_id, directed.about_id) == (ANA, BEN)
    for stream, name in (("home", "home.changed"), (f"user:{BEN}", "following.changed")):
        event = said(directed.told_on(parse_stream(stream)), stream)
        assert (event["event"], event["data"]) == (name, {"account_id": BEN, "following": True})
    for stream in ("global", "tag:fox", f"user:{ANA}"):
        assert directed.told_on(parse_stream(stream)) is None


def test_a_block_is_for_both_and_names_the_other() -> None:
    record = feed.FeedRecord()
    record.block.blocker_id, record.block.blocked_id = ANA, BEN
    record.block.active = True
    made = entry(record)
    assert [(one.account_id, one.about_id) for one in made.directed] == [(ANA, BEN), (BEN, ANA)]
    for one in made.directed:
        for stream in ("home", "global", "tag:any", f"user:{one.about_id}"):
            event = said(one.told_on(parse_stream(stream)), stream)
            assert event["event"] == "author.hidden"
            assert event["data"] == {"author_id": one.about_id}
        assert one.told_on(parse_stream(f"user:{one.account_id}")) is None
        assert not one.unless_hidden


def test_a_deletion_a_block_and_a_new_name_are_told_on_every_kind_of_stream() -> None:
    record = feed.FeedRecord()
    record.block.blocker_id, record.block.blocked_id = ANA, BEN
    [blocker, blocked] = entry(record).directed
    gone = entry(removal(feed.VISIBILITY_PUBLIC)).told
    renamed = entry(profile("Ana B."), created=1).told
    for streams in (gone, blocker.told, blocked.told, renamed):
        assert {name.partition(":")[0] for name in streams} == KINDS.keys()


def test_a_changed_profile_is_told_wherever_a_post_of_the_author_may_be_shown() -> None:
    made = entry(profile("Ana B."), created=1)
    assert made.author_id == ANA
    assert told(made, "home") == ("author.changed", "")
    for stream in (*OPEN, "tag:any"):
        assert told(made, stream) == ("author.changed", "author.changed")
    assert told(made, f"user:{BEN}") == ("", "")
    assert said(made.told["global"].others)["data"] == {
        "id": ANA,
        "handle": "ana",
        "display_name": "Ana B.",
        "bio": "",
        "created_at": "1970-01-01T00:00:00.000Z",
        "version": 2,
    }


@pytest.mark.parametrize("state", [graph.ACCOUNT_STATE_DELETING, graph.ACCOUNT_STATE_ERASED])
def test_whoever_may_show_posts_of_an_account_is_told_that_it_is_gone(
    state: graph.AccountState.ValueType,
) -> None:
    record = profile("Ana")
    record.account.state = state
    made = entry(record, created=1)
    assert (made.author_id, made.account_gone) == (ANA, True)
    assert told(made, "home") == ("author.hidden", "")
    for stream in (*OPEN, "tag:any"):
        assert told(made, stream) == ("author.hidden", "author.hidden")
    assert said(made.told["global"].others)["data"] == {"author_id": ANA}
    assert entry(profile("Ana"), created=1).account_gone is False
    assert entry(post(feed.VISIBILITY_PUBLIC)).account_gone is None


def test_a_post_and_an_account_of_the_same_id_have_nothing_to_do_with_each_other() -> None:
    made = post(feed.VISIBILITY_PUBLIC)
    made.post.id = ANA  # ids are the clients' choice
    assert entry(made).subject != entry(profile("Ana B."), created=1).subject


@pytest.mark.parametrize("record", [feed.FeedRecord(), profile("Ana")], ids=["newer", "account"])
def test_a_record_of_a_newer_kind_and_a_new_account_make_no_event(record: feed.FeedRecord) -> None:
    made = entry(record)
    assert (made.position, made.told, made.directed) == (POSITION, {}, ())


def test_the_text_of_an_event_is_held_once_for_all_streams() -> None:
    few, many = (entry(post(feed.VISIBILITY_PUBLIC, *tags)) for tags in ((), ("a", "b", "c")))
    assert many.text - few.text < 200, "no more than the tags in the post itself"
