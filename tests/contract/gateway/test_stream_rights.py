"""What a socket must no longer get: after a block, and after the end of its token."""

from __future__ import annotations

import asyncio

import pytest

from kanvas_platform.ids import new_id
from kanvas_platform.testing.memory_broker import MemoryCluster
from tests.contract.gateway.feed_world import World
from tests.contract.gateway.live_stream import (
    Client,
    Live,
    StartLive,
    eventually,
    measured,
    names,
)
from tests.contract.gateway.people import ANA, BEN, CLEO, SESSION
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


async def test_nothing_reaches_anybody_of_an_account_that_is_deleted_until_it_is_kept(
    live: Live,
) -> None:
    await live.world.profile(ANA)
    begin = live.world.position
    await live.world.post(ANA)
    await live.world.post(BEN)
    client, _ = await live.subscribed("global", CLEO, begin)
    assert names(await client.events(2)) == ["post.created"] * 2
    await live.world.profile(ANA, is_gone=True)
    (hidden,) = await client.events(1)
    assert (hidden["event"], hidden["data"]) == ("author.hidden", {"author_id": ANA})
    for account in (None, CLEO):
        late, _ = await live.subscribed("global", account, begin)
        first, second = await late.events(2)
        assert first["data"]["author"]["id"] == BEN
        assert second["event"] == "author.hidden"
    await live.world.profile(ANA)
    assert names(await client.events(1)) == ["author.changed"]
    late, _ = await live.subscribed("global", CLEO, begin)
    assert names(await late.events(3)) == ["post.created", "post.created", "author.changed"]


async def test_a_token_of_an_account_that_is_being_deleted_opens_no_stream(live: Live) -> None:
    client = await live.client()
    token = live.tokens.access(ANA, SESSION, deleting=True).text
    await client.send(type="authenticate", token=token)
    assert (await client.next())["reason"] == "ACCOUNT_DELETING"


async def test_a_session_that_ends_closes_its_sockets_and_no_other_one(live: Live) -> None:
    before = measured("kanvas_stream_closes_total", reason="session_ended")
    first, _ = await live.subscribed("global", ANA)
    second, _ = await live.subscribed("home", ANA)
    other_session, other = new_id(), await live.client()
    await authenticate(live, other, ANA, other_session)
    visitor, _ = await live.subscribed("global")
    await live.world.end_session(ANA, SESSION)
    await live.world.post(BEN)
    for client in (first, second):
        assert await client.closed() == 4101
        assert [frame["reason"] for frame in client.pending] == ["SESSION_ENDED"], "no event after"
    assert names(await visitor.events(1)) == ["post.created"]
    await other.silent()
    late = await live.client()
    await late.send(type="authenticate", token=live.tokens.access(ANA, SESSION).text)
    assert (await late.next())["reason"] == "SESSION_ENDED"
    assert measured("kanvas_stream_closes_total", reason="session_ended") == before + 2


async def test_a_session_that_ends_cuts_off_a_socket_that_does_not_read(live: Live) -> None:
    raw = await slow_client(live, ANA)
    await fill(live, BEN)
    await live.world.end_session(ANA, SESSION)
    await live.gone()
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(read_until, raw, "nothing")
    raw.close()


async def test_a_socket_lives_by_the_session_that_it_showed_last(live: Live) -> None:
    """Somebody has signed out and in again in another tab, and the page has a newer token."""
    newer, client = new_id(), await live.client(ANA)
    await authenticate(live, client, ANA, newer)
    await live.world.end_session(ANA, SESSION)
    await live.served()
    await client.silent()
    await live.world.end_session(ANA, newer)
    assert await client.closed() == 4101


async def test_the_end_of_a_session_from_before_the_start_is_known(start_live: StartLive) -> None:
    world = World(MemoryCluster())
    await world.end_session(ANA, SESSION)
    live = await start_live(world)
    await live.served()
    client = await live.client()
    await client.send(type="authenticate", token=live.tokens.access(ANA, SESSION).text)
    assert (await client.next())["reason"] == "SESSION_ENDED"


async def authenticate(live: Live, client: Client, account: str, session: str) -> None:
    await client.send(type="authenticate", token=live.tokens.access(account, session).text)
    assert (await client.next())["account_id"] == account
