"""Clients that hang, raise, or cancel the task that stops them."""

import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError

from kanvas_platform.kafka.broker.closing import stop_client

_CLOSED = KafkaConnectionError("closed already")


class Connections:
    def __init__(self, failure: BaseException) -> None:
        self.closed = False
        self.hangs = False
        self._failure = failure

    async def close(self) -> None:
        self.closed = True
        if self.hangs:
            await asyncio.Event().wait()
        raise self._failure


class Consumer:
    """A client of the library, as far as it is stopped."""

    def __init__(
        self,
        *failures: BaseException,
        of_connections: BaseException = _CLOSED,
    ) -> None:
        self._client = Connections(of_connections)
        self._failures = list(failures)
        self.hangs = False

    async def stop(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self._failures:
            raise self._failures.pop()

    def connections_hang(self) -> None:
        self._client.hangs = True

    @property
    def connections_closed(self) -> bool:
        return self._client.closed


class Producer(Consumer):
    """The other kind of client: its connections have another name."""

    @property
    def client(self) -> Connections:
        return self._client


async def test_a_client_that_stops_is_left_alone() -> None:
    consumer = Consumer()
    await stop_client(consumer)
    assert not consumer.connections_closed


@pytest.mark.parametrize("kind", [Consumer, Producer])
@pytest.mark.parametrize(
    "failure", [KafkaConnectionError("gone"), OSError("gone"), asyncio.CancelledError()]
)
async def test_whatever_it_raises_its_connections_are_closed(
    kind: type[Consumer], failure: BaseException
) -> None:
    client = kind(failure)
    await stop_client(client)
    assert client.connections_closed


async def test_a_client_that_hangs_is_not_waited_for() -> None:
    consumer = Consumer()
    consumer.hangs = True
    await stop_client(consumer, within=3.0)
    assert consumer.connections_closed


async def test_connections_that_were_cancelled_before_end_nobody_else() -> None:
    consumer = Consumer(of_connections=asyncio.CancelledError())
    consumer.hangs = True
    await stop_client(consumer)
    assert consumer.connections_closed


async def test_connections_that_hang_are_not_waited_for() -> None:
    consumer = Consumer(OSError("gone"))
    consumer.connections_hang()
    await stop_client(consumer, within=3.0)
    assert consumer.connections_closed


async def test_a_cancellation_that_was_asked_for_goes_on() -> None:
    consumer = Consumer()
    consumer.hangs = True
    stopping = asyncio.create_task(stop_client(consumer))
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
