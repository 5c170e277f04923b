"""What this service needs from outside, as protocols."""

from typing import Protocol

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
