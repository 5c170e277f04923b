"""The catalogue of topics, as `proto/topics.toml` and the records' descriptors say it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from pydantic import BaseModel, ConfigDict, Field, model_validator

# Imported so that their messages are found by name.
from kanvas.feed.v1 import records_pb2 as _feed  # noqa: F401
from kanvas.graph.v1 import records_pb2 as _graph  # noqa: F401
from kanvas.images.v1 import records_pb2 as _images  # noqa: F401
from kanvas.log.v1 import record_pb2 as _log  # noqa: F401
from kanvas_local.layout import REPOSITORY
from kanvas_platform.privacy import inner_message, messages_of

FILE = REPOSITORY / "proto/topics.toml"
PLATFORM = "platform"
"""Owner of the topics that several services write, each its own keys."""

_FIELD = re.compile(r"<([a-z0-9_.]+)>")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Deployment(_Table):
    """How a topic is kept in one kind of deployment.

    Attributes:
        replicas: Brokers that hold each partition.
        in_sync_replicas: Brokers that must have a record before it is committed.
    """

    replicas: int = Field(ge=1)
    in_sync_replicas: int = Field(ge=1)


class Retention(_Table):
    """How long records stay.

    Attributes:
        about: What that means, in words.
        settings: Kafka's settings of the topic.
    """

    about: str
    settings: Mapping[str, str | int]


class Topic(_Table):
    """One topic; `proto/topics.toml` says what each field means."""

    about: str
    owner: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    record: str | None = None
    keys: Mapping[str, str] = {}
    retention: str
    partitions: int = Field(ge=1)

    @property
    def record_type(self) -> type[Message]:
        """The message that each value of the topic is.

        Raises:
            LookupError: The values are of several messages, or no contract has this one.
        """
        if self.record is None:
            raise LookupError("records of this topic are of several messages")
        return GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(self.record))

    def key_of(self, event: str, record: Message) -> str:
        """Return the key that a record must have.

        Args:
            event: Its CloudEvents type.
            record: The record.

        Raises:
            LookupError: No record of this topic has this type.
        """
        return _FIELD.sub(lambda found: str(_value(record, found[1])), self.keys[event])

    def key_fields(self) -> list[tuple[str, FieldDescriptor]]:
        """Return the fields that stand in keys, with their paths.

        Raises:
            LookupError: The record has no such field.
        """
        paths = [path for key in self.keys.values() for path in _FIELD.findall(key)]
        return [(path, _field(messages_of(self.record_type)[0], path)) for path in paths]


@dataclass(frozen=True)
class Shape:
    """What Kafka is told of a topic in one deployment.

    Attributes:
        partitions: How many.
        replicas: Brokers that hold each partition.
        settings: Kafka's settings of the topic, as Kafka writes them.
    """

    partitions: int
    replicas: int
    settings: Mapping[str, str]


class TopicCatalogue(_Table):
    """All topics, and the tables that they name.

    Attributes:
        deployments: By name, `local` and `production`.
        retentions: By name.
        topics: By the topic's name.
    """

    deployments: Mapping[str, Deployment]
    retentions: Mapping[str, Retention]
    topics: Mapping[str, Topic]

    @property
    def logs(self) -> Sequence[str]:
        """The topics whose values are of one message: all but the dead letters."""
        return [name for name, topic in self.topics.items() if topic.record is not None]

    @model_validator(mode="after")
    def _names_are_known(self) -> TopicCatalogue:
        for name, topic in self.topics.items():
            if topic.retention not in self.retentions:
                raise ValueError(f"{name} has an unknown retention, {topic.retention}")
            if topic.owner != PLATFORM and topic.writers != (topic.owner,):
                raise ValueError(f"{name} may be written by its owner only")
        return self

    def shapes(self, deployment: str) -> dict[str, Shape]:
        """Return how each topic is kept in a deployment.

        Raises:
            LookupError: There is no such deployment.
        """
        kept = self.deployments[deployment]
        in_sync = {"min.insync.replicas": str(kept.in_sync_replicas)}
        return {
            name: Shape(
                partitions=topic.partitions,
                replicas=kept.replicas,
                settings={
                    key: str(value)
                    for key, value in self.retentions[topic.retention].settings.items()
                }
                | in_sync,
            )
            for name, topic in self.topics.items()
        }


@cache
def topic_catalogue() -> TopicCatalogue:
    """Return what `proto/topics.toml` says.

    Raises:
        ValueError: The file has an unknown or a missing key, or contradicts itself.
    """
    return TopicCatalogue.model_validate(tomllib.loads(FILE.read_text()))


def _field(record: Descriptor, path: str) -> FieldDescriptor:
    *outer, last = path.split(".")
    message = record
    for name in outer:
        inner = inner_message(message.fields_by_name[name])
        if inner is None:
            raise LookupError(f"{message.full_name}.{name} is no message")
        message = inner
    found: FieldDescriptor = message.fields_by_name[last]
    return found


def _value(record: Message, path: str) -> Any:
    return reduce(getattr, path.split("."), record)
