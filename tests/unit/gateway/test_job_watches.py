"""What is news of a job, and what comes late."""

from typing import Any

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.images.v1.records_pb2 import (
    JOB_STATE_QUEUED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    Job,
    JobState,
)
from kanvas_gateway.stream.job_watches import JobWatch
from kanvas_gateway.stream.socket import Socket
from kanvas_platform.testing.clock import ManualClock
from tests.unit.gateway.test_deliveries import frames_in


def news(
    attempt: int, state: "JobState.ValueType", step: int = 0, queue_position: int = 0
) -> imagegen.WatchJobResponse:
    job = Job(id="j", attempt=attempt, state=state)
    return imagegen.WatchJobResponse(job=job, step=step, of=8, queue_position=queue_position)


def watch() -> JobWatch:
    return JobWatch("ana", "j", ManualClock())


def shown(one: JobWatch) -> dict[str, Any]:
    """Return the progress that somebody gets who looks at the job now."""
    socket = Socket(1, lambda _: None, lambda: None)
    one.admit(socket, "j")
    frames, _ = one.due(socket)
    one.forget(socket)
    [progress] = [read for read in frames_in(frames) if read.get("event") == "job.progress"]
    data: dict[str, Any] = progress["data"]
    return data


def test_a_job_that_goes_back_to_the_queue_is_shown_as_queued() -> None:
    one = watch()
    assert one.update(news(1, JOB_STATE_RUNNING, step=7))
    assert one.update(news(1, JOB_STATE_QUEUED, queue_position=3))
    assert (shown(one)["state"], shown(one)["step"]) == ("queued", 0)
    assert one.update(news(1, JOB_STATE_QUEUED, queue_position=2))
    assert shown(one)["queue_position"] == 2


def test_a_step_of_an_attempt_that_is_over_comes_late() -> None:
    one = watch()
    one.update(news(1, JOB_STATE_QUEUED))
    assert not one.update(news(1, JOB_STATE_RUNNING, step=8))
    assert shown(one)["state"] == "queued"


def test_the_next_attempt_follows_the_queue() -> None:
    one = watch()
    one.update(news(1, JOB_STATE_QUEUED))
    assert one.update(news(2, JOB_STATE_RUNNING, step=1))
    assert not one.update(news(1, JOB_STATE_QUEUED))
    assert (shown(one)["state"], shown(one)["attempt"]) == ("running", 2)


def test_nothing_follows_the_end_of_a_job() -> None:
    one = watch()
    one.update(news(1, JOB_STATE_QUEUED))
    assert one.update(news(1, JOB_STATE_SUCCEEDED, step=8))
    assert not one.update(news(1, JOB_STATE_QUEUED))
    assert not one.update(news(1, JOB_STATE_RUNNING, step=8))
