"""The recent events of the feed, encoded once: what every socket of this process reads from.

One entry per position, those without an event included, so that the ring is dense and a cursor is
a number. Bounded by bytes and by age; what falls out is gone, and a cursor below the floor is
told so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kanvas_gateway.stream.streams import Event, Stream, Telling

BreakReason = Literal["POSITION_TOO_OLD", "POSITIONS_LOST"]

SLICE_BYTES = 64 * 1024
"""What one write to one socket may hold: equal to its kernel buffer."""

SLICE_ENTRIES = 2_000
"""Entries looked at before others get their turn."""

# The objects around the text, measured on CPython 3.11.
_ENTRY_OVERHEAD = 550
_STREAM_OVERHEAD = 130


@dataclass(slots=True)
class Directed:
    """Events for one account only.

    Attributes:
        account_id: Whom they are for.
        about_id: The other account.
        told: The event for each stream, by its name or by the label of its kind.
        unless_hidden: Withheld while the other account is hidden from the receiver.
    """

    account_id: str
    about_id: str
    told: Mapping[str, Event]
    unless_hidden: bool = False

    def told_on(self, stream: Stream) -> Event | None:
        """Return the event for a stream; None for none."""
        return self.told.get(stream.name) or self.told.get(stream.label)


@dataclass(slots=True)
class Entry:
    """What one record of the feed is on the streams.

    Attributes:
        position: Of the record.
        time: Unix seconds at which the log took it.
        decided: Unix seconds at which the writer decided it.
        trace: Trace id of the request that caused it; empty where unknown.
        author_id: The author that it is about, or whose post; empty for other records.
        subject: Key of the post or the account whose newest state it tells, so that earlier
            entries about it have nothing to say any more; empty for other records.
        told: What is told of the subject, by the name of the stream. What stands under the label of
            a kind is told to all streams of that kind that are not named.
        directed: Events for single accounts.
        account_gone: Of a record about an account, whether it is being deleted or is erased; None
            of all others.
        text: Bytes of its events, each counted once.
        size: Bytes that it holds, estimated.
    """

    position: int
    time: float
    decided: float = 0.0
    trace: str = ""
    author_id: str = ""
    subject: str = ""
    told: Mapping[str, Telling] = field(default_factory=dict)
    directed: tuple[Directed, ...] = field(default=())
    account_gone: bool | None = None
    text: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        events = {event for told in self.told.values() for event in (told.followers, told.others)}
        for one in self.directed:
            events.update(one.told.values())
        self.text = sum(len(event) for event in events if event is not None)
        self.size = _ENTRY_OVERHEAD + _STREAM_OVERHEAD * len(self.told) + self.text

    def told_on(self, stream: Stream) -> Telling | None:
        """Return what a stream is told of the subject; None for nothing."""
        told = self.told.get(stream.name)
        if told is None and self.told:
            told = self.told.get(stream.label)
        return told

    def blank(self) -> None:
        """Forget the content; the position stays."""
        self.told = {}
        self.text, self.size = 0, _ENTRY_OVERHEAD


class Ring:
    """Entries by position, without holes between `floor` and `head`.

    While an account is gone, whoever reads finds nothing in the entries of its posts. They are not
    forgotten: its owner may keep it, and then they are there.

    Args:
        max_bytes: Above it the oldest entries go.
        max_age: Entries that the log took longer ago than this, in seconds, go.
    """

    def __init__(self, *, max_bytes: int, max_age: float) -> None:
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._entries: dict[int, Entry] = {}
        self._newest_about: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        self._broken_at = 0
        self._broken_by: BreakReason = "POSITION_TOO_OLD"
        self.floor = 0
        self.head = 0
        self.size = 0

    def append(self, entry: Entry) -> None:
        """Add the next entry. An earlier one about the same post or account is blanked.

        The first entry ever sets the floor. A position that is not the next is that of a new
        epoch and starts the ring afresh; where positions were lost, call `restart` before.
        """
        if not self.head:
            self.floor = entry.position - 1
        elif entry.position != self.head + 1:
            self.restart(entry.position - 1, "POSITION_TOO_OLD")
        self._blank_earlier(entry)
        if entry.account_gone:
            self._gone[entry.author_id] = entry.position
        elif entry.account_gone is not None:
            self._gone.pop(entry.author_id, None)
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
        """Empty the ring and go on after this position; cursors below it are told the reason."""
        self._entries.clear()
        self._newest_about.clear()
        self._gone.clear()
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
        entries, gone = self._entries, self._gone
        for position in range(cursor + 1, min(until, self.head) + 1):
            entry = entries[position]
            if gone and position < gone.get(entry.author_id, 0):
                yield Entry(position=position, time=entry.time)
            else:
                yield entry

    def oldest_time(self) -> float | None:
        """Return the log's time of the oldest entry; None while empty."""
        oldest = self._entries.get(self.floor + 1)
        return None if oldest is None else oldest.time

    def _blank_earlier(self, entry: Entry) -> None:
        if not entry.subject:
            return
        earlier = self._entries.get(self._newest_about.get(entry.subject, 0))
        if earlier is not None:
            self.size -= earlier.size
            earlier.blank()
            self.size += earlier.size
        self._newest_about[entry.subject] = entry.position

    def _drop_oldest(self) -> None:
        self.floor += 1
        entry = self._entries.pop(self.floor)
        self.size -= entry.size
        if entry.subject and self._newest_about.get(entry.subject) == entry.position:
            del self._newest_about[entry.subject]
        if self._gone.get(entry.author_id) == entry.position:
            # All that is left of the account is newer than this.
            del self._gone[entry.author_id]
