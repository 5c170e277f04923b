"""The product's topics: made where they are missing, corrected where they differ."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from kanvas_local.errors import StackError

_DAY_MS = 24 * 60 * 60 * 1000

LOGS = (
    "kanvas.graph.v1",
    "kanvas.credentials.v1",
    "kanvas.feed.v1",
    "kanvas.notifications.v1",
    "kanvas.training.v1",
    "kanvas.reactions.v1",
    "kanvas.images.v1",
    "kanvas.leaders.v1",
    "kanvas.passes.v1",
)
DEAD_LETTERS = "kanvas.dead-letters.v1"

_LOG = {
    "cleanup.policy": "compact",
    "min.compaction.lag.ms": str(7 * _DAY_MS),  # the resume window: every record is there
    "max.compaction.lag.ms": str(14 * _DAY_MS),
    "segment.bytes": str(64 * 1024 * 1024),
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": str(1024 * 1024),
}
_DEAD_LETTERS = {
    "cleanup.policy": "delete",
    "retention.ms": str(14 * _DAY_MS),  # they may hold personal text, so they expire
    "max.message.bytes": str(2 * 1024 * 1024),  # a record with its error beside it
}

TOPICS: Mapping[str, Mapping[str, str]] = dict.fromkeys(LOGS, _LOG) | {DEAD_LETTERS: _DEAD_LETTERS}
_PATIENCE_SECONDS = 30.0
_RETRY_SECONDS = 0.25


async def ensure_topics(
    kafka: str, topics: Mapping[str, Mapping[str, str]] = TOPICS
) -> dict[str, dict[str, str]]:
    """Make `topics` exist, with one partition and this configuration.

    Returns what had to be corrected on topics that were there: name → setting → old value.

    Raises:
        StackError: Kafka did not do it within 30 s, or a topic has several partitions.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=5000)
        try:
            await admin.start()
            await _create(admin, topics)
            return await _correct(admin, topics)
        except (KafkaError, LookupError) as error:
            # A broker that has only just started refuses for a moment.
            if time.monotonic() > deadline:
                raise StackError(f"Kafka at {kafka} did not make the topics: {error!r}") from error
            await asyncio.sleep(_RETRY_SECONDS)
        finally:
            await admin.close()


async def _create(admin: AIOKafkaAdminClient, topics: Mapping[str, Mapping[str, str]]) -> None:
    present = set(await admin.list_topics())
    missing = [
        NewTopic(name, num_partitions=1, replication_factor=1, topic_configs=dict(settings))
        for name, settings in topics.items()
        if name not in present
    ]
    if not missing:
        return
    response = await admin.create_topics(missing)
    for _, code, *message in response.topic_errors:
        if code:
            raise for_code(code)(*message)


async def _correct(
    admin: AIOKafkaAdminClient, topics: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    for description in await admin.describe_topics(list(topics)):
        if description["error_code"]:
            raise for_code(description["error_code"])(description["topic"])
        if len(description["partitions"]) != 1:
            raise StackError(
                f"{description['topic']} has {len(description['partitions'])} partitions and its "
                "order needs exactly one: `make clean` removes the data and starts anew."
            )
    differing: dict[str, dict[str, str]] = {}
    for name, found in (await _describe(admin, topics)).items():
        wrong = {
            key: found.get(key, "")
            for key, value in topics[name].items()
            if found.get(key) != value
        }
        if wrong:
            differing[name] = wrong
    if differing:
        await admin.alter_configs(
            [
                ConfigResource(ConfigResourceType.TOPIC, name, configs=dict(topics[name]))
                for name in differing
            ]
        )
    return differing


async def _describe(
    admin: AIOKafkaAdminClient, topics: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """The whole configuration of each topic."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
    settings: dict[str, dict[str, str]] = {}
    for response in await admin.describe_configs(resources):
        for code, message, _, name, entries in response.resources:
            if code:
                raise for_code(code)(message)
            settings[name] = {entry[0]: entry[1] for entry in entries}
    return settings
