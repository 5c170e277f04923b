"""Streams that have a name behind a colon: an account's posts, and the posts with a tag."""

from __future__ import annotations

from typing import Any

import pytest

from kanvas_gateway.stream.protocol import MAX_SUBSCRIPTIONS
from kanvas_platform.ids import new_id
from tests.contract.gateway.live_stream import Client, Live, StartLive, names
from tests.contract.gateway.people import ANA, BEN, CLEO


async def subscribe(client: Client, stream: str, ref: str = "s") -> dict[str, Any]:
    await client.send(type="subscribe", id=ref, stream=stream)
    return await client.next()


async def test_an_accounts_stream_brings_its_public_posts_and_no_others(live: Live) -> None:
    client, answer = await live.subscribed(f"user:{BEN}")
    assert (answer["stream"], answer["state"]) == (f"user:{BEN}", "live")
    await live.world.post(ANA)
    await live.world.post(BEN, public=False)
    post = await live.world.post(BEN)
    [event] = await client.events(1)
    assert (event["stream"], event["data"]["id"]) == (f"user:{BEN}", post)
    assert event["pos"] == str(live.world.position)


@pytest.mark.parametrize("viewer", [ANA, BEN])
async def test_followers_and_the_account_itself_get_posts_for_followers(
    live: Live, viewer: str
) -> None:
    await live.world.follow(ANA, BEN)
    client, _ = await live.subscribed(f"user:{BEN}", viewer)
    stranger, _ = await live.subscribed(f"user:{BEN}", CLEO)
    post = await live.world.post(BEN, public=False)
    await live.served()
    await live.world.remove(BEN, post)
    last = await live.world.post(BEN)
    assert names(await client.events(3)) == ["post.created", "post.removed", "post.created"]
    assert [one["data"]["id"] for one in await stranger.events(1)] == [last]


async def test_a_follow_changes_what_an_accounts_stream_brings_at_once(live: Live) -> None:
    client, _ = await live.subscribed(f"user:{BEN}", ANA)
    await live.world.follow(ANA, BEN)
    await live.world.post(BEN, public=False)
    await live.served()
    await live.world.follow(ANA, BEN, active=False)
    await live.world.post(BEN, public=False)
    await live.world.post(BEN)
    events = await client.events(4)
    assert names(events) == [
        "following.changed",
        "post.created",
        "following.changed",
        "post.created",
    ]
    assert [one["data"].get("following") for one in events] == [True, None, False, None]
    assert int(events[3]["pos"]) == live.world.position


async def test_a_post_that_is_for_followers_now_is_taken_from_strangers(live: Live) -> None:
    await live.world.follow(ANA, BEN)
    follower, _ = await live.subscribed(f"user:{BEN}", ANA)
    stranger, _ = await live.subscribed(f"user:{BEN}")
    post = await live.world.post(BEN)
    await live.served()
    await live.world.post(BEN, post=post, public=False)
    assert names(await follower.events(2)) == ["post.created", "post.updated"]
    assert names(await stranger.events(2)) == ["post.created", "post.removed"]


@pytest.mark.parametrize(("blocker", "blocked"), [(ANA, BEN), (BEN, ANA)])
@pytest.mark.parametrize("stream", [f"user:{BEN}", "tag:fox"])
async def test_a_block_hides_both_from_each_other_on_named_streams(
    live: Live, blocker: str, blocked: str, stream: str
) -> None:
    client, _ = await live.subscribed(stream, ANA)
    await live.world.block(blocker, blocked)
    await live.world.post(BEN, tags=["fox"])
    await live.served()
    await live.world.block(blocker, blocked, active=False)
    await live.world.post(BEN, tags=["fox"])
    events = await client.events(3)
    assert names(events) == ["author.hidden", "author.shown", "post.created"]
    assert events[0]["data"] == {"author_id": BEN}
    assert int(events[2]["pos"]) == live.world.position


async def test_somebody_elses_block_is_not_told_on_an_accounts_stream(live: Live) -> None:
    client, _ = await live.subscribed(f"user:{BEN}", ANA)
    await live.world.block(ANA, CLEO)
    await live.world.post(BEN)
    assert names(await client.events(1)) == ["post.created"]


async def test_a_tags_stream_brings_public_posts_with_the_tag(live: Live) -> None:
    await live.world.follow(ANA, BEN)
    client, answer = await live.subscribed("tag:fox", ANA)
    assert answer["state"] == "live"
    await live.world.post(BEN, tags=["snow"])
    await live.world.post(BEN, tags=["fox"], public=False)
    post = await live.world.post(CLEO, tags=["snow", "fox"])
    [event] = await client.events(1)
    assert (event["stream"], event["data"]["id"]) == ("tag:fox", post)


