"""The topic `stream`: what a delivery costs the gateway, and how long the last socket waits.

The real gateway on real Kafka. Posts go through the real timeline, one at a time (the next one
when every socket has the last) or 50 at once; a C program holds the sockets. Beside each
repetition a C loop sends frames of the same length to as many sockets of a second such program:
what the kernel allows, and what this machine was able to do at that moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kanvas_local.bench.cpu import Usage
from kanvas_local.bench.measures import Bar, Measure, Stated, percentile
from kanvas_local.bench.native import SendLoop, Sockets
from kanvas_local.bench.posts import Posts
from kanvas_local.bench.run import BenchRun
from kanvas_local.bench.seed import seed, write_tokens
from kanvas_local.bench.stage import SPARE_PORT, fresh, stage
from kanvas_local.stack import Stack

TOPIC = "stream"
BURST = 50
LOOP = "C send loop, same sockets and bytes"

# One program opens all sockets from one address.
_SETTINGS = {"KANVAS_STREAM_CONNECTIONS_EACH": "0"}
_SETTLE_SECONDS = 1.0
_IDLE_SECONDS = 2.0
_WARM_UP = 10

_SINGLE_BARS = {
    ("global", 500): 0.75,
    ("global", 2_000): 0.88,
    ("global", 5_000): 0.92,
    ("home", 500): 0.6,
    ("home", 2_000): 0.75,
    ("home", 5_000): 0.8,
}
_BURST_BAR = 5.0
_LAST_BARS = {("global", 5_000): 100.0, ("home", 5_000): 150.0}
_OPEN_BAR = 3_000.0
_LOOP_LAST_MILLISECONDS = 75.0
"""Most that the loop's own p99 to 5,000 sockets may be. Where it is higher, the machine was busy,
and nothing can be said of ours."""
_MEMORY_FROM = 2_000
"""With fewer sockets, what they take fits into memory that the process had before."""
_LOOP_SPREAD = 1.5
"""By how much repetitions of the loop may differ in CPU time for the same work."""


@dataclass(frozen=True)
class _Amount:
    """How much is measured: sizes, repetitions, and what each repetition posts."""

    sizes: Sequence[int]
    repetitions: int
    singles: int
    bursts: int


_FULL = _Amount((500, 2_000, 5_000), repetitions=5, singles=60, bursts=4)
_QUICK = _Amount((500,), repetitions=3, singles=30, bursts=4)


@dataclass(frozen=True)
class _Scene:
    """What is there before sockets are."""

    stack: Stack
    posts: Posts
    tokens: Path


@dataclass
class _Taken:
    """What one side has done in the repetitions of a block.

    Attributes:
        rates: Deliveries per CPU-second of single posts, a value for each repetition.
        burst_rates: The same, posts 50 at once.
        p50: Milliseconds until the last socket has a single post.
        p99: The same.
    """

    rates: list[float] = field(default_factory=list)
    burst_rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    def note_single(self, deliveries: int, cpu_seconds: float, waits: Sequence[float]) -> None:
        """Add a repetition of single posts; `waits` in seconds."""
        self.rates.append(deliveries / cpu_seconds)
        self.p50.append(1000 * percentile(waits, 50))
        self.p99.append(1000 * percentile(waits, 99))


async def measure(run: BenchRun) -> None:
    """Measure every size and stream."""
    amount = _QUICK if run.quick else _FULL
    run.note_settings(_SETTINGS)
    run.say("starting Kafka, Cassandra, a timeline and a gateway")
    async with stage(env={"gateway": _SETTINGS}) as stack:
        await asyncio.to_thread(stack.start, ("topics",))
        audience = await seed(stack.kafka, max(amount.sizes))
        await asyncio.to_thread(stack.start, ("timeline", "gateway"))
        tokens = stack.layout.run / "tokens"
        write_tokens(tokens, stack.layout.token_key, audience.readers)
        timeline = f"127.0.0.1:{stack.ports.grpc('timeline', 1)}"
        async with Posts(timeline=timeline, kafka=stack.kafka, author=audience.author) as posts:
            await posts.copied(audience.readers[-1])
            scene = _Scene(stack, posts, tokens)
            for size in amount.sizes:
                for stream in ("global", "home"):
                    await run.take(_Block(scene, stream, size, amount).measure)


class _Block:
    """One stream at one size, on a gateway that has just been started."""

    def __init__(self, scene: _Scene, stream: str, size: int, amount: _Amount) -> None:
        self._scene = scene
        self._stream = stream
        self._size = size
        self._amount = amount

    async def measure(self) -> list[Measure]:
        """Open the sockets, measure, and close them."""
        gateway = await fresh(self._scene.stack, "gateway-1")
        loop = await SendLoop.listen(SPARE_PORT, self._size)
        opened: list[Sockets] = []
        try:
            cpu, memory = gateway.cpu_seconds(), gateway.resident_bytes()
            ours = await self._open()
            opened.append(ours)
            cpu = gateway.cpu_seconds() - cpu
            await asyncio.sleep(_SETTLE_SECONDS)
            memory = gateway.resident_bytes() - memory
            theirs = await Sockets.open(SPARE_PORT, self._size)
            opened.append(theirs)
            await loop.ready()
            sides = _Sides(
                posts=self._scene.posts,
                gateway=gateway,
                sockets=ours,
                loop=loop,
                loop_sockets=theirs,
                size=self._size,
            )
            await sides.measure(self._amount)
        finally:
            for tool in (*opened, loop):
                await tool.close()
        found = [
            *self._deliveries(sides),
            *self._waits(sides),
            self._measure(
                "sockets opened per CPU-second", "/s", "more", [self._size / cpu],
                bar=Bar("ours", "at least", _OPEN_BAR) if self._stream == "home" else None,
            ),
        ]  # fmt: skip
        if self._size >= _MEMORY_FROM:
            each = memory / self._size / 1000
            found.append(self._measure("memory of a socket", "KB", "less", [each]))
        return found

    async def _open(self) -> Sockets:
        stack = self._scene.stack
        tokens = self._scene.tokens if self._stream == "home" else None
        return await Sockets.open(stack.ports.stream(1), self._size, self._stream, tokens)

    def _deliveries(self, sides: _Sides) -> list[Measure]:
        ours, loop = sides.ours, sides.reference
        spread = Stated("spread", _LOOP_SPREAD)
        bar = Bar("ratio", "at least", _SINGLE_BARS[self._stream, self._size])
        return [
            self._measure(
                "single posts, deliveries per CPU-second", "/s", "more", ours.rates, loop.rates,
                bar=bar, stated=spread,
            ),
            self._measure(
                "single posts, CPU per delivery", "µs", "less",
                [1e6 / rate for rate in ours.rates], [1e6 / rate for rate in loop.rates],
            ),
            self._measure(
                f"bursts of {BURST}, deliveries per CPU-second", "/s", "more",
                ours.burst_rates, loop.rates,
                bar=Bar("ratio", "at least", _BURST_BAR), stated=spread,
            ),
        ]  # fmt: skip

    def _waits(self, sides: _Sides) -> list[Measure]:
        ours, loop = sides.ours, sides.reference
        bar, stated = None, None
        if (self._stream, self._size) in _LAST_BARS:
            bar = Bar("ours", "at most", _LAST_BARS[self._stream, self._size])
            stated = Stated("median", _LOOP_LAST_MILLISECONDS)
        return [
            self._measure("committed to last socket, p50", "ms", "less", ours.p50, loop.p50),
            self._measure(
                "committed to last socket, p99", "ms", "less", ours.p99, loop.p99,
                bar=bar, stated=stated,
            ),
        ]  # fmt: skip

    def _measure(
        self,
        name: str,
        unit: str,
        better: Literal["more", "less"],
        ours: Sequence[float],
        reference: Sequence[float] = (),
        *,
        bar: Bar | None = None,
        stated: Stated | None = None,
    ) -> Measure:
        return Measure(
            topic=TOPIC,
            name=f"{self._stream} {self._size:,}, {name}",
            unit=unit,
            better=better,
            ours=ours,
            reference=reference,
            reference_is=LOOP if reference else "",
            bar=bar,
            stated=stated,
        )


class _Sides:
    """Ours and the loop, a repetition of each by turns."""

    def __init__(
        self,
        *,
        posts: Posts,
        gateway: Usage,
        sockets: Sockets,
        loop: SendLoop,
        loop_sockets: Sockets,
        size: int,
    ) -> None:
        self._posts = posts
        self._gateway = gateway
        self._sockets = sockets
        self._loop = loop
        self._loop_sockets = loop_sockets
        self._size = size
        self._idle = 0.0
        self._frame_bytes = 0
        self.ours = _Taken()
        self.reference = _Taken()

    async def measure(self, amount: _Amount) -> None:
        """Warm up both, then take every repetition."""
        await self._post_singly(_WARM_UP)
        await self._post_bursts(1)
        await self._send_singly(_WARM_UP)
        self._idle = await self._idle_rate()
        for _ in range(amount.repetitions):
            cpu, waits = await self._post_singly(amount.singles)
            self.ours.note_single(amount.singles * self._size, cpu, waits)
            cpu, waits = await self._send_singly(amount.singles)
            self.reference.note_single(amount.singles * self._size, cpu, waits)
            cpu = await self._post_bursts(amount.bursts)
            self.ours.burst_rates.append(amount.bursts * BURST * self._size / cpu)

    async def _idle_rate(self) -> float:
        """Return what the gateway needs for heartbeats and itself, in CPU-seconds a second."""
        mark = self._mark()
        await asyncio.sleep(_IDLE_SECONDS)
        return self._used(mark) / _IDLE_SECONDS

    async def _post_singly(self, count: int) -> tuple[float, list[float]]:
        """Return the gateway's CPU-seconds, and for each post how long the last socket waited."""
        waits = []
        mark = self._mark()
        for _ in range(count):
            await self._sockets.expect(1)
            position = await self._posts.publish()
            arrival = await self._sockets.arrival()
            self._frame_bytes = arrival.frame_bytes
            # No socket can have it before it is committed: where the consumer here was slower
            # than a socket, the socket knows better.
            committed = self._posts.committed(position)
            waits.append(arrival.last - min(committed or arrival.first, arrival.first))
        return self._used(mark), waits

    async def _post_bursts(self, count: int) -> float:
        mark = self._mark()
        for _ in range(count):
            await self._sockets.expect(BURST)
            await self._posts.publish_at_once(BURST)
            await self._sockets.arrival()
        return self._used(mark)

    async def _send_singly(self, count: int) -> tuple[float, list[float]]:
        cpu, waits = 0.0, []
        for _ in range(count):
            await self._loop_sockets.expect(1)
            sent = await self._loop.send(self._frame_bytes)
            arrival = await self._loop_sockets.arrival()
            cpu += sent.cpu_seconds
            waits.append(arrival.last - sent.first)
        return cpu, waits

    def _mark(self) -> tuple[float, float]:
        return self._gateway.cpu_seconds(), time.monotonic()

    def _used(self, mark: tuple[float, float]) -> float:
        """Return the CPU-seconds since a mark, without what the gateway needs when idle."""
        cpu, began = mark
        spent = self._gateway.cpu_seconds() - cpu
        return spent - self._idle * (time.monotonic() - began)
