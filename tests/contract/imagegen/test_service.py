"""From submit to picture, over gRPC and a log in memory."""

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from kanvas.imagegen.v1 import service_pb2 as pb
from kanvas.images.v1.records_pb2 import (
    JOB_STATE_CANCELED,
    JOB_STATE_FAILED,
    JOB_STATE_QUEUED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
)
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_platform.errors import (
    AlreadyExists,
    IdentityRequired,
    InvalidArgument,
    NotFound,
    Unauthenticated,
)
from kanvas_platform.ids import new_id
from tests.contract.imagegen.instances import KEEP_SECONDS, Service


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with Service() as made:
        yield made


async def test_a_job_becomes_a_stored_picture(service: Service) -> None:
    await service.add()
    job = await service.submit("a red fox glurb")
    done = await service.finished(job)
    assert done.state == JOB_STATE_SUCCEEDED
    data = service.store.pictures[done.picture.sha256]
    with Image.open(io.BytesIO(data)) as image:
        assert (image.width, image.height) == (done.picture.width, done.picture.height)
    provenance = done.picture.provenance
    assert done.picture.size_bytes == len(data)
    assert (provenance.model, provenance.seed) == ("sketch", job.spec.seed)
    assert provenance.statement == "Fills the canvas with one color; for tests."
    assert not provenance.generative
    assert list(provenance.substitutions) == ["glurb → globe"]
    assert done.compute_seconds > 0


async def test_a_watcher_sees_the_picture_form(service: Service) -> None:
    await service.add()
    service.painter.turnstile = turnstile = asyncio.Semaphore(0)

    async def one_more_step(_: pb.WatchJobResponse) -> None:
        turnstile.release()

    updates = await service.watch(await service.submit("a red fox"), on_update=one_more_step)
    steps = [(update.job.attempt, update.step) for update in updates]
    assert steps == sorted(steps)
    assert any(update.preview for update in updates)
    assert updates[-1].job.state == JOB_STATE_SUCCEEDED
    assert all(update.job.state != JOB_STATE_SUCCEEDED for update in updates[:-1])
    assert {update.of for update in updates} == {4}


async def test_a_late_watcher_gets_the_end_at_once(service: Service) -> None:
    await service.add()
    job = await service.submit("a red fox")
    await service.finished(job)
    (only,) = await service.watch(job)
    assert only.job.state == JOB_STATE_SUCCEEDED


async def test_a_repeat_gets_the_first_answer_and_the_first_seed(service: Service) -> None:
    first = await service.add(workers=0)
    request = service.order("a red fox")
    answers = [
        await first.client.call(first.stub.SubmitJob, request, identity=service.owner)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0].job.spec.seed > 0


async def test_the_same_command_id_for_another_prompt_is_refused(service: Service) -> None:
    first = await service.add(workers=0)
    request = service.order("a red fox")
    await first.client.call(first.stub.SubmitJob, request, identity=service.owner)
    request.spec.prompt = "a blue fox"
    with pytest.raises(InvalidArgument) as refused:
        await first.client.call(first.stub.SubmitJob, request, identity=service.owner)
    assert refused.value.reason == "COMMAND_ID_REUSED"


async def test_a_taken_job_id_is_refused(service: Service) -> None:
    first = await service.add(workers=0)
    request = service.order("a red fox")
    made = await first.client.call(first.stub.SubmitJob, request, identity=service.owner)
    request.command_id = new_id()
    again = await first.client.call(first.stub.SubmitJob, request, identity=service.owner)
    assert again.job == made.job
    request.spec.prompt = "a blue fox"
    with pytest.raises(AlreadyExists) as refused:
        await first.client.call(first.stub.SubmitJob, request, identity=service.owner)
    assert refused.value.reason == "JOB_EXISTS"


async def test_every_violation_arrives_at_the_caller(service: Service) -> None:
    first = await service.add(workers=0)
    request = service.order("")
    request.spec.style = "vermeer"
    request.job_id = "7"
    with pytest.raises(InvalidArgument) as refused:
        await first.client.call(first.stub.SubmitJob, request, identity=service.owner)
    fields = {violation.field for violation in refused.value.violations}
    assert fields == {"spec.prompt", "spec.style", "job_id"}


async def test_somebody_elses_job_is_unknown(service: Service) -> None:
    first = await service.add(workers=0)
    job = await service.submit("a red fox")
    stranger = new_id()
    calls = [
        first.client.call(first.stub.GetJob, pb.GetJobRequest(job_id=job.id), identity=stranger),
        first.client.call(
            first.stub.CancelJob,
            pb.CancelJobRequest(command_id=new_id(), job_id=job.id),
            identity=stranger,
        ),
        anext(
            first.client.stream(
                first.stub.WatchJob,
                pb.WatchJobRequest(job_id=job.id),
                timeout=10,
                identity=stranger,
            )
        ),
    ]
    for call in calls:
        with pytest.raises(NotFound) as refused:
            await call
        assert refused.value.reason == "JOB_UNKNOWN"


