"""The sockets that keep up, by the names of their streams: what a pass works on."""

from collections.abc import Collection, Iterator

from kanvas_gateway.stream.socket import FeedSubscription, Socket
from kanvas_gateway.stream.streams import Stream

_NOBODY: Collection[Socket] = frozenset()


class Subscribers:
    """The sockets that keep up on one stream.

    Attributes:
        stream: Which.
        sockets: In the order in which they came; the values mean nothing.
    """

    __slots__ = ("sockets", "stream")

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.sockets: dict[Socket, None] = {}


class KeepingUp:
    """Every socket in it was handed all that it may have up to `served`.

    Attributes:
        served: Feed position up to which passes have run.
    """

    def __init__(self) -> None:
        self._by_name: dict[str, Subscribers] = {}
        self._names: dict[str, dict[str, None]] = {}  # by the label of the kind
        self.served = 0

    def add(self, socket: Socket) -> None:
        """Serve a socket by passes, on every stream for which it has been answered."""
        for subscription in socket.feeds.values():
            if subscription.answered:
                self._subscribers(subscription.stream).sockets[socket] = None

    def drop(self, socket: Socket) -> None:
        """Serve a socket no longer."""
        for subscription in socket.feeds.values():
            self.drop_from(socket, subscription)

    def drop_from(self, socket: Socket, subscription: FeedSubscription) -> None:
        """Serve a socket no longer on one stream."""
        stream = subscription.stream
        subscribers = self._by_name.get(stream.name)
        if subscribers is None:
            return
        subscribers.sockets.pop(socket, None)
        if not subscribers.sockets:
            del self._by_name[stream.name]
            names = self._names[stream.kind.label]
            del names[stream.name]
            if not names:
                del self._names[stream.kind.label]

    def on(self, name: str) -> Subscribers | None:
        """Return who keeps up on the stream of that name; None for nobody."""
        return self._by_name.get(name)

    def names(self, label: str) -> Collection[str]:
        """Return the names of the streams of a kind on which somebody keeps up."""
        return self._names.get(label, ())

    def has(self, socket: Socket, name: str) -> bool:
        """Say whether a socket keeps up on the stream of that name."""
        subscribers = self._by_name.get(name)
        return subscribers is not None and socket in subscribers.sockets

    def everybody(self) -> Iterator[Socket]:
        """Yield each socket that keeps up on some stream, once."""
        found: dict[Socket, None] = {}
        for subscribers in self._by_name.values():
            found.update(subscribers.sockets)
        return iter(found)

    def _subscribers(self, stream: Stream) -> Subscribers:
        subscribers = self._by_name.get(stream.name)
        if subscribers is None:
            subscribers = self._by_name[stream.name] = Subscribers(stream)
            self._names.setdefault(stream.kind.label, {})[stream.name] = None
        return subscribers
