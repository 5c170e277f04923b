"""The `Store` in memory: what a disk holds, as tests break it."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from kanvas_platform.kafka.store.space import Entry, Space


class MemoryStore:
    """A `Store` that outlives the processes that use it.

    Attributes:
        contents: What is written, by key.
        failure: Raised by `write` while it is set; nothing is written then.
        condemned: See `Store`.
    """

    def __init__(self) -> None:
        self.condemned: str | None = None
        self.contents: dict[bytes, bytes] = {}
        self.failure: Exception | None = None
        self._keys: list[bytes] = []

    @property
    def size(self) -> int:
        """See `Store`."""
        return sum(len(key) + len(value) for key, value in self.contents.items())

    def get(self, key: bytes) -> bytes | None:
        """See `Readable`."""
        return self.contents.get(key)

    def descending(self, group: bytes, below: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """See `Readable`."""
        # No key is as long as the first bound, so that none of the group is above it.
        end = bisect_left(self._keys, group + (b"\xff" * 600 if below is None else below))
        for key in reversed(self._keys[:end]):
            if not key.startswith(group):
                return
            yield key[len(group) :], self.contents[key]

    def write(self, changes: Iterable[Entry]) -> None:
        """See `Store`."""
        if self.failure is not None:
            raise self.failure
        for key, value in list(changes):
            present = key in self.contents
            if value is None:
                if present:
                    del self.contents[key]
                    del self._keys[bisect_left(self._keys, key)]
                continue
            self.contents[key] = value
            if not present:
                insort(self._keys, key)

    def close(self) -> None:
        """See `Store`."""


def contents(space: Space) -> dict[bytes, bytes]:
    """Return all that stands in a space over nothing, over a `MemoryStore` or over another one."""
    found: dict[bytes, bytes] = {}
    below = space._below  # noqa: SLF001 - a test looks inside, so that nobody else can
    if isinstance(below, MemoryStore):
        found |= below.contents
    elif isinstance(below, Space):
        found |= contents(below)
    for key, value in space.unwritten.changes():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = value
    return found