@pytest.mark.parametrize("spelling", ["Füchse", "FÜCHSE", "fu\u0308chse"])
async def test_spellings_of_a_tag_are_one_stream(live: Live, spelling: str) -> None:
    client = await live.client()
    assert (await subscribe(client, f"tag:{spelling}"))["stream"] == "tag:füchse"
    assert (await subscribe(client, "tag:füchse", "again"))["reason"] == "SUBSCRIPTION_EXISTS"
    await live.world.post(ANA, tags=["füchse"])
    assert names(await client.events(1)) == ["post.created"]


async def test_what_is_deleted_is_taken_away_on_every_tag(live: Live) -> None:
    """Nothing is kept of a deleted post: which tags it had is not known any more."""
    post = await live.world.post(BEN, tags=["fox"])
    client, _ = await live.subscribed("tag:fox")
    other, _ = await live.subscribed("tag:snow")
    await live.world.remove(BEN, post)
    for one in (client, other):
        [event] = await one.events(1)
        assert (event["event"], event["data"]) == ("post.removed", {"id": post, "author_id": BEN})


async def test_a_post_that_loses_its_tag_is_taken_away(live: Live) -> None:
    post = await live.world.post(BEN, tags=["fox"])
    client, _ = await live.subscribed("tag:fox")
    await live.world.post(BEN, post=post, tags=["snow"])
    [event] = await client.events(1)
    assert (event["event"], event["data"]["id"]) == ("post.removed", post)


@pytest.mark.parametrize("stream", [f"user:{BEN}", "tag:fox"])
async def test_named_streams_resume_and_know_gaps_as_others_do(
    start_live: StartLive, stream: str
) -> None:
    live: Live = await start_live(ring_bytes=50_000)
    for _ in range(100):
        await live.world.post(BEN, tags=["fox"])
        await live.world.post(CLEO)
    await live.served()
    client, answer = await live.subscribed(stream, from_=196)
    assert (answer["state"], answer["position"], answer["replayed"]) == ("resumed", "196", 2)
    assert [one["pos"] for one in await client.events(2)] == ["197", "199"]
    _, old = await live.subscribed(stream, from_=1)
    assert (old["state"], old["reason"]) == ("snapshot_required", "POSITION_TOO_OLD")
    _, future = await live.subscribed(stream, from_=999)
    assert (future["state"], future["reason"]) == ("snapshot_required", "POSITION_UNKNOWN")
    record = live.world.records[199]
    await live.world.write("post:other", record.__class__(post=record.post), skip=3)
    gap = await client.until("subscribed")
    assert (gap["state"], gap["reason"]) == ("gap", "POSITIONS_LOST")
    assert [one["pos"] for one in await client.events(1)] == [str(live.world.position)]


async def test_one_socket_has_many_streams_each_with_its_own_events(live: Live) -> None:
    client = await live.client(ANA)
    for stream in ("global", f"user:{BEN}", f"user:{CLEO}", "tag:fox"):
        assert (await subscribe(client, stream, stream))["state"] == "live"
    await live.world.post(BEN, tags=["fox"])
    events = await client.events(3)
    assert {one["stream"] for one in events} == {"global", f"user:{BEN}", "tag:fox"}
    assert len({one["id"] for one in events}) == 1
    await client.send(type="unsubscribe", id=f"user:{BEN}")
    await client.until("unsubscribed")
    await live.world.post(BEN)
    assert [one["stream"] for one in await client.events(1)] == ["global"]


async def test_named_streams_count_against_the_limit_of_subscriptions(live: Live) -> None:
    client = await live.client()
    for at in range(MAX_SUBSCRIPTIONS):
        assert (await subscribe(client, f"tag:fox{at}", str(at)))["state"] == "live"
    assert (await subscribe(client, "tag:more", "more"))["reason"] == "SUBSCRIPTION_LIMIT"


_NO_STREAMS = [
    "user", "user:", "user:1", f"user:{new_id()}x", "tag", "tag:", "tag:#fox", "tag:two words",
    "tag:123", "tag:" + "x" * 65, "home:x", "global:", "User:x",
]  # fmt: skip


@pytest.mark.parametrize("stream", _NO_STREAMS)
async def test_a_name_that_no_stream_can_have_is_refused(live: Live, stream: str) -> None:
    client = await live.client()
    error = await subscribe(client, stream)
    assert (error["type"], error["reason"], error["ref"]) == ("error", "STREAM_UNKNOWN", "s")
    assert error["message"]


async def test_an_account_that_does_not_exist_has_a_stream_without_events(live: Live) -> None:
    _, answer = await live.subscribed(f"user:{new_id()}")
    assert answer["state"] == "live"