async def test_a_picture_is_seen_by_those_who_painted_it_on_every_instance(
    service: Service,
) -> None:
    first = await service.add()
    standby = await service.add(workers=0)
    picture = (await service.finished(await service.submit("a red fox"))).picture
    request = pb.CheckPictureRequest(sha256=picture.sha256)
    for one in (first, standby):
        for who, seen in ((service.owner, True), (new_id(), False)):
            found = await one.client.call(one.stub.CheckPicture, request, identity=who)
            assert found.visible is seen
    with pytest.raises(InvalidArgument):
        await first.client.call(
            first.stub.CheckPicture, pb.CheckPictureRequest(sha256="fox"), identity=service.owner
        )


async def test_without_an_identity_nothing_is_accepted(service: Service) -> None:
    first = await service.add(workers=0)
    with pytest.raises(Unauthenticated) as refused:
        await first.client.call(first.stub.SubmitJob, service.order("a red fox"))
    assert refused.value.reason == IdentityRequired.reason


async def test_what_the_model_rejects_fails(service: Service) -> None:
    await service.add()
    done = await service.finished(await service.submit("reject this"))
    assert (done.state, done.failure.reason) == (JOB_STATE_FAILED, "MODEL_REJECTED")
    assert done.failure.message == "nobody can paint this"


async def test_a_fault_is_tried_three_times(service: Service) -> None:
    await service.add()
    done = await service.finished(await service.submit("fault here"))
    assert (done.state, done.failure.reason) == (JOB_STATE_FAILED, "ATTEMPTS_EXHAUSTED")
    assert done.attempt == 3


async def test_a_canceled_job_stops_within_a_step_and_stores_nothing(service: Service) -> None:
    first = await service.add()
    service.painter.gate.clear()
    job = await service.submit("a red fox")

    async def cancel(update: pb.WatchJobResponse) -> None:
        if update.job.state == JOB_STATE_RUNNING:
            request = pb.CancelJobRequest(command_id=new_id(), job_id=job.id)
            await first.client.call(first.stub.CancelJob, request, identity=service.owner)

    updates = await service.watch(job, on_update=cancel)
    assert updates[-1].job.state == JOB_STATE_CANCELED
    # The worker takes another job once it has heard that the first one was canceled.
    following = await service.submit("a blue fox")
    before: list[int] = []

    async def paint_on(update: pb.WatchJobResponse) -> None:
        if update.job.state == JOB_STATE_RUNNING and not before:
            before.append(service.painter.steps)
            service.painter.gate.set()

    await service.watch(following, on_update=paint_on)
    # Only the step in progress may have been finished.
    assert service.painter.steps <= before[0] + 1 + following.spec.steps
    assert len(service.store.pictures) == 1


async def test_a_queued_job_that_is_canceled_is_never_painted(service: Service) -> None:
    first = await service.add(workers=0)
    job = await service.submit("a red fox")
    request = pb.CancelJobRequest(command_id=new_id(), job_id=job.id)
    for _ in range(2):
        response = await first.client.call(first.stub.CancelJob, request, identity=service.owner)
        assert response.job.state == JOB_STATE_CANCELED


async def test_a_model_that_is_down_is_waited_for(service: Service) -> None:
    await service.add()
    service.painter.down = True
    job = await service.submit("a red fox")
    await service.painter.refused.wait()
    service.painter.down = False
    done = await service.finished(job)
    assert done.state == JOB_STATE_SUCCEEDED


async def test_a_model_killed_while_it_paints_costs_an_attempt_not_the_job(
    service: Service,
) -> None:
    await service.add()
    service.painter.gate.clear()
    job = await service.submit("a red fox")

    async def kill(update: pb.WatchJobResponse) -> None:
        if update.job.state == JOB_STATE_RUNNING and update.job.attempt == 1:
            service.painter.down = True
            service.painter.gate.set()
        elif update.job.state == JOB_STATE_QUEUED:
            service.painter.down = False

    updates = await service.watch(job, on_update=kill)
    done = updates[-1].job
    assert (done.state, done.attempt) == (JOB_STATE_SUCCEEDED, 2)


async def test_a_store_that_is_down_is_waited_for(service: Service) -> None:
    await service.add()
    service.store.down = True
    job = await service.submit("a red fox")
    await service.store.refused.wait()
    service.store.down = False
    assert (await service.finished(job)).state == JOB_STATE_SUCCEEDED


