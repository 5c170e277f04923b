"""What other clients of Kafka may send, and aiokafka does not read by itself."""

import asyncio
from collections.abc import Sequence

import pytest

from kanvas_platform.clock import SystemClock
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import OutRecord
from kanvas_platform.kafka.reading.tail import Beginning, Delivered, Tail
from kanvas_platform.kafka.records.codec import encode, meta_of
from kanvas_platform.testing.ledger import LedgerLogs, LedgerRecord
from tests.patience import PATIENCE_SECONDS

LONG = b"no record of ours, and long enough to be compressed; " * 40


async def kcat(kafka: str, topic: str, value: bytes, *options: str | bytes) -> None:
    """Send a record with a client that knows nothing of us."""
    process = await asyncio.create_subprocess_exec(
        "kcat", "-P", "-b", kafka, "-t", topic, "-k", "name:x", *options,
        stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await process.communicate(value)
    assert process.returncode == 0


def numbered(logs: LedgerLogs, position: int) -> OutRecord:
    record = LedgerRecord(name=f"n{position}", owner="ann")
    meta = meta_of(record)
    meta.position = meta.created_position = position
    return encode(logs.main, f"name:n{position}", "ledger.name.v1", record, "")


@pytest.mark.parametrize(
    "options",
    [
        ["-z", "gzip"],
        ["-z", "snappy"],
        ["-z", "lz4"],
        ["-z", "zstd"],
        ["-H", b"\xff\xfe=a name that is not UTF-8"],
        ["-H", "no-value"],
    ],
)
async def test_a_reader_goes_past_it(
    kafka: str, topic: str, broker: KafkaBroker, options: Sequence[str | bytes]
) -> None:
    logs = LedgerLogs.named(topic)
    seen: list[int] = []

    def take(delivered: Delivered[LedgerRecord]) -> None:
        seen.append(delivered.position)

    await broker.send(numbered(logs, 1))
    await kcat(kafka, topic, LONG, *options)
    await broker.send(numbered(logs, 2))
    tail: Tail[LedgerRecord] = Tail(
        broker=broker,
        log=logs.main,
        on_record=take,
        start=Beginning(),
        clock=SystemClock(),
        name="tail",
    )
    running = asyncio.create_task(tail.run())
    try:
        await tail.wait_for(2, PATIENCE_SECONDS)
        assert seen == [1, 2]
        await kcat(kafka, topic, LONG, *options)
        await broker.send(numbered(logs, 3))
        await tail.wait_for(3, PATIENCE_SECONDS)
        assert seen == [1, 2, 3]
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
