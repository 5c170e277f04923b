"""What an operator lets readers go past, as it stands in `kanvas.passes.v1`."""

import asyncio
from collections.abc import Mapping

from google.protobuf.message import DecodeError

from kanvas.log.v1.record_pb2 import Pass
from kanvas_platform.kafka.broker.port import Broker, BrokerError, BrokerUnavailable, OutRecord
from kanvas_platform.kafka.records.codec import event_headers
from kanvas_platform.kafka.records.logs import PASSES_TOPIC
from kanvas_platform.observability import get_logger

_READ_SECONDS = 10.0
_FETCH_SECONDS = 0.5

_log = get_logger(__name__)


async def read_passes(broker: Broker) -> Mapping[str, Pass]:
    """Return the last pass of each topic.

    Raises:
        BrokerError: They could not all be read within 10 s.
    """
    passes: dict[str, Pass] = {}
    try:
        async with asyncio.timeout(_READ_SECONDS):
            offset = (await broker.beginnings([PASSES_TOPIC]))[PASSES_TOPIC]
            end = (await broker.ends([PASSES_TOPIC]))[PASSES_TOPIC]
            reader = await broker.read({PASSES_TOPIC: offset})
            try:
                while reader.offset(PASSES_TOPIC) < end:
                    for raw in await reader.fetch(_FETCH_SECONDS):
                        try:
                            given = Pass.FromString(raw.value or b"")
                        except DecodeError:
                            _log.warning("a pass cannot be read", offset=raw.offset)
                            continue
                        passes[given.topic] = given
            finally:
                await reader.close()
    except TimeoutError:
        raise BrokerUnavailable(f"{PASSES_TOPIC} could not be read in time") from None
    return passes


def pass_record(given: Pass) -> OutRecord:
    """Return the record that gives a pass."""
    headers = event_headers(
        identifier=f"{given.topic}@{given.through_offset}",
        source=f"/kanvas/operator/{PASSES_TOPIC}",
        event="kanvas.log.pass.v1",
        subject=given.topic,
        time=given.given_at.seconds,
        trace="",
    )
    return OutRecord(PASSES_TOPIC, given.topic.encode(), given.SerializeToString(), headers)


class Passes:
    """What one reader knows of passes. It reads them only when it needs one that it lacks."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._known: Mapping[str, Pass] = {}

    async def cover(self, topic: str, offset: int) -> bool:
        """Tell whether an operator lets readers go past a record of a topic.

        False also while the passes cannot be read: ask again later.
        """
        if self.covers(topic, offset):
            return True
        try:
            self._known = await read_passes(self._broker)
        except BrokerError as error:
            _log.warning("cannot read the passes", topic=topic, error=repr(error))
        return self.covers(topic, offset)

    def covers(self, topic: str, offset: int) -> bool:
        """Tell the same from what was read before."""
        given = self._known.get(topic)
        return given is not None and offset <= given.through_offset
