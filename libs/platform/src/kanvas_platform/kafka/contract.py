"""What a service plugs into the writer: a state that the log folds into, and a decision."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self, TypeVar

from google.protobuf.message import Message

from kanvas_platform.errors import Unavailable
from kanvas_platform.kafka.records.logs import Draft


class StoreFailed(Unavailable):
    """What holds a state cannot be read or written at present: a full disk, no memory.

    No record and no command is at fault, so none is set aside or answered because of it. The
    replica stops reading and tries again; the instance gives up leading meanwhile. Only a read
    that somebody asks for is answered with it: another instance can answer.

    Attributes:
        why: What the store has said. It does not leave the process.
    """

    def __init__(self, why: str) -> None:
        super().__init__("The state of this instance cannot be read at present.")
        self.why = why

    def __str__(self) -> str:
        return self.why


class StoreBroken(StoreFailed):
    """What holds a state is damaged, or may be: it is set aside and the process ends."""


STORE_FAILURES: Final = (StoreFailed, OSError, MemoryError)
"""What `apply` and `decide` raise where the store fails, as `StoreFailed` or as they met it."""


class State(Protocol):
    """What a main log and its side logs fold into. Pure: no input, no output, no clock."""

    def overlay(self) -> Self:
        """Return a discardable layer over this state.

        The decisions of an open batch are applied to the layer, never to the state below, which
        does not change while the layer lives.
        """
        ...

    def apply(self, topic: str, record: Message) -> None:
        """Fold one record, committed or about to be.

        Deterministic, and never raises for a record that `decide` made, except where what holds
        the state fails (`STORE_FAILURES`): then the same record comes again, and finds the state
        as it was or with this record in it. Within a topic, records
        come in ascending position. A record of a side log comes after the record of the main log
        at its `meta.main_position`; nothing more is promised about the order between topics, so
        the result must not depend on it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done.

    Attributes:
        id: UUIDv7 chosen by the caller, in canonical form. A repeat with the same id and actor
            gets the first answer. "" for what the writer does by itself, which is never
            deduplicated.
        actor: Account that gives the command; "" for the writer itself.
        body: What `decide` looks at.
        content: What the fingerprint covers: deterministic bytes of the body, without secrets or
            anything random, so that an honest repeat has the same ones.
    """

    id: str
    actor: str
    body: object
    content: bytes

    @classmethod
    def of_writer(cls, body: object) -> "Command":
        """Return a command that the writer gives by itself."""
        return cls(id="", actor="", body=body, content=b"")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a command.

    Attributes:
        position: Position of the command's last record in the main log. Where it made none there,
            a position of the main log that includes everything the answer rests on.
        positions: By topic, position of the command's last record; empty for a no-op.
        repeated: Whether this is the first answer to an earlier command with the same id.
    """

    position: int
    positions: Mapping[str, int]
    repeated: bool = False


S_contra = TypeVar("S_contra", contravariant=True)


class Decide(Protocol[S_contra]):
    """What decides a command: pure, quick (it runs on the event loop), a function of its input."""

    def __call__(self, state: S_contra, command: Command, now: float, /) -> Sequence[Draft]:
        """Return the records that the command makes; none if there is nothing to do.

        Args:
            state: The folded log plus the open batch. Read it, never change it.
            command: What is wanted.
            now: Unix time in seconds, by the writer's clock.

        Raises:
            KanvasError: The command is refused, for the reason the caller is told.
            StoreFailed: The state cannot be read; see there.
        """
        ...


def fingerprint(content: bytes) -> int:
    """Return the first 8 bytes of SHA-256, big-endian, as stored in `RecordMeta.fingerprint`."""
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big")


OnApplied = Callable[[str, Message], None]
"""Called with topic and record after each record that a replica folded; must not raise."""
