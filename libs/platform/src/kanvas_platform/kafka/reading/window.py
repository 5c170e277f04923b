"""The commands of the last day, so that a repeat gets the first answer.

The window is part of the fold: it is built from the `meta` of the records, so that a new writer
knows it. It is held in memory, and what changes in it is written to the space of the state, so
that an instance that reads on from a store knows it too. It is bounded by age and by count.
Whatever leaves it raises `floor`, and a command whose id is not younger than the floor is refused
as expired rather than decided a second time.
"""

import hashlib
import json
from collections import deque
from dataclasses import dataclass
from typing import Final

from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.ids import id_time
from kanvas_platform.kafka.contract import Receipt
from kanvas_platform.kafka.reading.checkpoint import WindowPoint
from kanvas_platform.kafka.store.space import Space

WINDOW_SECONDS: Final = 24 * 3600.0
COMMANDS_MAX: Final = 250_000
AHEAD_SECONDS: Final = 60.0
"""How far ahead of the writer's clock the time of a command id may be."""

_COMMANDS: Final = b"\xf1"
"""Group of the commands in the space, each at its number."""


@dataclass(slots=True)
class Remembered:
    """A command that was committed.

    Attributes:
        fingerprint: That of its content.
        issued: Unix time in its id, in seconds.
        number: How many commands came into the window before it.
        main_position: Position of the main log that its records rest on.
        positions: By topic, position of its last record.
        decided: When the records that stand were decided, in ns. Names the decision: a command
            of which no record stands is decided again.
        displaced: By topic, the last decision of which a record does not stand; None as a rule.
    """

    fingerprint: int
    issued: float
    number: int
    main_position: int
    positions: dict[str, int]
    decided: int
    displaced: dict[str, int] | None = None

    @property
    def partial(self) -> bool:
        """Whether some of its records stand while foreign ones have the places of others."""
        return self.displaced is not None and self.decided in self.displaced.values()


