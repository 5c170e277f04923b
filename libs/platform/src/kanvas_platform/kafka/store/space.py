"""The bytes of a state: layers of changes in memory, over what is on disk.

A key is a *group* and a *rank* within it. Keys of one group can be read in the order of their
ranks. What stands for itself is looked up by its whole key and has no rank.

A *count* is a number with a key of its own. It stays a number in the layers, since it changes with
nearly every record, and becomes bytes when it is written.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from typing import Final, Protocol, cast

KEY_BYTES_MAX: Final = 500
"""Longest key, group and rank together; LMDB takes 511 bytes."""

_ENTRY_BYTES = 200
"""What a change takes beside its key and its value: measured, CPython 3.11, keys without ranks."""

_COUNT_BYTES = 8
"""A count on disk, big-endian."""

_KEY = itemgetter(0)


class _Mark(Enum):
    UNCHANGED = "unchanged"


_UNCHANGED: Final = _Mark.UNCHANGED

Entry = tuple[bytes, bytes | None]
"""A rank, or a whole key, with its value; None: deleted."""


class Readable(Protocol):
    """What can be read below a layer: a store, or a layer over it."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key of any length; None where it has none.

        Raises:
            StoreFailed: It cannot be read at present.
        """
        ...

    def descending(self, group: bytes, below: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """Return rank and value of a group's keys, the highest rank first.

        Use the iterator up, or drop it, before the next `await`.

        Args:
            group: The group. No group may be the beginning of another one's keys.
            below: Only ranks below this one; None for all.

        Raises:
            StoreFailed: It cannot be read at present; out of the iterator too.
        """
        ...


class Store(Readable, Protocol):
    """What keeps bytes longer than a process lives.

    Reads come from the event loop, writes from one thread, at the same time.

    Attributes:
        condemned: Why it is to be set aside once it is closed, and a state be folded anew; None
            while nothing speaks against it.
    """

    condemned: str | None

    @property
    def size(self) -> int:
        """How many bytes it takes where it keeps them.

        Raises:
            StoreFailed: It cannot be read at present.
        """
        ...

    def write(self, changes: Iterable[Entry]) -> None:
        """Write whole keys with their values in one durable transaction: all of them or none.

        Runs in a thread of its own.

        Raises:
            StoreFailed: They are not written; try again later.
            StoreBroken: Nothing more can be written, and what is there may be damaged.
        """
        ...

    def close(self) -> None:
        """Close it. Nothing may be read or written afterwards."""
        ...


class Layer:
    """Changes since the layer below. It is read-only once it is frozen.

    Attributes:
        size: About how many bytes of memory it takes.
    """

    __slots__ = ("_before", "_counts", "_counts_before", "_ranks", "_values", "size")

    def __init__(self) -> None:
        self.size = 0
        # What to put back should a record fail halfway; None while none is being folded.
        self._before: list[tuple[bytes, bytes, bytes | _Mark | None]] | None = None
        self._counts_before: list[tuple[bytes, int | None]] = []
        self._values: dict[bytes, bytes | None] = {}
        self._counts: dict[bytes, int] = {}
        # By group, the sorted ranks that have changed. Positions only grow, so most are appended.
        self._ranks: dict[bytes, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._values) + len(self._counts)

    def look_up(self, key: bytes) -> bytes | _Mark | None:
        """Return the new value of a key, None where it was deleted, or that it is unchanged."""
        return self._values.get(key, _UNCHANGED)

    def change(self, group: bytes, rank: bytes, value: bytes | None) -> None:
        """Set the value of a key, or delete it; `rank` is empty for a key without one."""
        key = group + rank
        old = self._values.get(key, _UNCHANGED)
        if self._before is not None:
            self._before.append((group, rank, old))
        if old is _UNCHANGED:
            self.size += len(key) + _ENTRY_BYTES
            if rank:
                self._insert(group, rank)
        elif old is not None:
            self.size -= len(old)
        self._values[key] = value
        if value is not None:
            self.size += len(value)

    def drop(self, group: bytes, rank: bytes) -> None:
        """Forget a key, where there is nothing below that it could hide."""
        key = group + rank
        old = self._values.pop(key, _UNCHANGED)
        if old is _UNCHANGED:
            return
        if self._before is not None:
            self._before.append((group, rank, old))
        self.size -= len(key) + _ENTRY_BYTES + len(old or b"")
        if rank:
            self._remove(group, rank)

    def counted(self, key: bytes) -> int | None:
        """Return the new number of a count; None where it is unchanged."""
        return self._counts.get(key)

    def count(self, key: bytes, number: int) -> None:
        """Set the number of a count."""
        old = self._counts.get(key)
        if self._before is not None:
            self._counts_before.append((key, old))
        if old is None:
            self.size += len(key) + _ENTRY_BYTES
        self._counts[key] = number

    def begin(self) -> None:
        """Remember from now on what changes."""
        self._before = []
        self._counts_before.clear()

    def end(self) -> None:
        """Keep what has changed since `begin`."""
        self._before = None

    def take_back(self) -> None:
        """Undo what has changed since `begin`."""
        before, self._before = self._before or [], None
        for group, rank, value in reversed(before):
            if not isinstance(value, _Mark):
                self.change(group, rank, value)
                continue
            key = group + rank
            self.size -= len(key) + _ENTRY_BYTES + len(self._values.pop(key) or b"")
            if rank:
                self._remove(group, rank)
        for key, number in reversed(self._counts_before):
            if number is not None:
                self._counts[key] = number
                continue
            del self._counts[key]
            self.size -= len(key) + _ENTRY_BYTES

    def descending(self, group: bytes, below: bytes | None) -> Iterator[Entry]:
        """Return the changed ranks of a group, the highest first, deleted ones included."""
        ranks = self._ranks.get(group, ())
        end = len(ranks) if below is None else bisect_left(ranks, below)
        for index in range(end - 1, -1, -1):
            yield ranks[index], self._values[group + ranks[index]]

    def changes(self) -> Iterable[Entry]:
        """Return all changed keys with their values, counts too, in no stated order."""
        counts = (
            (key, number.to_bytes(_COUNT_BYTES, "big") if number else None)
            for key, number in self._counts.items()
        )
        return chain(self._values.items(), counts)

    def _remove(self, group: bytes, rank: bytes) -> None:
        ranks = self._ranks[group]
        del ranks[bisect_left(ranks, rank)]
        if not ranks:
            del self._ranks[group]

    def _insert(self, group: bytes, rank: bytes) -> None:
        ranks = self._ranks.setdefault(group, [])
        if not ranks or ranks[-1] < rank:
            ranks.append(rank)
        else:
            insort(ranks, rank)


class Space:
    """A changeable layer over what can be read below it, which it never changes.

    A space keeps its identity while layers are frozen and settled beneath it, so an overlay over
    it reads on through it. The base of an overlay must not change while the overlay is in use.
    """

    __slots__ = ("_below", "_frozen", "_live")

    def __init__(self, below: Readable | None = None) -> None:
        """Make a space without changes.

        Args:
            below: What is read where nothing has changed; None: nothing is there.
        """
        self._live = Layer()
        self._below = below
        self._frozen = False

    def overlay(self) -> "Space":
        """Return an empty layer over this space. Drop it to discard what was written to it."""
        return Space(self)

    def get(self, key: bytes) -> bytes | None:
        """See `Readable`."""
        value = self._live.look_up(key)
        if value is _UNCHANGED:
            return None if self._below is None else self._below.get(key)
        return value

    def set(self, group: bytes, value: bytes, *, rank: bytes = b"") -> None:
        """Set the value of a key.

        Raises:
            ValueError: The key is longer than `KEY_BYTES_MAX`.
        """
        if len(group) + len(rank) > KEY_BYTES_MAX:
            raise ValueError(f"a key of {len(group) + len(rank)} bytes is too long")
        self._live.change(group, rank, value)

    def delete(self, group: bytes, *, rank: bytes = b"") -> None:
        """Delete a key, whether or not it has a value."""
        if self._below is None:
            self._live.drop(group, rank)
        else:
            self._live.change(group, rank, None)

    def counted(self, key: bytes) -> int:
        """Return the number of a count; 0 where it was never counted.

        Raises:
            StoreFailed: It cannot be read at present.
        """
        below: Readable | None = self
        while isinstance(below, Space):
            number = below._live.counted(key)  # noqa: SLF001 - a space too
            if number is not None:
                return number
            below = below._below  # noqa: SLF001
        found = None if below is None else below.get(key)
        return 0 if found is None else int.from_bytes(found, "big")

    def count(self, key: bytes, by: int) -> None:
        """Raise the number of a count, or lower it.

        Raises:
            StoreFailed: It cannot be read at present.
        """
        self._live.count(key, self.counted(key) + by)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Take back what the body has changed if it raises: a record is folded whole or not."""
        self._live.begin()
        try:
            yield
        except BaseException:
            self._live.take_back()
            raise
        self._live.end()

    @property
    def unwritten(self) -> Layer:
        """What has changed since the last freeze."""
        return self._live

    def freeze(self) -> Layer:
        """Put a new layer on top, and return the one below it, which changes no more.

        Reads go on through it. `settle` drops it once it is written to the store; until then
        nothing more may be frozen.
        """
        if self._frozen:
            raise RuntimeError("the last frozen layer is not written yet")
        frozen = Space(self._below)
        frozen._live = self._live
        self._below, self._live, self._frozen = frozen, Layer(), True
        return frozen._live

    def settle(self) -> None:
        """Drop the frozen layer: all of it is in the store."""
        if not (self._frozen and isinstance(self._below, Space)):
            raise RuntimeError("no layer is frozen")
        self._below, self._frozen = self._below._below, False  # noqa: SLF001 - a space too

    def descending(self, group: bytes, below: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """See `Readable`."""
        live = self._live.descending(group, below)
        # Of equal ranks the one of the first iterator comes first: the latest change.
        lower = iter(()) if self._below is None else self._below.descending(group, below)
        both = merge(live, cast("Iterator[Entry]", lower), key=_KEY, reverse=True)
        for rank, entries in groupby(both, key=_KEY):
            _, value = next(entries)
            if value is not None:
                yield rank, value
