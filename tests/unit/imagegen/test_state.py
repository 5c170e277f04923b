"""What the log folds into, also where its records are none that the writer would make today."""

import pytest
from google.protobuf.message import Message

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    ImageRecord,
    Job,
    JobState,
)
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import STAYS_SECONDS, Jobs
from kanvas_imagegen.errors import JobUnknown
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_store import contents
from tests.unit.imagegen.jobs_log import JobsLog


def record(job_id: str, state: "JobState.ValueType", worker_id: str = "") -> ImageRecord:
    return ImageRecord(job=Job(id=job_id, state=state, worker_id=worker_id))


def folded(*records: ImageRecord) -> Jobs:
    jobs = Jobs(Space())
    for one in records:
        jobs.apply(IMAGES.topic, one)
    return jobs


def test_a_second_end_of_a_job_changes_nothing() -> None:
    end = record("j", JOB_STATE_SUCCEEDED)
    jobs = folded(record("j", JOB_STATE_RUNNING, "w1"), end, end)
    assert jobs.find("j") == end.job
    assert list(jobs.running()) == []
    assert jobs.waiting() == 0


def test_the_end_of_a_job_leaves_its_worker_the_job_that_it_took_since() -> None:
    jobs = folded(
        record("first", JOB_STATE_RUNNING, "w1"),
        record("second", JOB_STATE_RUNNING, "w1"),
        record("first", JOB_STATE_SUCCEEDED),
    )
    held = jobs.held_by("w1")
    assert held is not None
    assert held.id == "second"


@pytest.mark.parametrize(
    ("topic", "message"), [("kanvas.feed.v1", ImageRecord()), (IMAGES.topic, Job())]
)
def test_what_is_no_record_of_the_log_is_not_folded(topic: str, message: Message) -> None:
    with pytest.raises(TypeError, match="not a record of"):
        Jobs(Space()).apply(topic, message)


def test_what_is_published_or_canceled_is_to_be_forgotten_after_a_day() -> None:
    log = JobsLog()
    log.publish(log.paint("published").id)
    log.submit("canceled")
    log.cancel("canceled")
    assert log.state.first_to_lapse() == (log.now + STAYS_SECONDS, "published")
    log.now += STAYS_SECONDS - 1
    assert log.lapse("published") == log.lapse("canceled") == []
    log.now += 1
    for job_id in ("published", "canceled"):
        (forgotten,) = log.lapse(job_id)
        assert not forgotten.HasField("spec")
        assert log.lapse(job_id) == []
    assert log.state.first_to_lapse() is None
    assert not log.state.is_painted("ab" * 32)


def test_what_is_forgotten_leaves_after_a_day() -> None:
    log = JobsLog()
    log.forget(log.paint("forgotten").id)
    log.now += STAYS_SECONDS - 1
    log.submit("a day after, nearly")
    assert log.get("forgotten").HasField("forgotten_at")
    log.now += 1
    log.submit("a day after")
    assert log.state.find("forgotten") is None
    with pytest.raises(JobUnknown):
        log.forget("forgotten")


def test_what_forms_or_is_kept_stays() -> None:
    log = JobsLog()
    log.paint("kept")
    log.submit("rejected")
    rejected = log.lease()
    assert rejected is not None
    log.fail(rejected, Reason.MODEL_REJECTED)
    log.submit("waits")
    log.now += 20 * STAYS_SECONDS
    log.submit("later")
    assert log.shelf() == ["later", "waits", "rejected", "kept"]
    assert log.state.is_painted("ab" * 32)


def test_what_has_left_takes_no_room() -> None:
    log = JobsLog()
    log.submit("forgotten")
    log.forget("forgotten")
    log.now += STAYS_SECONDS
    log.submit("later")
    assert not [key for key in contents(log.state.space) if b"forgotten" in key]


def test_an_owner_has_all_jobs_of_the_state_the_newest_first() -> None:
    log = JobsLog()
    log.publish(log.paint("published").id)
    log.paint("of bob", owner="bob")
    log.paint("kept")
    log.submit("waits")
    assert [job.id for _, job in log.state.of_owner("ana")] == ["waits", "kept", "published"]
    (_, (before, _), _) = list(log.state.of_owner("ana"))
    assert [job.id for _, job in log.state.of_owner("ana", before)] == ["published"]
