"""What a socket must no longer get: after a block, and after the end of its token."""

from __future__ import annotations

import asyncio

import pytest

from tests.contract.gateway.live_stream import Live, eventually, measured, names
from tests.contract.gateway.people import ANA, BEN, CLEO
from tests.contract.gateway.slow_client import fill, read_until, slow_client


async def test_a_block_that_the_feed_does_not_know_yet_hides_here_at_once(live: Live) -> None:
    ana, _ = await live.subscribed("global", ANA)
    ben, _ = await live.subscribed("global", BEN)
    live.parts.blocks.begin(ANA, BEN, graph_position=7)
    late, _ = await live.subscribed("global", ANA)
    live.parts.audiences.reload()  # as when positions were lost: the timeline knows no block yet
    for author in (BEN, ANA, CLEO):
        await live.world.post(author)
    for client, seen in ((ana, [ANA, CLEO]), (ben, [BEN, CLEO]), (late, [ANA, CLEO])):
        events = await client.events(2)
        assert [one["data"]["author"]["id"] for one in events] == seen
    # The feed's own record follows, and is what open screens act on.
    await live.world.block(ANA, BEN, source_position=7)
    await eventually(lambda: not live.parts.ahead.hidden_from(ANA))
    assert names(await ana.events(1)) == ["author.hidden"]


async def test_a_token_that_runs_out_ends_a_socket_that_does_not_read(live: Live) -> None:
    before = measured("kanvas_stream_closes_total", reason="token_expired")
    raw = await slow_client(live, ANA)
    await fill(live, BEN)
    live.outlive_tokens()
    await live.tick()
    assert live.listener.subscriptions == 0, "nothing is written to it any more"
    assert live.listener.connections == 1, "it has 5 s for the close"
    await live.tick(6)
    await live.gone()
    assert measured("kanvas_stream_closes_total", reason="token_expired") == before + 1
    raw.close()


async def test_a_block_cuts_off_a_socket_that_holds_what_it_hides(live: Live) -> None:
    before = measured("kanvas_stream_closes_total", reason="revoked")
    raw = await slow_client(live, ANA)
    await fill(live, BEN)
    await live.world.block(BEN, CLEO)  # somebody else's block
    await live.served()
    await live.tick()
    assert live.listener.connections == 1
    await live.world.block(BEN, ANA)
    await live.served()
    await live.tick()
    await live.gone()
    assert measured("kanvas_stream_closes_total", reason="revoked") == before + 1
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(read_until, raw, "nothing")
    raw.close()


async def test_a_block_does_not_touch_a_socket_that_reads(live: Live) -> None:
    client, _ = await live.subscribed("global", ANA)
    await live.world.block(BEN, ANA)
    assert names(await client.events(1)) == ["author.hidden"]
    await live.tick()
    assert live.listener.connections == 1
