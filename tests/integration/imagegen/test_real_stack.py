"""From prompt to stored picture on real Kafka and Triton, whatever is killed meanwhile."""

import asyncio
import hashlib
import io
import signal

import pytest
from PIL import Image

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_CANCELED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    Job,
)
from kanvas_imagegen.adapters.object_store import picture_path
from kanvas_imagegen.domain.state import FINAL_STATES
from kanvas_local.stack import Stack
from kanvas_platform.errors import NotFound
from kanvas_platform.ids import new_id
from tests.integration.imagegen.callers import Caller
from tests.patience import PATIENCE_SECONDS

LONG = {"width": 1024, "height": 1024, "steps": 50}


def stored(stack: Stack, job: Job) -> bytes:
    picture = job.picture
    return (stack.layout.media / picture_path(picture.sha256, picture.media_type)).read_bytes()


async def test_a_job_given_to_either_instance_becomes_a_picture(
    imagegen: Stack, callers: list[Caller]
) -> None:
    for giving, asking in (callers, callers[::-1]):
        # So many steps that some are left once somebody watches.
        job = await giving.submit("a red fox in the snow", steps=50)
        updates = await giving.watch(job)
        assert any(update.preview for update in updates)
        steps = [(update.job.attempt, update.step) for update in updates]
        assert steps == sorted(steps)
        done = await asking.until(job, *FINAL_STATES)
        assert done.state == JOB_STATE_SUCCEEDED
        data = stored(imagegen, done)
        assert hashlib.sha256(data).hexdigest() == done.picture.sha256
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (512, 512)
        assert done.picture.provenance.model == "collage"
        assert not done.picture.provenance.generative


async def test_the_words_and_the_seed_make_the_picture(callers: list[Caller]) -> None:
    one, _ = callers
    pictures = []
    for prompt in ("a red fox in the snow", "a whale in the sea", "a red fox in the snow"):
        job = await one.submit(prompt, seed=7)
        done = await one.until(job, *FINAL_STATES)
        pictures.append(done.picture.sha256)
    assert pictures[0] == pictures[2]
    assert pictures[0] != pictures[1]


async def test_a_job_for_the_painting_network_says_that_it_is_generative(
    callers: list[Caller],
) -> None:
    one, _ = callers
    job = await one.submit("a red fox in the snow", model="easel", steps=4, guidance=1.5)
    assert job.spec.guidance == 1.5
    done = await one.until(job, *FINAL_STATES)
    assert done.state == JOB_STATE_SUCCEEDED
    assert done.picture.provenance.model == "easel"
    assert done.picture.provenance.generative


async def test_somebody_elses_job_is_unknown(callers: list[Caller]) -> None:
    mine, _ = callers
    job = await mine.submit("a red fox")
    stranger = Caller(mine.client, mine.stub, new_id())
    for call in (stranger.get(job), stranger.cancel(job), stranger.watch(job)):
        with pytest.raises(NotFound) as refused:
            await call
        assert refused.value.reason == "JOB_UNKNOWN"


async def test_a_running_job_is_canceled(callers: list[Caller]) -> None:
    one, two = callers
    job = await one.submit("a castle on a hill", **LONG)
    await one.until(job, JOB_STATE_RUNNING)
    assert (await two.cancel(job)).state == JOB_STATE_CANCELED
    # The worker is free for the next one, and the canceled one stays as it ended.
    following = await one.submit("a red fox")
    await one.until(following, JOB_STATE_SUCCEEDED)
    assert (await one.get(job)).state == JOB_STATE_CANCELED


async def test_a_job_survives_a_triton_that_is_killed(
    imagegen: Stack, callers: list[Caller]
) -> None:
    one, _ = callers
    job = await one.submit("a castle on a hill", **LONG)
    await one.until(job, JOB_STATE_RUNNING)
    imagegen.kill("triton")
    done = await one.until(job, *FINAL_STATES)
    assert done.state == JOB_STATE_SUCCEEDED
    assert done.attempt >= 2


async def test_a_job_survives_a_model_process_that_is_killed(
    imagegen: Stack, callers: list[Caller]
) -> None:
    """Triton stays ready, and its streams stay open: the harder case."""
    one, _ = callers
    job = await one.submit("a castle on a hill", **LONG)
    await one.until(job, JOB_STATE_RUNNING)
    triton = imagegen.state.units["triton"].process
    server = triton.find() if triton else None
    assert server is not None
    for model in server.children(recursive=True):
        model.kill()
    done = await one.until(job, *FINAL_STATES)
    assert done.state == JOB_STATE_SUCCEEDED
    assert done.attempt >= 2


async def test_a_paused_worker_that_wakes_changes_nothing(
    imagegen: Stack, callers: list[Caller]
) -> None:
    one, _ = callers
    job = await one.submit("a castle on a hill", **LONG)
    await one.until(job, JOB_STATE_RUNNING)
    holder = await painting(imagegen, job)
    imagegen.kill(holder, signal.SIGSTOP)
    try:
        other = callers[2 - int(holder[-1])]
        done = await other.until(job, *FINAL_STATES)
    finally:
        imagegen.kill(holder, signal.SIGCONT)
    assert done.state == JOB_STATE_SUCCEEDED
    assert done.attempt >= 2
    await asyncio.sleep(3)
    assert await other.get(job) == done


async def painting(stack: Stack, job: Job) -> str:
    """Which instance's worker paints the job, by what it says in its log."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            for unit in ("imagegen-1", "imagegen-2"):
                said = stack.tail(unit, lines=200).splitlines()
                if any('"painting"' in line and job.id in line for line in said):
                    return unit
            await asyncio.sleep(0.02)
