"""The life of a job, command by command."""

from contextlib import suppress

import pytest

from kanvas.images.v1.records_pb2 import (
    JOB_STATE_CANCELED,
    JOB_STATE_FAILED,
    JOB_STATE_QUEUED,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
    Job,
)
from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.commands import Cancel, Lease, Submit
from kanvas_imagegen.domain.decide import MOST_WAITING
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.state import backoff
from kanvas_imagegen.errors import JobExists, JobUnknown, LeaseLost, QueueFull
from tests.unit.imagegen.jobs_log import PICTURE, SPEC, JobsLog


@pytest.fixture
def log() -> JobsLog:
    return JobsLog()


def leased(log: JobsLog, worker: str = "w1") -> Job:
    job = log.lease(worker)
    assert job is not None
    return job


def test_a_job_is_accepted_leased_and_completed(log: JobsLog) -> None:
    assert log.submit("j").state == JOB_STATE_QUEUED
    job = leased(log)
    assert (job.state, job.attempt, job.worker_id) == (JOB_STATE_RUNNING, 1, "w1")
    log.complete(job)
    done = log.get("j")
    assert (done.state, done.picture, done.compute_seconds) == (JOB_STATE_SUCCEEDED, PICTURE, 1.5)
    assert done.ended_at.seconds == 1_000_000
    assert not done.worker_id


def test_the_records_are_keyed_by_job_and_hold_no_text_in_the_key(log: JobsLog) -> None:
    log.submit("j")
    assert [record.job.id for record in log.records] == ["j"]


def test_a_taken_job_id_is_refused(log: JobsLog) -> None:
    log.submit("j")
    with pytest.raises(JobExists):
        log.submit("j", owner="bob")
    with pytest.raises(JobExists):
        log.submit("j", steps=9)


def test_a_job_whose_seed_was_drawn_is_the_same_with_another_drawn_seed(log: JobsLog) -> None:
    job = log.submit("j")
    again = Job(id="j", owner_id="ana", spec=job.spec)
    again.spec.seed = 7
    assert log.do(Submit(again, seed_drawn=True)) == []
    with pytest.raises(JobExists):
        log.do(Submit(again))


def _fill(log: JobsLog, owner: str) -> int:
    """Submit for an owner until that is refused; return how many wait then."""
    for number in range(MOST_WAITING):
        try:
            log.submit(f"{owner}-{number}", owner=owner)
        except QueueFull:
            return log.state.waiting_of(owner)
    raise AssertionError("never refused")


def test_a_full_lane_refuses_its_owner_and_nobody_else(log: JobsLog) -> None:
    assert _fill(log, "ana") == 100
    log.submit("b", owner="bob")


def test_some_owners_who_take_what_they_can_leave_room_for_others(log: JobsLog) -> None:
    for number in range(10):
        _fill(log, f"greedy{number}")
    assert log.state.waiting() < MOST_WAITING * 0.7
    assert _fill(log, "new") >= 30


def test_many_do_not_keep_a_newcomer_out(log: JobsLog) -> None:
    for number in range(100):
        _fill(log, f"greedy{number}")
    log.submit("j", owner="new")
    with pytest.raises(QueueFull):
        log.submit("k", owner="new")


def test_who_has_the_most_waiting_is_refused_first(log: JobsLog) -> None:
    owners = [f"o{length}" for length in range(1, 41)]
    for length, owner in enumerate(owners, start=1):
        for number in range(length):
            with suppress(QueueFull):
                log.submit(f"{owner}-{number}", owner=owner)
    owners.sort(key=log.state.waiting_of)
    before = {owner: log.state.waiting_of(owner) for owner in owners}
    for owner in owners:
        with suppress(QueueFull):
            log.submit(f"{owner}-more", owner=owner)
    taken = [before[owner] for owner in owners if log.state.waiting_of(owner) > before[owner]]
    refused = [before[owner] for owner in owners if log.state.waiting_of(owner) == before[owner]]
    assert taken
    assert refused
    assert max(taken) <= min(refused)


def test_a_full_queue_refuses_everybody(log: JobsLog) -> None:
    log.commit(*(Submit(Job(id=f"{n}", owner_id=f"o{n}", spec=SPEC)) for n in range(MOST_WAITING)))
    with pytest.raises(QueueFull) as refused:
        log.submit("j", owner="new")
    assert refused.value.retry_after > 0


def test_two_workers_in_one_batch_get_two_jobs(log: JobsLog) -> None:
    log.submit("j1")
    log.submit("j2")
    one, two = log.commit(Lease("w1"), Lease("w2"))
    assert {one.id, two.id} == {"j1", "j2"}


def test_two_workers_in_one_batch_never_get_the_same_job(log: JobsLog) -> None:
    log.submit("j")
    assert [job.worker_id for job in log.commit(Lease("w1"), Lease("w2"))] == ["w1"]


def test_a_worker_that_asks_again_keeps_what_it_holds(log: JobsLog) -> None:
    log.submit("j1")
    log.submit("j2")
    first = leased(log)
    assert log.lease("w1") is None
    assert log.state.held_by("w1") == first


