"""How a worker waits for a job, and what it gets."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.lease_job import lease_job
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_platform.errors import InvalidArgument, NotLeader
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.jobs_log import JobsLog


class Scheduler:
    """Decides at once."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.live = LiveJobs(clock=self.clock)
        self.log = JobsLog()
        self.leads = True

    async def submit(self, command: Command, timeout: float) -> None:
        self.log.now = self.clock.now()
        self.log.do(command.body)

    def accept(self, job_id: str) -> None:
        self.log.now = self.clock.now()
        self.log.submit(job_id)
        self.live.on_applied("kanvas.images.v1", self.log.records[-1])

    def ask(self, worker_id: str, wait: float = 10.0) -> asyncio.Task[Job | None]:
        replica: Any = SimpleNamespace(state=self.log.state)
        commands: Any = self
        return asyncio.create_task(
            lease_job(
                worker_id,
                live=self.live,
                replica=replica,
                commands=commands,
                clock=self.clock,
                wait=wait,
            )
        )

    async def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.1)):
            self.clock.advance(0.1)
            for _ in range(5):
                await asyncio.sleep(0)


async def test_a_job_that_waits_is_given_at_once() -> None:
    scheduler = Scheduler()
    scheduler.accept("j")
    job = await scheduler.ask(new_id())
    assert job is not None
    assert job.id == "j"


async def test_a_worker_waits_for_a_job() -> None:
    scheduler = Scheduler()
    asking = scheduler.ask(new_id())
    await scheduler.pass_time(3)
    assert not asking.done()
    scheduler.accept("j")
    await scheduler.pass_time(0.1)
    job = asking.result()
    assert job is not None
    assert job.id == "j"


async def test_it_waits_no_longer_than_it_said() -> None:
    scheduler = Scheduler()
    asking = scheduler.ask(new_id(), wait=2.0)
    await scheduler.pass_time(2.5)
    assert asking.result() is None


async def test_of_two_that_wait_one_gets_the_job() -> None:
    scheduler = Scheduler()
    asking = [scheduler.ask(new_id(), wait=2.0) for _ in range(2)]
    scheduler.accept("j")
    await scheduler.pass_time(3)
    assert sorted(task.result() is not None for task in asking) == [False, True]


async def test_a_job_in_its_pause_is_given_when_that_is_over() -> None:
    scheduler = Scheduler()
    scheduler.accept("j")
    job = await scheduler.ask(new_id())
    assert job is not None
    scheduler.log.fail(job, Reason.MODEL_UNAVAILABLE)
    asking = scheduler.ask(new_id())
    await scheduler.pass_time(0.3)
    assert not asking.done()
    await scheduler.pass_time(1.0)
    again = asking.result()
    assert again is not None
    assert again.attempt == 2


async def test_whoever_asks_again_gets_the_same_job() -> None:
    scheduler = Scheduler()
    scheduler.accept("j")
    scheduler.accept("k")
    worker = new_id()
    assert await scheduler.ask(worker) == await scheduler.ask(worker)


async def test_losing_leadership_sends_the_worker_elsewhere() -> None:
    scheduler = Scheduler()
    asking = scheduler.ask(new_id())
    await scheduler.pass_time(0.2)
    scheduler.leads = False
    scheduler.live.on_leadership(False)
    await scheduler.pass_time(0.1)
    with pytest.raises(NotLeader):
        await asking


async def test_a_process_that_ends_lets_nobody_wait() -> None:
    scheduler = Scheduler()
    asking = scheduler.ask(new_id())
    await scheduler.pass_time(0.2)
    scheduler.live.close()
    await scheduler.pass_time(0.1)
    assert asking.result() is None


async def test_a_worker_has_an_id() -> None:
    with pytest.raises(InvalidArgument):
        await Scheduler().ask("worker-1")
