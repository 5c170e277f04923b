"""What the leader remembers, and forgets."""

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_QUEUED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    ImageRecord,
    Job,
    JobSpec,
)
from kanvas_imagegen.desk import Desk
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_platform.testing.clock import ManualClock

JOB = Job(id="j", attempt=1, state=JOB_STATE_RUNNING, spec=JobSpec(steps=8))


def applied(desk: Desk, job: Job) -> None:
    desk.on_applied(IMAGES.topic, ImageRecord(job=job))


def test_progress_never_goes_back() -> None:
    desk = Desk(clock=ManualClock())
    desk.report(JOB, 3, 8, b"three")
    desk.report(JOB, 2, 8, b"two")
    assert desk.progress(JOB).step == 3
    assert desk.progress(JOB).preview == b"three"


def test_a_report_without_a_preview_keeps_the_last_one() -> None:
    desk = Desk(clock=ManualClock())
    desk.report(JOB, 3, 8, b"three")
    desk.report(JOB, 4, 8, b"")
    now = desk.progress(JOB)
    assert (now.step, now.preview, now.preview_step) == (4, b"three", 3)


def test_a_new_attempt_begins_at_nothing() -> None:
    desk = Desk(clock=ManualClock())
    desk.report(JOB, 3, 8, b"three")
    second = Job(id="j", attempt=2, state=JOB_STATE_RUNNING, spec=JobSpec(steps=8))
    assert desk.progress(second).step == 0
    desk.report(second, 1, 8, b"")
    assert desk.progress(second).preview == b""


def test_faults_are_counted_by_reason_once_for_each_attempt() -> None:
    desk = Desk(clock=ManualClock())
    assert desk.count_fault("j", 1, Reason.MODEL_FAULT) == 1
    assert desk.count_fault("j", 1, Reason.MODEL_FAULT) == 1
    assert desk.count_fault("j", 2, Reason.MODEL_UNAVAILABLE) == 1
    assert desk.count_fault("j", 3, Reason.MODEL_FAULT) == 2


def test_what_has_ended_leaves_nothing_behind() -> None:
    desk = Desk(clock=ManualClock())
    desk.report(JOB, 3, 8, b"three")
    desk.count_fault("j", 1, Reason.MODEL_FAULT)
    applied(desk, Job(id="j", attempt=1, state=JOB_STATE_SUCCEEDED))
    assert desk.progress(JOB).step == 0
    assert desk.count_fault("j", 2, Reason.MODEL_FAULT) == 1


def test_news_of_a_job_rings_its_bells_only() -> None:
    desk = Desk(clock=ManualClock())
    with desk.bell("j") as mine, desk.bell("other") as other:
        applied(desk, JOB)
        assert mine.is_set()
        assert not other.is_set()
        mine.clear()
        desk.report(JOB, 1, 8, b"")
        assert mine.is_set()


def test_a_change_of_leader_rings_all_bells_and_forgets() -> None:
    desk = Desk(clock=ManualClock())
    desk.report(JOB, 3, 8, b"three")
    with desk.bell("j") as mine, desk.bell("other") as other:
        desk.on_leadership(False)
        assert mine.is_set()
        assert other.is_set()
    assert desk.progress(JOB).step == 0


def test_a_job_that_begins_to_wait_wakes_the_workers() -> None:
    desk = Desk(clock=ManualClock())
    waiting = desk.arrival()
    applied(desk, JOB)
    assert not waiting.is_set()
    applied(desk, Job(id="k", state=JOB_STATE_QUEUED))
    assert waiting.is_set()
    assert not desk.arrival().is_set()
