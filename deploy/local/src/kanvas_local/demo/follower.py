"""A follower's socket: keeps a stream open through every failure and notes what it was sent."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import websockets

from kanvas_local.demo.client import GaveUp, Session

RECONNECT_SECONDS = 0.3
OPEN_SECONDS = 3.0


@dataclass
class Follower:
    """Follows one stream from a position, across reconnects, without leaving a hole.

    `events` holds every event in the order of arrival. `faults` holds what a follower must never
    see: an event out of order, an announced gap, a lost place.
    """

    session: Session
    stream: str
    position: str | None = None
    name: str = "follower"
    events: list[Mapping[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    connections: int = 0
    live: asyncio.Event = field(default_factory=asyncio.Event)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    _seen: set[str] = field(default_factory=set)
    _urls: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Stream until canceled."""
        self._urls = await stream_urls(self.session.gateways)
        turn = secrets.randbelow(len(self._urls))
        while True:
            with contextlib.suppress(OSError, TimeoutError, websockets.WebSocketException):
                # Whatever ended the connection, the next one resumes from the same position.
                await self._stream(self._urls[turn % len(self._urls)])
            self.live.clear()
            turn += 1
            await asyncio.sleep(RECONNECT_SECONDS)

    async def until(self, arrived: int, timeout: float) -> bool:
        """Wait until so many events have arrived; return whether they did within `seconds`."""
        try:
            async with asyncio.timeout(timeout), self._arrived:
                await self._arrived.wait_for(lambda: len(self.events) >= arrived)
        except TimeoutError:
            return False
        return True

    async def _stream(self, url: str) -> None:
        async with websockets.connect(url, open_timeout=OPEN_SECONDS, close_timeout=1) as socket:
            async with asyncio.timeout(OPEN_SECONDS):
                hello = json.loads(await socket.recv())
            silence = 2 * float(hello["heartbeat_seconds"]) + 1
            token = await self._stream_token()
            await socket.send(json.dumps({"type": "authenticate", "token": token}))
            subscribe = {"type": "subscribe", "id": "demo", "stream": self.stream}
            if self.position is not None:
                subscribe["from"] = self.position
            await socket.send(json.dumps(subscribe))
            self.connections += 1
            while True:
                # Silence is checkable: the server promised a heartbeat.
                async with asyncio.timeout(silence):
                    frame = json.loads(await socket.recv())
                await self._note(frame)

    async def _stream_token(self) -> str:
        try:
            session = await self.session.get("/v1/sessions/current")
        except GaveUp as error:
            raise TimeoutError from error
        return str(session["stream_token"])

    async def _note(self, frame: Mapping[str, Any]) -> None:
        match frame["type"]:
            case "subscribed":
                self._subscribed(frame)
            case "event":
                await self._event(frame)
            case "error":
                self.faults.append(f"{self.name}: error frame {frame['reason']}")
                raise TimeoutError(frame["reason"])

    def _subscribed(self, frame: Mapping[str, Any]) -> None:
        if frame["state"] not in ("live", "resumed"):
            self.faults.append(f"{self.name}: lost its place ({frame['state']})")
        if self.position is None and "position" in frame:
            self.position = str(frame["position"])
        self.live.set()

    async def _event(self, frame: Mapping[str, Any]) -> None:
        if frame["id"] in self._seen:
            return  # a duplicate after a resume: allowed, and known by its id
        self._seen.add(frame["id"])
        if "pos" in frame and frame["pos"] is not None:
            if self.position is not None and int(frame["pos"]) <= int(self.position):
                self.faults.append(f"{self.name}: {frame['pos']} after {self.position}")
            self.position = str(frame["pos"])
        async with self._arrived:
            self.events.append({**frame, "arrived": time.monotonic()})
            self._arrived.notify_all()


async def stream_urls(gateways: Sequence[str]) -> list[str]:
    """Return where each gateway streams; an instance that does not answer now is left out."""
    urls: list[str] = []
    for gateway in gateways:
        session = Session([gateway])
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                urls.append((await session.get("/v1/config"))["stream_url"])
        except TimeoutError:
            continue
        finally:
            await session.close()
    if not urls:
        raise GaveUp("no gateway says where it streams")
    return urls
