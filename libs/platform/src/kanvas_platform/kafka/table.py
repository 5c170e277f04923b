"""A dictionary with discardable layers."""

from collections.abc import Iterator, MutableMapping
from enum import Enum
from typing import Final, Generic, TypeVar, cast, overload

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")


class _Mark(Enum):
    """What stands in a layer, or comes out of a look-up, instead of a value."""

    ABSENT = "absent"
    DELETED = "deleted"


_ABSENT: Final = _Mark.ABSENT
_DELETED: Final = _Mark.DELETED


class Table(MutableMapping[K, V], Generic[K, V]):
    """A mapping that can be layered: `overlay()` reads through to its base and never changes it.

    Replace values, never change them in place: a value read through a layer is the base's own
    object, and a change to it would outlive the layer.

    The base must not change while a layer over it is in use; the writer sees to that. A look-up
    costs one dictionary access per layer. Iteration covers base and layers, in no stated order.
    """

    __slots__ = ("_base", "_len", "_own")

    def __init__(self, base: "Table[K, V] | None" = None) -> None:
        self._base = base
        self._own: dict[K, V | _Mark] = {}
        self._len = 0 if base is None else len(base)

    def overlay(self) -> "Table[K, V]":
        """Return an empty layer over this table. Drop it to discard what was written to it."""
        return Table(self)

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, default: V | D, /) -> V | D: ...
    def get(self, key: K, default: object = None, /) -> object:
        """Return the value of a key, or `default`."""
        value = self._own.get(key, _ABSENT)
        if value is _ABSENT:
            return default if self._base is None else self._base.get(key, default)
        return default if value is _DELETED else value

    def __getitem__(self, key: K) -> V:
        value = self.get(key, _ABSENT)
        if value is _ABSENT:
            raise KeyError(key)
        return cast("V", value)

    def __setitem__(self, key: K, value: V) -> None:
        if key not in self:
            self._len += 1
        self._own[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._len -= 1
        if self._base is not None and key in self._base:
            self._own[key] = _DELETED
        else:
            del self._own[key]

    def __contains__(self, key: object) -> bool:
        return self.get(cast("K", key), _ABSENT) is not _ABSENT

    def __iter__(self) -> Iterator[K]:
        if self._base is not None:
            for key in self._base:
                if key not in self._own:
                    yield key
        for key, value in self._own.items():
            if value is not _DELETED:
                yield key

    def __len__(self) -> int:
        return self._len
