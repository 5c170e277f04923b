"""One socket as the fan-out sees it: what it subscribed to and how far it was served."""

from collections.abc import Callable
from typing import Protocol

from kanvas_gateway.domain.audience import Viewer
from kanvas_gateway.stream.protocol import Answer
from kanvas_gateway.stream.streams import Stream


class FeedSubscription:
    """A subscription to a stream of the feed.

    Attributes:
        id: Chosen by the client.
        stream: Which.
        cursor: Every event up to here that the socket may have was handed to it. While the socket
            keeps up, the position of the passes stands for it.
        requested: Position from which the client asked to resume; None for now.
        unknown: Whether that position turned out to be one that nobody gave out.
        answered: Whether `subscribed` was sent. Nothing else is before it.
    """

    __slots__ = ("answered", "cursor", "id", "requested", "stream", "unknown")

    def __init__(self, subscription: str, stream: Stream, requested: int | None) -> None:
        self.id = subscription
        self.stream = stream
        self.requested = requested
        self.unknown = False
        self.cursor = 0
        self.answered = False

    def answer(
        self, state: str, position: int, *, replayed: int | None = None, reason: str | None = None
    ) -> bytes:
        """Return a `subscribed` frame of this subscription."""
        return Answer(self.id, self.stream.name, state, position, replayed, reason).frame()


class LatestOnly(Protocol):
    """Events of which only the last matters: a watched job."""

    @property
    def job_id(self) -> str:
        """Which job."""

    def due(self, socket: "Socket") -> tuple[bytes, bool]:
        """Return the frames that the socket has not been given, and count them as given.

        Returns:
            The frames, and whether they were the last ones.
        """


class Socket:
    """A socket.

    Attributes:
        number: In the order of acceptance.
        write: Hands bytes to the transport. The caller writes at most once a pass.
        end: Closes it, because its session has ended.
        account_id: Whose it is, once authenticated.
        session_id: The session of the token that it showed last; None before.
        expires_at: Unix seconds at which the authentication ends; 0 while there is none.
        viewer: The sets it is filtered by, once authenticated.
        feeds: Its subscriptions to streams of the feed, by the name of the stream.
        jobs: Its subscriptions to jobs, by the id that the client chose.
        behind: Passes leave it out; it reads from the ring by its own cursors.
        paused: The transport holds bytes that the client has not taken.
        revoked: While it was paused somebody was hidden from its account, so what the transport
            holds may be what it must no longer get. The socket is cut off rather than served it.
        closed: Nothing may be written any more.
    """

    __slots__ = (
        "account_id",
        "behind",
        "closed",
        "end",
        "expires_at",
        "feeds",
        "jobs",
        "number",
        "paused",
        "revoked",
        "session_id",
        "viewer",
        "write",
    )

    def __init__(
        self, number: int, write: Callable[[bytes], None], end: Callable[[], None]
    ) -> None:
        self.number = number
        self.write = write
        self.end = end
        self.account_id: str | None = None
        self.session_id: str | None = None
        self.expires_at = 0.0
        self.viewer: Viewer[Socket] | None = None
        self.feeds: dict[str, FeedSubscription] = {}
        self.jobs: dict[str, LatestOnly] = {}
        self.behind = False
        self.paused = False
        self.revoked = False
        self.closed = False

    def subscriptions(self) -> int:
        """Return how many subscriptions it has."""
        return len(self.feeds) + len(self.jobs)

    def latest(self) -> bytes:
        """Return what its jobs have for it, and count it as given; empty for nothing."""
        frames: list[bytes] = []
        for subscription, source in list(self.jobs.items()):
            due, last = source.due(self)
            frames.append(due)
            if last:
                self.jobs.pop(subscription, None)
        return b"".join(frames)
