"""What this service needs from outside, as protocols."""

from typing import Protocol

from kanvas_platform.kafka.contract import Command, Receipt


class Passwords(Protocol):
    """Hashes and checks passwords. Slow by design, bounded, never on the event loop.

    Both calls raise HashingBusy when too many are under way.
    """

    async def hash(self, password: str) -> str:
        """An argon2id hash in PHC string format, salted anew each time."""
        ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password has the hash. `None` takes as long and answers False."""
        ...


class Commands(Protocol):
    """Takes commands to the writer, where this instance leads."""

    async def submit(self, command: Command, timeout: float) -> Receipt:
        """Commits what the command decides, within `timeout` seconds; see `Writer.submit`."""
        ...
