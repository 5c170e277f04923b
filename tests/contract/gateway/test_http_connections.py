"""What a connection may do before any route sees it: bounds on heads, time, and number."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.types import ASGIApp

from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.entrypoints.http import protocol, server
from kanvas_gateway.entrypoints.http.bodies import Bodies
from kanvas_gateway.entrypoints.http.edge import Edge
from kanvas_gateway.entrypoints.http.server import HttpServer
from kanvas_gateway.tokens import Tokens
from tests.contract.gateway.live_stream import eventually
from tests.contract.gateway.rest_services import running_rest

_ASK = b"GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"
_POST = b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@dataclass
class Wire:
    """A connection as bytes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[int, dict[str, Any]]:
        """Return the status and the document of the next answer."""
        async with asyncio.timeout(10):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
            body = await self.reader.readexactly(length)
        return int(head.split()[1]), json.loads(body)

    async def ended(self) -> bytes:
        """Return what comes until the server closes."""
        found = b""
        with suppress(ConnectionResetError):
            async with asyncio.timeout(10):
                while part := await self.reader.read(1 << 16):
                    found += part
        return found


@dataclass
class Served:
    """REST on a port of its own, and connections to it."""

    port: int
    limit: ConnectionLimit
    stack: AsyncExitStack

    async def wire(self, sent: bytes = b"") -> Wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.stack.callback(writer.close)
        wire = Wire(reader, writer)
        wire.send(sent)
        return wire


Serve = Callable[..., Any]
Around = Callable[[ASGIApp], ASGIApp]


def _nothing(app: ASGIApp) -> ASGIApp:
    return app


@pytest.fixture
async def serve(tokens: Tokens, tmp_path: Path) -> AsyncIterator[Serve]:
    """Give a function that serves REST over doubled services."""
    async with AsyncExitStack() as stack:

        async def start(*, most: int = 1000, each: int = 0, around: Around = _nothing) -> Served:
            rest = await stack.enter_async_context(running_rest(tokens, tmp_path))
            limit = ConnectionLimit(most=most, each=each)
            http = HttpServer(listen="127.0.0.1:0", app=around(rest.app), limit=limit)
            await stack.enter_async_context(_running(http))
            return Served(await http.port(), limit, stack)

        yield start


