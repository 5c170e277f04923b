"""What the leader remembers, and forgets."""

import pytest
from prometheus_client import REGISTRY

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_CANCELED,
    JOB_STATE_FAILED,
    JOB_STATE_QUEUED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    ImageRecord,
    Job,
    JobSpec,
    JobState,
)
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_platform.testing.clock import ManualClock

JOB = Job(id="j", attempt=1, state=JOB_STATE_RUNNING, spec=JobSpec(steps=8))


def applied(live: LiveJobs, job: Job) -> None:
    live.on_applied(IMAGES.topic, ImageRecord(job=job))


def test_progress_never_goes_back() -> None:
    live = LiveJobs(clock=ManualClock())
    live.report(JOB, 3, 8, b"three")
    live.report(JOB, 2, 8, b"two")
    assert live.progress(JOB).step == 3
    assert live.progress(JOB).preview == b"three"


def test_a_report_without_a_preview_keeps_the_last_one() -> None:
    live = LiveJobs(clock=ManualClock())
    live.report(JOB, 3, 8, b"three")
    live.report(JOB, 4, 8, b"")
    now = live.progress(JOB)
    assert (now.step, now.preview, now.preview_step) == (4, b"three", 3)


def test_a_new_attempt_begins_at_nothing() -> None:
    live = LiveJobs(clock=ManualClock())
    live.report(JOB, 3, 8, b"three")
    second = Job(id="j", attempt=2, state=JOB_STATE_RUNNING, spec=JobSpec(steps=8))
    assert live.progress(second).step == 0
    live.report(second, 1, 8, b"")
    assert live.progress(second).preview == b""


def test_faults_are_counted_by_reason_once_for_each_attempt() -> None:
    live = LiveJobs(clock=ManualClock())
    assert live.count_fault("j", 1, Reason.MODEL_FAULT) == 1
    assert live.count_fault("j", 1, Reason.MODEL_FAULT) == 1
    assert live.count_fault("j", 2, Reason.MODEL_UNAVAILABLE) == 1
    assert live.count_fault("j", 3, Reason.MODEL_FAULT) == 2


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JOB_STATE_SUCCEEDED, "succeeded"),
        (JOB_STATE_FAILED, "failed"),
        (JOB_STATE_CANCELED, "canceled"),
    ],
)
def test_the_leader_measures_a_job_from_acceptance_to_its_end(
    state: JobState.ValueType, outcome: str
) -> None:
    def seconds(name: str, **labels: str) -> float:
        found = REGISTRY.get_sample_value(f"kanvas_imagegen_{name}_sum", {"model": "m", **labels})
        return found or 0.0

    def passed(live: LiveJobs) -> tuple[float, float, float]:
        before = [seconds("wait_seconds"), seconds("job_seconds", outcome=outcome)]
        cost = seconds("paint_seconds")
        for decided, reached in ((7, JOB_STATE_RUNNING), (50, state)):
            record = ImageRecord(job=Job(id="j", attempt=1, state=reached, spec=JobSpec(model="m")))
            record.job.created_at.FromSeconds(1)
            record.job.compute_seconds = 30
            record.meta.decided_at.FromSeconds(decided)
            live.on_applied(IMAGES.topic, record)
        waited, took = seconds("wait_seconds"), seconds("job_seconds", outcome=outcome)
        return waited - before[0], took - before[1], seconds("paint_seconds") - cost

    live = LiveJobs(clock=ManualClock())
    assert passed(live) == (0, 0, 0), "only the leader counts"
    live.on_leadership(True)
    assert passed(live) == (6, 49, 30 if state == JOB_STATE_SUCCEEDED else 0)


def test_what_has_ended_leaves_nothing_behind() -> None:
    live = LiveJobs(clock=ManualClock())
    live.report(JOB, 3, 8, b"three")
    live.count_fault("j", 1, Reason.MODEL_FAULT)
    applied(live, Job(id="j", attempt=1, state=JOB_STATE_SUCCEEDED))
    assert live.progress(JOB).step == 0
    assert live.count_fault("j", 2, Reason.MODEL_FAULT) == 1


def test_news_of_a_job_rings_its_bells_only() -> None:
    live = LiveJobs(clock=ManualClock())
    with live.bell("j") as mine, live.bell("other") as other:
        applied(live, JOB)
        assert mine.is_set()
        assert not other.is_set()
        mine.clear()
        live.report(JOB, 1, 8, b"")
        assert mine.is_set()


def test_a_change_of_leader_rings_all_bells_and_forgets() -> None:
    live = LiveJobs(clock=ManualClock())
    live.report(JOB, 3, 8, b"three")
    with live.bell("j") as mine, live.bell("other") as other:
        live.on_leadership(False)
        assert mine.is_set()
        assert other.is_set()
    assert live.progress(JOB).step == 0


def test_a_job_that_begins_to_wait_wakes_the_workers() -> None:
    live = LiveJobs(clock=ManualClock())
    waiting = live.arrival()
    applied(live, JOB)
    assert not waiting.is_set()
    applied(live, Job(id="k", state=JOB_STATE_QUEUED))
    assert waiting.is_set()
    assert not live.arrival().is_set()