def test_a_repeated_completion_changes_nothing(log: JobsLog) -> None:
    log.submit("j")
    job = leased(log)
    log.complete(job)
    assert log.complete(job) == []


def test_another_picture_for_a_finished_job_is_refused(log: JobsLog) -> None:
    log.submit("j")
    job = leased(log)
    log.complete(job)
    with pytest.raises(LeaseLost):
        log.complete(job, Picture(sha256="cd" * 32))


def test_an_older_attempt_changes_nothing(log: JobsLog) -> None:
    log.submit("j")
    paused = leased(log, "w1")
    log.expire(paused)
    log.now += backoff(1)
    current = leased(log, "w2")
    assert current.attempt == 2
    with pytest.raises(LeaseLost):
        log.complete(paused)
    with pytest.raises(LeaseLost):
        log.fail(paused, Reason.MODEL_FAULT)
    assert log.expire(paused) == []
    log.complete(current)
    with pytest.raises(LeaseLost):
        log.complete(paused)


def test_a_canceled_job_takes_no_picture(log: JobsLog) -> None:
    log.submit("j")
    job = leased(log)
    assert log.cancel("j")[0].state == JOB_STATE_CANCELED
    with pytest.raises(LeaseLost):
        log.complete(job)
    assert log.state.held_by("w1") is None


def test_a_queued_job_that_is_canceled_never_runs(log: JobsLog) -> None:
    log.submit("j")
    log.cancel("j")
    assert log.lease() is None


def test_a_finished_job_stays_as_it_ended(log: JobsLog) -> None:
    log.submit("j")
    log.complete(leased(log))
    assert log.cancel("j") == []
    assert log.get("j").state == JOB_STATE_SUCCEEDED


def test_somebody_elses_job_is_unknown(log: JobsLog) -> None:
    log.submit("j", owner="ana")
    with pytest.raises(JobUnknown):
        log.do(Cancel("j", "bob"))
    with pytest.raises(JobUnknown):
        log.do(Cancel("missing", "ana"))


def test_what_the_model_rejects_fails_at_once(log: JobsLog) -> None:
    log.submit("j")
    log.fail(leased(log), Reason.MODEL_REJECTED)
    job = log.get("j")
    assert (job.state, job.failure.reason) == (JOB_STATE_FAILED, "MODEL_REJECTED")


def test_a_fault_is_tried_again_a_limited_number_of_times(log: JobsLog) -> None:
    log.submit("j")
    for count in (1, 2, 3):
        log.now += 60
        log.fail(leased(log), Reason.MODEL_FAULT, count)
    job = log.get("j")
    assert (job.state, job.failure.reason) == (JOB_STATE_FAILED, "ATTEMPTS_EXHAUSTED")


@pytest.mark.parametrize(
    "reason", [Reason.MODEL_UNAVAILABLE, Reason.STORE_UNAVAILABLE, Reason.WORKER_LEAVING]
)
def test_what_says_nothing_about_the_job_never_ends_it(log: JobsLog, reason: Reason) -> None:
    log.submit("j")
    for count in range(1, 40):
        log.now += 60
        log.fail(leased(log), reason, count)
    assert log.get("j").state == JOB_STATE_QUEUED


def test_a_job_whose_workers_always_die_is_given_up(log: JobsLog) -> None:
    log.submit("j")
    count = 0
    while log.get("j").state != JOB_STATE_FAILED:
        log.now += 60
        count += 1
        log.expire(leased(log), count)
    assert count == 10


def test_a_job_that_comes_back_waits_and_others_go_first(log: JobsLog) -> None:
    log.submit("j1")
    log.submit("j2")
    log.fail(leased(log), Reason.MODEL_UNAVAILABLE)
    assert leased(log).id == "j2"
    assert log.lease("w2") is None
    log.now = log.state.next_due_at() or 0.0
    assert leased(log, "w2").id == "j1"


def test_the_wait_grows_and_is_bounded() -> None:
    waits = [backoff(attempt) for attempt in range(200)]
    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (0.0, 0.5, 30.0)


def test_a_repeated_failure_report_is_answered_as_the_first(log: JobsLog) -> None:
    log.submit("j")
    job = leased(log)
    log.fail(job, Reason.MODEL_FAULT)
    assert log.fail(job, Reason.MODEL_FAULT) == []


def test_a_rebuild_from_the_log_gives_the_same_state(log: JobsLog) -> None:
    for number in range(4):
        log.submit(f"a{number}")
        log.submit(f"b{number}", owner="bob")
    log.complete(leased(log))
    leased(log)
    rebuilt = JobsLog()
    for record in log.records:
        rebuilt.state.apply("kanvas.images.v1", record)
    for state in (log.state, rebuilt.state):
        assert state.waiting() == 6
    ids = [f"{owner}{number}" for owner in "ab" for number in range(4)]
    assert [log.state.queue_position(i) for i in ids] == [
        rebuilt.state.queue_position(i) for i in ids
    ]
    assert log.state.next_due(log.now) == rebuilt.state.next_due(log.now)


def test_what_is_no_command_of_this_service_is_a_fault(log: JobsLog) -> None:
    with pytest.raises(TypeError, match="not a command of this service: str"):
        log.do("paint!")
