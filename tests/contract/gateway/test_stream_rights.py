"""What a socket must no longer get: after a block, and after the end of its token."""

from __future__ import annotations

import asyncio

import pytest

from tests.contract.gateway.live_stream import Live, eventually
from tests.contract.gateway.test_stream import (
    ANA,
    BEN,
    CLEO,
    _connection,
    _read_until,
    _reader_that_stops,
    names,
)


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


async def test_a_token_that_runs_out_ends_a_socket_that_does_not_read(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = await _reader_that_stops(live, ANA)
    connection = _connection(live)
    for _ in range(1500):
        await live.world.post(BEN)
    await eventually(lambda: connection._left > 0)
    assert connection.socket is not None
    connection.socket.expires_at = 1.0
    live.parts.listener._tick(0)
    assert connection.socket.closed, "nothing is written to it any more"
    assert connection.close_reason == "token_expired"
    monkeypatch.setattr("kanvas_gateway.entrypoints.stream.connection._CLOSING_SECONDS", -1.0)
    live.parts.listener._tick(0)
    await eventually(lambda: not live.parts.listener.connections)
    raw.close()


async def test_a_block_cuts_off_a_socket_that_holds_what_it_hides(live: Live) -> None:
    raw = await _reader_that_stops(live, ANA)
    connection = _connection(live)
    for _ in range(1500):
        await live.world.post(BEN)
    await eventually(lambda: connection._left > 0)
    await live.world.block(BEN, CLEO)  # somebody else's block
    await live.served()
    live.parts.listener._tick(0)
    assert live.parts.listener.connections == 1
    await live.world.block(BEN, ANA)
    await live.served()
    live.parts.listener._tick(0)
    await eventually(lambda: not live.parts.listener.connections)
    assert connection.close_reason == "revoked"
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(_read_until, raw, "nothing")
    raw.close()


async def test_a_block_does_not_touch_a_socket_that_reads(live: Live) -> None:
    client, _ = await live.subscribed("global", ANA)
    await live.world.block(BEN, ANA)
    assert names(await client.events(1)) == ["author.hidden"]
    live.parts.listener._tick(0)
    assert live.parts.listener.connections == 1
