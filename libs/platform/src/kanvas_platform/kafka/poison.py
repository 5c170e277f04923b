"""Setting poison aside: within limits, and with its bytes intact."""

from collections import deque
from dataclasses import replace

from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker import BatchRefused, Broker, OutRecord, RawRecord
from kanvas_platform.kafka.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.observability import get_logger

_MAX_CONSECUTIVE = 20
_RATIO_WINDOW = 1000
_MAX_IN_WINDOW = 50

_log = get_logger(__name__)


class Halted(Exception):
    """Reading must not go on: too much is poison, or the log is not the one that was read."""


class DeadLetters:
    """Where a reader puts the records that it can never use.

    A few bad records must not stop a log. Many mean that the reader is what is bad, a release
    that cannot decode for example, and then it is the reader that must stop: beyond 20 in a row,
    or 50 among the last 1,000 records, `set_aside` raises Halted.
    """

    def __init__(self, *, broker: Broker, reader: str) -> None:
        self._broker = broker
        self._reader = reader
        self._consecutive = 0
        self._recent: deque[bool] = deque(maxlen=_RATIO_WINDOW)

    def accepted(self) -> None:
        """Count a record that was fine."""
        self._consecutive = 0
        self._recent.append(False)

    async def set_aside(self, raw: RawRecord, reason: str) -> None:
        """Copy a record to the dead letters, with its origin in the headers.

        The letter's key is `<topic>@<offset>`: several readers of a log may write the same one.

        Args:
            raw: The record.
            reason: Why, one of a closed set.

        Raises:
            Halted: The limit is reached. Nothing was written or counted.
            BrokerError: It could not be written; try again.
        """
        if self._consecutive >= _MAX_CONSECUTIVE or sum(self._recent) >= _MAX_IN_WINDOW:
            raise Halted(f"too much poison in {raw.topic}, at offset {raw.offset}: {reason}")
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
            value=raw.value or b"",
            headers=(*raw.headers, *origin),
        )
        try:
            await self._broker.send(letter)
        except BatchRefused:
            # With the origin in its headers it can be larger than a record may be. The value
            # still stands where it came from.
            await self._broker.send(replace(letter, value=b""))
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
