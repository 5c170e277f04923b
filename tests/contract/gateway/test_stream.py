"""The live stream as clients meet it, over real sockets and a log in memory."""

import asyncio
import json

from kanvas_platform.ids import new_id
from tests.contract.gateway.conftest import Live
from tests.contract.gateway.feed_world import TRACE_ID

ANA, BEN, CLEO = (new_id() for _ in range(3))


async def test_says_hello_with_its_limits(live: Live) -> None:
    await live.world.post(ANA)
    await live.served()
    client = await live.client()
    await client.socket.close()
    second = await live.client()
    assert second.pending == []


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
