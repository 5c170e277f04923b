"""Letting readers go past what they cannot use: looking first, then giving a pass."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from kanvas.log.v1.record_pb2 import Pass
from kanvas_platform.kafka.broker.port import Broker, BrokerUnavailable, RawRecord
from kanvas_platform.kafka.halting.passes import pass_record, read_passes
from kanvas_platform.kafka.records.codec import IMPOSSIBLE, Poison, decode, stated_position
from kanvas_platform.kafka.records.logs import RESUME_WINDOW_SECONDS, LogSpec
from kanvas_platform.kafka.records.position import is_next, may_follow
from kanvas_platform.kafka.records.seek import last_before

_FETCH_SECONDS = 1.0
_QUIET_SECONDS = 30.0


class CannotPass(Exception):
    """What was asked for is impossible, or would do nothing; its text says why, for a person."""


@dataclass(slots=True)
class Findings:
    """What no reader of a log can use, from the last pass to the end.

    Attributes:
        topic: The log.
        beginning: Offset where the look began: behind the last pass.
        end: Offset behind the last record.
        unreadable: Offsets of records that cannot be decoded, ascending.
        holes: (position before, position behind, offset of the record behind) of each hole.
    """

    topic: str
    beginning: int
    end: int
    unreadable: list[int] = field(default_factory=list)
    holes: list[tuple[int, int, int]] = field(default_factory=list)

    def through(self, offset: int) -> "Findings":
        """Return what lies at or before an offset."""
        return Findings(
            self.topic,
            self.beginning,
            self.end,
            [at for at in self.unreadable if at <= offset],
            [hole for hole in self.holes if hole[2] <= offset],
        )

    @property
    def last(self) -> int | None:
        """Offset of the last of them; None where there is nothing."""
        return max([*self.unreadable, *(behind for _, _, behind in self.holes)], default=None)

    def lines(self) -> list[str]:
        """Say it, for a person."""
        lines = []
        if self.unreadable:
            first, last = self.unreadable[0], self.unreadable[-1]
            lines.append(
                f"{len(self.unreadable)} records cannot be decoded (offsets {first} to {last})."
            )
        lines += [
            f"Positions after {before} and before {behind} are missing (before offset {offset})."
            for before, behind, offset in self.holes
        ]
        return lines


async def look(broker: Broker, log: LogSpec, now: float) -> Findings:
    """Read a log from the last pass to its end.

    A hole counts where compaction cannot have made it. What fails only in a fold or a callback
    is not found: a reader that stands there says so itself.

    Raises:
        BrokerError: It could not be read.
    """
    beginning = (await broker.beginnings([log.topic]))[log.topic]
    end = (await broker.ends([log.topic]))[log.topic]
    given = (await read_passes(broker)).get(log.topic)
    if given is not None:
        beginning = max(beginning, min(end, given.through_offset + 1))
    before = await last_before(broker, log, beginning)
    look = _Look(Findings(log.topic, beginning, end), log, before.position, before.time, now)
    reader = await broker.read({log.topic: beginning})
    try:
        async with asyncio.timeout(_QUIET_SECONDS) as quiet:
            while reader.offset(log.topic) < end:
                for raw in await reader.fetch(_FETCH_SECONDS):
                    look.take(raw)
                    quiet.reschedule(asyncio.get_running_loop().time() + _QUIET_SECONDS)
    except TimeoutError:
        raise BrokerUnavailable(f"{log.topic} could not be read to its end") from None
    finally:
        await reader.close()
    return look.findings


@dataclass(slots=True)
class _Look:
    findings: Findings
    log: LogSpec
    position: int
    time: float
    now: float

    def take(self, raw: RawRecord) -> None:
        try:
            position = decode(self.log, raw).meta.position
            if not may_follow(position, self.position):
                raise Poison(IMPOSSIBLE)
        except Poison:
            self.findings.unreadable.append(raw.offset)
            stated = stated_position(self.log, raw)
            if stated is None or not is_next(stated, self.position):
                return
            position = stated
        # What is missing was appended after the record before it.
        recent = self.time >= self.now - RESUME_WINDOW_SECONDS
        ahead = position > self.position and not is_next(position, self.position)
        if ahead and recent:
            self.findings.holes.append((self.position, position, raw.offset))
        self.position = max(self.position, position)
        self.time = raw.time


async def check_pass(
    broker: Broker, findings: Findings, through_offset: int, standing: Sequence[int]
) -> None:
    """Refuse a pass that is impossible or would do nothing.

    Args:
        broker: Where the passes are.
        findings: What `look` found in the log.
        through_offset: Up to where readers are to go.
        standing: Offsets of this log at which readers say that they stand.

    Raises:
        CannotPass: See there.
        BrokerError: The passes cannot be read.
    """
    topic = findings.topic
    if not 0 <= through_offset < findings.end:
        last = f"its last offset is {findings.end - 1}" if findings.end else "it is empty"
        raise CannotPass(f"{topic} has no offset {through_offset}: {last}.")
    given = (await read_passes(broker)).get(topic)
    if given is not None and through_offset <= given.through_offset:
        raise CannotPass(
            f"Readers of {topic} may already go past everything up to offset "
            f"{given.through_offset}: {given.because} ({given.given_by})."
        )
    if findings.through(through_offset).last is None and not any(
        at <= through_offset for at in standing
    ):
        raise CannotPass(
            f"Up to offset {through_offset} of {topic}, nothing is unreadable or missing, and "
            "this instance does not stand still there."
        )


async def give_pass(broker: Broker, given: Pass) -> None:
    """Let readers go past: they find it within 30 s, in all services, and after each restart.

    Raises:
        BrokerError: Nobody knows whether it was written; give it again.
    """
    await broker.send(pass_record(given))
