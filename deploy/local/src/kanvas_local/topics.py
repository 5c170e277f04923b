"""Topics are made where they are missing and corrected where they differ.

`python -m kanvas_local.topics HOST:PORT` is a program of its own: what it imports takes longer
than what it does, and the commands of `kanvas_local` start without it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable, Mapping

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from kanvas_local.errors import StackError
from kanvas_local.topic_catalogue import Shape, topic_catalogue

TOPICS = topic_catalogue().shapes("local")
"""How each topic of the catalogue is kept on one machine."""

_PATIENCE_SECONDS = 30.0
_RETRY_SECONDS = 0.25


async def ensure_topics(
    kafka: str, topics: Mapping[str, Shape] = TOPICS
) -> dict[str, dict[str, str]]:
    """Make topics exist, with these partitions and settings.

    Return what had to be corrected on topics that were there: name → setting → old value.

    Raises:
        StackError: Kafka did not do it within 30 s, or a topic has another number of partitions.
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


async def _create(admin: AIOKafkaAdminClient, topics: Mapping[str, Shape]) -> None:
    present = set(await admin.list_topics())
    missing = [
        NewTopic(
            name,
            num_partitions=shape.partitions,
            replication_factor=shape.replicas,
            topic_configs=dict(shape.settings),
        )
        for name, shape in topics.items()
        if name not in present
    ]
    if not missing:
        return
    response = await admin.create_topics(missing)
    for _, code, *message in response.topic_errors:
        if code:
            raise for_code(code)(*message)


async def _correct(
    admin: AIOKafkaAdminClient, topics: Mapping[str, Shape]
) -> dict[str, dict[str, str]]:
    for description in await admin.describe_topics(list(topics)):
        if description["error_code"]:
            raise for_code(description["error_code"])(description["topic"])
        name, found = description["topic"], len(description["partitions"])
        if found != topics[name].partitions:
            raise StackError(
                f"{name} has {found} partitions, and its order needs {topics[name].partitions}: "
                "`make clean` removes the data, and the next start makes the topic again."
            )
    differing: dict[str, dict[str, str]] = {}
    for name, settings in (await _describe(admin, topics)).items():
        wrong = {
            key: settings.get(key, "")
            for key, value in topics[name].settings.items()
            if settings.get(key) != value
        }
        if wrong:
            differing[name] = wrong
    if differing:
        await admin.alter_configs(
            [
                ConfigResource(ConfigResourceType.TOPIC, name, configs=dict(topics[name].settings))
                for name in differing
            ]
        )
    return differing


async def _describe(admin: AIOKafkaAdminClient, topics: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return all settings of each topic."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
    settings: dict[str, dict[str, str]] = {}
    for response in await admin.describe_configs(resources):
        for code, message, _, name, entries in response.resources:
            if code:
                raise for_code(code)(message)
            settings[name] = {entry[0]: entry[1] for entry in entries}
    return settings


def main() -> int:
    """Make or correct the topics of the Kafka that the command line names; return the exit code."""
    (kafka,) = sys.argv[1:]
    try:
        corrected = asyncio.run(ensure_topics(kafka))
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    for topic, settings in corrected.items():
        print(f"corrected {topic}, whose settings were {settings}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