async def test_a_standby_takes_jobs_and_streams_them(service: Service) -> None:
    first = await service.add(workers=0)
    standby = await service.add()
    assert first.writer.leads
    assert not standby.writer.leads
    job = await service.submit("a red fox", at=standby)
    updates = await service.watch(job, at=standby)
    assert updates[-1].job.state == JOB_STATE_SUCCEEDED
    assert (await service.finished(job, at=standby)).picture == updates[-1].job.picture


async def test_a_worker_that_vanishes_loses_its_job_to_another(service: Service) -> None:
    await service.add(workers=0)
    gone = await service.add()
    service.painter.gate.clear()
    job = await service.submit("a red fox")

    async def leave(update: pb.WatchJobResponse) -> None:
        if update.job.state == JOB_STATE_RUNNING and update.job.attempt == 1:
            # The process is gone without a word; another one comes.
            await gone.vanish()
            service.painter.gate.set()
            await service.add()

    updates = await service.watch(job, on_update=leave)
    done = updates[-1].job
    assert (done.state, done.attempt) == (JOB_STATE_SUCCEEDED, 2)


async def test_a_change_of_leader_in_mid_picture_loses_nothing(service: Service) -> None:
    first = await service.add(workers=0)
    second = await service.add()
    service.painter.gate.clear()
    job = await service.submit("a red fox")
    await service.painter.begun.wait()
    await first.stop()
    await second.until(lambda: second.writer.leads)
    service.painter.gate.set()
    done = await service.finished(job, at=second)
    assert (done.state, done.attempt) == (JOB_STATE_SUCCEEDED, 1)


async def test_unpublished_work_is_listed_in_pages_until_it_is_published(service: Service) -> None:
    first = await service.add()
    standby = await service.add()
    jobs = [await service.submit(f"fox {number}") for number in range(3)]
    for job in jobs:
        await service.finished(job)
    newest = await service.listed(standby, page_size=2)
    assert [job.id for job in newest.jobs] == [jobs[2].id, jobs[1].id]
    rest = await service.listed(standby, page_size=2, cursor=newest.next_cursor)
    assert [job.id for job in rest.jobs] == [jobs[0].id]
    assert rest.next_cursor == ""
    kept = newest.jobs[0]
    assert kept.kept_until.seconds - kept.ended_at.seconds == KEEP_SECONDS
    request = pb.MarkPublishedRequest(command_id=new_id(), job_id=kept.id, post_id=new_id())
    for _ in range(2):
        await first.client.call(first.stub.MarkPublished, request, identity=service.owner)
    listed = await service.listed(standby)
    assert [job.id for job in listed.jobs] == [jobs[1].id, jobs[0].id]
    everything = await service.listed(standby, everything=True)
    assert [job.id for job in everything.jobs] == [job.id for job in reversed(jobs)]
    for everybody in (False, True):
        stranger = await service.listed(standby, owner=new_id(), everything=everybody)
        assert not stranger.jobs


async def test_a_forgotten_job_is_nowhere(service: Service) -> None:
    first = await service.add()
    standby = await service.add(workers=0)
    order = service.order("a red fox")
    made = await first.client.call(first.stub.SubmitJob, order, identity=service.owner)
    painted = await service.finished(made.job)
    forget = pb.ForgetJobRequest(command_id=new_id(), job_id=made.job.id)
    answers = [
        await standby.client.call(standby.stub.ForgetJob, forget, identity=service.owner)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert not (await service.listed(standby)).jobs
    assert not (await service.listed(standby, everything=True)).jobs
    check = pb.CheckPictureRequest(sha256=painted.picture.sha256)
    seen = await standby.client.call(standby.stub.CheckPicture, check, identity=service.owner)
    assert not seen.visible
    get = pb.GetJobRequest(job_id=made.job.id, at_least=answers[0].position)
    cancel = pb.CancelJobRequest(command_id=new_id(), job_id=made.job.id)
    calls = [
        standby.client.call(standby.stub.GetJob, get, identity=service.owner),
        standby.client.call(standby.stub.CancelJob, cancel, identity=service.owner),
        standby.client.call(standby.stub.SubmitJob, order, identity=service.owner),
    ]
    for call in calls:
        with pytest.raises(NotFound) as refused:
            await call
        assert refused.value.reason == "JOB_UNKNOWN"


async def test_a_list_says_what_is_wrong_with_its_request(service: Service) -> None:
    first = await service.add(workers=0)
    with pytest.raises(InvalidArgument) as refused:
        await service.listed(first, page_size=101, cursor="7")
    assert {one.field for one in refused.value.violations} == {"page_size", "cursor"}


async def test_the_log_keeps_no_text_in_keys_and_headers(service: Service) -> None:
    await service.add()
    job = await service.submit("verysecretword")
    await service.finished(job)
    for raw in service.cluster.committed(IMAGES.topic):
        assert raw.key == f"job:{job.id}".encode()
        assert b"verysecretword" not in repr(raw.headers).encode()
