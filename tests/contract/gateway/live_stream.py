"""A live stream over a log in memory, and clients of it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from prometheus_client import REGISTRY
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.bootstrap import LiveStream, wire_stream
from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.entrypoints.stream.listener import StreamListener
from kanvas_gateway.stream.protocol import HEARTBEAT_SECONDS
from kanvas_gateway.tokens import ACCESS_SECONDS, Tokens
from kanvas_platform.clock import SystemClock
from kanvas_platform.errors import NotFound
from kanvas_platform.rpc.context import caller
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from tests.contract.gateway.feed_world import World, WorldTimeline
from tests.contract.gateway.people import SESSION


async def eventually(condition: Callable[[], bool]) -> None:
    """Return once something holds that nothing announces."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.001)


@dataclass
class WatchedJobs:
    """Doubles imagegen's `WatchJob`: what a test puts into `news` is what watchers hear."""

    owners: dict[str, str] = field(default_factory=dict)
    news: dict[str, "asyncio.Queue[imagegen.WatchJobResponse | Exception]"] = field(
        default_factory=dict
    )
    calls: int = 0

    async def WatchJob(  # noqa: N802 - the contract's name
        self, request: imagegen.WatchJobRequest, _: object
    ) -> AsyncIterator[imagegen.WatchJobResponse]:
        self.calls += 1
        if self.owners.get(request.job_id) != caller():
            raise NotFound("No such job.", reason="JOB_UNKNOWN")
        queue = self.news[request.job_id]
        while True:
            item = await queue.get()
            if isinstance(item, Exception):
                raise item
            yield item


class Client:
    """A stream client that knows no more than docs/api/stream.md."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.pending: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        if "from_" in frame:
            frame["from"] = frame.pop("from_")
        await self.socket.send(json.dumps(frame))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        """Return the next frame of a type; those before it wait in `pending`."""
        while True:
            frame = await self.next()
            if frame["type"] == kind:
                return frame
            self.pending.append(frame)

    async def silent(self) -> None:
        """Check that nothing has been sent: the next frame answers a question asked now."""
        await self.send(type="unsubscribe", id="is anything before this?")
        frame = await self.next()
        assert frame.get("ref") == "is anything before this?", frame

    async def closed(self) -> int:
        """Return the code with which the server closes; what it says before is in `pending`."""
        try:
            while True:
                self.pending.append(await self.next())
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    async def events(self, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < count:
            found.append(await self.until("event"))
        return found


@dataclass
class Live:
    """A running live stream, its world, and how to reach it.

    Attributes:
        clock: That of the sockets: it stands until a test moves it. The feed has real time.
    """

    world: World
    timeline: WorldTimeline
    jobs: WatchedJobs
    tokens: Tokens
    parts: LiveStream
    listener: StreamListener
    listening: "asyncio.Task[None]"
    clock: ManualClock
    broker: MemoryBroker
    url: str
    stack: AsyncExitStack

    async def client(self, account: str | None = None) -> Client:
        socket = await self.stack.enter_async_context(connect(self.url, compression=None))
        client = Client(socket)
        hello = await client.next()
        assert hello["type"] == "hello"
        if account is not None:
            await client.send(type="authenticate", token=self.tokens.access(account, SESSION).text)
            assert (await client.next())["account_id"] == account
        return client

    async def subscribed(
        self, stream: str, account: str | None = None, from_: int | None = None
    ) -> tuple[Client, dict[str, Any]]:
        client = await self.client(account)
        position = {} if from_ is None else {"from_": str(from_)}
        await client.send(type="subscribe", id="s", stream=stream, **position)
        return client, await client.until("subscribed")

    async def served(self) -> None:
        """Return once everything in the log has been through a pass."""
        await eventually(lambda: self.parts.fan_out.served >= self.world.position)

    async def tick(self, seconds: int = 1) -> None:
        """Let time pass for the sockets; each second all of them have been looked at."""
        for _ in range(seconds):
            await eventually(lambda: self.clock.sleepers > 0)
            self.clock.advance(1)
        await eventually(lambda: self.clock.sleepers > 0)

    def outlive_tokens(self) -> None:
        """Move the clock of the sockets past the end of every token made so far, in real time."""
        self.clock.advance(max(0.0, time.time() - self.clock.now()) + ACCESS_SECONDS)

    async def beat(self) -> None:
        """Let a whole interval of heartbeats pass."""
        await self.tick(HEARTBEAT_SECONDS)

    async def gone(self) -> None:
        """Return once no socket is left."""
        await eventually(lambda: not self.listener.connections)


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def listening_port(live: Live) -> int:
    """Return the port of the live stream."""
    return int(live.url.rpartition(":")[2].partition("/")[0])


def measured(name: str, **labels: str) -> float:
    """Return what a metric says now; 0 before it has said anything."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


KEY_FILE = "key.pem"


def make_tokens(folder: Path) -> Tokens:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path = folder / KEY_FILE
    path.write_bytes(pem)
    return Tokens(key_file=path, clock=SystemClock())


StartLive = Callable[..., Any]


@asynccontextmanager
async def running_live(tokens: Tokens) -> AsyncIterator[StartLive]:
    """Give a function that starts live streams over a log in memory; all stop at the end."""
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []

        async def start(
            world: World | None = None,
            *,
            ring_bytes: int = 1 << 22,
            limit: ConnectionLimit | None = None,
        ) -> Live:
            world = world or World(MemoryCluster())
            broker = MemoryBroker(cluster=world.cluster)
            timeline, jobs = WorldTimeline(world), WatchedJobs()
            parts = wire_stream(
                broker=broker,
                timeline=local_stub(TimelineServiceStub, timeline),
                images=local_stub(ImageGenerationServiceStub, jobs),
                tokens=tokens,
                clock=SystemClock(),
                ring_bytes=ring_bytes,
                ring_seconds=3600.0,
            )
            clock = ManualClock(time.time())
            limit = limit or ConnectionLimit(most=1000, each=0)
            listener = parts.listener(listen="127.0.0.1:0", limit=limit, clock=clock)
            tasks.extend(group.create_task(one.run()) for one in parts.components())
            listening = group.create_task(listener.run())
            tasks.append(listening)
            async with asyncio.timeout(10):
                port = await listener.port()
            url = f"ws://127.0.0.1:{port}/v1/stream"
            return Live(
                world=world,
                timeline=timeline,
                jobs=jobs,
                tokens=tokens,
                parts=parts,
                listener=listener,
                listening=listening,
                clock=clock,
                broker=broker,
                url=url,
                stack=stack,
            )

        try:
            yield start
        finally:
            await stack.aclose()
            for task in tasks:
                task.cancel()
