"""Where a fold stands: what an instance needs to read on as if it had never stopped."""

import hashlib
from collections.abc import Mapping
from typing import Final, Self

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from kanvas_platform.kafka.broker.port import RawRecord
from kanvas_platform.kafka.halting.dead_letters import Tally

CHECKPOINT_KEY: Final = b"\xf0"
"""Key at which a store holds the checkpoint of what else is in it."""

_DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Witness:
    """The last record that a reader went past. Where it stands no more, the log is another one.

    Attributes:
        offset: Its offset.
        digest: The first 8 bytes of SHA-256 of its key and value, in hexadecimal digits.
    """

    offset: int
    digest: str

    @classmethod
    def of(cls, raw: RawRecord) -> Self:
        """Return what a record attests."""
        digest = hashlib.sha256()
        for part in (raw.key, raw.value):
            digest.update(len(part or b"").to_bytes(8, "big") + (part or b""))
        return cls(raw.offset, digest.digest()[:_DIGEST_BYTES].hex())


@dataclass(frozen=True, slots=True)
class CursorPoint:
    """Where a reader stands in one log.

    Attributes:
        offset: Offset of the next record.
        position: Position up to which everything is applied.
        source: Last source position of a copied record.
        complete_until: Up to this Unix time nothing stood after `position`.
        began: Position at which the reader began; None before its first record.
        lost_copy: Of a copy that was displaced, when it was decided, in hexadecimal digits of the
            Timestamp, and its source position.
        witness: None where no record was read yet.
    """

    offset: int
    position: int
    source: int
    complete_until: float
    began: int | None
    lost_copy: tuple[str, int] | None
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class WindowPoint:
    """Where the window of commands stands; the commands stand beside it in the store.

    Attributes:
        floor: See `CommandWindow`.
        now: The time up to which commands are expired; None before the first one.
    """

    floor: float
    now: float | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the fold of a main log and its side logs stands, in one transaction with the state.

    Side records that wait for the main log are not in it: the reader has not gone past them.

    Attributes:
        since: Unix time at which the fold from the beginning began.
        appended: Unix time at which the newest record was appended, by the broker's clock.
        cursors: By topic.
        window: The window of commands.
        letters: What was set aside of late.
    """

    since: float
    appended: float
    cursors: Mapping[str, CursorPoint]
    window: WindowPoint
    letters: Tally

    @property
    def whole_until(self) -> float:
        """The Unix time up to which the fold is known to have met every record as it was written.

        That is when it was at the end of all logs. One that has not come there yet has met the
        logs as they were when it began: reading on is no other than reading slowly.
        """
        return max(self.since, min(cursor.complete_until for cursor in self.cursors.values()))

    def encode(self) -> bytes:
        """Return it as JSON."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def decode(cls, data: bytes) -> "Checkpoint":
        """Return what `encode` has made into bytes.

        Raises:
            ValueError: Nothing that it has made.
        """
        return _ADAPTER.validate_json(data)


_ADAPTER: Final = TypeAdapter(Checkpoint)
