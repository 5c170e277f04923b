"""What clients may not send, and what they are told of it."""

from __future__ import annotations

import asyncio

import pytest

from kanvas_gateway.stream.protocol import MAX_FRAME_BYTES, MAX_SUBSCRIPTIONS
from kanvas_platform.ids import new_id
from tests.contract.gateway.live_stream import Live, names
from tests.contract.gateway.people import ANA, BEN, SESSION
from tests.contract.gateway.slow_client import slow_client

_BAD_FRAMES = [
    ("not json", "NOT_JSON"),
    ("[1]", "NOT_JSON"),
    ("[" * 5000, "NOT_JSON"),
    ('{"type": "dance"}', "TYPE_UNKNOWN"),
    ('{"id": "1"}', "TYPE_UNKNOWN"),
    ('{"type": "subscribe", "id": "1", "stream": "global", "colour": 1}', "FIELD_UNKNOWN"),
    ('{"type": "subscribe", "id": 1, "stream": "global"}', "FRAME_INVALID"),
    ('{"type": "subscribe", "id": "", "stream": "global"}', "FRAME_INVALID"),
    ('{"type": "subscribe", "stream": "global"}', "FRAME_INVALID"),
    ('{"type": "subscribe", "id": "1", "stream": "trending"}', "STREAM_UNKNOWN"),
    ('{"type": "subscribe", "id": "1", "stream": "global", "from": "x"}', "POSITION_INVALID"),
    ('{"type": "subscribe", "id": "1", "stream": "global", "from": "-1"}', "POSITION_INVALID"),
    ('{"type": "subscribe", "id": "1", "stream": "global", "from": "9223372036854775808"}',
     "POSITION_INVALID"),
    ('{"type": "subscribe", "id": "1", "stream": "home"}', "IDENTITY_REQUIRED"),
    ('{"type": "subscribe", "id": "1", "stream": "job:1"}', "IDENTITY_REQUIRED"),
    ('{"type": "unsubscribe", "id": "1"}', "SUBSCRIPTION_UNKNOWN"),
    ('{"type": "authenticate", "token": "x.y.z"}', "TOKEN_INVALID"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), _BAD_FRAMES)
async def test_a_bad_frame_is_answered_and_the_socket_lives(
    live: Live, text: str, reason: str
) -> None:
    client = await live.client()
    await client.socket.send(text)
    error = await client.next()
    assert (error["type"], error["reason"]) == ("error", reason)
    await client.send(type="subscribe", id="after", stream="global")
    assert (await client.next())["state"] == "live"


async def test_an_error_names_the_frame_that_it_answers(live: Live) -> None:
    client = await live.client()
    await client.send(type="subscribe", id="mine", stream="trending")
    assert (await client.next())["ref"] == "mine"


async def test_binary_frames_are_refused(live: Live) -> None:
    client = await live.client()
    await client.socket.send(b"\x00\x01")
    assert (await client.next())["reason"] == "BINARY_REFUSED"


async def test_a_message_in_fragments_is_one_message(live: Live) -> None:
    client = await live.client()
    await client.socket.send(['{"type": "subscribe", "id": "1",', ' "stream": "global"}'])
    assert (await client.next())["state"] == "live"


async def test_a_stream_and_an_id_are_used_once_at_a_time(live: Live) -> None:
    client, _ = await live.subscribed("global", ANA)
    await client.send(type="subscribe", id="other", stream="global")
    assert (await client.next())["reason"] == "SUBSCRIPTION_EXISTS"
    await client.send(type="subscribe", id="s", stream="home")
    assert (await client.next())["reason"] == "SUBSCRIPTION_EXISTS"
    await client.send(type="unsubscribe", id="s")
    assert (await client.next()) == {"type": "unsubscribed", "id": "s"}
    await client.send(type="subscribe", id="s", stream="global")
    assert (await client.next())["state"] == "live"


async def test_subscriptions_have_a_limit(live: Live) -> None:
    client = await live.client(ANA)
    for at in range(MAX_SUBSCRIPTIONS):
        job = new_id()
        live.jobs.owners[job], live.jobs.news[job] = ANA, asyncio.Queue()
        await client.send(type="subscribe", id=str(at), stream=f"job:{job}")
    await client.send(type="subscribe", id="more", stream="home")
    assert (await client.next())["reason"] == "SUBSCRIPTION_LIMIT"


async def test_a_socket_stays_with_its_account(live: Live) -> None:
    client = await live.client(ANA)
    await client.send(type="authenticate", token=live.tokens.access(BEN, SESSION).text)
    assert (await client.next())["reason"] == "ACCOUNT_DIFFERS"


async def test_a_frame_too_large_closes_with_1009(live: Live) -> None:
    client = await live.client()
    await client.socket.send("x" * (MAX_FRAME_BYTES + 1))
    assert await client.closed() == 1009


async def test_text_that_is_not_utf8_closes_with_1007(live: Live) -> None:
    client = await live.client()
    await client.socket.send(b"\xff\xfe", text=True)
    assert await client.closed() == 1007


async def test_too_many_frames_close_with_4201(live: Live) -> None:
    client = await live.client()
    for _ in range(60):
        await client.send(type="unsubscribe", id="x")
    assert await client.closed() in (4200, 4201)
    assert client.pending[-1]["reason"] in ("TOO_MANY_FRAMES", "TOO_MANY_ERRORS")


async def test_bad_clients_do_not_touch_good_ones(live: Live) -> None:
    good, _ = await live.subscribed("global")
    for _ in range(3):
        bad = await live.client()
        await bad.socket.send("x" * (MAX_FRAME_BYTES + 1))
        raw = await slow_client(live)
        raw.sendall(b"\xff\xff\xff\xff")  # no such frame
        raw.close()
    await live.world.post(ANA)
    assert names(await good.events(1)) == ["post.created"]
