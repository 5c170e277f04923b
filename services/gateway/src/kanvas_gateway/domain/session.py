"""One socket as the fan-out sees it: what it subscribed to and how far it was served."""

from collections.abc import Callable
from typing import Literal, Protocol

from kanvas_gateway.domain.audience import Reader
from kanvas_gateway.domain.protocol import Answer

FeedStream = Literal["home", "global"]


class FeedSubscription:
    """A subscription to `home` or `global`.

    Attributes:
        id: Chosen by the client.
        stream: Which.
        cursor: Every entitled event up to here was handed to the socket. While the session is
            not behind, the fan-out's own position stands for it.
        requested: Position from which the client asked to resume; None for now.
        unknown: Whether that position turned out to be one that nobody gave out.
        answered: Whether `subscribed` was sent. Nothing else is before it.
    """

    __slots__ = ("answered", "cursor", "id", "requested", "stream", "unknown")

    def __init__(self, subscription: str, stream: FeedStream, requested: int | None) -> None:
        self.id = subscription
        self.stream: FeedStream = stream
        self.requested = requested
        self.unknown = False
        self.cursor = 0
        self.answered = False

    def answer(
        self, state: str, position: int, *, replayed: int | None = None, reason: str | None = None
    ) -> bytes:
        """Return a `subscribed` frame of this subscription."""
        return Answer(self.id, self.stream, state, position, replayed, reason).frame()


class LatestOnly(Protocol):
    """Events of which only the last matters: a watched job."""

    @property
    def job_id(self) -> str:
        """Which job."""

    def due(self, session: "Session") -> tuple[bytes, bool]:
        """Return the frames that the session has not been given, and count them as given.

        Returns:
            The frames, and whether they were the last ones.
        """


class Session:
    """A socket.

    Attributes:
        number: In the order of acceptance.
        write: Hands bytes to the transport. The caller writes at most once a pass.
        account_id: Whose it is, once authenticated.
        expires_at: Unix seconds at which the authentication ends; 0 while there is none.
        reader: The sets it is filtered by, once authenticated.
        home: Its subscription to home, if any.
        world: Its subscription to global, if any.
        jobs: Its subscriptions to jobs, by the id that the client chose.
        behind: Passes leave it out; it reads from the ring by its own cursors.
        paused: The transport holds bytes that the client has not taken.
        pumping: A pump is due on the event loop.
        revoked: While it was paused somebody was hidden from its account, so what the transport
            holds may be what it must no longer get. The socket is cut off rather than served it.
        closed: Nothing may be written any more.
    """

    __slots__ = (
        "account_id",
        "behind",
        "closed",
        "expires_at",
        "home",
        "jobs",
        "number",
        "paused",
        "pumping",
        "reader",
        "revoked",
        "world",
        "write",
    )

    def __init__(self, number: int, write: Callable[[bytes], None]) -> None:
        self.number = number
        self.write = write
        self.account_id: str | None = None
        self.expires_at = 0.0
        self.reader: Reader | None = None
        self.home: FeedSubscription | None = None
        self.world: FeedSubscription | None = None
        self.jobs: dict[str, LatestOnly] = {}
        self.behind = False
        self.paused = False
        self.pumping = False
        self.revoked = False
        self.closed = False

    def feeds(self) -> list[FeedSubscription]:
        """Return its subscriptions to feeds."""
        return [one for one in (self.home, self.world) if one is not None]

    def subscriptions(self) -> int:
        """Return how many subscriptions it has."""
        return len(self.feeds()) + len(self.jobs)
