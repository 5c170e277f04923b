"""What a watcher gets, however fast or slowly it reads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas.images.v1.records_pb2 import JOB_STATE_QUEUED, JOB_STATE_SUCCEEDED, Job
from kanvas_imagegen.errors import JobUnknown
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_imagegen.watch_job import Update, watch_job
from kanvas_platform.errors import NotLeader
from kanvas_platform.ids import new_id
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.jobs_log import JobsLog


class Room:
    """A log, live jobs, and one who is or is not in scheduler."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.live = LiveJobs(clock=self.clock)
        self.log = JobsLog()
        self.scheduler = SimpleNamespace(leads=True)
        self.job_id = new_id()
        self.log.submit(self.job_id)

    def watch(self, owner: str = "ana") -> Any:
        replica: Any = SimpleNamespace(state=self.log.state)
        commands: Any = self.scheduler
        updates: AsyncIterator[Update] = watch_job(
            self.job_id,
            owner,
            live=self.live,
            replica=replica,
            commands=commands,
            clock=self.clock,
        )
        return aclosing(updates)

    def lease(self) -> Job:
        job = self.log.lease()
        assert job is not None
        self.applied()
        return job

    def applied(self) -> None:
        self.live.on_applied("kanvas.images.v1", self.log.records[-1])


async def test_the_present_state_comes_first() -> None:
    room = Room()
    async with room.watch() as updates:
        first = await anext(updates)
    assert (first.job.state, first.step, first.of) == (JOB_STATE_QUEUED, 0, 8)


async def test_who_reads_slowly_gets_what_is_latest() -> None:
    room = Room()
    async with room.watch() as updates:
        await anext(updates)
        job = room.lease()
        for step in range(1, 6):
            room.live.report(job, step, 8, b"preview %d" % step)
        second = await anext(updates)
        assert (second.step, second.preview) == (5, b"preview 5")
        room.live.report(job, 6, 8, b"")
        third = await anext(updates)
        # The preview of step 5 has been had.
        assert (third.step, third.preview) == (6, b"")


async def test_a_job_that_goes_back_to_the_queue_keeps_its_attempt_and_begins_anew() -> None:
    room = Room()
    async with room.watch() as updates:
        await anext(updates)
        job = room.lease()
        room.live.report(job, 7, 8, b"preview 7")
        assert (await anext(updates)).step == 7
        room.log.expire(job)
        room.applied()
        requeued = await anext(updates)
    assert requeued.job.state == JOB_STATE_QUEUED
    assert (requeued.job.attempt, requeued.step, requeued.preview) == (1, 0, b"")


async def test_the_end_is_the_last() -> None:
    room = Room()
    async with room.watch() as updates:
        await anext(updates)
        room.log.complete(room.lease())
        room.applied()
        rest = [update async for update in updates]
    assert [update.job.state for update in rest] == [JOB_STATE_SUCCEEDED]


async def test_losing_leadership_ends_it() -> None:
    room = Room()
    async with room.watch() as updates:
        await anext(updates)
        room.scheduler.leads = False
        room.live.on_leadership(False)
        with pytest.raises(NotLeader):
            await anext(updates)


async def test_strangers_learn_nothing_and_leave_nothing_behind() -> None:
    room = Room()
    before = REGISTRY.get_sample_value("kanvas_imagegen_watchers")
    async with room.watch("bob") as updates:
        with pytest.raises(JobUnknown):
            await anext(updates)
    assert REGISTRY.get_sample_value("kanvas_imagegen_watchers") == before


async def test_the_place_in_the_queue_is_told_anew() -> None:
    room = Room()
    first = room.log.lease("w0")
    assert first is not None
    ahead, mine = new_id(), new_id()
    room.log.submit(ahead)
    room.log.submit(mine)
    room.job_id = mine
    async with room.watch() as updates:
        assert (await anext(updates)).queue_position == 1
        room.log.cancel(ahead)
        room.live.on_applied("kanvas.images.v1", room.log.records[-1])
        # News of another job rings no bell: the look every second finds it.
        following = asyncio.ensure_future(updates.__anext__())
        while not following.done():
            room.clock.advance(0.1)
            await asyncio.sleep(0)
        assert following.result().queue_position == 0
