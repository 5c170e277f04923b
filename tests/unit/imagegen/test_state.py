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
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.kafka.store.space import Space


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
