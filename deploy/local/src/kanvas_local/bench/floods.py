"""The topic `floods`: what floods of a gateway's REST do to its live stream.

A stack with two gateways. One is flooded; at its stream a reader has a socket open. The events are
follows, made through the other gateway. An event's delay is the time from its arrival at a plain
consumer of Kafka to its arrival on the socket, both in this process. Each flood is measured beside
a time without one right before.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import websockets
from aiokafka import AIOKafkaConsumer

from kanvas_local.bench.flood import KINDS
from kanvas_local.bench.measures import Bar, Measure, Stated, percentile
from kanvas_local.bench.run import BenchRun
from kanvas_local.bench.stage import stage
from kanvas_local.demo.client import Session
from kanvas_local.ports import address
from kanvas_local.stack import SERVERS, SERVICES, Stack
from kanvas_platform.ids import new_id

TOPIC = "floods"
MORE_MILLISECONDS = 50.0
"""A flood may make the p99 of the delay longer by so much: a third of what people take for
"at once" (150 ms, the bar of the stream itself)."""
_QUIET_MILLISECONDS = 100.0
"""Where the p99 is higher than this without any flood, the machine is busy with something else."""
_SECONDS, _QUICK_SECONDS = 15.0, 5.0
_FEED = "kanvas.feed.v1"
_EVENTS_PER_SECOND = 10.0


@dataclass
class Delays:
    """When each event arrived at the consumer and on the socket, by position."""

    logged: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def take(self) -> list[float]:
        """Return the delays in seconds since the last call, shortest first."""
        both = self.logged.keys() & self.seen.keys()
        found = sorted(self.seen[one] - self.logged[one] for one in both)
        self.logged.clear()
        self.seen.clear()
        return found


async def measure(run: BenchRun) -> None:
    """Measure every kind of flood."""
    seconds = _QUICK_SECONDS if run.quick else _SECONDS
    delays = Delays()
    run.say("starting the servers, and two instances of each service")
    async with stage(instances=2) as stack:
        await asyncio.to_thread(stack.start, (*SERVERS, *SERVICES))
        async with _events(stack, delays):
            for kind in KINDS:
                await run.take(_Block(stack, delays, kind, seconds).measure)


@dataclass(frozen=True)
class _Block:
    """One kind of flood."""

    stack: Stack
    delays: Delays
    kind: str
    seconds: float

    async def measure(self) -> list[Measure]:
        """Look at the delays without the flood, and with it."""
        quiet = await _watch(self.delays, self.seconds)
        flood = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kanvas_local.bench.flood", self.kind,
            address(self.stack.ports.http(1)), str(self.seconds + 1), stdout=asyncio.subprocess.PIPE
        )  # fmt: skip
        await asyncio.sleep(1)
        flooded = await _watch(self.delays, self.seconds)
        answers, _ = await flood.communicate()
        return [
            self._row(flooded, quiet, 50),
            self._row(flooded, quiet, 99, Bar("excess", "at most", MORE_MILLISECONDS)),
            Measure(TOPIC, f"{self.kind}, answers to the flood", "/s", "more", [float(answers)]),
        ]

    def _row(
        self, flooded: list[float], quiet: list[float], share: int, bar: Bar | None = None
    ) -> Measure:
        return Measure(
            topic=TOPIC,
            name=f"{self.kind}, delay of events, p{share}",
            unit="ms",
            better="less",
            ours=[1000 * percentile(flooded, share)],
            reference=[1000 * percentile(quiet, share)],
            reference_is="without the flood",
            bar=bar,
            stated=Stated("median", _QUIET_MILLISECONDS) if bar else None,
        )


@contextlib.asynccontextmanager
async def _events(stack: Stack, delays: Delays) -> AsyncIterator[None]:
    """Have events happen and be noted until the block ends."""
    other = [f"http://{address(stack.ports.http(2))}"]
    reader, painter = Session(other), Session(other)
    for session in (reader, painter):
        await session.sign_up(f"b{new_id().replace('-', '')[8:30]}", "Bench", "a long password")
    consumer = AIOKafkaConsumer(
        _FEED,
        bootstrap_servers=address(stack.ports.kafka),
        isolation_level="read_committed",
        auto_offset_reset="latest",
    )
    await consumer.start()
    token = (await reader.get("/v1/sessions/current"))["stream_token"]
    url = f"ws://{address(stack.ports.stream(1))}/v1/stream"
    async with websockets.connect(url) as socket:
        await socket.send(json.dumps({"type": "authenticate", "token": token}))
        await socket.send(json.dumps({"type": "subscribe", "id": "b", "stream": "home"}))
        tasks = [
            asyncio.create_task(_note_log(consumer, delays)),
            asyncio.create_task(_note_socket(socket, delays)),
            asyncio.create_task(_follow(reader, str(painter.account["id"]))),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await consumer.stop()
            for session in (reader, painter):
                await session.close()


async def _note_log(consumer: AIOKafkaConsumer, delays: Delays) -> None:
    async for record in consumer:
        position = dict(record.headers).get("ce_id", b"").decode()
        delays.logged[position] = time.monotonic()


async def _note_socket(socket: websockets.ClientConnection, delays: Delays) -> None:
    async for text in socket:
        frame = json.loads(text)
        if frame["type"] == "event":
            delays.seen[frame["pos"]] = time.monotonic()


async def _follow(reader: Session, painter: str) -> None:
    while True:
        for call in (reader.put, reader.delete):
            began = time.monotonic()
            await call(f"/v1/accounts/{painter}/follow")
            await asyncio.sleep(max(0.0, 1 / _EVENTS_PER_SECOND - (time.monotonic() - began)))


async def _watch(delays: Delays, seconds: float) -> list[float]:
    delays.take()
    await asyncio.sleep(seconds)
    found = delays.take()
    if not found:
        raise RuntimeError("no event arrived")
    return found