class CommandWindow:
    """What is remembered of recent commands, by actor and id.

    Attributes:
        floor: Commands issued at or before this Unix time are not remembered reliably.
    """

    def __init__(
        self,
        main: str,
        *,
        space: Space | None = None,
        seconds: float = WINDOW_SECONDS,
        count: int = COMMANDS_MAX,
    ) -> None:
        """Make an empty window.

        Args:
            main: Topic of the main log.
            space: Where it is written to; None: nowhere.
            seconds: How long commands are remembered.
            count: How many are.
        """
        self.floor = 0.0
        self._main = main
        self._space = space
        self._number = 0
        self._seconds = seconds
        self._count = count
        self._commands: dict[bytes, Remembered] = {}
        self._order: deque[bytes] = deque()
        self._now = float("inf")

    def __len__(self) -> int:
        return len(self._commands)

    @property
    def point(self) -> WindowPoint:
        """Where the window stands, for `restore`."""
        return WindowPoint(self.floor, None if self._now == float("inf") else self._now)

    def restore(self, point: WindowPoint) -> None:
        """Remember what another window has written to the space up to a point."""
        assert self._space is not None  # noqa: S101 - a point comes out of a store
        self.floor = point.floor
        self._now = float("inf") if point.now is None else point.now
        for rank, value in self._space.descending(_COMMANDS, None):
            name, known = _decode(int.from_bytes(rank, "big"), value)
            self._commands[name] = known
            self._order.appendleft(name)
            self._number = max(self._number, known.number + 1)

    def expired(self, identifier: str, now: float) -> bool:
        """Tell whether a command id is too old to know whether it is a repeat."""
        issued = id_time(identifier)
        return issued <= self.floor or issued < now - self._seconds

    def find(self, actor: str, identifier: str) -> Remembered | None:
        """Return what is remembered of a command, unless none of its records stands."""
        known = self._commands.get(_name(actor, identifier))
        return known if known is not None and known.positions else None

    def receipt(self, remembered: Remembered, *, repeated: bool) -> Receipt:
        """Return the answer that a command got."""
        positions = remembered.positions
        position = positions.get(self._main, remembered.main_position)
        return Receipt(position, dict(positions), repeated)

    def add(self, topic: str, meta: RecordMeta) -> None:
        """Remember the command that made a record, if one did."""
        if not meta.command_id:
            return
        known = self._remember(meta)
        if known.decided != _decided(meta):
            known.positions = {}  # decided again: what stands of the first time counts no more
            known.decided = _decided(meta)
            known.fingerprint = meta.fingerprint
        known.positions[topic] = meta.position
        known.main_position = max(known.main_position, meta.main_position)
        self._write(meta, known)

    def displace(self, topic: str, meta: RecordMeta) -> bool:
        """Note a record that was ignored since another one is at its position, or a higher one.

        Returns False if it is only read once more, having been added before.
        """
        if not meta.command_id:
            return False
        known = self._remember(meta)
        if known.positions.get(topic, 0) >= meta.position:
            return False
        known.displaced = {**(known.displaced or {}), topic: _decided(meta)}
        self._write(meta, known)
        return True

    def _remember(self, meta: RecordMeta) -> Remembered:
        name = _name(meta.actor_id, meta.command_id)
        known = self._commands.get(name)
        if known is None:
            known = Remembered(
                fingerprint=meta.fingerprint,
                issued=id_time(meta.command_id),
                number=self._number,
                main_position=0,
                positions={},
                decided=_decided(meta),
            )
            self._number += 1
            self._commands[name] = known
            self._order.append(name)
            while len(self._order) > self._count:
                self._forget_first()
        return known

    def expire(self, now: float) -> None:
        """Forget the commands that are refused by now because of their age.

        In the order in which they were decided: one stays at most for the window plus
        `AHEAD_SECONDS` after its decision.
        """
        self._now = now
        while self._order and self._commands[self._order[0]].issued < now - self._seconds:
            self._forget_first()

    def _write(self, meta: RecordMeta, known: Remembered) -> None:
        if self._space is not None:
            value = _encode(_name(meta.actor_id, meta.command_id), known)
            self._space.set(_COMMANDS, value, rank=_rank(known))

    def _forget_first(self) -> None:
        forgotten = self._commands.pop(self._order.popleft())
        if self._space is not None:
            self._space.delete(_COMMANDS, rank=_rank(forgotten))
        # No writer has taken a command with such an id. Were the floor raised to it, every command
        # would be expired until then.
        if forgotten.issued <= self._now + AHEAD_SECONDS:
            self.floor = max(self.floor, forgotten.issued)


def _decided(meta: RecordMeta) -> int:
    # Not `ToNanoseconds`: it raises where the time of a foreign record is none.
    return meta.decided_at.seconds * 1_000_000_000 + meta.decided_at.nanos


def _name(actor: str, identifier: str) -> bytes:
    # 16 bytes where the two strings would be 170; still beyond any chance of collision.
    return hashlib.blake2b(f"{actor}\0{identifier}".encode(), digest_size=16).digest()


def _rank(known: Remembered) -> bytes:
    return known.number.to_bytes(8, "big")


def _encode(name: bytes, known: Remembered) -> bytes:
    """Return a command as JSON: a list, since there may be as many as `COMMANDS_MAX`."""
    fields = (
        name.hex(),
        known.fingerprint,
        known.issued,
        known.main_position,
        known.positions,
        known.decided,
        known.displaced,
    )
    return json.dumps(fields, separators=(",", ":")).encode()


def _decode(number: int, value: bytes) -> tuple[bytes, Remembered]:
    name, mark, issued, main_position, positions, decided, displaced = json.loads(value)
    known = Remembered(
        fingerprint=mark,
        issued=issued,
        number=number,
        main_position=main_position,
        positions=positions,
        decided=decided,
        displaced=displaced,
    )
    return bytes.fromhex(name), known