@asynccontextmanager
async def _running(http: HttpServer) -> AsyncIterator[None]:
    task = asyncio.create_task(http.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines of a fraction of a second."""
    monkeypatch.setattr(server, "_TICK_SECONDS", 0.05)
    for name in ("HEAD_SECONDS", "IDLE_SECONDS", "_STALLED_SECONDS", "_FAREWELL_SECONDS"):
        monkeypatch.setattr(protocol, name, 0.5)


# Heads.


async def test_an_ordinary_client_keeps_its_connection(serve: Serve) -> None:
    wire = await (await serve()).wire()
    for _ in range(3):
        wire.send(_ASK)
        assert (await wire.answer())[0] == 200


async def test_an_answer_says_when_it_was_made(serve: Serve) -> None:
    """The page reckons by it: the clock of the machine that shows the page may be wrong."""
    wire = await (await serve()).wire(_ASK)
    async with asyncio.timeout(10):
        head = (await wire.reader.readuntil(b"\r\n\r\n")).decode().lower()
    made = parsedate_to_datetime(head.partition("\r\ndate: ")[2].partition("\r\n")[0])
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=1)


async def test_requests_sent_ahead_are_answered_in_turn(serve: Serve) -> None:
    wire = await (await serve()).wire(_ASK * 10)
    assert [(await wire.answer())[0] for _ in range(10)] == [200] * 10


@pytest.mark.usefixtures("hurried")
async def test_a_request_sent_ahead_may_take_its_time(serve: Serve) -> None:
    slow = asyncio.Event()

    def around(app: ASGIApp) -> ASGIApp:
        async def some_are_slow(scope: Any, receive: Any, send: Any) -> None:
            if scope["query_string"] == b"slow":
                await slow.wait()
            await app(scope, receive, send)

        return some_are_slow

    served = await serve(around=around)
    wire = await served.wire(_ASK + _ASK.replace(b"config", b"config?slow"))
    other = await served.wire(_ASK)
    assert (await wire.answer())[0] == 200
    await other.ended()  # this one has been idle for too long by now
    slow.set()
    assert (await wire.answer())[0] == 200


async def test_too_many_requests_sent_ahead_end_the_connection(serve: Serve) -> None:
    served = await serve()
    wire = await served.wire(_ASK * 5_000)
    assert (await wire.ended()).count(b"HTTP/1.1 200") == 1 + protocol.MOST_AHEAD
    assert (await (await served.wire(_ASK)).answer())[0] == 200


async def test_bodies_sent_ahead_hold_no_more_than_one_body(serve: Serve) -> None:
    slow = asyncio.Event()

    def around(app: ASGIApp) -> ASGIApp:
        async def wait(scope: Any, receive: Any, send: Any) -> None:
            await slow.wait()
            await app(scope, receive, send)

        return wait

    served = await serve(around=around)
    posts = b"".join(_POST + b"Content-Length: %d\r\n\r\n" % n + b" " * n for n in (20_000,) * 3)
    taken = await served.wire(_ASK + posts)
    ended = await served.wire(_ASK + posts + posts)
    assert await ended.ended() == b""
    slow.set()
    assert [(await taken.answer())[0] for _ in range(4)] == [200, 400, 400, 400]


_LARGE = {
    "a header of 40 MB": b"X: " + b"x" * 40_000_000,
    "a header of 16 MB": b"X: " + b"x" * 16_000_000,
    "one just too large": b"X: " + b"x" * protocol.MAX_HEAD_BYTES + b"\r\n\r\n",
    "many headers": b"a: b\r\n" * 100_000,
    "one header too many": b"a: b\r\n" * protocol.MAX_HEAD_FIELDS + b"\r\n",
}


@pytest.mark.parametrize("fields", _LARGE.values(), ids=_LARGE)
async def test_a_head_too_large_is_refused_before_it_is_read(serve: Serve, fields: bytes) -> None:
    served = await serve()
    wire = await served.wire(b"GET /v1/config HTTP/1.1\r\nHost: x\r\n")
    wire.send(fields)
    status, problem = await wire.answer()
    assert (status, problem["reason"]) == (431, "HEAD_TOO_LARGE")
    if len(fields) > 10_000_000:
        # The rest was not read: it still lies here, unless the connection has been reset.
        transport = wire.writer.transport
        assert transport.get_write_buffer_size() > 0 or transport.is_closing()
    await wire.ended()
    assert (await (await served.wire(_ASK)).answer())[0] == 200


async def test_a_head_of_ordinary_size_is_taken(serve: Serve) -> None:
    fields = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 300) for n in range(90))
    wire = await (await serve()).wire(b"GET /v1/config HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n")
    assert (await wire.answer())[0] == 200


async def test_a_target_too_long_is_refused(serve: Serve) -> None:
    wire = await (await serve()).wire(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    status, problem = await wire.answer()
    assert (status, problem["reason"]) == (431, "HEAD_TOO_LARGE")


async def test_trailers_and_extensions_without_end_are_not_read(serve: Serve) -> None:
    head = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
    for endless in (b"2;x=" + b"x" * 20_000_000, b"2\r\n{}\r\n0\r\nX: " + b"x" * 20_000_000):
        served = await serve()
        wire = await served.wire(head + endless)
        assert b" 200 " not in await wire.ended()
        assert (await (await served.wire(_ASK)).answer())[0] == 200


_NOT_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01",
    b"GET\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n",
]


@pytest.mark.parametrize("sent", _NOT_HTTP)
async def test_what_is_not_http_is_answered_and_closed(serve: Serve, sent: bytes) -> None:
    wire = await (await serve()).wire(sent)
    status, problem = await wire.answer()
    assert (status, problem["reason"]) == (400, "REQUEST_MALFORMED")
    assert await wire.ended() == b""


async def test_a_refusal_never_passes_for_the_answer_to_another_request(serve: Serve) -> None:
    """The first request's answer is not there yet when what follows it turns out bad."""
    wire = await (await serve()).wire(_ASK * 2 + b"nonsense\r\n\r\n")
    assert [(await wire.answer())[0] for _ in range(2)] == [200, 200]
    assert await wire.ended() == b""


# Time.


@pytest.mark.usefixtures("hurried")
async def test_who_sends_nothing_is_not_waited_for(serve: Serve) -> None:
    served = await serve()
    for wire in [await served.wire() for _ in range(400)]:
        assert await wire.ended() == b""


@pytest.mark.usefixtures("hurried")
async def test_the_rest_of_a_head_is_not_waited_for(serve: Serve) -> None:
    wire = await (await serve()).wire(b"GET /v1/config HTTP/1.1\r\nHost: x\r\n")
    status, problem = await wire.answer()
    assert (status, problem["reason"]) == (408, "HEAD_TIMEOUT")
    assert await wire.ended() == b""


@pytest.mark.usefixtures("hurried")
async def test_an_answer_that_is_due_outlives_a_head_that_does_not_come(serve: Serve) -> None:
    def around(app: ASGIApp) -> ASGIApp:
        async def slow(scope: Any, receive: Any, send: Any) -> None:
            await asyncio.sleep(1.5)
            await app(scope, receive, send)

        return slow

    wire = await (await serve(around=around)).wire(_ASK + b"GET /v1/config HTTP/1.1\r\nHost: x\r\n")
    assert (await wire.answer())[0] == 200
    assert await wire.ended() == b""


@pytest.mark.usefixtures("hurried")
async def test_a_head_that_drips_ends_as_well(serve: Serve) -> None:
    wire = await (await serve()).wire(b"GET /v1/config HTTP/1.1\r\n")

    async def drip() -> None:
        while True:
            wire.send(b"a: b\r\n")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert b" 408 " in await wire.ended()
    dripping.cancel()


@pytest.mark.parametrize("between", [b"", b"\r\n"])
@pytest.mark.usefixtures("hurried")
async def test_a_connection_without_a_request_is_closed(serve: Serve, between: bytes) -> None:
    wire = await (await serve()).wire(_ASK)
    assert (await wire.answer())[0] == 200
    wire.send(between)
    assert await wire.ended() == b""


@pytest.mark.usefixtures("hurried")
async def test_who_takes_nothing_of_an_answer_is_not_waited_for(serve: Serve) -> None:
    async def large(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        body = b"x" * 20_000_000
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    served = await serve(around=lambda _: Edge(large, headers={}, most_at_once=1))
    wire = await served.wire()
    cast("asyncio.ReadTransport", wire.writer.transport).pause_reading()
    wire.send(_ASK * 2)
    await eventually(lambda: served.limit.taken == 1)
    await eventually(lambda: served.limit.taken == 0)
    # The one place is free again.
    assert await (await served.wire(_ASK)).reader.readline() == b"HTTP/1.1 200 OK\r\n"


# Bodies.


async def test_heads_without_bodies_take_no_place(serve: Serve) -> None:
    served = await serve()
    wires = [await served.wire(_POST + b"Content-Length: 60\r\n\r\n") for _ in range(260)]
    wires += [await served.wire(_POST + b"Content-Length: 60\r\n\r\n{") for _ in range(10)]
    for _ in range(3):
        assert (await (await served.wire(_ASK)).answer())[0] == 200
    body = b'{"handle": "ana", "password": "correct horse battery"}'.ljust(60)
    wires[0].send(body)
    assert (await wires[0].answer())[0] == 201


async def test_a_body_that_does_not_come_is_not_waited_for(serve: Serve) -> None:
    served = await serve(around=lambda app: Edge(app, headers={}, bodies=Bodies(seconds=0.1)))
    wire = await served.wire(_POST + b"Content-Length: 60\r\n\r\n{")
    status, problem = await wire.answer()
    assert (status, problem["reason"]) == (408, "BODY_TIMEOUT")
    assert await wire.ended() == b""


async def test_who_is_still_sending_a_body_too_large_gets_the_answer(serve: Serve) -> None:
    served = await serve()
    head = _POST + b"Content-Length: 900000\r\n\r\n"

    def send_all_then_read() -> bytes:
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as client:
            client.sendall(head + b" " * 100_000)
            time.sleep(0.2)
            client.sendall(b" " * 800_000)
            found = b""
            while part := client.recv(1 << 16):
                found += part
            return found

    assert b"BODY_TOO_LARGE" in await asyncio.to_thread(send_all_then_read)
    await eventually(lambda: served.limit.taken == 0)


@pytest.mark.usefixtures("hurried")
async def test_the_rest_of_a_body_too_large_is_not_waited_for(serve: Serve) -> None:
    served = await serve()
    wire = await served.wire(_POST + b"Content-Length: 900000\r\n\r\n ")
    assert (await wire.answer())[0] == 413
    await eventually(lambda: served.limit.taken == 0)


async def test_a_client_that_is_cut_off_while_it_is_answered_is_not_parted_from(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop of production takes no end of writing where the connection is closed."""
    end = protocol.BoundedHttp.end_after_answer
    ended: list[str] = []

    def cut_off(connection: protocol.BoundedHttp) -> None:
        connection.transport.abort()
        monkeypatch.setattr(connection.transport, "write_eof", lambda: ended.append("writing"))
        end(connection)
        ended.append("answer")

    monkeypatch.setattr(protocol.BoundedHttp, "end_after_answer", cut_off)
    served = await serve()
    await (await served.wire(_POST + b"Content-Length: 900000\r\n\r\n ")).ended()
    await eventually(lambda: served.limit.taken == 0)
    assert ended == ["answer"]


async def test_bodies_that_are_still_coming_hold_bounded_memory(serve: Serve) -> None:
    taken = 0

    def around(app: ASGIApp) -> ASGIApp:
        edge = Edge(app, headers={}, bodies=Bodies(most_bytes=100_000))

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            async def hear() -> Any:
                nonlocal taken
                message = await receive()
                taken += len(message.get("body", b""))
                return message

            await edge(scope, hear, send)

        return counted

    served = await serve(around=around)
    head = _POST + b"Content-Length: 60000\r\n\r\n"
    first, second = await served.wire(head + b" " * 59_000), await served.wire()
    await eventually(lambda: taken == 59_000)
    second.send(head + b" " * 59_000)
    status, problem = await second.answer()
    assert (status, problem["reason"]) == (503, "OVERLOADED")
    first.send(b" " * 1_000)
    assert (await first.answer())[0] == 400
    for _ in range(3):
        assert (await (await served.wire(head + b" " * 60_000)).answer())[0] == 400


# Numbers.


async def test_one_address_holds_no_more_than_its_share(serve: Serve) -> None:
    served = await serve(each=3)
    held = [await served.wire(_ASK) for _ in range(3)]
    for wire in held:
        assert (await wire.answer())[0] == 200
    status, problem = await (await served.wire()).answer()
    assert (status, problem["reason"]) == (429, "TOO_MANY_CONNECTIONS")
    held[0].writer.close()
    await held[0].writer.wait_closed()
    await eventually(lambda: served.limit.taken < 3)
    assert (await (await served.wire(_ASK)).answer())[0] == 200


async def test_there_is_room_for_so_many_connections(serve: Serve) -> None:
    served = await serve(most=2)
    held = [await served.wire(_ASK) for _ in range(2)]
    for wire in held:
        assert (await wire.answer())[0] == 200
    status, problem = await (await served.wire()).answer()
    assert (status, problem["reason"]) == (503, "OVERLOADED")
