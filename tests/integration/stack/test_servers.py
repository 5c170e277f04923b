"""The stack's servers do what their clients ask."""

from __future__ import annotations

import uuid

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kanvas_local.stack import Stack
from tests.patience import PATIENCE_SECONDS


async def test_kafka_commits_a_transaction(stack: Stack) -> None:
    topic = f"stack-{uuid.uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()
    async with (
        AIOKafkaProducer(
            bootstrap_servers=stack.kafka, transactional_id=topic, linger_ms=2
        ) as producer,
        producer.transaction(),
    ):
        await producer.send(topic, b"painted")
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka, isolation_level="read_committed")
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        record = await consumer.getone(partition)
    finally:
        await consumer.stop()
    assert record.value == b"painted"


async def test_triton_tells_that_it_is_ready(stack: Stack) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        response = await client.get(f"http://{stack.triton_http}/v2/health/ready")
    assert response.status_code == 200
