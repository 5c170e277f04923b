"""What a pass of the fan-out delivers: entries and sockets in, writes out.

`choose_deliveries` is pure: it decides, and changes and writes nothing.

For most sockets on a stream an entry is the same bytes, framed once. Two sorts of sockets are
served apart: those of an account that a block or a follow is about, and those of accounts from
which the author is hidden.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.stream.keeping_up import KeepingUp, Subscribers
from kanvas_gateway.stream.protocol import MAX_SUBSCRIPTIONS
from kanvas_gateway.stream.ring import SLICE_BYTES, SLICE_ENTRIES, Entry
from kanvas_gateway.stream.rules import event_for
from kanvas_gateway.stream.socket import Socket
from kanvas_gateway.stream.streams import Event, Stream, Telling

_Tellings = list[tuple[Entry, Telling]]


@dataclass(slots=True)
class Deliveries:
    """What a pass hands out.

    Attributes:
        common: The bytes that many sockets get alike.
        own: What single sockets get besides, in order.
        events: How many events are among them all, by kind of stream.
        size: Bytes of the events.
    """

    common: dict[Socket, bytes] = field(default_factory=dict)
    own: dict[Socket, list[bytes]] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    size: int = 0

    def count(self, label: str, events: int, size: int) -> None:
        """Count events that are handed out, with their bytes."""
        self.events[label] += events
        self.size += size

    def write(self) -> None:
        """Write to each socket what it gets, in one write; joined only then, not all at once."""
        common, own = self.common, self.own
        for socket, data in common.items():
            if socket in own:
                socket.write(b"".join((data, *own[socket])))
            else:
                socket.write(data)
        for socket, frames in own.items():
            if frames and socket not in common:
                socket.write(b"".join(frames))


def take_slice(entries: Iterable[Entry], sockets: KeepingUp) -> list[Entry]:
    """Return the first of the entries, as many as make one write; at least one.

    Args:
        entries: In order.
        sockets: Those that keep up. An entry counts once for each stream on which it reaches
            somebody, because one socket may have them all, as far as a socket has so many.
    """
    taken: list[Entry] = []
    size = 0
    for entry in entries:
        size += entry.text * min(MAX_SUBSCRIPTIONS, _reached(entry, sockets))
        if taken and (size > SLICE_BYTES or len(taken) >= SLICE_ENTRIES):
            break
        taken.append(entry)
    return taken


def _reached(entry: Entry, sockets: KeepingUp) -> int:
    """Return how many streams that somebody has are told something of an entry, at most."""
    keys = set(entry.told).union(*(one.told for one in entry.directed))
    # Under the label of a kind all streams of the kind are told.
    return sum(len(sockets.names(key)) or sockets.on(key) is not None for key in keys)


def choose_deliveries(
    entries: Sequence[Entry], sockets: KeepingUp, index: AudienceIndex[Socket]
) -> Deliveries:
    """Return what the sockets that keep up get of these entries.

    Args:
        entries: The next ones, in order.
        sockets: Those that keep up. Each of them was handed everything before these entries.
        index: Who follows whom, and who is hidden from whom.
    """
    hands = _Hands(index, _apart(entries, sockets, index))
    for name, told in _by_stream(entries, sockets).items():
        subscribers = sockets.on(name)
        if subscribers is None:
            continue
        if not subscribers.stream.kind.for_others:
            hands.to_followers(told, subscribers)
        elif all(one.alike for _, one in told):
            hands.to_all(told, subscribers)
        else:
            hands.to_each(told, subscribers)
    hands.to_those_apart(entries)
    return hands.made


def _by_stream(entries: Iterable[Entry], sockets: KeepingUp) -> dict[str, _Tellings]:
    """Return what is told on each stream that somebody has, by its name."""
    found: dict[str, _Tellings] = {}
    for entry in entries:
        for key, told in entry.told.items():
            if sockets.on(key) is not None:
                found.setdefault(key, []).append((entry, told))
            for name in sockets.names(key):
                if name not in entry.told:
                    found.setdefault(name, []).append((entry, told))
    return found


def _apart(
    entries: Iterable[Entry], sockets: KeepingUp, index: AudienceIndex[Socket]
) -> dict[Socket, None]:
    """Return the sockets for which the common bytes are not right. They are few."""
    found: dict[Socket, None] = {}
    for entry in entries:
        viewers = index.hiders(entry.author_id) if entry.author_id else []
        for directed in entry.directed:
            viewer = index.viewer(directed.account_id)
            if viewer is not None:
                viewers.append(viewer)
        for viewer in viewers:
            found.update((one, None) for one in viewer.sockets if not one.behind)
    return found


class _Hands:
    """Hands out what is told on one stream after another."""

    def __init__(self, index: AudienceIndex[Socket], apart: dict[Socket, None]) -> None:
        self._index = index
        self._apart = apart
        self._framed: dict[tuple[str, Event], bytes] = {}
        self.made = Deliveries()

    def to_all(self, told: _Tellings, subscribers: Subscribers) -> None:
        """Hand the same bytes to everybody on a stream."""
        stream, made = subscribers.stream, self.made
        events = [one.others for _, one in told if one.others is not None]
        common = b"".join([stream.frame(event) for event in events])
        if not common:
            return
        if made.common:
            reached = [socket for socket in subscribers.sockets if socket not in self._apart]
            for socket in reached:
                self.made.own.setdefault(socket, []).append(common)
            count = len(reached)
        else:
            # The first stream is the one of most sockets: no list for each of them.
            made.common = dict.fromkeys(subscribers.sockets, common)
            for socket in self._apart:
                made.common.pop(socket, None)
            count = len(made.common)
        made.count(stream.label, count * len(events), count * len(common))

    def to_followers(self, told: _Tellings, subscribers: Subscribers) -> None:
        """Hand each post to those who follow its author, found from the author."""
        sockets, apart, due = subscribers.sockets, self._apart, self.made.own
        for entry, one in told:
            if one.followers is None:
                continue
            frame, count = subscribers.stream.frame(one.followers), 0
            for viewer in self._index.home_viewers(entry.author_id):
                for socket in viewer.sockets:
                    if socket in sockets and socket not in apart:
                        due.setdefault(socket, []).append(frame)
                        count += 1
            self.made.count(subscribers.stream.label, count, count * len(frame))

    def to_each(self, told: _Tellings, subscribers: Subscribers) -> None:
        """Hand everybody on a stream what they may have: followers are told more than others."""
        entries = [entry for entry, _ in told]
        for socket in subscribers.sockets:
            if socket not in self._apart:
                frames = self._frames(entries, subscribers.stream, socket)
                self.made.own.setdefault(socket, []).extend(frames)

    def to_those_apart(self, entries: Sequence[Entry]) -> None:
        """Hand those who are served apart what they may have, on all of their streams."""
        for socket in self._apart:
            frames = self.made.own.setdefault(socket, [])
            for subscription in socket.feeds.values():
                if subscription.answered:
                    frames += self._frames(entries, subscription.stream, socket)

    def _frames(self, entries: Iterable[Entry], stream: Stream, socket: Socket) -> list[bytes]:
        frames: list[bytes] = []
        for entry in entries:
            event = event_for(entry, stream, socket.viewer, self._index)
            if event is not None:
                frames.append(self._frame(event, stream))
        self.made.count(stream.label, len(frames), sum(map(len, frames)))
        return frames

    def _frame(self, event: Event, stream: Stream) -> bytes:
        """Return an event framed, the same bytes for every socket: they all hold them at once."""
        frame = self._framed.get((stream.name, event))
        if frame is None:
            frame = self._framed[stream.name, event] = stream.frame(event)
        return frame
