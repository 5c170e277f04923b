"""The keeper of leases, while the log takes its time."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.commands import Expire
from kanvas_imagegen.domain.leases import LEASE_SECONDS
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.lease_keeper import LeaseKeeper
from kanvas_imagegen.live_jobs import LOOK_SECONDS, LiveJobs
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, StoreFailed
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.jobs_log import KEEP_SECONDS, JobsLog


class SlowLog:
    """Takes commands, and answers when it is told to.

    Attributes:
        asked: (job, attempt) of every command, in order.
        gate: Answers wait for it.
        down: While True, every answer is a refusal.
    """

    def __init__(self, log: JobsLog) -> None:
        self.leads = True
        self.asked: list[tuple[str, int]] = []
        self.gate = asyncio.Event()
        self.down = False
        self._log = log

    async def submit(self, command: Command, _timeout: float) -> Any:
        body = command.body
        assert isinstance(body, Expire)
        self.asked.append((body.job_id, body.attempt))
        await self.gate.wait()
        if self.down:
            raise Unavailable("The log does not answer.")
        self._log.do(body)


class Scheduler:
    """Two jobs that are painted, by workers that are silent unless they report."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.live = LiveJobs(clock=self.clock)
        self.log = JobsLog()
        self.slow = SlowLog(self.log)
        self.replica: Any = SimpleNamespace(state=self.log.state)
        self.jobs = [self._leased(worker) for worker in ("w1", "w2")]

    def _leased(self, worker: str) -> Job:
        self.log.submit(new_id())
        job = self.log.lease(worker)
        assert job is not None
        return job

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        commands: Any = self.slow
        keeper = LeaseKeeper(
            live=self.live,
            replica=self.replica,
            commands=commands,
            clock=self.clock,
            keep_seconds=KEEP_SECONDS,
        )
        task = asyncio.create_task(keeper.run())
        await settle()
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_SECONDS)):
            self.clock.advance(LOOK_SECONDS)
            await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_all_that_are_overdue_are_expired_together() -> None:
    scheduler = Scheduler()
    async with scheduler.open():
        await scheduler.pass_time(LEASE_SECONDS + LOOK_SECONDS)
        assert sorted(scheduler.slow.asked) == sorted((job.id, 1) for job in scheduler.jobs)


class Away:
    """A store that cannot be read at present."""

    def get(self, _key: bytes) -> bytes | None:
        raise StoreFailed("no such device")

    def descending(self, _group: bytes, _below: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        raise StoreFailed("no such device")


async def test_it_looks_again_after_a_time_in_which_the_state_could_not_be_read() -> None:
    scheduler = Scheduler()
    scheduler.replica.state = Jobs(Space(Away()))
    async with scheduler.open():
        await scheduler.pass_time(LEASE_SECONDS)
        scheduler.replica.state = scheduler.log.state
        await scheduler.pass_time(LEASE_SECONDS + 2 * LOOK_SECONDS)
        assert len(scheduler.slow.asked) == 2


async def test_an_attempt_is_expired_once_however_long_the_log_takes() -> None:
    scheduler = Scheduler()
    async with scheduler.open():
        await scheduler.pass_time(LEASE_SECONDS + 4.0)
        assert len(scheduler.slow.asked) == 2
        scheduler.slow.gate.set()
        await scheduler.pass_time(LEASE_SECONDS)
        assert len(scheduler.slow.asked) == 2


async def test_whoever_is_heard_between_the_look_and_the_deed_keeps_the_lease() -> None:
    scheduler = Scheduler()
    first, second = scheduler.jobs
    async with scheduler.open():
        await scheduler.pass_time(LEASE_SECONDS)
        scheduler.clock.advance(LOOK_SECONDS)
        overdue = scheduler.live.leases.overdue

        def and_then_a_report_comes(running: Iterable[Job], at: float) -> list[Job]:
            found = overdue(running, at)
            assert sorted(job.id for job in found) == sorted((first.id, second.id))
            scheduler.live.report(second, 3, 8, b"")
            return found

        scheduler.live.leases.overdue = and_then_a_report_comes  # type: ignore[method-assign]
        scheduler.slow.gate.set()
        await settle()
        assert scheduler.slow.asked == [(first.id, 1)]


async def test_a_slow_log_does_not_pass_for_a_leader_that_slept() -> None:
    scheduler = Scheduler()
    first, second = scheduler.jobs
    async with scheduler.open():
        await scheduler.pass_time(3.0)
        scheduler.live.report(second, 1, 8, b"")
        await scheduler.pass_time(LEASE_SECONDS + LOOK_SECONDS)
        # The first is still on its way; the second was silent for its own five seconds.
        assert scheduler.slow.asked == [(first.id, 1), (second.id, 1)]


async def test_what_the_log_did_not_take_is_tried_again() -> None:
    scheduler = Scheduler()
    scheduler.slow.down = True
    scheduler.slow.gate.set()
    async with scheduler.open():
        await scheduler.pass_time(LEASE_SECONDS + LOOK_SECONDS)
        assert len(scheduler.slow.asked) == 2
        await scheduler.pass_time(LOOK_SECONDS)
        assert len(scheduler.slow.asked) == 4
