"""Hashing is real, bounded, and works for those who still wait."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from kanvas_social_graph.adapters.argon2 import Argon2Passwords
from kanvas_social_graph.errors import HashingBusy


class SlowHasher:
    """Hashes only when told to, and says for whom it did."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.hashed: list[str] = []

    def hash(self, password: str) -> str:
        if password != "decoy":
            self.may_end.wait(10)
            self.hashed.append(password)
        return "$hash$"

    def verify(self, password_hash: str, password: str) -> bool:
        raise AssertionError(f"nobody checks {password} against {password_hash}")


@pytest.fixture
def slow() -> Iterator[SlowHasher]:
    hasher = SlowHasher()
    yield hasher
    hasher.may_end.set()


async def started(passwords: Argon2Passwords, *names: str) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(passwords.hash(name)) for name in names]
    await asyncio.sleep(0)
    return tasks


async def test_a_password_has_its_own_hash_and_no_other() -> None:
    passwords = Argon2Passwords()
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert await passwords.verify(hashed, "correct horse")
    assert not await passwords.verify(hashed, "wrong horse")
    assert not await passwords.verify(None, "decoy"), "the decoy opens nothing"
    assert not await passwords.verify("not a hash", "correct horse")


async def test_beyond_the_bound_callers_are_told_at_once(slow: SlowHasher) -> None:
    passwords = Argon2Passwords(threads=1, queue=1, hasher=slow)
    tasks = await started(passwords, "runs", "waits")
    with pytest.raises(HashingBusy) as caught:
        await passwords.hash("refused")
    assert caught.value.retry_after > 0
    slow.may_end.set()
    await asyncio.gather(*tasks)
    assert slow.hashed == ["runs", "waits"]


async def test_who_gives_up_while_waiting_leaves_the_queue(slow: SlowHasher) -> None:
    passwords = Argon2Passwords(threads=1, queue=1, hasher=slow)
    runs, gives_up = await started(passwords, "runs", "gives up")
    gives_up.cancel()
    await asyncio.gather(gives_up, return_exceptions=True)
    (waits,) = await started(passwords, "waits")
    slow.may_end.set()
    await asyncio.gather(runs, waits)
    assert slow.hashed == ["runs", "waits"]
