"""Finding a place in a log whose offsets mean nothing to anyone else.

Positions ascend with offsets, so a position is found by bisection. A log may hold a few records
with any other position, which no writer has made: no single record decides where a reader goes.
"""

from collections.abc import Sequence
from typing import NamedTuple

from kanvas_platform.kafka.broker.port import Broker, RawRecord
from kanvas_platform.kafka.records.codec import Poison, decode, stated_position
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.records.position import is_next, may_follow

_CLOSE_ENOUGH = 500
_PROBE_SECONDS = 1.0
_FIRST_STEP_BACK = 64
_WITNESSES = 3
"""Records in a row that must stand at or below a position before all before them are skipped."""


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
        found = await _first_positions(broker, log, middle, high)
        if found and max(found) <= position:
            low = middle
        else:
            high = middle
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
        found = await _between(broker, log, start, offset)
        if start == beginning:
            found = [Last(0, 0.0), *found]
        if len(found) > 1:
            return newest(found)
        step *= 8
    return Last(0, 0.0)


def newest(found: Sequence[Last]) -> Last:
    """Return the last record of a stretch that its writer can have made.

    Args:
        found: At least one record, in the order of the log. One that no other can follow, and
            that can follow no other, is no record of the writer.
    """
    last = found[0]
    for one in found[1:]:
        ascends = one.position > last.position
        if ascends and may_follow(one.position, last.position):
            last = one
        elif not ascends and not may_follow(last.position, one.position):
            last = one  # what was taken for the last one was impossible
    return last


async def _first_positions(broker: Broker, log: LogSpec, start: int, end: int) -> list[int]:
    """Return the positions of the first few records from an offset on."""
    positions: list[int] = []
    reader = await broker.read({log.topic: start})
    try:
        while reader.offset(log.topic) < end and len(positions) < _WITNESSES:
            for raw in await reader.fetch(_PROBE_SECONDS):
                position = _position(log, raw)
                if raw.offset < end and position is not None:
                    positions.append(position)
    finally:
        await reader.close()
    return positions[:_WITNESSES]


async def _between(broker: Broker, log: LogSpec, start: int, end: int) -> list[Last]:
    found: list[Last] = []
    reader = await broker.read({log.topic: start})
    try:
        while reader.offset(log.topic) < end:
            for raw in await reader.fetch(_PROBE_SECONDS):
                position = _position(log, raw, found[-1].position if found else None)
                if raw.offset < end and position is not None:
                    found.append(Last(position, raw.time))
    finally:
        await reader.close()
    return found


def _position(log: LogSpec, raw: RawRecord, previous: int | None = None) -> int | None:
    try:
        return decode(log, raw).meta.position
    except Poison:
        stated = stated_position(log, raw)
    # As readers have it: one that nobody can read is believed where it is the very next one.
    if stated is None or previous is None or not is_next(stated, previous):
        return None
    return stated
