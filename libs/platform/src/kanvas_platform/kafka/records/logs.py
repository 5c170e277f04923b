"""What a log is, and what a decision puts into it."""

from dataclasses import dataclass
from functools import cached_property

from google.protobuf.message import Message

from kanvas_platform.privacy import holds_secret

LEADERS_TOPIC = "kanvas.leaders.v1"
DEAD_LETTERS_TOPIC = "kanvas.dead-letters.v1"
PASSES_TOPIC = "kanvas.passes.v1"

RESUME_WINDOW_SECONDS = 7 * 24 * 3600.0
"""`min.compaction.lag.ms` of every log: records younger than this are all there, without holes."""

RECORD_BYTES_MAX = 768 * 1024
"""Largest record that the writer accepts, below the broker's `max.message.bytes` of 1 MiB."""


@dataclass(frozen=True)
class LogSpec:
    """A topic of one partition that holds the records of one writer.

    Attributes:
        topic: Name of the topic, such as `kanvas.feed.v1`.
        record_type: Type of its values. Field 1 is `kanvas.log.v1.RecordMeta meta`.
        source: CloudEvents source of its records, `/kanvas/<service>/<topic>`.
    """

    topic: str
    record_type: type[Message]
    source: str

    @cached_property
    def is_secret(self) -> bool:
        """Whether its records hold secrets: then their bytes stay in this log."""
        return holds_secret(self.record_type)


@dataclass(frozen=True)
class Draft:
    """A record as `decide` makes it. The writer numbers it and fills in `record.meta`.

    Attributes:
        log: Log it goes to: the writer's main log or one of its side logs.
        key: Key of the entity whose whole new state the record is, such as `post:<id>`. Ids only:
            keys are read by everyone and live for ever.
        type: CloudEvents type, such as `kanvas.feed.post.v1`.
        record: Message of the log's `record_type`, without `meta`. Handed over: the caller must
            not touch it again.
        source_position: For a copy, position in the log that is copied; 0 otherwise. Every draft
            of a copied record carries it: the writer drops drafts at or below the last source
            position in its main log, so that a copy repeated after an unknown outcome is not
            written twice.
    """

    log: LogSpec
    key: str
    type: str
    record: Message
    source_position: int = 0
