"""Setting poison aside: within limits, and with its bytes intact."""

from collections import deque
from dataclasses import dataclass, replace

from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker.port import BatchRefused, Broker, OutRecord, RawRecord
from kanvas_platform.kafka.halting.passes import Passes
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.observability import get_logger
from kanvas_platform.standing import Cause

_MAX_CONSECUTIVE = 20
_RATIO_WINDOW = 1000
_MAX_IN_WINDOW = 50

_log = get_logger(__name__)


class Halted(Exception):
    """Reading must not go on: too much is poison, or the log is another one than before.

    Attributes:
        topic: The log.
        offset: Where reading stands: offset of the record that it must not go past.
        cause: Why, one of a closed set.
    """

    def __init__(self, why: str, *, topic: str, offset: int, cause: Cause) -> None:
        super().__init__(why)
        self.topic = topic
        self.offset = offset
        self.cause: Cause = cause


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was set aside of late.

    Attributes:
        consecutive: How many of the last records, one after the other.
        recent: Of the last 1,000 records the oldest first: `x` was set aside, `.` was not.
    """

    consecutive: int
    recent: str


class DeadLetters:
    """Where a reader puts the records that it can never use.

    A few bad records must not stop a log. Many mean that the reader is what is bad, a release
    that cannot decode for example, and then it is the reader that must stop: beyond 20 in a row,
    or 50 among the last 1,000 records, `set_aside` raises Halted.

    An operator can tell which of the two it is: records that a pass covers are set aside without
    limit, and do not count behind it.
    """

    def __init__(self, *, broker: Broker, reader: str) -> None:
        self._broker = broker
        self._reader = reader
        self._passes = Passes(broker)
        self._consecutive = 0
        self._recent: deque[bool] = deque(maxlen=_RATIO_WINDOW)

    @property
    def tally(self) -> Tally:
        """What counts against the limits, for an instance that reads on from here."""
        return Tally(self._consecutive, "".join("x" if bad else "." for bad in self._recent))

    def restore(self, tally: Tally) -> None:
        """Count on from a tally."""
        self._consecutive = tally.consecutive
        self._recent.extend(mark == "x" for mark in tally.recent)

    def accepted(self) -> None:
        """Count a record that was fine."""
        self._consecutive = 0
        self._recent.append(False)

    async def set_aside(self, raw: RawRecord, reason: str, *, secret: bool) -> None:
        """Copy a record to the dead letters, with its origin in the headers.

        The letter's key is `<topic>@<offset>`: several readers of a log may write the same one.
        The bytes of a secret record stay where they are: operators read the dead letters, and only
        the record's own service may read its log.

        Args:
            raw: The record.
            reason: Why, one of a closed set.
            secret: Whether the record's log holds secrets.

        Raises:
            Halted: The limit is reached, and no pass covers the record. Nothing was written or
                counted.
            BrokerError: It could not be written; try again.
        """
        if self._consecutive >= _MAX_CONSECUTIVE or sum(self._recent) >= _MAX_IN_WINDOW:
            if not await self._passes.cover(raw.topic, raw.offset):
                raise Halted(
                    f"too much of {raw.topic} cannot be used, up to offset {raw.offset}: {reason}",
                    topic=raw.topic,
                    offset=raw.offset,
                    cause="poison",
                )
            self._consecutive = 0
            self._recent.clear()
        origin = (
            ("kanvas-origin-topic", raw.topic.encode()),
            ("kanvas-origin-offset", str(raw.offset).encode()),
            ("kanvas-origin-time", str(raw.time).encode()),
            ("kanvas-reader", self._reader.encode()),
            ("kanvas-reason", reason.encode()),
        )
        letter = OutRecord(
            topic=DEAD_LETTERS_TOPIC,
            key=f"{raw.topic}@{raw.offset}".encode(),
            value=b"" if secret else raw.value or b"",
            headers=(*raw.headers, *origin),
        )
        try:
            await self._broker.send(letter)
        except BatchRefused:
            # With the origin in its headers it can be larger than a record may be. The value
            # still stands where it came from.
            await self._broker.send(replace(letter, value=b""))
        if not self._passes.covers(raw.topic, raw.offset):
            self._consecutive += 1
            self._recent.append(True)
        metrics.poison.labels(self._reader, raw.topic, reason).inc()
        _log.error(
            "record set aside",
            reader=self._reader,
            topic=raw.topic,
            offset=raw.offset,
            reason=reason,
        )
