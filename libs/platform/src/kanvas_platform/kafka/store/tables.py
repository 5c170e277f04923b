"""A state's tables and indexes: typed views of a space.

Each has a prefix of its own, one byte that no other table or index of the state has. Bytes from
0xf0 on are the platform's. A prefix, a codec and what a record folds into are the format of the
store: whoever changes one raises the state's version.
"""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar, overload

from kanvas_platform.kafka.store.codecs import Codec
from kanvas_platform.kafka.store.space import Space

K = TypeVar("K")
R = TypeVar("R")
V = TypeVar("V")
D = TypeVar("D")

_COUNTS: Final = b"\xff"


class Map(Generic[K, V]):
    """A mapping that does not know how many keys it has: to set a key looks for nothing.

    Values are read anew each time, so a change to one never reaches the mapping.
    """

    __slots__ = ("_key", "_prefix", "_space", "_value")

    def __init__(self, space: Space, prefix: bytes, key: Codec[K], value: Codec[V]) -> None:
        self._space = space
        self._prefix = prefix
        self._key = key.encode
        self._value = value

    @overload
    def get(self, key: K) -> V | None: ...
    @overload
    def get(self, key: K, default: D) -> V | D: ...
    def get(self, key: K, default: object = None) -> object:
        """Return the value of a key, or `default`.

        Raises:
            StoreFailed: It cannot be read at present. So in every method.
        """
        found = self._space.get(self._prefix + self._key(key))
        return default if found is None else self._value.decode(found)

    def __getitem__(self, key: K) -> V:
        found = self._space.get(self._prefix + self._key(key))
        if found is None:
            raise KeyError(key)
        return self._value.decode(found)

    def __contains__(self, key: K) -> bool:
        return self._space.get(self._prefix + self._key(key)) is not None

    def __setitem__(self, key: K, value: V) -> None:
        self._space.set(self._prefix + self._key(key), self._value.encode(value))

    def discard(self, key: K) -> None:
        """Delete a key, whether or not it has a value."""
        self._space.delete(self._prefix + self._key(key))


class Table(Map[K, V]):
    """A mapping that knows how many keys it has."""

    __slots__ = ()

    def __setitem__(self, key: K, value: V) -> None:
        packed, encoded = self._prefix + self._key(key), self._value.encode(value)
        is_new = self._space.get(packed) is None
        self._space.set(packed, encoded)
        if is_new:
            self._space.count(_COUNTS + self._prefix, 1)

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self.discard(key)

    def discard(self, key: K) -> None:
        """Delete a key, if it has a value."""
        packed = self._prefix + self._key(key)
        if self._space.get(packed) is None:
            return
        self._space.delete(packed)
        self._space.count(_COUNTS + self._prefix, -1)

    def __len__(self) -> int:
        return self._space.counted(_COUNTS + self._prefix)


class Count:
    """A number that is counted up and down, from 0 on. Cheaper than a table with one key."""

    __slots__ = ("_name", "_space")

    def __init__(self, space: Space, prefix: bytes) -> None:
        self._space = space
        self._name = _COUNTS + prefix

    def add(self, by: int) -> None:
        """Count up, or down."""
        self._space.count(self._name, by)

    @property
    def number(self) -> int:
        """What was counted."""
        return self._space.counted(self._name)


class Order(Generic[K, R, V]):
    """Members by group, each at a rank that no other member of the group has, in order of ranks.

    As a rank serves the position at which a member came in, or anything whose bytes sort. How many
    members a group has is not known: to add one looks for nothing.
    """

    __slots__ = ("_group", "_prefix", "_rank", "_space", "_value")

    def __init__(
        self, space: Space, prefix: bytes, group: Codec[K], rank: Codec[R], value: Codec[V]
    ) -> None:
        """Make a view.

        Args:
            space: The bytes.
            prefix: See above.
            group: Codec of groups: no group is the beginning of another one.
            rank: Codec of ranks, whose bytes sort as ranks do; none is without bytes.
            value: Codec of members.
        """
        self._space = space
        self._prefix = prefix
        self._group = group.encode
        self._rank = rank
        self._value = value

    def has(self, group: K, rank: R) -> bool:
        """Return whether there is a member at a rank."""
        key = self._prefix + self._group(group) + self._rank.encode(rank)
        return self._space.get(key) is not None

    def get(self, group: K, rank: R) -> V | None:
        """Return the member at a rank, if there is one."""
        found = self._space.get(self._prefix + self._group(group) + self._rank.encode(rank))
        return None if found is None else self._value.decode(found)

    def add(self, group: K, rank: R, member: V) -> None:
        """Add a member at a rank where there is none, or replace the one that is there."""
        name, at = self._prefix + self._group(group), self._rank.encode(rank)
        self._space.set(name, self._value.encode(member), rank=at)

    def remove(self, group: K, rank: R) -> None:
        """Remove the member at a rank, if there is one."""
        self._space.delete(self._prefix + self._group(group), rank=self._rank.encode(rank))

    def descending(self, group: K, below: R | None = None) -> Iterator[tuple[R, V]]:
        """Return rank and member of those below a rank (None: all), the highest rank first.

        Use the iterator up, or drop it, before the next `await`.
        """
        end = None if below is None else self._rank.encode(below)
        for at, encoded in self._space.descending(self._prefix + self._group(group), end):
            yield self._rank.decode(at), self._value.decode(encoded)


class Index(Order[K, R, V]):
    """An order that knows how many members each group has."""

    __slots__ = ()

    def add(self, group: K, rank: R, member: V) -> None:
        """Add a member at a rank where there is none, or replace the one that is there."""
        name, at = self._prefix + self._group(group), self._rank.encode(rank)
        encoded = self._value.encode(member)
        is_new = self._space.get(name + at) is None
        self._space.set(name, encoded, rank=at)
        if is_new:
            self._space.count(_COUNTS + name, 1)

    def remove(self, group: K, rank: R) -> None:
        """Remove the member at a rank, if there is one."""
        name, at = self._prefix + self._group(group), self._rank.encode(rank)
        if self._space.get(name + at) is None:
            return
        self._space.delete(name, rank=at)
        self._space.count(_COUNTS + name, -1)

    def count(self, group: K) -> int:
        """Return how many members a group has."""
        return self._space.counted(_COUNTS + self._prefix + self._group(group))
