"""The broker port on a real Kafka, by aiokafka."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.errors import KafkaError
from aiokafka.producer import sender

from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.kafka.broker.candidate import KafkaCandidate
from kanvas_platform.kafka.broker.closing import stop_client
from kanvas_platform.kafka.broker.library_logs import thin_out
from kanvas_platform.kafka.broker.port import (
    Appended,
    BatchRefused,
    BrokerUnavailable,
    Fenced,
    OffsetLost,
    OutRecord,
    RawRecord,
)
from kanvas_platform.observability import get_logger

# aiokafka waits this long, in seconds, where the markers of the last transaction are not written
# yet. Its own 20 ms make a transaction take 20 to 30 ms instead of 5.
sender.BACKOFF_OVERRIDE = 0.001

thin_out()

_REQUEST_MS: Final = 5000
_RETRY_MS: Final = 50
_TRANSACTION_MS: Final = 10_000
_BATCH_BYTES: Final = 512 * 1024
_REQUEST_BYTES: Final = 1024 * 1024
_LETTER_BYTES: Final = 2 * _REQUEST_BYTES
# aiokafka asks a broker for nothing more while a fetch waits there. If one of two logs was left out
# of it, because its records were not taken yet, the next ones of that log wait as well.
_FETCH_WAIT_MS: Final = 500
# A fetch that is never answered holds acknowledgements up: soon ask again on a new connection.
_FETCH_REQUEST_MS: Final = 3000
_FETCH_BYTES: Final = 4 * 1024 * 1024
_FETCH_RECORDS: Final = 500
_OLDEST: Final = -2

_REFUSALS: Final = (
    kafka_errors.MessageSizeTooLargeError,
    kafka_errors.RecordListTooLargeError,
    kafka_errors.InvalidTimestampError,
    kafka_errors.PolicyViolationError,
    kafka_errors.CorruptRecordException,
)
_FENCES: Final = (kafka_errors.ProducerFenced, kafka_errors.InvalidProducerEpoch)
_LOST_OFFSETS: Final = (
    kafka_errors.OffsetOutOfRangeError,
    kafka_errors.NoOffsetForPartitionError,
)

_log = get_logger(__name__)


class KafkaBroker:
    """The `Broker` of a real Kafka.

    Queries for offsets have a connection of their own: a broker answers the requests of a
    connection in turn, and behind a fetch that waits for records they would wait as well.
    """

    def __init__(self, bootstrap: str, *, clock: Clock | None = None) -> None:
        """Make a broker; connections are made when they are needed.

        Args:
            bootstrap: `host:port`, several separated by commas.
            clock: Time; that of the machine where absent.
        """
        self._clock = clock or SystemClock()
        self._bootstrap = bootstrap
        self._queries: Any = None
        self._sender: Any = None
        self._lock = asyncio.Lock()

    async def begin(self, transactional_id: str, timeout: float) -> "KafkaProducer":
        """See `Broker`."""
        producer: Any = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            transactional_id=transactional_id,
            transaction_timeout_ms=_TRANSACTION_MS,
            request_timeout_ms=_REQUEST_MS,
            retry_backoff_ms=_RETRY_MS,
            max_batch_size=_BATCH_BYTES,
            max_request_size=_REQUEST_BYTES,
        )
        await _start(producer, timeout)
        return KafkaProducer(producer)

    async def read(self, offsets: Mapping[str, int]) -> "KafkaReader":
        """See `Broker`."""
        consumer = self._consumer(request_ms=_FETCH_REQUEST_MS)
        await _start(consumer, _REQUEST_MS / 1000)
        return KafkaReader(consumer, offsets)

    async def join_group(self, group: str, topic: str) -> KafkaCandidate:
        """See `Broker`."""
        candidate = KafkaCandidate(
            bootstrap=self._bootstrap, group=group, topic=topic, clock=self._clock
        )
        await candidate.join()
        return candidate

    async def beginnings(self, topics: Collection[str]) -> Mapping[str, int]:
        """See `Broker`."""
        queries = await self._connected_queries()
        return _by_topic(await _answered(queries.beginning_offsets(_partitions(topics))))

    async def ends(self, topics: Collection[str]) -> Mapping[str, int]:
        """See `Broker`."""
        queries = await self._connected_queries()
        return _by_topic(await _answered(queries.end_offsets(_partitions(topics))))

    async def offset_at(self, topic: str, time: float) -> int:
        """See `Broker`."""
        queries = await self._connected_queries()
        partition = TopicPartition(topic, 0)
        found = await _answered(queries.offsets_for_times({partition: int(time * 1000)}))
        if found[partition] is not None:
            offset: int = found[partition].offset
            return offset
        return (await self.ends([topic]))[topic]

    async def send(self, record: OutRecord) -> None:
        """See `Broker`."""
        async with self._lock:
            if self._sender is None:
                producer: Any = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    enable_idempotence=True,
                    request_timeout_ms=_REQUEST_MS,
                    max_request_size=_LETTER_BYTES,
                )
                await _start(producer, _REQUEST_MS / 1000)
                self._sender = producer
            try:
                async with asyncio.timeout(_REQUEST_MS / 1000):
                    await self._sender.send_and_wait(
                        record.topic, record.value, record.key, 0, None, list(record.headers)
                    )
            except _REFUSALS as error:
                raise BatchRefused(repr(error)) from error
            except (KafkaError, TimeoutError, OSError) as error:
                # An idempotent producer that lost sight of one batch may never send another.
                producer, self._sender = self._sender, None
                await stop_client(producer)
                raise BrokerUnavailable(f"not sent: {error!r}") from error

    async def close(self) -> None:
        """See `Broker`."""
        for client in (self._queries, self._sender):
            if client is not None:
                await stop_client(client)
        self._queries = self._sender = None
        # Transports close in the next turn of the loop, which may be its last.
        await asyncio.sleep(0)

    def _consumer(self, *, request_ms: int = _REQUEST_MS) -> Any:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="none",
            enable_auto_commit=False,
            request_timeout_ms=request_ms,
            retry_backoff_ms=_RETRY_MS,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            max_partition_fetch_bytes=_FETCH_BYTES,
        )

    async def _connected_queries(self) -> Any:
        async with self._lock:
            if self._queries is None:
                consumer = self._consumer()
                await _start(consumer, _REQUEST_MS / 1000)
                self._queries = consumer
            return self._queries


class KafkaProducer:
    """The `Producer` of a real Kafka."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer

    async def commit(self, records: Sequence[OutRecord], timeout: float) -> Sequence[Appended]:
        """See `Producer`."""
        producer = self._producer
        try:
            async with asyncio.timeout(timeout):
                await producer.begin_transaction()
                appended = await self._send(records)
                await producer.commit_transaction()
        except _FENCES as error:
            raise Fenced(repr(error)) from error
        except (KafkaError, TimeoutError, OSError, AssertionError) as error:
            # AssertionError: how aiokafka says that an earlier failure left it in no state to go
            # on.
            raise BrokerUnavailable(f"outcome unknown: {error!r}") from error
        return appended

    async def _send(self, records: Sequence[OutRecord]) -> list[Appended]:
        """Send, and see that all arrived: aiokafka would commit a transaction that lacks some."""
        try:
            sent = [
                await self._producer.send(r.topic, r.value, r.key, 0, None, list(r.headers))
                for r in records
            ]
            results = await asyncio.gather(*sent, return_exceptions=True)
            appended = []
            for result in results:
                if isinstance(result, BaseException):
                    raise result
                appended.append(Appended(result.offset, result.timestamp / 1000))
        except _REFUSALS as error:
            raise BatchRefused(repr(error)) from error
        return appended

    async def close(self) -> None:
        """See `Producer`."""
        await stop_client(self._producer)


