"""What stands in a topic, and how far it can be read."""

from dataclasses import dataclass, field
from enum import Enum

from kanvas_platform.kafka.broker.port import Appended, OutRecord, RawRecord


class Fate(Enum):
    """What became of a transaction."""

    OPEN = "open"
    COMMITTED = "committed"
    ABORTED = "aborted"


@dataclass(slots=True, eq=False)
class Transaction:
    """Records of several topics that can be read together, or never.

    Attributes:
        fate: Whether it is decided, and how.
        topics: Those in which its marker is still to be written.
        appended: Where its records stand, in their order.
    """

    fate: Fate = Fate.OPEN
    topics: list[str] = field(default_factory=list)
    appended: list[Appended] = field(default_factory=list)


@dataclass(slots=True)
class Slot:
    """An offset: of a record or, where `raw` is None, of a marker or a removed record."""

    raw: RawRecord | None
    transaction: Transaction | None = None

    @property
    def committed(self) -> RawRecord | None:
        """Its record, if that stands in no transaction or in one that is committed."""
        decided = self.transaction is None or self.transaction.fate is Fate.COMMITTED
        return self.raw if decided else None


class Topic:
    """The slots of a topic from offset `first` on, readable up to `stable`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.first = 0
        self.slots: list[Slot] = []
        self.stable = 0
        self._open: list[tuple[int, Transaction]] = []

    @property
    def end(self) -> int:
        """The offset that the next record gets."""
        return self.first + len(self.slots)

    def append(self, record: OutRecord, time: float, transaction: Transaction | None) -> None:
        """Append a record; with a transaction, nobody can read it until that is marked."""
        raw = RawRecord(
            topic=self.name,
            offset=self.end,
            key=record.key,
            value=record.value,
            headers=record.headers,
            time=time,
        )
        if transaction is not None and all(held is not transaction for _, held in self._open):
            self._open.append((self.end, transaction))
        self.slots.append(Slot(raw, transaction))
        self._move_stable()

    def mark(self, transaction: Transaction) -> None:
        """Write the marker of a decided transaction."""
        self._open = [(at, held) for at, held in self._open if held is not transaction]
        self.slots.append(Slot(None))
        self._move_stable()

    def readable(self, offset: int, limit: int) -> tuple[list[RawRecord], int]:
        """Return records from an offset on, and the offset that follows them."""
        found: list[RawRecord] = []
        while offset < self.stable and len(found) < limit:
            raw = self.slots[offset - self.first].committed
            if raw is not None:
                found.append(raw)
            offset += 1
        return found, offset

    def committed(self) -> list[RawRecord]:
        """Return the committed records, also those that cannot be read yet."""
        return [raw for slot in self.slots if (raw := slot.committed) is not None]

    def cut(self, below: int) -> None:
        """Remove what stands below an offset, as retention would."""
        del self.slots[: max(0, below - self.first)]
        self.first = max(self.first, below)

    def compact(self, below: int) -> None:
        """Remove, below an offset, the records that have a later one with the same key."""
        last = {slot.raw.key: slot.raw.offset for slot in self.slots if slot.raw is not None}
        for slot in self.slots:
            raw = slot.raw
            if raw is not None and raw.offset < below and last[raw.key] > raw.offset:
                slot.raw = None

    def offset_at(self, time: float) -> int:
        """Return the offset of the first record that is not older than a Unix time."""
        raws = (slot.raw for slot in self.slots if slot.raw is not None)
        return next((raw.offset for raw in raws if raw.time >= time), self.stable)

    def _move_stable(self) -> None:
        self.stable = min((at for at, _ in self._open), default=self.end)
