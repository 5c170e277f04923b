"""What an owner has not published yet: what is on the shelf, for how long, and what leaves it."""

import pytest

from kanvas.images.v1.records_pb2 import JOB_STATE_CANCELED, JOB_STATE_SUCCEEDED, Job
from kanvas_imagegen.domain import state as state_module
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.errors import JobUnknown, LeaseLost
from tests.unit.imagegen.jobs_log import KEEP_SECONDS, JobsLog


@pytest.fixture
def log() -> JobsLog:
    return JobsLog()


def leased(log: JobsLog) -> Job:
    job = log.lease()
    assert job is not None
    return job


def test_jobs_stand_on_the_shelf_of_their_owner_from_the_first_moment(log: JobsLog) -> None:
    for job_id in ("a1", "a2"):
        log.submit(job_id)
    log.submit("b1", owner="bob")
    log.complete(leased(log))
    assert log.shelf() == ["a2", "a1"]
    assert log.shelf("bob") == ["b1"]


def test_a_page_goes_on_before_a_position(log: JobsLog) -> None:
    for job_id in ("a1", "a2", "a3"):
        log.paint(job_id)
    (position, newest), *_ = log.state.unpublished_of("ana")
    assert newest.id == "a3"
    assert [job.id for _, job in log.state.unpublished_of("ana", position)] == ["a2", "a1"]


def test_what_was_published_leaves_the_shelf_and_names_its_first_post(log: JobsLog) -> None:
    log.paint("j")
    assert log.publish("j", post="p1")[0].post_id == "p1"
    assert log.publish("j", post="p2") == []
    assert log.shelf() == []
    assert log.get("j").picture.sha256  # it may be published once more


def test_what_has_no_picture_is_not_published(log: JobsLog) -> None:
    log.submit("j")
    assert log.publish("j") == []
    assert log.shelf() == ["j"]


def test_what_was_canceled_leaves_the_shelf(log: JobsLog) -> None:
    log.submit("j")
    log.cancel("j")
    assert log.shelf() == []


@pytest.mark.parametrize("given_up", ["rejected", "unheard"])
def test_what_failed_stays_with_its_reason_until_it_is_put_away(
    log: JobsLog, given_up: str
) -> None:
    log.submit("j")
    held = leased(log)
    rejected = given_up == "rejected"
    (failed,) = log.fail(held, Reason.MODEL_REJECTED) if rejected else log.expire(held, count=10)
    assert failed.failure.reason == (
        Reason.MODEL_REJECTED if rejected else Reason.ATTEMPTS_EXHAUSTED
    )
    assert failed.kept_until.seconds == log.now + KEEP_SECONDS
    assert log.shelf() == ["j"]
    assert log.publish("j") == []
    log.forget("j")
    assert log.shelf() == []


def test_what_failed_and_was_not_put_away_lapses(log: JobsLog) -> None:
    log.submit("j")
    (failed,) = log.fail(leased(log), Reason.MODEL_REJECTED)
    assert log.state.first_to_lapse() == (failed.kept_until.ToNanoseconds() / 1e9, "j")
    log.now = failed.kept_until.seconds
    log.lapse("j")
    assert log.shelf() == []


def test_an_attempt_that_is_followed_by_another_is_kept_for_nobody(log: JobsLog) -> None:
    log.submit("j")
    (queued,) = log.expire(leased(log))
    assert not queued.HasField("kept_until")
    assert log.shelf() == ["j"]


def test_a_forgotten_job_has_no_words_and_no_picture(log: JobsLog) -> None:
    log.paint("j")
    (forgotten,) = log.forget("j")
    assert (forgotten.id, forgotten.owner_id, forgotten.state) == ("j", "ana", JOB_STATE_SUCCEEDED)
    assert forgotten.forgotten_at.seconds == 1_000_000
    for field in ("spec", "picture", "failure", "kept_until"):
        assert not forgotten.HasField(field)
    assert log.shelf() == []
    assert log.forget("j") == []
    assert log.publish("j") == []


def test_a_job_that_forms_is_canceled_as_it_is_forgotten(log: JobsLog) -> None:
    log.submit("j")
    job = leased(log)
    canceled, forgotten = log.forget("j")
    assert [canceled.state, forgotten.state] == [JOB_STATE_CANCELED] * 2
    assert not canceled.HasField("forgotten_at")
    assert log.shelf() == []
    with pytest.raises(LeaseLost):
        log.complete(job)


def test_nobody_else_forgets_or_publishes_a_job(log: JobsLog) -> None:
    log.paint("j")
    for act in (log.forget, log.publish):
        with pytest.raises(JobUnknown):
            act("j", "bob")
    assert log.shelf() == ["j"]


def test_a_picture_is_kept_as_long_as_its_record_says_and_no_longer(log: JobsLog) -> None:
    until = log.paint("j").kept_until.seconds
    assert until == log.now + KEEP_SECONDS
    log.now = until - 1
    assert log.lapse("j") == []
    log.now = until
    assert log.lapse("j")[0].HasField("forgotten_at")
    assert log.lapse("j") == []
    assert log.shelf() == []


def test_what_was_published_does_not_lapse_at_once(log: JobsLog) -> None:
    log.paint("j")
    log.publish("j")
    log.now += state_module.STAYS_SECONDS - 1
    assert log.lapse("j") == []


def test_the_picture_that_was_finished_first_lapses_first(log: JobsLog) -> None:
    for job_id in ("j1", "j2", "j3"):
        log.paint(job_id)
        log.now += 1
    log.forget("j1")
    first = log.state.first_to_lapse()
    assert first is not None
    assert first[1] == "j2"
    log.forget("j2")
    log.forget("j3")
    assert log.state.first_to_lapse() is None


def test_a_full_shelf_lets_the_oldest_picture_go(
    log: JobsLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_module, "MOST_UNPUBLISHED", 3)
    log.submit("forms")
    held = leased(log)
    for number in range(4):
        log.submit(f"a{number}")
        job = log.lease("w2")
        assert job is not None
        log.complete(job)
    assert log.shelf() == ["a3", "a2", "forms"]
    assert log.get("a1").HasField("forgotten_at")
    log.complete(held)
    assert log.shelf() == ["a3", "a2", "forms"]


def test_a_shelf_full_of_failures_lets_the_oldest_go(
    log: JobsLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_module, "MOST_UNPUBLISHED", 2)
    for number in range(3):
        log.submit(f"a{number}")
        log.fail(leased(log), Reason.MODEL_REJECTED)
    assert log.shelf() == ["a2", "a1"]
    assert log.get("a0").HasField("forgotten_at")
    assert not log.get("a0").HasField("failure")


def test_a_rebuild_from_the_log_gives_the_same_shelves(log: JobsLog) -> None:
    for job_id in ("j1", "j2", "j3", "j4"):
        log.paint(job_id)
    log.publish("j1")
    log.forget("j3")
    # As compaction leaves the log: the last record of each job.
    last = {record.job.id: record for record in log.records}
    rebuilt = JobsLog()
    for record in last.values():
        rebuilt.state.apply(IMAGES.topic, record)
    assert rebuilt.shelf() == log.shelf() == ["j4", "j2"]
    assert rebuilt.state.first_to_lapse() == log.state.first_to_lapse()


def test_a_picture_from_before_there_were_shelves_is_on_none(log: JobsLog) -> None:
    job = log.paint("j")
    job.ClearField("kept_until")
    earlier = JobsLog()
    earlier.state.apply(IMAGES.topic, log.records[-1])
    assert earlier.shelf() == []