class KafkaReader:
    """The `Reader` of a real Kafka.

    aiokafka decodes the names of headers, and raises for a whole fetch when one is not UTF-8. Such
    a record must not stop a reader: it is found by fetching one record at a time, and given out
    without key, value and headers.
    """

    def __init__(self, consumer: Any, offsets: Mapping[str, int]) -> None:
        self._consumer = consumer
        self._offsets = dict(offsets)
        self._partitions = {topic: TopicPartition(topic, 0) for topic in offsets}
        self._paused: frozenset[str] = frozenset()
        self._careful = False
        consumer.assign(list(self._partitions.values()))
        self._go_back(*self._partitions)

    async def fetch(self, timeout: float) -> Sequence[RawRecord]:
        """See `Reader`."""
        try:
            if self._careful:
                return await self._fetch_carefully(timeout)
            return await self._fetch(timeout, _FETCH_RECORDS, *self._partitions)
        except _LOST_OFFSETS as error:
            raise OffsetLost(repr(error)) from error
        except KafkaError as error:
            raise BrokerUnavailable(f"cannot fetch: {error!r}") from error
        except ValueError:
            # The readable ones of this fetch are fetched again.
            self._careful = True
            self._go_back(*self._partitions)
            return ()

    def offset(self, topic: str) -> int:
        """See `Reader`."""
        return self._offsets[topic]

    def pause(self, topics: Collection[str]) -> None:
        """See `Reader`."""
        wanted = frozenset(topics)
        if wanted == self._paused:
            return
        self._consumer.resume(*(self._partitions[topic] for topic in self._paused - wanted))
        self._consumer.pause(*(self._partitions[topic] for topic in wanted - self._paused))
        self._paused = wanted

    async def close(self) -> None:
        """See `Reader`."""
        await stop_client(self._consumer)

    async def _fetch(self, timeout: float, most: int, *topics: str) -> Sequence[RawRecord]:
        partitions = [self._partitions[topic] for topic in topics]
        fetched = await self._consumer.getmany(
            *partitions, timeout_ms=int(timeout * 1000), max_records=most
        )
        for topic in topics:
            self._offsets[topic] = await self._consumer.position(self._partitions[topic])
        return [_raw(record) for records in fetched.values() for record in records]

    async def _fetch_carefully(self, timeout: float) -> Sequence[RawRecord]:
        """Fetch each topic by itself; of the one with such a record, up to it and with it."""
        self._careful = False
        found: list[RawRecord] = []
        for topic in self._partitions:
            try:
                found += await self._fetch(timeout, _FETCH_RECORDS, topic)
            except ValueError:
                self._go_back(topic)
                found += await self._fetch_singly(timeout, topic)
        return found

    async def _fetch_singly(self, timeout: float, topic: str) -> Sequence[RawRecord]:
        found: list[RawRecord] = []
        while len(found) < _FETCH_RECORDS:
            try:
                one = await self._fetch(timeout, 1, topic)
            except ValueError:
                offset = self._offsets[topic]
                _log.error("a record cannot be parsed", topic=topic, offset=offset)
                found.append(RawRecord(topic, offset, None, None, (), 0.0))
                self._offsets[topic] = offset + 1
                self._go_back(topic)
                break
            if not one:
                break
            found += one
        return found

    def _go_back(self, *topics: str) -> None:
        """Fetch from the known offsets on, whatever the consumer has in hand."""
        for topic in topics:
            self._consumer.seek(self._partitions[topic], self._offsets[topic])


def _raw(record: Any) -> RawRecord:
    return RawRecord(
        topic=record.topic,
        offset=record.offset,
        key=record.key,
        value=record.value,
        # A header may have no value.
        headers=tuple((name, value or b"") for name, value in record.headers),
        time=record.timestamp / 1000,
    )


def _partitions(topics: Collection[str]) -> list[Any]:
    return [TopicPartition(topic, 0) for topic in topics]


def _by_topic(offsets: Mapping[Any, int]) -> Mapping[str, int]:
    return {partition.topic: offset for partition, offset in offsets.items()}


async def _answered(query: Awaitable[Any]) -> Any:
    """Return the answer to a query.

    Raises:
        BrokerUnavailable: There was none.
    """
    try:
        return await query
    except (KafkaError, OSError) as error:
        raise BrokerUnavailable(f"no answer to a query: {error!r}") from error


async def _start(client: Any, timeout: float) -> None:
    try:
        async with asyncio.timeout(timeout):
            await client.start()
    except (KafkaError, TimeoutError, OSError) as error:
        await stop_client(client)
        raise BrokerUnavailable(f"cannot connect: {error!r}") from error
    except BaseException:
        await stop_client(client)
        raise
