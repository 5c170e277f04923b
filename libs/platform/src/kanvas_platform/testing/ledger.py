"""The smallest service there can be: names are claimed and counted up.

For tests of the writer kit, and to be read as an example of what a service plugs in. A record is
`LedgerRecord {meta, name, owner, total, padding}`; each change of a total is also told to a side
log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

from kanvas.log.v1 import record_pb2
from kanvas_platform.errors import AlreadyExists, NotFound
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.records.logs import Draft, LogSpec
from kanvas_platform.kafka.store.codecs import NUMBER, NUMBER_BYTES, TEXT, Codec
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Table

_FIELD = descriptor_pb2.FieldDescriptorProto


def _make_record_type() -> type[Message]:
    file = descriptor_pb2.FileDescriptorProto(
        name="kanvas_platform/testing/ledger.proto",
        package="kanvas_platform.testing",
        syntax="proto3",
        dependency=[record_pb2.DESCRIPTOR.name],
    )
    message = file.message_type.add(name="LedgerRecord")
    message.field.add(
        name="meta",
        number=1,
        type=_FIELD.TYPE_MESSAGE,
        type_name=".kanvas.log.v1.RecordMeta",
        label=_FIELD.LABEL_OPTIONAL,
    )
    scalars = [
        ("name", _FIELD.TYPE_STRING),
        ("owner", _FIELD.TYPE_STRING),
        ("total", _FIELD.TYPE_INT64),
        ("padding", _FIELD.TYPE_BYTES),
    ]
    for number, (name, kind) in enumerate(scalars, start=2):
        message.field.add(name=name, number=number, type=kind, label=_FIELD.LABEL_OPTIONAL)
    pool = descriptor_pool.Default()
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName("kanvas_platform.testing.LedgerRecord")
    return message_factory.GetMessageClass(descriptor)


LedgerRecord: Any = _make_record_type()
"""Made at run time, so that the kit needs no product's protos; hence without static types."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Become the owner of a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Add:
    """Count a claimed name up; `padding` bytes make the record larger."""

    name: str
    amount: int
    padding: int = 0


@dataclass(frozen=True, slots=True)
class Release:
    """Give a name up; it counts from 0 again when it is claimed next."""

    name: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Take over names from another log; pairs of source position and name."""

    names: tuple[tuple[int, str], ...]


def command(
    body: Claim | Add | Release | Copy, *, actor: str = "ann", now: float | None = None
) -> Command:
    """Return a command with a new id; copies have none."""
    identifier = "" if isinstance(body, Copy) else new_id(now)
    return Command(identifier, actor, body, repr(body).encode())


_UNCLAIMED = ("", 0)


def _encode_owned(owned: tuple[str, int]) -> bytes:
    owner, total = owned
    return NUMBER.encode(total) + TEXT.encode(owner)


def _decode_owned(data: bytes) -> tuple[str, int]:
    return TEXT.decode(data[NUMBER_BYTES:]), NUMBER.decode(data[:NUMBER_BYTES])


_OWNED: Final[Codec[tuple[str, int]]] = Codec(_encode_owned, _decode_owned)
"""Owner and total: 8 bytes of a number, then a text."""


class Ledger:
    """The state: owner and total by name, and what the side log told of totals.

    Attributes:
        space: Where all of it stands.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.names: Table[str, tuple[str, int]] = Table(space, b"n", TEXT, _OWNED)
        self.told: Table[str, int] = Table(space, b"t", TEXT, NUMBER)

    def overlay(self) -> Self:
        """See `State`."""
        return type(self)(self.space.overlay())

    def apply(self, topic: str, record: Any) -> None:
        """See `State`."""
        if topic.endswith("-side"):
            self.told[record.name] = record.total
        else:
            self.names[record.name] = (record.owner, record.total)


@dataclass(frozen=True, slots=True)
class LedgerLogs:
    """The logs of a ledger, and its decision."""

    main: LogSpec
    side: LogSpec

    @classmethod
    def named(cls, topic: str) -> "LedgerLogs":
        """Return the logs `<topic>` and `<topic>-side`."""
        main, side = (
            LogSpec(name, LedgerRecord, f"/kanvas/ledger/{name}")
            for name in (topic, f"{topic}-side")
        )
        return cls(main, side)

    def decide(self, state: Ledger, command: Command, now: float, /) -> Sequence[Draft]:
        """See `Decide`."""
        match command.body:
            case Claim(name):
                return self._claim(state, command.actor, name)
            case Add(name, amount, padding):
                return self._add(state, name, amount, padding)
            case Release(name):
                return self._release(state, command.actor, name)
            case Copy(names):
                return [self._draft(name, "source", 0, source=at) for at, name in names]
        raise TypeError(f"not a command of a ledger at {now}")

    def _claim(self, state: Ledger, actor: str, name: str) -> Sequence[Draft]:
        owner, _ = state.names.get(name, _UNCLAIMED)
        if not owner:
            return [self._draft(name, actor, 0)]
        if owner != actor:
            raise AlreadyExists("The name is taken.", reason="NAME_TAKEN")
        return []

    def _release(self, state: Ledger, actor: str, name: str) -> Sequence[Draft]:
        owner, _ = state.names.get(name, _UNCLAIMED)
        return [self._draft(name, "", 0)] if owner == actor else []

    def _add(self, state: Ledger, name: str, amount: int, padding: int) -> Sequence[Draft]:
        owner, before = state.names.get(name, _UNCLAIMED)
        if not owner:
            raise NotFound("Nobody has claimed this name.")
        total = before + amount
        told = LedgerRecord(name=name, owner=owner, total=total)
        return [
            self._draft(name, owner, total, padding=padding),
            Draft(self.side, f"name:{name}", "ledger.told.v1", told),
        ]

    def _draft(
        self, name: str, owner: str, total: int, *, padding: int = 0, source: int = 0
    ) -> Draft:
        record = LedgerRecord(name=name, owner=owner, total=total, padding=b"x" * padding)
        return Draft(self.main, f"name:{name}", "ledger.name.v1", record, source)
