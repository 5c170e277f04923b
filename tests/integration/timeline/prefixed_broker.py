"""A broker whose names all have a prefix, so that each test session has logs of its own."""

from collections.abc import Collection, Mapping, Sequence

from kanvas_platform.kafka.broker.port import (
    Appended,
    Broker,
    Candidate,
    OutRecord,
    Producer,
    RawRecord,
    Reader,
)


class PrefixedBroker:
    """Implements `Broker` on top of another one."""

    def __init__(self, broker: Broker, prefix: str) -> None:
        self._broker = broker
        self._prefix = prefix

    async def begin(self, transactional_id: str, timeout: float) -> Producer:
        producer = await self._broker.begin(self._prefix + transactional_id, timeout)
        return _Producer(producer, self._prefix)

    async def read(self, offsets: Mapping[str, int]) -> Reader:
        reader = await self._broker.read({self._prefix + t: at for t, at in offsets.items()})
        return _Reader(reader, self._prefix)

    async def join_group(self, group: str, topic: str) -> Candidate:
        return await self._broker.join_group(self._prefix + group, self._prefix + topic)

    async def beginnings(self, topics: Collection[str]) -> Mapping[str, int]:
        return self._bare(await self._broker.beginnings([self._prefix + t for t in topics]))

    async def ends(self, topics: Collection[str]) -> Mapping[str, int]:
        return self._bare(await self._broker.ends([self._prefix + t for t in topics]))

    async def offset_at(self, topic: str, time: float) -> int:
        return await self._broker.offset_at(self._prefix + topic, time)

    async def send(self, record: OutRecord) -> None:
        await self._broker.send(_prefixed(record, self._prefix))

    async def close(self) -> None:
        await self._broker.close()

    def _bare(self, offsets: Mapping[str, int]) -> Mapping[str, int]:
        return {topic.removeprefix(self._prefix): at for topic, at in offsets.items()}


class _Producer:
    def __init__(self, producer: Producer, prefix: str) -> None:
        self._producer = producer
        self._prefix = prefix

    async def commit(self, records: Sequence[OutRecord], timeout: float) -> Sequence[Appended]:
        return await self._producer.commit([_prefixed(r, self._prefix) for r in records], timeout)

    async def close(self) -> None:
        await self._producer.close()


class _Reader:
    def __init__(self, reader: Reader, prefix: str) -> None:
        self._reader = reader
        self._prefix = prefix

    async def fetch(self, timeout: float) -> Sequence[RawRecord]:
        return [
            RawRecord(
                topic=raw.topic.removeprefix(self._prefix),
                offset=raw.offset,
                key=raw.key,
                value=raw.value,
                headers=raw.headers,
                time=raw.time,
            )
            for raw in await self._reader.fetch(timeout)
        ]

    def offset(self, topic: str) -> int:
        return self._reader.offset(self._prefix + topic)

    def pause(self, topics: Collection[str]) -> None:
        self._reader.pause([self._prefix + topic for topic in topics])

    async def close(self) -> None:
        await self._reader.close()


def _prefixed(record: OutRecord, prefix: str) -> OutRecord:
    return OutRecord(prefix + record.topic, record.key, record.value, record.headers)
