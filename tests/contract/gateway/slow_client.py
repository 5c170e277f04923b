"""A client that does not take what it is sent: a plain socket, from which a test reads or not."""

import asyncio
import base64
import json
import socket as sockets
from typing import Any

from tests.contract.gateway.live_stream import Live, eventually, listening_port
from tests.contract.gateway.people import SESSION


async def slow_client(live: Live, account: str | None = None) -> sockets.socket:
    """Return a socket that has `global`, with a small kernel buffer; nobody reads from it."""
    port = listening_port(live)

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
            token = live.tokens.access(account, SESSION).text
            raw.sendall(_masked(json.dumps({"type": "authenticate", "token": token}).encode()))
        raw.sendall(_masked(b'{"type":"subscribe","id":"s","stream":"global"}'))
        read_until(raw, "subscribed")
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


def read_until(raw: sockets.socket, kind: str) -> list[dict[str, Any]]:
    """Read up to the next frame of a type, and return all that came."""
    frames = [_read_frame(raw)]
    while frames[-1]["type"] != kind:
        frames.append(_read_frame(raw))
    return frames


def read_positions(raw: sockets.socket, count: int) -> list[int]:
    """Read that many events, and return their positions."""
    positions: list[int] = []
    while len(positions) < count:
        frame = _read_frame(raw)
        if frame["type"] == "event":
            positions.append(int(frame["pos"]))
    return positions


async def fill(live: Live, author: str) -> None:
    """Publish until the only socket does not take it any more."""
    for _ in range(1500):
        await live.world.post(author)
    await eventually(lambda: len(live.parts.catch_up) == 1)
