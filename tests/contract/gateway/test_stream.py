"""The live stream as clients meet it, over real sockets and a log in memory."""

from __future__ import annotations

import asyncio
import base64
import json
import socket as sockets
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.images.v1 import records_pb2 as images
from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.entrypoints.stream.connection import Connection
from kanvas_gateway.stream.protocol import HEARTBEAT_SECONDS, MAX_FRAME_BYTES, MAX_SUBSCRIPTIONS
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from tests.contract.gateway.feed_world import TRACE_ID, World, delivered
from tests.contract.gateway.live_stream import Client, Live, StartLive, eventually

ANA, BEN, CLEO = (new_id() for _ in range(3))


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


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
    await client.send(type="authenticate", token=live.tokens.access(ANA).text)
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
        await asyncio.sleep(0.1)

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
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await client.next()
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
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await client.next()


async def test_a_slow_reader_catches_up_and_disturbs_nobody(live: Live) -> None:
    slow = await _reader_that_stops(live)
    quick, _ = await live.subscribed("global")
    for _ in range(1500):
        await live.world.post(ANA)
    assert len(await quick.events(1500)) == 1500
    assert len(live.parts.catch_up) == 1, "the slow one should be behind by now"
    positions = await asyncio.to_thread(_read_positions, slow, 1500)
    assert positions == list(range(1, 1501))


async def test_a_reader_that_fell_out_of_the_ring_is_told(start_live: StartLive) -> None:
    live: Live = await start_live(ring_bytes=100_000)
    slow = await _reader_that_stops(live)
    for at in range(1500):
        await live.world.post(ANA)
        if at % 100 == 0:
            await live.served()
    await live.served()
    frames = await asyncio.to_thread(_read_until, slow, "subscribed")
    assert (frames[-1]["state"], frames[-1]["reason"]) == ("snapshot_required", "LAGGED")
    seen = [int(frame["pos"]) for frame in frames if frame["type"] == "event"]
    assert seen == list(range(1, len(seen) + 1))


