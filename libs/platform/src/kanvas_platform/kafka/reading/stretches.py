"""A log in stretches, for those who look at it beside its readers: to compare, not to follow.

What counts is what readers admit: each position once, in ascending order. But nothing is set aside,
and no count is changed: whoever only looks leaves no trace.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import NamedTuple

from kanvas_platform.kafka.broker.port import Broker, BrokerUnavailable, RawRecord, Reader
from kanvas_platform.kafka.records.codec import LogEntry, Poison, decode, stated_position
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.records.position import is_next, may_follow
from kanvas_platform.kafka.records.seek import last_before

_FETCH_SECONDS = 1.0
_SILENCE_MAX = 30
"""Fetches in a row that may bring nothing although the end is not reached."""


class Place(NamedTuple):
    """Where a reading begins.

    Attributes:
        offset: Of the first record to be read.
        position: Of the last record before it; 0 where there is none.
    """

    offset: int
    position: int


@dataclass(frozen=True)
class Stretch:
    """Consecutive records of a log.

    Attributes:
        entries: All that is left of the records after one position, through another.
        after: The position of the last record before the stretch.
        through: The position of its last record.
    """

    entries: tuple[LogEntry, ...]
    after: int
    through: int


async def place_at(broker: Broker, log: LogSpec, offset: int) -> Place:
    """Return where to read from an offset on.

    Raises:
        BrokerError: The log cannot be read.
    """
    return Place(offset, (await last_before(broker, log, offset)).position)


async def stretches(
    broker: Broker, log: LogSpec, start: Place, end: int, *, most: int
) -> AsyncGenerator[Stretch, None]:
    """Yield a log in stretches of `most` records; only the last one may be shorter.

    Args:
        broker: Where the log is.
        log: The log.
        start: Where to begin.
        end: The offset to stop at.
        most: Records in a stretch.

    Raises:
        BrokerError: The log cannot be read, or nothing came for half a minute.
    """
    reader = await broker.read({log.topic: start.offset})
    try:
        reached, after = start.position, start.position
        entries: list[LogEntry] = []
        async with aclosing(_records(reader, log.topic, end)) as records:
            async for raw in records:
                entry, reached = _admitted(log, raw, reached)
                if entry is not None:
                    entries.append(entry)
                if len(entries) == most:
                    yield Stretch(tuple(entries), after, reached)
                    entries, after = [], reached
        if entries:
            yield Stretch(tuple(entries), after, reached)
    finally:
        await reader.close()


async def _records(reader: Reader, topic: str, end: int) -> AsyncGenerator[RawRecord, None]:
    silent = 0
    while reader.offset(topic) < end:
        fetched = await reader.fetch(_FETCH_SECONDS)
        silent = 0 if fetched else silent + 1
        if silent == _SILENCE_MAX:
            raise BrokerUnavailable(f"no record of {topic} came for {_SILENCE_MAX} s")
        for raw in fetched:
            if raw.offset < end:
                yield raw


def _admitted(log: LogSpec, raw: RawRecord, reached: int) -> tuple[LogEntry | None, int]:
    """Return a record if readers admit it, and the position that they have come to with it."""
    try:
        entry = decode(log, raw)
    except Poison:
        stated = stated_position(log, raw)
        return None, stated if stated is not None and is_next(stated, reached) else reached
    position = entry.meta.position
    if position <= reached or not may_follow(position, reached):
        return None, reached
    return entry, position
