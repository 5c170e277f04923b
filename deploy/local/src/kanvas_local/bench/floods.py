"""`make bench-floods`: what floods of a gateway's REST do to its live stream.

A stack of its own with two gateways. One is flooded; at its stream a reader has a socket open. The
events are follows, made through the other gateway. An event's delay is the time from its arrival
at a plain consumer of Kafka to its arrival on the socket, both in this process. Each flood is
measured beside a time without one right before.
"""

import argparse
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
from kanvas_local.demo.client import Session
from kanvas_local.layout import REPOSITORY
from kanvas_local.ports import address
from kanvas_local.progress import Progress
from kanvas_local.stack import SERVERS, SERVICES, Stack
from kanvas_platform.ids import new_id

BASE_PORT = 11380
MORE_SECONDS = 0.05
"""A flood may make the p99 of the delay longer by so much: a third of what people take for
"at once" (150 ms, the bar of the stream itself)."""
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


def main() -> int:
    """Exits with 0 when every bar is met."""
    parser = argparse.ArgumentParser(prog="make bench-floods", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each flood")
    arguments = parser.parse_args()
    stack = Stack(REPOSITORY / ".local" / "bench", BASE_PORT, instances=2, progress=Progress())
    stack.start((*SERVERS, *SERVICES))
    try:
        met = asyncio.run(_measure(stack, arguments.seconds))
    finally:
        stack.stop()
    return 0 if met else 1


async def _measure(stack: Stack, seconds: float) -> bool:
    delays = Delays()
    met = True
    async with _events(stack, delays):
        sys.stdout.write(f"delay of events in ms, p50 / p99 / worst; {seconds:.0f} s each\n")
        for kind in KINDS:
            quiet = await _watch(delays, seconds)
            flood = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "kanvas_local.bench.flood", kind,
                address(stack.ports.http(1)), str(seconds + 1), stdout=asyncio.subprocess.PIPE
            )  # fmt: skip
            await asyncio.sleep(1)
            flooded = await _watch(delays, seconds)
            answers, _ = await flood.communicate()
            more = _percentile(flooded, 99) - _percentile(quiet, 99)
            good = more <= MORE_SECONDS
            met = met and good
            sys.stdout.write(
                f"{kind:<22} ours {_row(flooded)}  reference (no flood) {_row(quiet)}  "
                f"bar p99 +{MORE_SECONDS * 1000:.0f}  {'met' if good else 'missed'}"
                f"  [{answers.decode()} answers/s, {len(flooded)} events]\n"
            )
            sys.stdout.flush()
    return met


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


def _percentile(values: list[float], share: int) -> float:
    return values[min(len(values) - 1, len(values) * share // 100)]


def _row(values: list[float]) -> str:
    numbers = (_percentile(values, 50), _percentile(values, 99), values[-1])
    return " / ".join(f"{1000 * one:6.1f}" for one in numbers)


if __name__ == "__main__":
    sys.exit(main())
