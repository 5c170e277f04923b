"""The demo's follower, on a socket that a test speaks for."""

import asyncio
import json
from typing import Any, Self

import pytest
import websockets

from kanvas_local.demo import follower as follower_module
from kanvas_local.demo.client import Session
from kanvas_local.demo.follower import Follower


class Socket:
    """The server's end: what a test says is what the follower receives."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self._frames: asyncio.Queue[str] = asyncio.Queue()

    def say(self, **frame: Any) -> None:
        self._frames.put_nowait(json.dumps(frame))

    async def send(self, text: str) -> None:
        self.sent.append(json.loads(text))

    async def recv(self) -> str:
        return await self._frames.get()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


@pytest.fixture
def socket(monkeypatch: pytest.MonkeyPatch) -> Socket:
    async def urls(_gateways: object) -> list[str]:
        return ["ws://gateway/v1/stream"]

    async def token(_session: Session, _path: str) -> dict[str, str]:
        return {"stream_token": "token"}

    socket = Socket()
    monkeypatch.setattr(websockets, "connect", lambda *_args, **_options: socket)
    monkeypatch.setattr(follower_module, "stream_urls", urls)
    monkeypatch.setattr(Session, "get", token)
    return socket


async def test_a_follower_told_to_stop_while_a_frame_arrives_stops(socket: Socket) -> None:
    follower = Follower(Session(["http://gateway"]), "home")
    running = asyncio.create_task(follower.run())
    socket.say(type="hello", heartbeat_seconds=15)
    socket.say(type="subscribed", state="live", position="7")
    await follower.live.wait()
    await asyncio.sleep(0)
    socket.say(type="heartbeat")
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=1)
    assert done == {running}, "the frame took the place of the order to stop"
    assert running.cancelled()
