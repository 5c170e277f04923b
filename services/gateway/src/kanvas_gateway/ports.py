"""What the gateway needs of others, besides the generated stubs of the services' contracts.

Adapters and the doubles of the tests implement the protocols. The stubs are those of
`RpcClient.stub`: they raise the `KanvasError` that a service answered, `Unavailable` where no
instance answers, and `DeadlineExceeded` where the time of the call is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kanvas_platform.rpc.client import acting_for


@dataclass(frozen=True, slots=True)
class Call:
    """For whom a stub is called, and how long the call may take: `stub.Follow(request, **call)`.

    Attributes:
        account_id: Account that acts; None for somebody who is not signed in.
        timeout: Seconds that are left for it, repeats included.
    """

    account_id: str | None
    timeout: float

    def keys(self) -> Sequence[str]:
        """Return the names of the arguments that a stub takes besides the request."""
        return ("timeout", "metadata")

    def __getitem__(self, name: str) -> Any:
        return self.timeout if name == "timeout" else acting_for(self.account_id)


class Pictures(Protocol):
    """Finished pictures, by name. Their bytes never change."""

    async def read(self, name: str) -> bytes:
        """Return the bytes of a picture.

        Raises:
            PictureUnknown: There is none of that name.
            Unavailable: The store does not answer.
        """

    async def size(self, name: str) -> int:
        """Return the length of a picture in bytes.

        Raises:
            PictureUnknown: There is none of that name.
            Unavailable: The store does not answer.
        """


class Archives(Protocol):
    """Archives of exports, in parts, as social-graph has stored them."""

    async def read(self, name: str, number: int, start: int, end: int) -> bytes:
        """Return bytes of a part of an archive, from `start` on, up to but without `end`.

        Raises:
            Unavailable: The store does not answer, or lacks the part.
        """


class FeedTail(Protocol):
    """The own tail of `kanvas.feed.v1`."""

    @property
    def position(self) -> int:
        """Position that was delivered last; 0 before the first."""

    @property
    def source_position(self) -> int:
        """Position of the graph's log up to which copies were delivered."""

    def fresh(self, within: float = 1.0) -> bool:
        """Say whether a read that started at most that many seconds ago reached the end."""

    async def wait_for_source(self, source_position: int, timeout: float) -> int:
        """Wait until a position of the graph's log has been copied and delivered.

        Returns:
            The feed position by which it had been.

        Raises:
            Unavailable: `POSITION_NOT_REACHED`, not within that many seconds.
        """

    async def barrier(self, timeout: float) -> int:
        """Wait until everything committed before the call is delivered; return the position.

        Raises:
            Unavailable: Not within that many seconds.
        """
