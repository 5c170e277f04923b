"""What stands in the topics of a running stack is what the catalogue says."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from kanvas_local.demo.client import Session
from kanvas_local.demo.story import finished, run_demo
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_local.topic_catalogue import PLATFORM, topic_catalogue
from kanvas_local.topics import TOPICS, ensure_topics
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import RawRecord
from kanvas_platform.kafka.records.codec import decode
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC, PASSES_TOPIC, LogSpec
from tests.patience import PATIENCE_SECONDS

CATALOGUE = topic_catalogue()
NOT_PLAYED = {PASSES_TOPIC, DEAD_LETTERS_TOPIC}
"""Topics that stay empty while nothing goes wrong."""

WRITTEN_DAYS_LATER = {"kanvas.credentials.erased.v1"}
"""Kinds of records that follow on others only after a time that nobody waits for here."""


@pytest.fixture
async def broker(services: Stack) -> AsyncIterator[KafkaBroker]:
    broker = KafkaBroker(services.kafka)
    yield broker
    await broker.close()


async def play(services: Stack, folder: Path) -> None:
    """Play the demo, and what the demo does not do: so every kind of record is written."""
    gateways = [f"http://{address(services.ports.http(instance))}" for instance in (1, 2)]
    report = await run_demo(gateways, folder, quiet=True)
    assert report.faults == []
    ann, ben = Session(gateways), Session(gateways)
    await ann.sign_up(f"ann_{new_id()[-12:]}", "Ann", "a password of Ann's")
    await ben.sign_up(f"ben_{new_id()[-12:]}", "Ben", "a password of Ben's")
    job_id, post_id = new_id(), new_id()
    await ann.post("/v1/jobs", {"id": job_id, "prompt": "a blue whale"})
    await finished(ann, job_id)
    post = {
        "id": post_id,
        "job_id": job_id,
        "caption": "A whale",
        "alt_text": "A whale, painted blue",
        "visibility": "public",
        "uses": {"train": True, "embed": False, "recommend": False},
    }
    await ann.post("/v1/posts", post)
    await ben.put(f"/v1/posts/{post_id}/like")
    await ann.delete(f"/v1/posts/{post_id}")
    await ben.put(f"/v1/accounts/{ann.account['id']}/block")
    await ann.post("/v1/exports", {})
    await ann.sign_in(ann.account["handle"], "a password of Ann's")
    await ann.delete("/v1/sessions")
    await ann.close()
    await ben.close()


async def since(broker: KafkaBroker, begin: dict[str, int]) -> dict[str, list[RawRecord]]:
    """Return the committed records of each topic from these offsets to the ends of now."""
    ends = await broker.ends(list(begin))
    found: dict[str, list[RawRecord]] = {topic: [] for topic in begin}
    reader = await broker.read(begin)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while any(reader.offset(topic) < end for topic, end in ends.items()):
            for raw in await reader.fetch(0.5):
                found[raw.topic].append(raw)
    await reader.close()
    return found


async def test_every_record_is_keyed_typed_and_decoded_as_the_catalogue_says(
    services: Stack, broker: KafkaBroker, tmp_path: Path
) -> None:
    logs = [topic for topic in CATALOGUE.logs if CATALOGUE.topics[topic].owner != PLATFORM]
    begin = dict(await broker.ends(logs))
    await play(services, tmp_path)
    # What the platform writes was written when the instances started.
    begin |= await broker.beginnings([t for t in CATALOGUE.logs if t not in begin])
    listed = {
        name: CATALOGUE.topics[name].keys.keys() - WRITTEN_DAYS_LATER
        for name in CATALOGUE.logs
        if name not in NOT_PLAYED
    }
    async with asyncio.timeout(PATIENCE_SECONDS):
        # What follows from another record is written a moment after it.
        while True:
            records = await since(broker, begin)
            seen = {name: {checked(name, raw) for raw in records[name]} for name in listed}
            if all(seen[name] >= listed[name] for name in listed):
                break
            await asyncio.sleep(0.5)
    assert seen == listed


def checked(name: str, raw: RawRecord) -> str:
    """Return the type of a record, which can be decoded and has the key that its topic gives it."""
    topic = CATALOGUE.topics[name]
    event = dict(raw.headers)["ce_type"].decode()
    if topic.owner == PLATFORM:
        record = topic.record_type.FromString(raw.value or b"")
    else:
        log = LogSpec(name, topic.record_type, f"/kanvas/{topic.owner}/{name}")
        record = decode(log, raw).record
    assert raw.key == topic.key_of(event, record).encode()
    return event


async def test_the_topics_are_those_of_the_catalogue_and_kept_as_it_says(services: Stack) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=services.kafka)
    await admin.start()
    try:
        there = {name for name in await admin.list_topics() if name.startswith("kanvas.")}
    finally:
        await admin.close()
    assert there == set(TOPICS)
    assert await ensure_topics(services.kafka) == {}
