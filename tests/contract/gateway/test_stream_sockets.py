"""How long a socket lives: slow and silent clients, heartbeats, tokens, drains."""

from __future__ import annotations

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from kanvas_gateway.connection_limit import ConnectionLimit
from tests.contract.gateway.live_stream import (
    Live,
    StartLive,
    eventually,
    listening_port,
    measured,
)
from tests.contract.gateway.people import ANA, BEN, CLEO, SESSION
from tests.contract.gateway.slow_client import fill, read_positions, read_until, slow_client


def closes(reason: str) -> float:
    return measured("kanvas_stream_closes_total", reason=reason)


async def test_a_slow_reader_catches_up_and_disturbs_nobody(live: Live) -> None:
    slow = await slow_client(live)
    quick, _ = await live.subscribed("global")
    for _ in range(1500):
        await live.world.post(ANA)
    assert len(await quick.events(1500)) == 1500
    assert len(live.parts.catch_up) == 1, "the slow one should be behind by now"
    positions = await asyncio.to_thread(read_positions, slow, 1500)
    assert positions == list(range(1, 1501))


async def test_a_reader_that_fell_out_of_the_ring_is_told(start_live: StartLive) -> None:
    live: Live = await start_live(ring_bytes=100_000)
    slow = await slow_client(live)
    for at in range(1500):
        await live.world.post(ANA)
        if at % 100 == 0:
            await live.served()
    await live.served()
    frames = await asyncio.to_thread(read_until, slow, "subscribed")
    assert (frames[-1]["state"], frames[-1]["reason"]) == ("snapshot_required", "LAGGED")
    seen = [int(frame["pos"]) for frame in frames if frame["type"] == "event"]
    assert seen == list(range(1, len(seen) + 1))


async def test_a_heartbeat_says_up_to_where_everything_was_sent(live: Live) -> None:
    await live.world.follow(ANA, BEN)
    client, _ = await live.subscribed("home", ANA)
    await live.world.post(CLEO)  # not for this home: only the heartbeat tells that it passed
    await live.served()
    await live.beat()
    assert await client.next() == {"type": "heartbeat", "position": "2"}


async def test_a_heartbeat_never_overtakes_a_resume(live: Live) -> None:
    await live.world.post(ANA)
    await live.world.post(ANA)
    await live.served()
    live.timeline.down = True
    client = await live.client(ANA)
    await client.send(type="subscribe", id="h", stream="home", from_="1")
    await eventually(lambda: live.listener.subscriptions == 1)
    await live.beat()
    assert await client.next() == {"type": "heartbeat", "position": "1", "held": True}


async def test_a_held_gateway_says_so(live: Live) -> None:
    client, _ = await live.subscribed("global")
    live.broker.stop()
    await eventually(lambda: live.parts.fan_out.held)
    await live.beat()
    assert (await client.next())["held"] is True


async def test_a_client_that_is_silent_for_long_is_dropped(live: Live) -> None:
    before = closes("unresponsive")
    # Nobody reads from it, so that nobody answers pings; but it takes what it is sent.
    await slow_client(live)
    for _ in range(3):
        await live.beat()
    await live.gone()
    assert closes("unresponsive") == before + 1


async def test_a_client_that_answers_pings_stays(live: Live) -> None:
    client, _ = await live.subscribed("global")
    for _ in range(4):
        await live.beat()
        await client.until("heartbeat")
        await (await client.socket.ping())
    assert live.listener.connections == 1


async def test_a_client_without_progress_is_dropped(live: Live) -> None:
    before = closes("stalled")
    await slow_client(live)
    await fill(live, ANA)
    await live.tick(29)
    assert live.listener.connections == 1
    await live.tick(2)
    await live.gone()
    assert closes("stalled") == before + 1


async def test_a_client_that_never_shakes_hands_is_dropped(live: Live) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", listening_port(live))
    await eventually(lambda: live.listener.connections == 1)
    await live.tick(10)
    assert live.listener.connections == 1
    await live.tick()
    await live.gone()
    writer.close()


async def test_a_token_that_runs_out_closes_with_4100(live: Live) -> None:
    client = await live.client(ANA)
    live.outlive_tokens()
    await live.tick()
    assert await client.closed() == 4100
    assert client.pending[-1]["reason"] == "TOKEN_EXPIRED"


async def test_a_newer_token_keeps_the_socket_open(live: Live) -> None:
    identity = live.tokens.check(live.tokens.access(ANA, SESSION).text, "kanvas-api")
    client = await live.client()
    await client.send(type="authenticate", token=live.tokens.stream(identity).text)
    first = await client.until("authenticated")
    await client.send(type="authenticate", token=live.tokens.access(ANA, SESSION).text)
    assert (await client.until("authenticated"))["expires_at"] > first["expires_at"]
    live.clock.advance(300)
    await live.tick()
    await client.silent()


async def test_drains_with_a_notice_and_4000(live: Live) -> None:
    client, _ = await live.subscribed("global")
    draining = asyncio.create_task(live.listener.drain())
    notice = await client.until("drain")
    assert notice["reconnect_in_seconds"] >= 0
    await eventually(lambda: live.clock.sleepers == 2)
    live.clock.advance(0.3)
    assert await client.closed() == 4000
    await live.gone()
    live.clock.advance(1)
    await draining


async def test_a_gateway_that_stops_without_notice_is_told_from_a_drain(live: Live) -> None:
    opened, stopped = measured("kanvas_stream_opens_total"), closes("stopping")
    client = await live.client()
    assert measured("kanvas_stream_opens_total") == opened + 1
    live.listening.cancel()
    assert await client.closed() == 4000
    await live.gone()
    assert closes("stopping") == stopped + 1


async def test_one_address_holds_no_more_sockets_than_its_share(start_live: StartLive) -> None:
    live = await start_live(limit=ConnectionLimit(most=100, each=2))
    first, _ = await live.client(), await live.client()
    with pytest.raises(InvalidStatus) as refused:
        await live.client()
    assert refused.value.response.status_code == 503
    await first.socket.close()
    await eventually(lambda: live.listener.connections == 1)
    await live.client()