async def _reader_that_stops(live: Live, account: str | None = None) -> sockets.socket:
    """Return a subscribed socket with a small kernel buffer from which nobody reads."""
    port = int(live.url.rpartition(":")[2].partition("/")[0])

    def open_socket() -> sockets.socket:
        raw = sockets.socket()
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", port))
        raw.settimeout(10)
        key = base64.b64encode(b"0123456789abcdef").decode()
        raw.sendall(
            f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += raw.recv(1)
        if account is not None:
            token = live.tokens.access(account).text
            raw.sendall(_masked(json.dumps({"type": "authenticate", "token": token}).encode()))
        raw.sendall(_masked(b'{"type":"subscribe","id":"s","stream":"global"}'))
        _read_until(raw, "subscribed")
        return raw

    raw = await asyncio.to_thread(open_socket)
    live.stack.callback(raw.close)
    return raw


def _masked(payload: bytes) -> bytes:
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\x81" + length + b"\0\0\0\0" + payload


def _read_frame(raw: sockets.socket) -> dict[str, Any]:
    def exactly(count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = raw.recv(count - len(data))
            assert more, "the server closed the socket"
            data += more
        return data

    opcode, length = exactly(2)
    if length == 126:
        length = int.from_bytes(exactly(2), "big")
    elif length == 127:
        length = int.from_bytes(exactly(8), "big")
    payload = exactly(length)
    if opcode == 0x89:
        return _read_frame(raw)
    frame: dict[str, Any] = json.loads(payload)
    return frame


def _read_until(raw: sockets.socket, kind: str) -> list[dict[str, Any]]:
    frames = [_read_frame(raw)]
    while frames[-1]["type"] != kind:
        frames.append(_read_frame(raw))
    return frames


def _read_positions(raw: sockets.socket, count: int) -> list[int]:
    positions: list[int] = []
    while len(positions) < count:
        frame = _read_frame(raw)
        if frame["type"] == "event":
            positions.append(int(frame["pos"]))
    return positions


# Bad input.

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
        await asyncio.sleep(0.01)
    await client.send(type="subscribe", id="more", stream="home")
    assert (await client.next())["reason"] == "SUBSCRIPTION_LIMIT"


async def test_a_socket_stays_with_its_account(live: Live) -> None:
    client = await live.client(ANA)
    await client.send(type="authenticate", token=live.tokens.access(BEN).text)
    assert (await client.next())["reason"] == "ACCOUNT_DIFFERS"


async def _closed(client: Client) -> int:
    """Return the code with which the server closes; what it says before is in `pending`."""
    try:
        while True:
            client.pending.append(await client.next())
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


async def test_a_frame_too_large_closes_with_1009(live: Live) -> None:
    client = await live.client()
    await client.socket.send("x" * (MAX_FRAME_BYTES + 1))
    assert await _closed(client) == 1009


async def test_text_that_is_not_utf8_closes_with_1007(live: Live) -> None:
    client = await live.client()
    await client.socket.send(b"\xff\xfe", text=True)
    assert await _closed(client) == 1007


async def test_too_many_frames_close_with_4201(live: Live) -> None:
    client = await live.client()
    for _ in range(60):
        await client.send(type="unsubscribe", id="x")
    assert await _closed(client) in (4200, 4201)
    assert client.pending[-1]["reason"] in ("TOO_MANY_FRAMES", "TOO_MANY_ERRORS")


async def test_bad_clients_do_not_touch_good_ones(live: Live) -> None:
    good, _ = await live.subscribed("global")
    for _ in range(3):
        bad = await live.client()
        await bad.socket.send("x" * (MAX_FRAME_BYTES + 1))
        raw = await _reader_that_stops(live)
        raw.sendall(b"\xff\xff\xff\xff")  # no such frame
        raw.close()
    await live.world.post(ANA)
    assert names(await good.events(1)) == ["post.created"]


# Heartbeats, and clients that do not answer.


def _connection(live: Live) -> Connection:
    [connection] = live.parts.listener._connections.values()
    return connection


def _beat(live: Live) -> None:
    """Let a whole interval of heartbeats pass."""
    for beat in range(HEARTBEAT_SECONDS):
        live.parts.listener._tick(beat)


async def test_a_heartbeat_says_up_to_where_everything_was_sent(live: Live) -> None:
    await live.world.follow(ANA, BEN)
    client, _ = await live.subscribed("home", ANA)
    await live.world.post(CLEO)  # not for this home: only the heartbeat tells that it passed
    await live.served()
    _beat(live)
    assert await client.next() == {"type": "heartbeat", "position": "2"}


async def test_a_heartbeat_never_overtakes_a_resume(live: Live) -> None:
    await live.world.post(ANA)
    await live.world.post(ANA)
    await live.served()
    live.timeline.down = True
    client = await live.client(ANA)
    await client.send(type="subscribe", id="h", stream="home", from_="1")
    await eventually(lambda: any(one.socket and "home" in one.socket.feeds
                                 for one in live.parts.listener._connections.values()))  # fmt: skip
    _beat(live)
    assert await client.next() == {"type": "heartbeat", "position": "1", "held": True}


async def test_a_held_gateway_says_so(live: Live) -> None:
    client, _ = await live.subscribed("global")
    live.broker.stop()
    await eventually(lambda: live.parts.fan_out.held)
    _beat(live)
    assert (await client.next())["held"] is True


async def test_a_client_that_is_silent_for_long_is_dropped(live: Live) -> None:
    await live.subscribed("global")
    _connection(live)._heard_at -= 1000
    _beat(live)
    await eventually(lambda: not live.parts.listener.connections)


async def test_a_reader_without_progress_is_dropped(live: Live) -> None:
    await _reader_that_stops(live)
    for _ in range(1500):
        await live.world.post(ANA)
    connection = _connection(live)
    await eventually(lambda: connection._left > 0)
    live.parts.listener._tick(0)
    assert live.parts.listener.connections == 1
    connection._progress_at -= 1000
    live.parts.listener._tick(0)
    await eventually(lambda: not live.parts.listener.connections)
    assert connection.close_reason == "stalled"


async def test_a_socket_that_never_shakes_hands_is_dropped(live: Live) -> None:
    port = int(live.url.rpartition(":")[2].partition("/")[0])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    await eventually(lambda: live.parts.listener.connections == 1)
    _connection(live)._accepted_at -= 1000
    live.parts.listener._tick(0)
    await eventually(lambda: not live.parts.listener.connections)
    writer.close()


# Poison in the log.


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


# Tokens and draining.


async def test_a_token_that_runs_out_closes_with_4100(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kanvas_gateway.tokens.ACCESS_SECONDS", 1)
    client = await live.client(ANA)
    assert await _closed(client) == 4100
    assert client.pending[-1]["reason"] == "TOKEN_EXPIRED"


async def test_a_newer_token_keeps_the_socket_open(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = live.tokens.access(ANA)
    monkeypatch.setattr("kanvas_gateway.tokens.ACCESS_SECONDS", 1)
    client, _ = await live.subscribed("home", ANA)
    await client.send(type="authenticate", token=long.text)
    assert (await client.until("authenticated"))["account_id"] == ANA
    socket = next(iter(live.parts.listener._connections.values())).socket
    assert socket is not None
    assert socket.expires_at == long.expires_at


async def test_drains_with_a_notice_and_4000(live: Live) -> None:
    client, _ = await live.subscribed("global")
    draining = asyncio.create_task(live.parts.listener.drain())
    notice = await client.until("drain")
    assert notice["reconnect_in_seconds"] >= 0
    assert await _closed(client) == 4000
    await draining


# Jobs.


def _news(
    job: str,
    step: int,
    *,
    state: images.JobState.ValueType = images.JOB_STATE_RUNNING,
    preview: bytes = b"",
) -> imagegen.WatchJobResponse:
    news = imagegen.WatchJobResponse(step=step, of=8, preview=preview)
    news.job.id, news.job.owner_id, news.job.attempt = job, ANA, 1
    news.job.state = state
    return news


@pytest.fixture
def job(live: Live) -> str:
    job = new_id()
    live.jobs.owners[job] = ANA
    live.jobs.news[job] = asyncio.Queue()
    return job


async def test_a_job_is_watched_once_for_all_who_look(live: Live, job: str) -> None:
    clients = [await live.client(ANA) for _ in range(3)]
    for client in clients:
        await client.send(type="subscribe", id="j", stream=f"job:{job}")
    await asyncio.sleep(0.05)
    live.jobs.news[job].put_nowait(_news(job, 1, preview=b"webp"))
    for client in clients:
        assert (await client.next())["state"] == "live"
        progress, preview = await client.events(2)
        assert progress["data"]["step"] == 1
        assert "pos" not in progress
        assert base64.b64decode(preview["data"]["base64"]) == b"webp"
    assert live.jobs.calls == 1


async def test_a_job_ends_with_its_end(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    live.jobs.news[job].put_nowait(_news(job, 8, state=images.JOB_STATE_SUCCEEDED))
    await client.until("subscribed")
    [ended] = await client.events(1)
    assert ended["event"] == "job.ended"
    assert ended["data"]["job"]["state"] == "succeeded"
    await client.send(type="unsubscribe", id="j")
    assert (await client.next())["reason"] == "SUBSCRIPTION_UNKNOWN"


async def test_late_news_of_a_job_is_dropped(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    for step in (3, 2, 4):
        live.jobs.news[job].put_nowait(_news(job, step))
    assert [one["data"]["step"] for one in await client.events(2)] == [3, 4]


async def test_somebody_elses_job_is_unknown(live: Live, job: str) -> None:
    client = await live.client(BEN)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    error = await client.next()
    assert (error["reason"], error["ref"]) == ("JOB_UNKNOWN", "j")


async def test_a_broken_watch_is_taken_up_again(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    live.jobs.news[job].put_nowait(_news(job, 1))
    live.jobs.news[job].put_nowait(Unavailable("The instance has gone."))
    live.jobs.news[job].put_nowait(_news(job, 2))
    assert [one["data"]["step"] for one in await client.events(2)] == [1, 2]


async def test_the_last_one_to_leave_ends_the_watch(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    live.jobs.news[job].put_nowait(_news(job, 1))
    await client.events(1)
    await client.send(type="unsubscribe", id="j")
    await client.until("unsubscribed")
    await asyncio.sleep(0)
    assert not live.parts.jobs._watches


def test_the_world_and_the_log_agree() -> None:
    """The oracle's own check: a world that counted wrong would make every test above worthless."""
    from kanvas_platform.testing.memory_broker import MemoryCluster

    world = World(MemoryCluster())
    asyncio.run(world.follow(ANA, BEN))
    asyncio.run(world.post(ANA))
    assert len(world.cluster.committed("kanvas.feed.v1")) == world.position == 2


async def test_one_address_holds_no_more_sockets_than_its_share(start_live: StartLive) -> None:
    live = await start_live(limit=ConnectionLimit(most=100, each=2))
    first, _ = await live.client(), await live.client()
    with pytest.raises(InvalidStatus) as refused:
        await live.client()
    assert refused.value.response.status_code == 503
    await first.socket.close()
    await eventually(lambda: live.parts.listener.connections == 1)
    await live.client()
