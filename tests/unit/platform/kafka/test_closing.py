"""Clients that hang, raise, or cancel the task that stops them."""

import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError

from kanvas_platform.kafka.broker.closing import stop_client


class Connections:
    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        self.closed = True
        raise KafkaConnectionError("closed already")


class Consumer:
    """A client of the library, as far as it is stopped."""

    def __init__(self, *failures: BaseException) -> None:
        self._client = Connections()
        self._failures = list(failures)
        self.hangs = False

    async def stop(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self._failures:
            raise self._failures.pop()

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


async def test_a_cancellation_that_was_asked_for_goes_on() -> None:
    consumer = Consumer()
    consumer.hangs = True
    stopping = asyncio.create_task(stop_client(consumer))
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
