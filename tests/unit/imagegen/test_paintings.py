"""Whose pictures are whose, as the log folds."""

from kanvas.images.v1.records_pb2 import JOB_STATE_SUCCEEDED, ImageRecord, Job
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.kafka.store.space import Space
from tests.unit.imagegen.jobs_log import PICTURE, JobsLog

SHA256 = PICTURE.sha256


def painted(log: JobsLog, job_id: str, owner: str) -> None:
    log.submit(job_id, owner)
    job = log.lease()
    assert job is not None
    log.complete(job)


def test_a_picture_is_its_owners_from_the_end_of_the_job() -> None:
    log = JobsLog()
    log.submit("j", "ana")
    assert not log.state.has_painted("ana", SHA256)
    job = log.lease()
    assert job is not None
    assert not log.state.has_painted("ana", SHA256)
    log.complete(job)
    assert log.state.has_painted("ana", SHA256)
    assert not log.state.has_painted("ben", SHA256)
    assert not log.state.has_painted("ana", "cd" * 32)


def test_the_same_picture_may_be_that_of_several_people() -> None:
    log = JobsLog()
    painted(log, "j1", "ana")
    painted(log, "j2", "ben")
    assert log.state.has_painted("ana", SHA256)
    assert log.state.has_painted("ben", SHA256)


def test_it_is_somebodys_as_long_as_one_of_their_jobs_names_it() -> None:
    jobs = Jobs(Space())
    for job_id in ("j1", "j2"):
        job = Job(id=job_id, owner_id="ana", state=JOB_STATE_SUCCEEDED, picture=PICTURE)
        jobs.apply(IMAGES.topic, ImageRecord(job=job))
    for job_id, still in (("j1", True), ("j2", False)):
        bare = Job(id=job_id, owner_id="ana", state=JOB_STATE_SUCCEEDED)
        jobs.apply(IMAGES.topic, ImageRecord(job=bare))
        assert jobs.has_painted("ana", SHA256) is still


def test_a_layer_tells_nothing_to_what_lies_below_it() -> None:
    below = Jobs(Space())
    layer = below.overlay()
    job = Job(id="j", owner_id="ana", state=JOB_STATE_SUCCEEDED, picture=PICTURE)
    layer.apply(IMAGES.topic, ImageRecord(job=job))
    assert layer.has_painted("ana", SHA256)
    assert not below.has_painted("ana", SHA256)
