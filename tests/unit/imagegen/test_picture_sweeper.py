"""Which pictures are deleted, when, and what happens to those that are stored or used meanwhile."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import REGISTRY

from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.picture_sweeper import PictureSweeper
from kanvas_platform.errors import Unavailable
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.doubles import MemoryStore
from tests.unit.imagegen.jobs_log import JobsLog

HOUR, MINUTE = 3600.0, 60.0
WEBP = "image/webp"


def name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def counted(what: str) -> float:
    return REGISTRY.get_sample_value(f"kanvas_imagegen_{what}_total") or 0.0


class Sweeping:
    """A sweeper, and all that it asks.

    Attributes:
        leads: Whether the instance leads.
        shown: Hashes of the pictures that posts show.
        down: While True, the timeline does not answer.
        asked: How often the timeline was asked.
    """

    def __init__(self, *, most: int = 100, page_size: int = 1000) -> None:
        self.clock = ManualClock()
        self.log = JobsLog()
        self.store = MemoryStore(page_size)
        self.leads = True
        self.shown: set[str] = set()
        self.down = False
        self.asked = 0
        replica: Any = self
        commands: Any = self
        self.sweeper = PictureSweeper(
            replica=replica,
            commands=commands,
            store=self.store,
            posts=self,
            clock=self.clock,
            seconds=HOUR,
            most=most,
        )

    @property
    def state(self) -> Any:
        return self.log.state

    async def barrier(self, _timeout: float) -> int:
        return 0

    async def unshown(self, sha256s: Sequence[str]) -> frozenset[str]:
        self.asked += 1
        if self.down:
            raise Unavailable("The timeline does not answer.")
        return frozenset(sha256s) - self.shown

    async def put(self, *pictures: bytes) -> None:
        for data in pictures:
            await self.store.put(data, WEBP)

    def paint(self, data: bytes, job_id: str) -> None:
        self.log.submit(job_id)
        job = self.log.lease()
        assert job is not None
        self.log.complete(job, Picture(sha256=name(data)))

    @property
    def kept(self) -> set[bytes]:
        return set(self.store.pictures.values())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.sweeper.run())
        await self.settle()
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass a minute after the other, so that every pause ends about when it should."""
        for _ in range(round(seconds / MINUTE)):
            self.clock.advance(MINUTE)
            await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def test_a_picture_that_nothing_names_is_deleted_after_an_hour() -> None:
    sweeping = Sweeping()
    before = counted("pictures_swept")
    await sweeping.put(b"left over")
    async with sweeping.open():
        await sweeping.pass_time(HOUR - MINUTE)
        assert sweeping.kept == {b"left over"}
        await sweeping.pass_time(3 * MINUTE)
        assert sweeping.kept == set()
    assert counted("pictures_swept") == before + 1


async def test_what_a_job_names_or_a_post_shows_stays() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"of a job", b"of a post", b"of both", b"of nobody")
    for number, data in enumerate((b"of a job", b"of both")):
        sweeping.paint(data, f"j{number}")
    sweeping.shown = {name(b"of a post"), name(b"of both")}
    async with sweeping.open():
        await sweeping.pass_time(5 * HOUR)
        assert sweeping.kept == {b"of a job", b"of a post", b"of both"}
        sweeping.shown.clear()
        sweeping.log.forget("j0")
        await sweeping.pass_time(5 * HOUR)
        assert sweeping.kept == {b"of both"}


async def test_what_was_used_in_between_was_not_unused_for_an_hour() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"wanted again")
    async with sweeping.open():
        sweeping.shown = {name(b"wanted again")}
        await sweeping.pass_time(1.1 * HOUR)
        sweeping.shown.clear()
        await sweeping.pass_time(HOUR)
        assert sweeping.kept == {b"wanted again"}
        await sweeping.pass_time(1.1 * HOUR)
        assert sweeping.kept == set()


async def test_what_was_stored_again_in_between_begins_its_hour_anew() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"painted again")
    async with sweeping.open():
        await sweeping.pass_time(HOUR / 2)
        await sweeping.put(b"painted again")
        await sweeping.pass_time(HOUR)
        assert sweeping.kept == {b"painted again"}
        await sweeping.pass_time(HOUR)
        assert sweeping.kept == set()


async def test_what_is_used_as_it_is_deleted_is_stored_again() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"in the same moment")
    sweeping.store.on_delete = lambda: sweeping.paint(b"in the same moment", "j")
    async with sweeping.open():
        await sweeping.pass_time(3 * HOUR)
        assert sweeping.kept == {b"in the same moment"}


async def test_where_nobody_can_tell_after_the_deletion_it_is_stored_again() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"undecided")

    def go_down() -> None:
        sweeping.down = True

    sweeping.store.on_delete = go_down
    async with sweeping.open():
        await sweeping.pass_time(3 * HOUR)
        assert sweeping.kept == {b"undecided"}


async def test_it_stores_again_until_the_store_takes_it() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"in the same moment")

    def fail() -> None:
        sweeping.paint(b"in the same moment", "j")
        sweeping.store.down = True

    sweeping.store.on_delete = fail
    async with sweeping.open():
        await sweeping.pass_time(1.5 * HOUR)
        assert sweeping.kept == set()
        sweeping.store.down = False
        await sweeping.pass_time(HOUR)
        assert sweeping.kept == {b"in the same moment"}


async def test_where_the_timeline_does_not_answer_nothing_is_deleted() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"left over")
    failed = counted("sweeps_failed")
    async with sweeping.open():
        sweeping.down = True
        await sweeping.pass_time(3 * HOUR)
        assert sweeping.kept == {b"left over"}
        assert counted("sweeps_failed") > failed
        sweeping.down = False
        await sweeping.pass_time(2.2 * HOUR)
        assert sweeping.kept == set()


async def test_only_the_leader_deletes_and_a_new_one_waits_for_its_own_hour() -> None:
    sweeping = Sweeping()
    await sweeping.put(b"left over")
    async with sweeping.open():
        sweeping.leads = False
        await sweeping.pass_time(3 * HOUR)
        assert sweeping.kept == {b"left over"}
        sweeping.leads = True
        await sweeping.pass_time(HOUR)
        assert sweeping.kept == {b"left over"}
        await sweeping.pass_time(HOUR)
        assert sweeping.kept == set()


async def test_a_pass_deletes_as_many_as_are_allowed() -> None:
    sweeping = Sweeping(most=3)
    await sweeping.put(*(b"%d" % number for number in range(8)))
    async with sweeping.open():
        await sweeping.pass_time(1.5 * HOUR)
        assert len(sweeping.kept) == 5
        await sweeping.pass_time(10 * HOUR)
        assert sweeping.kept == set()


async def test_it_goes_through_a_large_store_slowly() -> None:
    sweeping = Sweeping(page_size=1000)
    await sweeping.put(*(b"%d" % number for number in range(3000)))
    async with sweeping.open():
        assert sweeping.asked == 1
        sweeping.clock.advance(4.9)
        await sweeping.settle()
        assert sweeping.asked == 1
        sweeping.clock.advance(0.2)
        await sweeping.settle()
        assert sweeping.asked == 2
