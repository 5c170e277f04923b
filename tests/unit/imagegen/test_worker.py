"""What a worker does with a job, and when it stops."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.model_health import ModelHealth
from kanvas_imagegen.worker import Worker
from kanvas_platform.errors import Unavailable
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.doubles import CATALOGUE, FakePainter, FakeScheduler, MemoryStore


class Workshop:
    """A worker and all that it touches."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.painter = FakePainter()
        self.store = MemoryStore()
        self.scheduler = FakeScheduler()
        self.health = ModelHealth(painter=self.painter, clock=self.clock)
        self.health.beat()
        self.worker = Worker(
            name="worker-1",
            scheduler=self.scheduler,
            painter=self.painter,
            store=self.store,
            health=self.health,
            catalogue=CATALOGUE,
            clock=self.clock,
        )
        self.running = asyncio.create_task(self.worker.run())

    def give(self, prompt: str = "a fox", steps: int = 4) -> None:
        spec = JobSpec(prompt=prompt, model="sketch", width=64, height=64, steps=steps, seed=7)
        self.scheduler.jobs.append(Job(id="j", attempt=1, spec=spec))

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not true():
                if self.running.done():
                    self.running.result()
                self.clock.advance(0.05)
                await asyncio.sleep(0)


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    made = Workshop()
    yield made
    made.running.cancel()
    await asyncio.gather(made.running, return_exceptions=True)


async def test_it_stores_what_it_has_painted_before_it_hands_it_in(workshop: Workshop) -> None:
    workshop.give("a fox glurb")
    await workshop.until(lambda: workshop.scheduler.completed)
    (picture,) = workshop.scheduler.completed
    assert picture.sha256 in workshop.store.pictures
    assert list(picture.provenance.substitutions) == ["glurb → globe"]
    assert picture.provenance.generative is False


async def test_it_stores_again_what_was_deleted_before_the_job_named_it(
    workshop: Workshop,
) -> None:
    store = workshop.store
    workshop.scheduler.on_complete = lambda picture: store.lose(picture.sha256)
    workshop.give()
    await workshop.until(lambda: workshop.scheduler.completed and store.pictures)
    assert list(store.pictures) == [workshop.scheduler.completed[0].sha256]


async def test_a_store_that_fails_after_a_job_was_handed_in_takes_nothing_from_it(
    workshop: Workshop,
) -> None:
    def fail(_: Picture) -> None:
        workshop.store.down = True

    workshop.scheduler.on_complete = fail
    workshop.give()
    await workshop.until(workshop.store.refused.is_set)
    asked = workshop.scheduler.asked
    await workshop.until(lambda: workshop.scheduler.asked > asked)
    assert workshop.scheduler.failed == []


async def test_a_lost_lease_stops_the_painting_within_a_step(workshop: Workshop) -> None:
    workshop.painter.gate.clear()
    workshop.give(steps=50)
    await workshop.until(lambda: workshop.scheduler.reports)
    workshop.scheduler.lose()
    asked = workshop.scheduler.asked
    await workshop.until(lambda: workshop.scheduler.asked > asked)
    before = workshop.painter.steps
    workshop.painter.gate.set()
    await asyncio.sleep(0)
    assert workshop.painter.steps == before
    assert not workshop.store.pictures
    assert workshop.scheduler.failed == []


async def test_a_job_lost_with_its_last_step_is_not_stored(workshop: Workshop) -> None:
    workshop.scheduler.lose()
    workshop.give(steps=1)
    await workshop.until(lambda: workshop.painter.steps == 1)
    asked = workshop.scheduler.asked
    await workshop.until(lambda: workshop.scheduler.asked > asked)
    assert not workshop.store.pictures


async def test_a_scheduler_that_does_not_answer_does_not_slow_the_painting(
    workshop: Workshop,
) -> None:
    workshop.scheduler.answering.clear()
    workshop.give(steps=50)
    await workshop.until(lambda: workshop.painter.steps == 50)
    assert workshop.scheduler.reports == []
    workshop.scheduler.answering.set()
    await workshop.until(lambda: workshop.scheduler.completed)
    # All that was not told meanwhile is told as one: the latest.
    assert len(workshop.scheduler.reports) <= 4


async def test_it_reports_several_times_per_lease_while_nothing_changes(
    workshop: Workshop,
) -> None:
    workshop.painter.gate.clear()
    workshop.give()
    started = workshop.clock.monotonic()
    await workshop.until(lambda: len(workshop.scheduler.reports) >= 3)
    assert workshop.clock.monotonic() - started <= 5


async def test_it_finishes_although_nobody_leads(workshop: Workshop) -> None:
    workshop.scheduler.refusing = Unavailable("Nobody leads yet.")
    workshop.give()
    await workshop.until(lambda: workshop.store.pictures)
    assert not workshop.scheduler.completed
    workshop.scheduler.refusing = None
    await workshop.until(lambda: workshop.scheduler.completed)


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("reject", Reason.MODEL_REJECTED),
        ("fault", Reason.MODEL_FAULT),
        ("crash", Reason.MODEL_INTERRUPTED),
    ],
)
async def test_it_says_why_there_is_no_picture(
    workshop: Workshop, prompt: str, reason: Reason
) -> None:
    workshop.give(prompt)
    await workshop.until(lambda: workshop.scheduler.failed)
    assert workshop.scheduler.failed == [reason]
    # Only what the model says of the job leaves no doubt of the model.
    assert workshop.health.well == (reason is Reason.MODEL_REJECTED)


async def test_a_store_that_is_down_gives_the_job_back(workshop: Workshop) -> None:
    workshop.store.down = True
    workshop.give()
    await workshop.until(lambda: workshop.scheduler.failed)
    assert workshop.scheduler.failed == [Reason.STORE_UNAVAILABLE]


async def test_a_fault_of_the_worker_itself_does_not_end_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(data: bytes, media_type: str) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(workshop.store, "put", broken)
        workshop.give()
        await workshop.until(lambda: workshop.scheduler.failed)
    assert workshop.scheduler.failed == [Reason.MODEL_FAULT]
    workshop.health.beat()
    workshop.give()
    await workshop.until(lambda: workshop.scheduler.completed)


async def test_it_takes_no_job_while_the_model_does_not_paint(workshop: Workshop) -> None:
    workshop.health.doubt()
    for _ in range(10):
        await asyncio.sleep(0)
    workshop.give()
    for _ in range(50):
        await asyncio.sleep(0)
    # The one that it was asking for may have come; it never asks for another.
    workshop.give()
    for _ in range(50):
        await asyncio.sleep(0)
    assert workshop.scheduler.jobs
    workshop.health.beat()
    await workshop.until(lambda: not workshop.scheduler.jobs)


async def test_a_drained_worker_finishes_its_job_and_takes_no_other(workshop: Workshop) -> None:
    workshop.painter.gate.clear()
    workshop.give()
    await workshop.until(workshop.painter.begun.is_set)
    workshop.give()
    draining = asyncio.create_task(workshop.worker.drain())
    await asyncio.sleep(0)
    workshop.painter.gate.set()
    await workshop.until(draining.done)
    assert len(workshop.scheduler.completed) == 1
    assert len(workshop.scheduler.jobs) == 1


async def test_a_worker_that_is_ended_gives_its_job_back(workshop: Workshop) -> None:
    workshop.painter.gate.clear()
    workshop.give()
    await workshop.until(workshop.painter.begun.is_set)
    workshop.running.cancel()
    await asyncio.gather(workshop.running, return_exceptions=True)
    assert workshop.scheduler.failed == [Reason.WORKER_LEAVING]
