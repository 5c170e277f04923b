"""Reading: topics from where one was, as far as they can be read."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from kanvas_platform.kafka.broker.port import BrokerUnavailable, OffsetLost, RawRecord
from kanvas_platform.testing.memory_broker.cluster import MemoryCluster
from kanvas_platform.testing.memory_broker.process import Process

_FETCH_RECORDS = 500


class MemoryReader:
    """The `Reader` in memory."""

    def __init__(
        self, process: Process, cluster: MemoryCluster, offsets: Mapping[str, int]
    ) -> None:
        self._process = process
        self._cluster = cluster
        self._offsets = dict(offsets)
        self._paused: frozenset[str] = frozenset()
        self._step = f"fetch: {', '.join(offsets)}"

    async def fetch(self, timeout: float) -> Sequence[RawRecord]:
        """See `Reader`."""
        with suppress(BrokerUnavailable):  # a reader that cannot reach the broker finds nothing
            await self._process.step(self._step)
            if records := self._next():
                return records
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._cluster.grown.wait()
        with suppress(BrokerUnavailable):
            await self._process.step(self._step)
            return self._next()
        return ()

    def offset(self, topic: str) -> int:
        """See `Reader`."""
        return self._offsets[topic]

    def pause(self, topics: Collection[str]) -> None:
        """See `Reader`."""
        self._paused = frozenset(topics)

    async def close(self) -> None:
        """See `Reader`."""

    def _next(self) -> list[RawRecord]:
        found: list[RawRecord] = []
        for name in self._offsets:
            if name in self._paused:
                continue
            topic = self._cluster.topic(name)
            if not topic.first <= self._offsets[name] <= topic.end:
                raise OffsetLost(f"{name} has no offset {self._offsets[name]}")
            records, self._offsets[name] = topic.readable(self._offsets[name], _FETCH_RECORDS)
            found += records
        return found
