"""Finding a place in a log whose offsets mean nothing to anyone else.

Positions ascend with offsets, so a position is found by bisection.
"""

from typing import NamedTuple

from kanvas_platform.kafka.broker import Broker, RawRecord
from kanvas_platform.kafka.codec import Poison, decode, stated_position
from kanvas_platform.kafka.logs import LogSpec

_CLOSE_ENOUGH = 500
_PROBE_SECONDS = 1.0
_FIRST_STEP_BACK = 64


async def offset_after(broker: Broker, log: LogSpec, position: int) -> int:
    """Return an offset at or below that of the first record after a position.

    At most a few hundred records at or below the position lie between: the reader skips them.

    Raises:
        BrokerError: The log cannot be read.
    """
    low = (await broker.beginnings([log.topic]))[log.topic]
    high = (await broker.ends([log.topic]))[log.topic]
    while high - low > _CLOSE_ENOUGH:
        middle = (low + high) // 2
        found = await _first_position(broker, log, middle, high)
        if found is None or found > position:
            high = middle
        else:
            low = middle
    return low


class Last(NamedTuple):
    """Position of a record, and the Unix time at which it was appended."""

    position: int
    time: float


async def last_before(broker: Broker, log: LogSpec, offset: int) -> Last:
    """Return where the last record below an offset stands; position 0 where there is none.

    Raises:
        BrokerError: The log cannot be read.
    """
    beginning = (await broker.beginnings([log.topic]))[log.topic]
    step = _FIRST_STEP_BACK
    start = offset
    while start > beginning:
        start = max(beginning, offset - step)
        last = await _last(broker, log, start, offset)
        if last is not None:
            return last
        step *= 8
    return Last(0, 0.0)


async def _first_position(broker: Broker, log: LogSpec, start: int, end: int) -> int | None:
    reader = await broker.read({log.topic: start})
    try:
        while reader.offset(log.topic) < end:
            for raw in await reader.fetch(_PROBE_SECONDS):
                position = _position(log, raw)
                if raw.offset < end and position is not None:
                    return position
    finally:
        await reader.close()
    return None


async def _last(broker: Broker, log: LogSpec, start: int, end: int) -> Last | None:
    last = None
    reader = await broker.read({log.topic: start})
    try:
        while reader.offset(log.topic) < end:
            for raw in await reader.fetch(_PROBE_SECONDS):
                position = _position(log, raw)
                if raw.offset < end and position is not None:
                    last = Last(position, raw.time)
    finally:
        await reader.close()
    return last


def _position(log: LogSpec, raw: RawRecord) -> int | None:
    try:
        return decode(log, raw).meta.position
    except Poison:
        return stated_position(log, raw)
