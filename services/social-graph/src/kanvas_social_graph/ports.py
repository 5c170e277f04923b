"""What this service needs from outside, as protocols."""

from collections.abc import Sequence
from typing import Protocol

from kanvas.media.v1.picture_pb2 import Picture
from kanvas_platform.kafka.service_log import FoldedLog
from kanvas_social_graph.domain.state import GraphState


class GraphReplica(FoldedLog[GraphState], Protocol):
    """The graph's log as this instance has folded it."""

    def created_position(self, topic: str, key: str) -> int | None:
        """Return the position at which a key first appeared in a log, if it has."""


class Passwords(Protocol):
    """Hashes and checks passwords: slow by design, bounded, never on the event loop."""

    async def hash(self, password: str) -> str:
        """Return an argon2id hash in PHC string format, with a new salt each time.

        Raises:
            HashingBusy: Too many are being hashed.
        """

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Return whether a password has a hash. `None` takes as long, and the answer is False.

        Raises:
            HashingBusy: Too many are being hashed.
        """


class Pictures(Protocol):
    """Finished pictures, as imagegen has stored them."""

    async def read(self, picture: Picture) -> bytes | None:
        """Return the bytes of a picture; None where there is none.

        Raises:
            Unavailable: The store does not answer.
        """


class Archives(Protocol):
    """Archives of exports, each in parts, in a store that holds nothing else.

    Raises:
        Unavailable: The store does not answer; from every method.
    """

    async def put(self, name: str, number: int, data: bytes) -> None:
        """Store a part of an archive."""

    async def remove(self, name: str) -> None:
        """Remove an archive, or all whose name begins with these whole folders."""

    async def names(self) -> Sequence[str]:
        """Return the names of all archives that have a part."""
