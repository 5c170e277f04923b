"""The recent events of the feed, encoded: what every socket of this process reads from.

One entry per position, those without an event included, so that the ring is dense and a cursor is
a number. Bounded by bytes and by age; what falls out is gone, and a cursor below the floor is
told so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

BreakReason = Literal["POSITION_TOO_OLD", "POSITIONS_LOST"]

_ENTRY_OVERHEAD = 500  # the objects around an entry's frames, measured on CPython 3.11


@dataclass(slots=True, frozen=True)
class Directed:
    """An event for one account only.

    Attributes:
        account_id: Whom it is for.
        about_id: The other account.
        home: Framed for the home stream; empty where it is not for that.
        world: Framed for the global stream; empty where it is not for that.
        unless_hidden: Withheld while the other account is hidden from the receiver.
    """

    account_id: str
    about_id: str
    home: bytes
    world: bytes
    unless_hidden: bool = False


@dataclass(slots=True)
class Entry:
    """What one record of the feed is on the streams.

    Attributes:
        position: Of the record.
        time: Unix seconds at which the log took it.
        decided: Unix seconds at which the writer decided it.
        author_id: Whose post it is about; empty for other records.
        post_id: Post that it is about; empty for other records.
        home: The event framed for home streams, for those who follow the author; may be empty.
        world: The event framed for the global stream; may be empty.
        directed: Events for single accounts.
    """

    position: int
    time: float
    decided: float = 0.0
    author_id: str = ""
    post_id: str = ""
    home: bytes = b""
    world: bytes = b""
    directed: tuple[Directed, ...] = field(default=())

    @property
    def size(self) -> int:
        """Bytes that it holds, estimated."""
        directed = sum(len(one.home) + len(one.world) for one in self.directed)
        return _ENTRY_OVERHEAD + len(self.home) + len(self.world) + directed

    def blank(self) -> None:
        """Forget the content; the position stays."""
        self.home = self.world = b""


class Ring:
    """Entries by position, without holes between `floor` and `head`.

    Args:
        max_bytes: Above it the oldest entries go.
        max_age: Entries that the log took longer ago than this, in seconds, go.
    """

    def __init__(self, *, max_bytes: int, max_age: float) -> None:
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._entries: dict[int, Entry] = {}
        self._newest_of_post: dict[str, int] = {}
        self._broken_at = 0
        self._broken_by: BreakReason = "POSITION_TOO_OLD"
        self.floor = 0
        self.head = 0
        self.size = 0

    def append(self, entry: Entry) -> None:
        """Add the next entry. An earlier one about the same post is blanked.

        The first entry ever sets the floor. A position that is not the next is that of a new
        epoch and begins the ring anew; where positions were lost, call `restart` before.
        """
        if not self.head:
            self.floor = entry.position - 1
        elif entry.position != self.head + 1:
            self.restart(entry.position - 1, "POSITION_TOO_OLD")
        self._blank_earlier(entry)
        self._entries[entry.position] = entry
        self.head = entry.position
        self.size += entry.size
        while self.size > self._max_bytes and len(self._entries) > 1:
            self._drop_oldest()

    def forget(self, now: float) -> None:
        """Drop what is too old. The newest entry stays, whatever its age."""
        while len(self._entries) > 1 and self._entries[self.floor + 1].time < now - self._max_age:
            self._drop_oldest()

    def restart(self, position: int, reason: BreakReason) -> None:
        """Begin anew after this position; cursors below it are told the reason."""
        self._entries.clear()
        self._newest_of_post.clear()
        self.size = 0
        self.floor = self.head = self._broken_at = position
        self._broken_by = reason

    def broken_after(self, cursor: int) -> BreakReason | None:
        """Say why what follows the cursor cannot be read here; None where it can."""
        if cursor >= self.floor:
            return None
        return self._broken_by if cursor < self._broken_at else "POSITION_TOO_OLD"

    def after(self, cursor: int, until: int) -> Iterator[Entry]:
        """Yield the entries with cursor < position <= until; the cursor must not be broken."""
        entries = self._entries
        for position in range(cursor + 1, min(until, self.head) + 1):
            yield entries[position]

    def oldest_time(self) -> float | None:
        """Return the log's time of the oldest entry; None while empty."""
        oldest = self._entries.get(self.floor + 1)
        return None if oldest is None else oldest.time

    def _blank_earlier(self, entry: Entry) -> None:
        if not entry.post_id:
            return
        earlier = self._entries.get(self._newest_of_post.get(entry.post_id, 0))
        if earlier is not None:
            self.size -= earlier.size
            earlier.blank()
            self.size += earlier.size
        self._newest_of_post[entry.post_id] = entry.position

    def _drop_oldest(self) -> None:
        self.floor += 1
        entry = self._entries.pop(self.floor)
        self.size -= entry.size
        if entry.post_id and self._newest_of_post.get(entry.post_id) == entry.position:
            del self._newest_of_post[entry.post_id]
