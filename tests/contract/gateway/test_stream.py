"""Who gets what on the live stream: over real sockets and a log in memory."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from kanvas_gateway.stream.protocol import MAX_FRAME_BYTES
from kanvas_platform.testing.memory_broker import MemoryCluster
from tests.contract.gateway.feed_world import TRACE_ID, World, delivered
from tests.contract.gateway.live_stream import Live, StartLive, eventually, measured, names
from tests.contract.gateway.people import ANA, BEN, CLEO, SESSION


async def test_says_hello_with_its_limits(live: Live) -> None:
    await live.world.post(ANA)
    await live.served()
    async with connect(live.url) as socket:
        hello = json.loads(await socket.recv())
    assert hello["protocol"] == "kanvas.stream.v1"
    assert hello["position"] == str(live.world.position)
    assert hello["limits"]["frame_bytes"] == MAX_FRAME_BYTES


async def test_is_at_one_path_only(live: Live) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(live.url + "/other")
    assert refused.value.response.status_code == 404


async def test_a_public_post_reaches_everyone_with_its_trace(live: Live) -> None:
    client, answer = await live.subscribed("global")
    assert answer["state"] == "live"
    post = await live.world.post(ANA)
    [event] = await client.events(1)
    assert event["event"] == "post.created"
    assert event["pos"] == event["id"] == str(live.world.position)
    assert event["trace"] == TRACE_ID
    assert event["data"]["id"] == post
    assert event["data"]["picture"]["url"] == f"/media/{'ab' * 32}.webp"


async def test_home_brings_those_you_follow_and_yourself(live: Live) -> None:
    await live.world.follow(ANA, BEN)
    client, _ = await live.subscribed("home", ANA)
    await live.world.post(CLEO)
    await live.world.post(BEN, public=False)
    await live.world.post(ANA)
    events = await client.events(2)
    assert [one["data"]["author"]["id"] for one in events] == [BEN, ANA]


async def test_posts_for_followers_never_stand_on_global(live: Live) -> None:
    await live.world.follow(ANA, BEN)
    client, _ = await live.subscribed("global", ANA)
    hidden = await live.world.post(BEN, public=False)
    await live.world.remove(BEN, hidden)
    shown = await live.world.post(BEN)
    [event] = await client.events(1)
    assert event["data"]["id"] == shown


async def test_a_new_name_reaches_all_who_may_have_posts_of_the_account(live: Live) -> None:
    await live.world.profile(BEN)
    await live.world.follow(ANA, BEN)
    await live.world.block(CLEO, BEN)
    everyone, _ = await live.subscribed("global")
    follower, _ = await live.subscribed("home", ANA)
    blocker, _ = await live.subscribed("global", CLEO)
    await live.world.profile(BEN, name="Ben B.")
    await live.world.post(ANA)
    for client in (everyone, follower):
        event, after = await client.events(2)
        assert (event["event"], after["event"]) == ("author.changed", "post.created")
        assert event["data"]["id"] == BEN
        assert (event["data"]["display_name"], event["data"]["version"]) == ("Ben B.", 2)
    assert names(await blocker.events(1)) == ["post.created"]


async def test_of_a_burst_of_changes_a_replay_has_the_last(live: Live) -> None:
    await live.world.profile(BEN)
    await live.world.post(BEN)
    for number in range(500):
        await live.world.profile(BEN, name=f"Ben {number}")
    await live.served()
    client, answer = await live.subscribed("global", from_=0)
    assert answer["replayed"] == 2
    _, event = await client.events(2)
    assert event["data"]["display_name"] == "Ben 499"


async def test_a_follow_changes_an_open_home_at_once(live: Live) -> None:
    client, _ = await live.subscribed("home", ANA)
    await live.world.post(BEN)
    await live.served()
    await live.world.follow(ANA, BEN)
    await live.world.post(BEN)
    await live.served()
    await live.world.follow(ANA, BEN, active=False)
    await live.world.post(BEN)
    await live.world.post(ANA)
    events = await client.events(4)
    assert names(events) == ["home.changed", "post.created", "home.changed", "post.created"]
    assert events[0]["data"] == {"account_id": BEN, "following": True}
    assert events[1]["data"]["author"]["id"] == BEN
    assert events[3]["data"]["author"]["id"] == ANA


@pytest.mark.parametrize(("blocker", "blocked"), [(ANA, BEN), (BEN, ANA)])
async def test_a_block_hides_both_from_each_other(live: Live, blocker: str, blocked: str) -> None:
    client, _ = await live.subscribed("global", ANA)
    await live.world.block(blocker, blocked)
    await live.world.post(BEN)
    await live.world.post(CLEO)
    events = await client.events(2)
    assert names(events) == ["author.hidden", "post.created"]
    assert events[0]["data"] == {"author_id": BEN}
    assert events[1]["data"]["author"]["id"] == CLEO


async def test_lifting_a_block_shows_the_author_unless_the_other_blocks_too(live: Live) -> None:
    await live.world.block(ANA, BEN)
    await live.world.block(BEN, ANA)
    client, _ = await live.subscribed("global", ANA)
    await live.world.block(ANA, BEN, active=False)
    await live.world.post(BEN)
    await live.world.post(ANA)
    assert (await client.events(1))[0]["data"]["author"]["id"] == ANA
    await live.world.block(BEN, ANA, active=False)
    await live.world.post(BEN)
    events = await client.events(2)
    assert names(events) == ["author.shown", "post.created"]
    assert int(events[1]["pos"]) == live.world.position


async def test_a_block_after_subscribing_anonymously_counts_once_authenticated(
    live: Live,
) -> None:
    await live.world.block(ANA, BEN)
    client, _ = await live.subscribed("global")
    await live.world.post(BEN)
    assert names(await client.events(1)) == ["post.created"]
    await client.send(type="authenticate", token=live.tokens.access(ANA, SESSION).text)
    await client.until("authenticated")
    await live.world.post(BEN)
    await live.world.post(CLEO)
    [event] = await client.events(1)
    assert event["data"]["author"]["id"] == CLEO


async def test_changes_made_while_the_sets_are_fetched_are_not_lost(live: Live) -> None:
    """The seam: the sets come from before the follow, the follow comes through the log."""

    async def move_on() -> None:
        live.timeline.before_answer = None
        await live.world.follow(ANA, BEN)
        await live.world.post(BEN)
        await eventually(lambda: live.parts.tail.position == live.world.position)

    live.timeline.before_answer = move_on
    client, answer = await live.subscribed("home", ANA, from_=0)
    assert answer["state"] == "resumed"
    assert names(await client.events(2)) == ["home.changed", "post.created"]


async def test_waits_for_the_timeline_rather_than_guess(live: Live) -> None:
    await live.world.follow(ANA, BEN)
    live.timeline.down = True
    client = await live.client(ANA)
    await client.send(type="subscribe", id="h", stream="home")
    await live.world.post(BEN)
    await live.served()
    await client.silent()
    live.timeline.down = False
    assert (await client.until("subscribed"))["state"] == "live"


async def test_resumes_in_order_and_goes_on_live(live: Live) -> None:
    posts = [await live.world.post(ANA) for _ in range(5)]
    await live.served()
    client, answer = await live.subscribed("global", from_=2)
    assert answer == {
        "type": "subscribed",
        "id": "s",
        "stream": "global",
        "state": "resumed",
        "position": "2",
        "replayed": 3,
    }
    posts.append(await live.world.post(ANA))
    assert [one["data"]["id"] for one in await client.events(4)] == posts[2:]


async def test_a_removed_post_is_not_replayed(live: Live) -> None:
    post = await live.world.post(ANA)
    await live.world.remove(ANA, post)
    await live.served()
    client, _ = await live.subscribed("global", from_=0)
    [event] = await client.events(1)
    assert (event["event"], event["data"]) == ("post.removed", {"id": post, "author_id": ANA})


async def test_an_edited_post_is_replayed_once_as_it_is(live: Live) -> None:
    post = await live.world.post(ANA)
    await live.world.post(ANA, post=post)
    await live.served()
    client, _ = await live.subscribed("global", from_=0)
    [event] = await client.events(1)
    assert event["event"] == "post.updated"
    assert event["data"]["created_position"] == "1"
    assert "like_count" not in event["data"]


async def test_a_post_that_is_for_followers_now_is_taken_from_global(live: Live) -> None:
    post = await live.world.post(ANA)
    client, _ = await live.subscribed("global")
    await live.world.post(ANA, post=post, public=False)
    [event] = await client.events(1)
    assert (event["event"], event["data"]["id"]) == ("post.removed", post)


async def test_a_position_older_than_the_ring_needs_a_snapshot(start_live: StartLive) -> None:
    live: Live = await start_live(ring_bytes=50_000)
    for _ in range(200):
        await live.world.post(ANA)
    await live.served()
    client, answer = await live.subscribed("global", from_=1)
    assert (answer["state"], answer["reason"]) == ("snapshot_required", "POSITION_TOO_OLD")
    assert answer["position"] == "200"
    await live.world.post(ANA)
    assert [one["pos"] for one in await client.events(1)] == ["201"]


async def test_a_position_of_the_future_is_waited_for(live: Live) -> None:
    await live.world.post(ANA)
    await live.served()
    live.broker.stop()  # this gateway falls behind, others do not
    client = await live.client()
    await live.world.post(ANA)
    await live.world.post(ANA)
    await client.send(type="subscribe", id="s", stream="global", from_="2")
    live.broker.wake()
    assert (await client.until("subscribed"))["state"] == "resumed"
    assert [one["pos"] for one in await client.events(1)] == ["3"]


async def test_a_position_that_nobody_gave_out_needs_a_snapshot(live: Live) -> None:
    await live.world.post(ANA)
    await live.served()
    _, answer = await live.subscribed("global", from_=999)
    assert (answer["state"], answer["reason"]) == ("snapshot_required", "POSITION_UNKNOWN")
    assert answer["position"] == "1"


async def test_lost_positions_are_announced_as_a_gap(live: Live) -> None:
    await live.world.post(ANA)
    await live.served()
    client, _ = await live.subscribed("global")
    record = live.world.records[1]
    await live.world.write("post:other", record.__class__(post=record.post), skip=3)
    answer = await client.until("subscribed")
    assert (answer["state"], answer["reason"]) == ("gap", "POSITIONS_LOST")
    assert answer["position"] == "4"
    assert [one["pos"] for one in await client.events(1)] == ["5"]
    _, late = await live.subscribed("global", from_=1)
    assert late["state"] == "gap"


async def test_a_new_gateway_fills_its_ring_from_the_log(start_live: StartLive) -> None:
    first: Live = await start_live()
    for _ in range(3):
        await first.world.post(ANA)
    second: Live = await start_live(world=first.world)
    client, answer = await second.subscribed("global", from_=1)
    assert answer["state"] == "resumed"
    assert [one["pos"] for one in await client.events(2)] == ["2", "3"]


async def test_holds_while_it_cannot_tell_whether_it_is_up_to_date(live: Live) -> None:
    client, _ = await live.subscribed("global")
    live.broker.stop()
    await eventually(lambda: live.parts.fan_out.held)
    # A record that it had already read must not go out either.
    await live.world.post(ANA)
    live.parts.dispatch.take(delivered(live.world.records[1]))
    await eventually(lambda: measured("kanvas_stream_held") == 1)
    await client.silent()
    live.broker.wake()
    assert names(await client.events(1)) == ["post.created"]


async def test_a_foreign_record_in_the_log_is_passed_over(live: Live) -> None:
    client, _ = await live.subscribed("global")
    live.world.cluster.put("kanvas.feed.v1", b"key", b"not a record of ours")
    await live.world.post(ANA)
    assert names(await client.events(1)) == ["post.created"]


async def test_a_record_that_cannot_be_read_is_a_gap_not_a_silence(live: Live) -> None:
    await live.world.post(ANA)
    client, _ = await live.subscribed("global")
    live.world.position += 1
    live.world.cluster.put(
        "kanvas.feed.v1",
        b"post:x",
        b"\xff\xff",
        (("ce_id", b"2"), ("ce_source", b"/kanvas/timeline/kanvas.feed.v1")),
    )
    await live.world.post(ANA)
    answer = await client.until("subscribed")
    assert (answer["state"], answer["reason"]) == ("gap", "POSITIONS_LOST")
    assert [one["pos"] for one in await client.events(1)] == ["3"]


def test_the_world_and_the_log_agree() -> None:
    """The oracle's own check: a world that counted wrong would make every test above worthless."""
    world = World(MemoryCluster())
    asyncio.run(world.follow(ANA, BEN))
    asyncio.run(world.post(ANA))
    assert len(world.cluster.committed("kanvas.feed.v1")) == world.position == 2
