"""Password hashing with argon2id, off the event loop and bounded."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kanvas_social_graph.errors import HashingBusy

T = TypeVar("T")

# The first of the equivalent settings in OWASP's Password Storage Cheat Sheet: 46 MiB, one pass,
# one lane (some 60 ms of a core). A stored hash carries its own settings, so these can be raised.
HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)


class Hasher(Protocol):
    """Hashes and checks at once, on the thread that asks."""

    def hash(self, password: str, /) -> str:
        """Return a hash with a new salt."""

    def verify(self, password_hash: str, password: str, /) -> bool:
        """Return True, or raise one of `argon2.exceptions`."""


class Argon2Passwords:
    """`Passwords` on a small thread pool.

    A queue of slow hashes is an attacker's cheapest lever, so it is short, and a caller is refused
    at once where it is full. A caller that gives up while it waits leaves the queue: its repeat
    does not wait behind a hash that nobody wants any more.

    Args:
        threads: How many hashes run at a time, 46 MiB each.
        queue: How many more may wait.
        hasher: Does the work.
    """

    def __init__(self, *, threads: int = 2, queue: int = 64, hasher: Hasher = HASHER) -> None:
        self._hasher = hasher
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._running = asyncio.Semaphore(threads)
        self._most = threads + queue
        self._under_way = 0
        # Checked when the handle is unknown, so that the answer takes as long as otherwise.
        self._decoy = hasher.hash("decoy")

    async def hash(self, password: str) -> str:
        """See `Passwords.hash`."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """See `Passwords.verify`."""
        matches = await self._run(lambda: self._matches(password_hash or self._decoy, password))
        return matches and password_hash is not None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._under_way >= self._most:
            raise HashingBusy("Too many sign-ins at once. Try again in a moment.", retry_after=1.0)
        self._under_way += 1
        try:
            async with self._running:
                return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._under_way -= 1

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
